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
    var path = [TesseraCommand._commandName]
    for word in words.dropFirst() {
      guard !word.hasPrefix("-"), word != "help", !commands.isEmpty else { return }
      guard let command = commands.first(where: { $0._commandName == word }) else {
        throw ValidationError(unknown(word, among: commands, of: path))
      }
      commands = command.configuration.subcommands
      path.append(word)
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
    guard word != "help" else { return nil }
    // Commands of commands are words, too: `classes split`.
    var known = TesseraCommand.configuration.subcommands
    var path = [TesseraCommand._commandName]
    for word in arguments.dropFirst() {
      guard !word.hasPrefix("-"), !known.isEmpty else { return nil }
      guard let command = known.first(where: { $0._commandName == word }) else {
        return unknown(word, among: known, of: path)
      }
      known = command.configuration.subcommands
      path.append(word)
    }
    return nil
  }

  /// The parser's message on a value that is none of those an option takes, with the one that was meant behind it.
  static func withMeantValue(_ message: String) -> String {
    guard
      let list = message.firstMatch(
        of: /The value '([^']*)' is invalid for [^\n]*?\. Please provide one of ([^\n]*?)\.(?=\n|$)/)
    else { return message }
    let values = list.2.matches(of: /'([^']*)'/).map { String($0.1) }
    guard let meant = nearest(to: String(list.1), among: values) else { return message }
    return message.replacing(list.0, with: "\(list.0) Did you mean '\(meant)'?", maxReplacements: 1)
  }

  /// - Parameter path: the words by which the command is called whose commands are known.
  private static func unknown(_ word: String, among known: [any ParsableCommand.Type], of path: [String]) -> String {
    let commands = known.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    return nearest(to: word, among: commands).map { sentence(word, $0, of: path) }
      ?? "'\(word)' is not a command; `\(path.joined(separator: " ")) --help` lists the commands"
  }

  private static func sentence(_ word: String, _ name: String, of path: [String] = [TesseraCommand._commandName])
    -> String
  {
    "'\(word)' is not \(word.hasPrefix("-") ? "an option" : "a command"). Did you mean '\(name)'? "
      + "`\(path.joined(separator: " ")) --help` lists commands and options"
  }

  /// The name that a word was meant to be; nil where none is much like it.
  static func nearest(to word: String, among names: [String]) -> String? {
    let nearest = names.map { (name: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
    return nearest.flatMap { $0.distance <= max(1, word.count / 3) ? $0.name : nil }
  }

  /// Letters to insert, delete or exchange, and neighbours to swap (Damerau and Levenshtein; no part is edited twice).
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = min(rows[i][j] + (a[i] == b[j] ? 0 : 1), rows[i][j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
