import Foundation
import Testing

/// The documented examples for other programs, run where these are installed.
@Suite(.enabled(if: CommandRun.program != nil && hasPandas, "Python with pandas is not installed"))
struct `The examples for Python` {
  let folder = ScratchFolder()

  @Test func `load a result folder`() throws {
    #expect(try CommandRun("demo", "-o", folder / "demo").status == 0)
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
      path: "../../docs/examples/load_results.py")
    let printed = try python([script.path, folder / "demo"])
    #expect(printed.status == 0)
    #expect(printed.output.contains("sites, "))
  }
}

private let hasPandas = (try? python(["-c", "import numpy, pandas"]))?.status == 0

private func python(_ arguments: [String]) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3"] + arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, text)
}
