import Foundation
import TesseraFormats
import Testing

/// `tessera batch` as a facility uses it: many files, some of them damaged, and runs that are interrupted.
@Suite(.slow) struct `A batch` {
  let folder = ScratchFolder()

  private func tessera(_ words: [String]) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func batch(_ words: String...) throws -> CommandRun { try tessera(["batch", "motifs"] + words) }

  /// Micrographs of one lattice, and the names of their files.
  private func images(_ count: Int, in place: String = "") throws -> [String] {
    try (1...count).map { seed in
      let name = "\(place)m\(seed).tif"
      let run = try tessera(["simulate", "square", "--size", "128", "--seed", "\(seed)", "-o", name])
      #expect(run.status == 0, "\(run.errors)")
      return name
    }
  }

  private func rows() throws -> [[String]] {
    String(decoding: try folder.data("out/batch.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  /// What tells that a result was not written again.
  private func number(of name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: folder / "out/\(name)/summary.json")
    return try #require(attributes[.systemFileNumber] as? Int)
  }

  @Test func `goes past files that fail, and does nothing twice`() throws {
    let names = try images(2)
    try Data("II*\0broken".utf8).write(to: URL(fileURLWithPath: folder / "bad.tif"))
    let words = [names[0], "bad.tif", names[1], "-o", "out"]
    let first = try tessera(["batch", "motifs"] + words)
    #expect(first.status == 1 && first.errors.contains("1 of 3 inputs failed"))
    #expect(first.output.contains("3 images: 2 done, 1 failed -> out/batch.csv"))
    #expect(try rows().map { Array($0[0...1]) } == [["m1.tif", "done"], ["bad.tif", "failed"], ["m2.tif", "done"]])
    #expect(try rows().map { $0.last! } == ["m1", "", "m2"])
    #expect(folder.holds("out/m1/sites.csv") && !folder.holds("out/bad"))
    let kept = try number(of: "m1")
    let again = try tessera(["batch", "motifs"] + words)
    #expect(again.status == 1 && again.output.contains("2 done (2 by an earlier run), 1 failed"))
    #expect(try number(of: "m1") == kept)
    // A result that is no longer whole, a file that changed, and --force.
    try FileManager.default.removeItem(atPath: folder / "out/m1/sites.csv")
    #expect(try tessera(["simulate", "square", "--size", "128", "--seed", "9", "-o", "m2.tif", "--force"]).status == 0)
    let changed = try number(of: "m2")
    #expect(try batch(names[0], names[1], "-o", "out").status == 0)
    #expect(folder.holds("out/m1/sites.csv"))
    #expect(try number(of: "m2") != changed)
    let forced = try number(of: "m2")
    #expect(try batch(names[1], "-o", "out", "--force").status == 0)
    #expect(try number(of: "m2") != forced)
  }

  @Test func `goes on after a kill`() throws {
    let names = try images(4)
    let process = Process()
    process.executableURL = try CommandRun.program()
    process.arguments = ["batch", "motifs"] + names + ["-o", "out"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path, isDirectory: true)
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !folder.holds("out/m2/summary.json") { usleep(2000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let done = names.map { String($0.dropLast(4)) }.filter { folder.holds("out/\($0)/summary.json") }
    let before = try done.map(number)
    for name in done {
      let result = URL(fileURLWithPath: folder / "out/\(name)")
      #expect(FolderManifest(readFrom: result)?.isWhole(in: result) == true)
    }
    #expect(try tessera(["batch", "motifs"] + names + ["-o", "out"]).status == 0)
    #expect(try done.map(number) == before)
    #expect(try rows().map { $0[1] } == ["done", "done", "done", "done"])
    let left = try FileManager.default.contentsOfDirectory(atPath: folder / "out")
    #expect(left.sorted() == ["batch.csv", "batch.json", "m1", "m2", "m3", "m4", "report.html"])
  }

  @Test func `takes folders and patterns, and gives two files of one name a folder each`() throws {
    for place in ["s1", "s2"] {
      try FileManager.default.createDirectory(atPath: folder / place, withIntermediateDirectories: false)
      _ = try images(1, in: place + "/")
    }
    let run = try batch("s1", "s2/m*.tif", "s1/m1.tif", "-o", "out", "--json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try rows().map { [$0[0], $0[4]] } == [["s1/m1.tif", "m1"], ["s2/m1.tif", "m1-2"]])
    let totals = try #require(run.json?["totals"] as? [String: Any])
    #expect(totals["images"] as? Int == 2 && totals["done"] as? Int == 2)
    #expect((totals["counts"] as? [String: Any])?["columns"] as? Int ?? 0 > 50)
    let nothing = try batch("s1/*.dm4", "-o", "out")
    #expect(nothing.status == 66 && nothing.errors.contains("s1/*.dm4: no file has such a name"))
  }

  @Test func `refuses what is wrong before anything runs`() throws {
    let name = try images(1)[0]
    let wrong = try batch(name, "-o", "out", "--iteratoins", "5")
    #expect(wrong.status == 64 && wrong.errors.contains("--iterations") && !folder.holds("out"))
    #expect(try batch(name).errors.contains("batch needs --output"))
    let other = try tessera(["batch", "info", name, "-o", "out"])
    #expect(other.status == 64 && other.errors.contains("one of analyze, motifs"))
    #expect(try batch(name, "-o", "out", "--frames", "0..1", "--each").status == 64)
    #expect(try batch("absent.tif", "-o", "gone").status == 66)
    try FileManager.default.createDirectory(atPath: folder / "mine", withIntermediateDirectories: false)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder / "mine/notes.txt"))
    let foreign = try batch(name, "-o", "mine")
    #expect(foreign.status == 73 && foreign.errors.contains("holds something else than a batch"))
  }

  @Test func `has one set of options and one run at a time`() throws {
    let name = try images(1)[0]
    #expect(try batch(name, "-o", "out", "--classes", "2").status == 0)
    let other = try batch(name, "-o", "out", "--classes", "3")
    #expect(other.status == 73 && other.errors.contains("made with other options (motifs --classes 2)"))
    #expect(try batch("--classes=2", name, "--threads", "1", "-o", "out").output.contains("1 by an earlier run"))
    #expect(try batch(name, "-o", "out", "--classes", "3", "--force").status == 0)
    // The copy alone is done with two classes; the result of the first stays with three, and is said to.
    try FileManager.default.copyItem(atPath: folder / name, toPath: folder / "copy.tif")
    let mixed = try batch("copy.tif", "-o", "out", "--classes", "2", "--force")
    #expect(mixed.status == 0 && mixed.errors.contains("holds 1 result of other inputs"), "\(mixed.errors)")
    let both = try batch("copy.tif", name, "-o", "out", "--classes", "3", "--force")
    #expect(both.status == 0 && !both.errors.contains("other inputs"), "\(both.errors)")
    let lock = try FolderLock(of: folder / "out")
    let second = try batch(name, "-o", "out", "--classes", "3")
    #expect(second.status == 73 && second.errors.contains("another run works in this folder"))
    withExtendedLifetime(lock) {}
  }
}
