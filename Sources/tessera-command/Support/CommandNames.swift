/// What is said where the first word of a command line is no command.
enum CommandNames {
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
    let commands = known.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
    return nearest(to: word, among: commands).map { sentence(word, $0) }
      ?? "'\(word)' is not a command; `tessera --help` lists the commands"
  }

  private static func sentence(_ word: String, _ name: String) -> String {
    "'\(word)' is not \(word.hasPrefix("-") ? "an option" : "a command"). Did you mean '\(name)'? "
      + "`tessera --help` lists commands and options"
  }

  private static func nearest(to word: String, among names: [String]) -> String? {
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
