import Foundation
import TestSupport
import Testing

/// The package for Python on the library beside the tests; `python/tests` holds what it must do.
@Suite(.slow, .enabled(if: hasNumPy, "Python with NumPy is not installed: the package for Python is not tested"))
struct `The package for Python` {
  @Test func `passes its own tests`() throws {
    let build = try CommandRun.program().deletingLastPathComponent().path
    let run = try python(
      ["-m", "unittest", "discover", "-s", Repository.root.appending(path: "python/tests").path], build)
    #expect(run.status == 0, "\(run.errors)")
  }
}

private let hasNumPy = (try? python(["-c", "import numpy"], ""))?.status == 0

private func python(_ words: [String], _ build: String) throws -> (status: Int32, errors: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-B"] + words
  let folder = Repository.root.appending(path: "python").path
  process.environment = ProcessInfo.processInfo.environment.merging(
    ["PYTHONPATH": folder, "TESSERA_LIBRARY": build]) { $1 }
  let errors = Pipe()
  process.standardOutput = FileHandle.nullDevice
  process.standardError = errors
  try process.run()
  let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, text)
}
