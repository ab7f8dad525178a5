import Foundation
import TesseraFormats
import TestSupport
import Testing

/// Runs that are killed at random moments. `make kill` kills 500.
@Suite(.serialized) struct `Killed runs` {
  let folder = ScratchFolder()

  private static let kills = Int(ProcessInfo.processInfo.environment["TESSERA_KILLS"] ?? "") ?? 12
  /// The words of a command without its input, and the name of its result.
  static let commands = [
    (words: ["analyze", "-o", "out", "--force"], result: "out"), (["strain", "-o", "out", "--force"], "out"),
    (["sites", "-o", "out.csv", "--force"], "out.csv"), (["convert", "out.mrc", "--force"], "out.mrc"),
  ]

  /// What a result says, without times: of a folder the checksums of its files. Nil where it is not whole.
  private func content(_ name: String) throws -> [String: String]? {
    let url = URL(fileURLWithPath: folder / name)
    guard name == "out" else { return [name: FileStamp.checksum(try Data(contentsOf: url))] }
    guard let manifest = FolderManifest(readFrom: url) else { return nil }
    var sums: [String: String] = [:]
    for file in manifest.files {
      guard let data = try? Data(contentsOf: url.appendingPathComponent(file.path)), data.count == file.bytes,
        FileStamp.checksum(data) == file.crc32
      else { return nil }
      if !["summary.json", "report.html"].contains(file.path) { sums[file.path] = file.crc32 }
    }
    let all = FileManager.default.enumerator(at: url, includingPropertiesForKeys: [.isRegularFileKey])
    let files = (all?.allObjects ?? []).filter { !(($0 as? URL)?.hasDirectoryPath ?? true) }
    // The manifest itself and the user's file.
    return files.count == manifest.files.count + 2 ? sums : nil
  }

  private func run(_ words: [String], on input: String) throws {
    let done = try CommandRun([words[0], input] + words.dropFirst(), in: folder.path)
    #expect(done.status == 0, "\(done.errors)")
  }

  /// Starts a command and kills it after a time; whether it was still running.
  private func kill(_ words: [String], on input: String, after seconds: Double) throws -> Bool {
    let process = Process()
    process.executableURL = try CommandRun.program()
    process.arguments = [words[0], input] + words.dropFirst()
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path, isDirectory: true)
    (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
    try process.run()
    Thread.sleep(forTimeInterval: seconds)
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal
  }

  @Test(.slow, .serialized, arguments: commands.indices)
  func `leave the earlier result or the new one, whole, and nothing after the next run`(index: Int) throws {
    let (words, result) = Self.commands[index]
    for (input, seed) in [("one.tif", "1"), ("two.tif", "2")] {
      #expect(
        try CommandRun("simulate", "mose2", "--size", "192", "--seed", seed, "-o", input, in: folder.path).status == 0)
    }
    let images = ["one.tif", "two.tif"]
    try run(words, on: images[0])
    if result == "out" { try Data("mine".utf8).write(to: URL(fileURLWithPath: folder / "out/notes.txt")) }
    let start = ContinuousClock.now
    var contents = [try content(result)]
    try run(words, on: images[1])
    // Follows the pace of the machine, so that about one run in eight comes to its end before it is killed.
    var time = (ContinuousClock.now - start) / .seconds(1)
    contents.append(try content(result))
    #expect(contents[0] != nil && contents[1] != nil && contents[0] != contents[1])
    let names = folder.names

    var random = SystemRandomNumberGenerator()
    var (running, leavings, changes) = (0, 0, 0)
    var present = contents[1]
    for round in 0..<max(3, Self.kills / Self.commands.count) {
      let moment = Double.random(in: 0...1.15 * time, using: &random)
      if try kill(words, on: images[round % 2], after: moment) {
        running += 1
        time = max(time, moment)
      } else {
        time *= 0.95
      }
      let now = try content(result)
      #expect(now != nil && contents.contains(now), "after \(moment) s the result is mixed or damaged")
      if now != present { changes += 1 }
      present = now
      leavings += folder.names.count - names.count
      #expect(result != "out" || folder.holds("out/notes.txt"))
      guard round % 10 == 9 || round == max(3, Self.kills / Self.commands.count) - 1 else { continue }
      try run(words, on: images[round % 2])
      #expect(folder.names == names, "the next run has left \(folder.names)")
      present = try content(result)
      #expect(present == contents[round % 2])
    }
    print("\(words[0]): \(running) killed while running, \(changes) new results, \(leavings) unfinished ones seen")
  }
}
