import ArgumentParser

/// The names of options in the place of the settings that the library's messages quote.
///
/// The library writes “contrast threshold” or “contrast = bright” (`setting` in TesseraNumerics); users of the command know
/// these as `--contrast-threshold` and `--contrast bright`.
enum OptionNames {
  /// The text with each quoted setting replaced by the option of that name; a quotation that is no option stays.
  static func put(in text: String) -> String {
    guard text.contains("“") else { return text }
    return text.replacing(/“([^“”]*)”/) { match in
      let parts = match.output.1.split(separator: " = ", maxSplits: 1)
      guard let name = parts.first else { return String(match.output.0) }
      let option = "--" + name.replacing(" ", with: "-")
      guard known.contains(option) else { return String(match.output.0) }
      return parts.count == 2 ? "\(option) \(parts[1])" : option
    }
  }

  /// Every option of every command, as the help pages list them.
  private static let known: Set<String> = {
    var names: Set<String> = []
    func add(_ commands: [any ParsableCommand.Type]) {
      for command in commands {
        let help = TesseraCommand.helpMessage(for: command, columns: 1000)
        names.formUnion(help.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) })
        add(command.configuration.subcommands)
      }
    }
    add(TesseraCommand.configuration.subcommands)
    return names
  }()
}
