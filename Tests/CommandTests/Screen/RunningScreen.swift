import Foundation
import TestSupport

/// `tessera gui` as a user starts it.
final class RunningScreen {
  let process = Process()
  /// The line that it printed.
  let line: String
  let port: Int
  let token: String

  /// The program ended without an address.
  struct Silent: Error {
    /// What it wrote on standard error, and how it ended.
    let messages: String
    let status: Int32
    let endedBySignal: Bool
  }

  /// - Parameter variables: of the environment, beside those of the tests.
  init(_ words: [String], in folder: ScratchFolder, variables: [String: String] = [:]) throws {
    process.executableURL = try CommandRun.program()
    process.arguments = ["gui", "--no-browser"] + words
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path, isDirectory: true)
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    let output = Pipe()
    process.standardOutput = output
    // A file, as a pipe that nobody reads would stop a program that says much.
    let errors = FileManager.default.temporaryDirectory.appending(path: "screen-errors-\(UUID().uuidString)")
    try Data().write(to: errors)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    var bytes = Data()
    while !bytes.contains(UInt8(ascii: "\n")) {
      let more = output.fileHandleForReading.availableData
      guard !more.isEmpty else {
        process.waitUntilExit()
        throw Silent(
          messages: (try? String(contentsOf: errors, encoding: .utf8)) ?? "", status: process.terminationStatus,
          endedBySignal: process.terminationReason == .uncaughtSignal)
      }
      bytes += more
    }
    line = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
    let address = URLComponents(string: line)
    port = address?.port ?? 0
    token = address?.queryItems?.first { $0.name == "token" }?.value ?? ""
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Lets every request in.
  var client: LoopbackClient { LoopbackClient(port: port, headers: ["Cookie": "tessera-\(port)=\(token)"]) }

  /// Ends the program with a signal.
  /// - Returns: its exit status.
  func stop(_ signal: Int32 = SIGTERM) -> Int32 {
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : -1
  }

  /// What the server says of a project, once no job runs.
  func state(of project: Int = 1) -> [String: Any] {
    for _ in 0..<1200 {
      let answer = client.ask("/api/projects/\(project)")
      if let state = (try? JSONSerialization.jsonObject(with: answer.body)) as? [String: Any] {
        let job = state["job"] as? [String: Any]
        if job == nil || job?["failed"] is String { return state }
      }
      usleep(50_000)
    }
    return [:]
  }
}
