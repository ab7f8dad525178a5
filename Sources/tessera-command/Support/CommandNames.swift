import ArgumentParser

/// What is said where a word of a command line is no command, and how a command is called.
enum CommandNames {
  /// Which words a command takes, and where its help is, as the parser says it of what it refuses itself.
  static func usage(of command: any ParsableCommand.Type) -> String {
    let path = path(to: command, from: TesseraCommand.self) ?? [TesseraCommand._commandName]
    return "Usage: \(TesseraCommand.usageString(for: command))\n"
      + "  See '\(path.joined(separator: " ")) --help' for more information."
  }

  /// The words by which a command is called, of the program first.
  private static func path(
    to command: any ParsableCommand.Type, from root: any ParsableCommand.Type
  ) -> [String]? {
    if root == command { return [root._commandName] }
    for child in root.configuration.subcommands {
      if let rest = path(to: command, from: child) { return [root._commandName] + rest }
    }
    return nil
  }

  /// Refuses `help` of what is no command, which the parser answers with the help of the program.
  ///
  /// - Throws: `ValidationError`.
  static func checkHelp(of arguments: [String]) throws {
    let words = arguments.dropFirst()
    guard words.first == "help" else { return }
    var commands = TesseraCommand.configuration.subcommands
    for word in words.dropFirst() {
      guard !word.hasPrefix("-"), word != "help", !commands.isEmpty else { return }
      guard let command = commands.first(where: { $0._commandName == word }) else {
        throw ValidationError(unknown(word, among: commands))
      }
      commands = command.configuration.subcommands
    }
  }

  /// A sentence with the nearest command, or nil where the first word is a command or an option that is known.
  static func correction(of arguments: [String]) -> String? {
    guard let word = arguments.dropFirst().first else { return nil }
    let options = ["--version", "--help"]
    if ["-v", "-V", "version"].contains(word) { return sentence(word, "--version") }
    if word.hasPrefix("-") {
      guard !options.contains(word) else { return nil }
      return nearest(to: word, among: options).map { sentence(word, $0) }
    }
    let known = TesseraCommand.configuration.subcommands
    guard word != "help", !known.contains(where: { $0._commandName == word }) else { return nil }
    return unknown(word, among: known)
  }

  private static func unknown(_ word: String, among known: [any ParsableCommand.Type]) -> String {
    let commands = known.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    return nearest(to: word, among: commands).map { sentence(word, $0) }
      ?? "'\(word)' is not a command; `tessera --help` lists the commands"
  }

  private static func sentence(_ word: String, _ name: String) -> String {
    "'\(word)' is not \(word.hasPrefix("-") ? "an option" : "a command"). Did you mean '\(name)'? "
      + "`tessera --help` lists commands and options"
  }

  /// The name that a word was meant to be; nil where none is much like it.
  static func nearest(to word: String, among names: [String]) -> String? {
    let nearest = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
    return nearest.flatMap { $0.distance <= max(1, word.count / 3) ? $0.name : nil }
  }

  /// Levenshtein's distance: letters to insert, delete or exchange.
  private static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let changed = diagonal + (letter == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(changed, diagonal + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
