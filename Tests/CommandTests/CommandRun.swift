import Foundation

/// The command `tessera` as the build has made it, run as a user would.
struct CommandRun {
  let status: Int32
  let output: String
  let errors: String

  /// The command beside the tests. They depend on it, so that every build of theirs makes it; where it is missing all the
  /// same, they fail: skipped, they would look as if they had passed.
  static func program() throws -> URL {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let command = URL(fileURLWithPath: tests).deletingLastPathComponent().appending(path: "tessera")
    guard FileManager.default.isExecutableFile(atPath: command.path) else { throw Missing(path: command.path) }
    return command
  }

  struct Missing: Error, CustomStringConvertible {
    let path: String
    var description: String { "the command is not beside the tests: \(path)" }
  }

  init(_ words: String..., in folder: String = NSTemporaryDirectory()) throws { try self.init(words, in: folder) }

  /// - Parameter seconds: ends a command that takes longer, which then has the status 15 or 143.
  init(_ words: [String], in folder: String = NSTemporaryDirectory(), within seconds: Double? = nil) throws {
    let process = Process()
    process.executableURL = try Self.program()
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: folder, isDirectory: true)
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let watch = seconds.map { seconds in
      let watch = DispatchSource.makeTimerSource()
      watch.schedule(deadline: .now() + seconds)
      let number = process.processIdentifier
      watch.setEventHandler { kill(number, SIGTERM) }
      watch.resume()
      return watch
    }
    defer { watch?.cancel() }
    // What the command prints is short, so that reading one pipe after the other cannot block it.
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  /// Runs a line of bash in which `$tessera` is the command, for redirections and pipes.
  init(shell line: String, in folder: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(fileURLWithPath: folder, isDirectory: true)
    process.environment = ProcessInfo.processInfo.environment.merging(["tessera": try Self.program().path]) { $1 }
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }

  /// What `--json` printed.
  var json: [String: Any]? { try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] }
}

/// A folder that exists as long as this value's owner.
final class ScratchFolder: Sendable {
  let path = NSTemporaryDirectory() + "tessera-command-" + UUID().uuidString

  init() { try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

  func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: self / name) }

  func data(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: self / name)) }

  static func / (folder: ScratchFolder, name: String) -> String { folder.path + "/" + name }
}
