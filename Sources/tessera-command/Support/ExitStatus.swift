import ArgumentParser
import Foundation
import TesseraFormats
import TesseraNumerics

/// Exit statuses, after sysexits.h. The only place that turns an error into a sentence and a status.
enum ExitStatus {
  /// Some of several inputs failed; the others are complete.
  static let someFailed: Int32 = 1
  static let usage: Int32 = 64
  static let unusableData: Int32 = 65
  static let noInput: Int32 = 66
  static let cannotWrite: Int32 = 73
  static let inputOutput: Int32 = 74

  /// What they mean, for help and manual pages.
  static let meanings: [(status: Int32, words: String)] = [
    (0, "done"), (someFailed, "some of several inputs failed"), (usage, "wrong usage"), (unusableData, "unusable data"),
    (noInput, "no such input"), (cannotWrite, "result not writable or existing"),
    (inputOutput, "input or output failed"),
  ]

  /// The status for an error that a command has thrown.
  static func code(for error: any Error) -> Int32 {
    switch error {
    case let error as FormatError:
      switch error.kind {
      case .unusable: unusableData
      case .missing: noInput
      case .cannotWrite: cannotWrite
      case .inputOutput: inputOutput
      }
    case is ParameterError: usage
    case is DataError: unusableData
    case let error as CocoaError where error.code == .fileWriteOutOfSpace: inputOutput
    case let error as CocoaError where error.isFileError: error.code.rawValue >= 512 ? cannotWrite : noInput
    case is POSIXError, is CocoaError: inputOutput
    case let error where isOfArgumentParser(error): TesseraCommand.exitCode(for: error).rawValue
    default: unusableData
    }
  }

  /// The sentence for an error, without the program's name.
  static func sentence(for error: any Error) -> String {
    if isOfArgumentParser(error) { return TesseraCommand.message(for: error) }
    if let error = error as? CocoaError {
      let path = error.filePath ?? error.url?.path
      let name = path?.split(separator: "/").last.map { "\($0): " } ?? ""
      return error.code == .fileWriteOutOfSpace
        ? "\(name)cannot be written completely; check the free space" : name + fact(of: error)
    }
    return "\(error)"
  }

  /// Ends the program: prints the sentence (help and version go to standard output) and exits with the status.
  ///
  /// - Parameter command: the command that was running; nil while the command line is being parsed, whose errors know theirs.
  static func leave(with error: any Error, from command: (any ParsableCommand.Type)? = nil) -> Never {
    if let error = error as? ValidationError, let command {
      Messages.error("\(error.message)\n\(CommandNames.usage(of: command))")
      exit(usage)
    }
    if isOfArgumentParser(error), code(for: error) == usage {
      // The parser's sentence with the option's help and the usage, begun as all other messages are.
      let full = TesseraCommand.fullMessage(for: error)
      Messages.error(
        CommandNames.correction(of: CommandLine.arguments)
          ?? CommandNames.withMeantValue(String(full.trimmingPrefix("Error: "))))
      exit(usage)
    }
    if isOfArgumentParser(error) { TesseraCommand.exit(withError: error) }
    Messages.error(sentence(for: error))
    exit(code(for: error))
  }

  private static func fact(of error: CocoaError) -> String {
    switch error.code {
    case .fileReadInvalidFileName, .fileWriteInvalidFileName: "the file name is too long or not valid"
    default: error.localizedDescription
    }
  }

  private static func isOfArgumentParser(_ error: any Error) -> Bool {
    error is ValidationError || error is ExitCode || error is CleanExit
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
