import Foundation
import Testing

/// `tessera watch` on a folder that somebody fills.
@Suite(.slow) struct `A watched folder` {
  let folder = ScratchFolder()

  private func watch() throws -> Process {
    let process = Process()
    process.executableURL = try CommandRun.program()
    process.arguments = ["watch", "motifs", "in", "-o", "out", "--interval", "0.1", "--settle", "0.4"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path, isDirectory: true)
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private func rows() -> [[String]] {
    let table = (try? folder.data("out/batch.csv")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return table.split(separator: "\n").dropFirst().map { $0.split(separator: ",").map(String.init) }
  }

  private func wait(until isTrue: () -> Bool) -> Bool {
    for _ in 0..<400 where !isTrue() { usleep(50_000) }
    return isTrue()
  }

  @Test(arguments: [SIGTERM, SIGINT]) func `is done file by file, each when it is whole`(stop: Int32) throws {
    try FileManager.default.createDirectory(atPath: folder / "in", withIntermediateDirectories: false)
    for seed in 1...2 {
      #expect(
        try CommandRun("simulate", "square", "--size", "128", "--seed", "\(seed)", "-o", folder / "m\(seed).tif").status
          == 0)
    }
    let process = try watch()
    let bytes = try folder.data("m1.tif")
    // Written in pieces, with pauses shorter than --settle: read early, it would fail.
    #expect(FileManager.default.createFile(atPath: folder / "in/slow.tif", contents: bytes.prefix(1000)))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: folder / "in/slow.tif"))
    _ = try file.seekToEnd()
    for part in 1...4 {
      usleep(200_000)
      let end = part == 4 ? bytes.count : part * bytes.count / 4
      let start = part == 1 ? 1000 : (part - 1) * bytes.count / 4
      try file.write(contentsOf: bytes[max(start, 1000)..<end])
    }
    try file.close()
    try FileManager.default.copyItem(atPath: folder / "m2.tif", toPath: folder / "in/m2.tif")
    try Data("II*\0broken".utf8).write(to: URL(fileURLWithPath: folder / "in/bad.tif"))
    #expect(wait { rows().count == 3 }, "\(rows())")
    #expect(Set(rows().map { "\($0[0]) \($0[1])" }) == ["in/slow.tif done", "in/m2.tif done", "in/bad.tif failed"])
    kill(process.processIdentifier, stop)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    // Started again, it does what is new and nothing else.
    let before = rows()
    let next = try watch()
    try FileManager.default.copyItem(atPath: folder / "m1.tif", toPath: folder / "in/new.tif")
    #expect(wait { rows().count == 4 })
    #expect(Array(rows().prefix(3)) == before)
    kill(next.processIdentifier, stop)
    next.waitUntilExit()
    #expect(next.terminationStatus == 0)
  }

  @Test func `is one folder that is there`() throws {
    let absent = try CommandRun(["watch", "motifs", "absent", "-o", "out"], in: folder.path)
    #expect(absent.status == 66 && absent.errors.contains("absent"))
    #expect(try CommandRun(["watch", "motifs", "a", "b", "-o", "out"], in: folder.path).status == 64)
    let fast = try CommandRun(["watch", "motifs", "in", "-o", "out", "--interval", "0"], in: folder.path)
    #expect(fast.status == 64 && fast.errors.contains("'0'"))
  }
}
