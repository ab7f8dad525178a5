import Foundation

/// The command `tessera` as the build has made it, run as a user would.
struct CommandRun {
  let status: Int32
  let output: String
  let errors: String

  /// The command beside the tests; nil when only the tests were built.
  static let program: URL? = {
    guard let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else { return nil }
    let command = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "tessera")
    return FileManager.default.isExecutableFile(atPath: command.path) ? command : nil
  }()

  init(_ words: String..., in folder: String = NSTemporaryDirectory()) throws { try self.init(words, in: folder) }

  init(_ words: [String], in folder: String = NSTemporaryDirectory()) throws {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder, isDirectory: true)
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // What the command prints is short, so that reading one pipe after the other cannot block it.
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}

/// A folder that exists as long as this value's owner.
final class ScratchFolder: Sendable {
  let path = NSTemporaryDirectory() + "tessera-command-" + UUID().uuidString

  init() { try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  static func / (folder: ScratchFolder, name: String) -> String { folder.path + "/" + name }
}
