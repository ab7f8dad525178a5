import ArgumentParser
import Foundation

/// A command as the parser describes it to other programs.
struct CommandDescription: Decodable {
  struct Name: Decodable {
    var kind, name: String

    /// As it is typed.
    var typed: String { (kind == "long" ? "--" : "-") + name }
  }

  struct Argument: Decodable {
    var kind: String
    var shouldDisplay, isOptional, isRepeating: Bool
    var sectionTitle: String?
    var names: [Name]?
    var preferredName: Name?
    var valueName, defaultValue, abstract: String?
    var allValues: [String]?
  }

  var commandName: String
  var superCommands: [String]?
  var abstract, discussion: String?
  var shouldDisplay: Bool
  var arguments: [Argument]?
  var subcommands: [CommandDescription]?

  /// The words that call it.
  var words: [String] { (superCommands ?? []) + [commandName] }
  /// What help lists; the parser's own `help` is no command of the program.
  var shownCommands: [CommandDescription] {
    (subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
  }
  var shownArguments: [Argument] { (arguments ?? []).filter(\.shouldDisplay) }

  /// Of a command and all below it.
  init(of command: any ParsableCommand.Type) throws {
    struct Tool: Decodable { var command: CommandDescription }
    self = try JSONDecoder().decode(Tool.self, from: Data(command._dumpHelp().utf8)).command
  }
}
