import Foundation
import TesseraFormats
import Testing

struct `Results that are not finished` {
  let folder = ScratchFolder()

  /// A stack of 400 frames of 512 x 512 zeros, nearly all of it a hole in the file.
  private func makeStack() throws {
    let header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (400, 512, 512), }\n".utf8)
    let start = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + header
    try Data(start).write(to: URL(fileURLWithPath: folder / "in.npy"))
    #expect(truncate(folder / "in.npy", off_t(start.count + 400 * 512 * 512 * 4)) == 0)
  }

  /// Starts a conversion and stops it by a signal as soon as it has begun to write.
  private func convert(stoppedBy number: Int32) throws -> Int32 {
    let process = Process()
    process.executableURL = try CommandRun.program()
    process.arguments = ["convert", folder / "in.npy", folder / "out.mrc"]
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !folder.names.contains(where: { $0.hasPrefix(".out.mrc") }) { usleep(500) }
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func `are taken away when the program is told to stop`() throws {
    try makeStack()
    #expect(try convert(stoppedBy: SIGTERM) == 128 + SIGTERM)
    #expect(folder.names == ["in.npy"])
  }

  @Test func `keep a name of their own when the program is killed`() throws {
    try makeStack()
    #expect(try convert(stoppedBy: SIGKILL) == SIGKILL)
    #expect(folder.names.count == 2 && folder.names[0].hasPrefix(".out.mrc.unfinished-"))
  }

  /// Runs the command in a shell where no file may grow beyond 50 or 100 kB, by the shell's unit.
  private func runWithSmallFiles(_ words: [String]) throws -> (status: Int32, errors: String) {
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "ulimit -f 100; exec \"$0\" \"$@\"", try CommandRun.program().path] + words
    // Where lines are counted, the counts would not fit into so small a file either.
    process.environment = ProcessInfo.processInfo.environment.merging(["LLVM_PROFILE_FILE": "/dev/null"]) { $1 }
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test(arguments: ["tif", "ome.tif", "mrc", "npy", "hspy", "png", "csv", "xyz", "cif", "txt"])
  func `of no space left cost a sentence and leave nothing`(kind: String) throws {
    // Noise, which PNG cannot shrink.
    let pixels = (0..<512 * 512).map { Float(UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) >> 16) }
    var input = "in.npy"
    if ["csv", "xyz", "cif", "txt"].contains(kind) {
      input = "in.csv"
      let rows = (0..<20_000).map { "\($0),\($0),\($0),\($0)\n" }.joined()
      try Data("x,y,x_nm,y_nm\n\(rows)".utf8).write(to: URL(fileURLWithPath: folder / input))
    } else {
      try NPYWriter.write(pixels, shape: [512, 512], to: folder / input)
    }
    let words = ["convert", folder / input, folder / "out.\(kind)", "--quiet"]
    let run = try runWithSmallFiles(words + (kind == "png" ? ["--bits", "16"] : []))
    #expect(run.status == 74)
    #expect(run.errors.contains("out.\(kind)") && run.errors.split(separator: "\n").count == 1)
    #expect(folder.names == [input])
  }

  @Test func `of an analysis cost a sentence and leave nothing`() throws {
    #expect(try CommandRun("simulate", "square", "--size", "192", "--seed", "1", "-o", folder / "m.tif").status == 0)
    let names = folder.names
    let run = try runWithSmallFiles(["analyze", folder / "m.tif", "-o", folder / "result"])
    #expect(run.status == 74)
    #expect(run.errors.contains("space") || run.errors.contains("File too large"))
    #expect(!run.errors.contains("unfinished"))
    #expect(folder.names == names)
  }
}
