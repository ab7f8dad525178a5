import Foundation
import Testing

/// `tessera segment` on several images as a user gives it.
struct `The command segment` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func simulate(_ name: String, seed: Int) throws {
    let words = ["simulate", "two-lattices", "--size", "384", "--seed", "\(seed)", "-o", name]
    #expect(try CommandRun(words, in: folder.path).status == 0)
  }

  private func patterns(of run: CommandRun) throws -> [[String: Any]] {
    try #require(run.json?["patterns"] as? [[String: Any]])
  }

  @Test(.slow) func `divides later images into the patterns of the first`() throws {
    for seed in 1...3 { try simulate("\(seed).tif", seed: seed) }
    let first = try tessera("segment", "1.tif", "-o", "first")
    #expect(first.status == 0, "\(first.errors)")
    let by = try tessera("segment", "2.tif", "--model", "first", "-o", "second", "--json")
    #expect(by.status == 0, "\(by.errors)")
    #expect(try patterns(of: by).count == 2 && (by.json?["unknown_fraction"] as? Double ?? 1) < 0.02)
    // The same from the file, and from the image.
    #expect(try tessera("segment", "2.tif", "--model", "first/patterns.json", "-o", "file").status == 0)
    let several = try tessera("segment", "2.tif", "3.tif", "--fit-on", "1.tif", "-o", "series", "--threads", "1")
    #expect(several.status == 0, "\(several.errors)")
    for other in ["file", "series/2"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: folder / "second/segmentation.tif", andPath: folder / "\(other)/segmentation.tif"), "\(other)")
    }
    let rows = try String(contentsOfFile: folder / "series/fractions.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 3 && rows[0] == "image,fraction_1,fraction_2,unknown,boundary_length_px,regions")
    #expect(rows[1].hasPrefix("2.tif,0.") && FileManager.default.fileExists(atPath: folder / "series/fractions.png"))
    let report = try String(contentsOfFile: folder / "second/report.html", encoding: .utf8)
    #expect(report.contains("of 2 known patterns"))
  }

  @Test func `says what is wrong with patterns`() throws {
    try simulate("1.tif", seed: 1)
    #expect(try tessera("segment", "1.tif", "--model", "gone").status == 66)
    try FileManager.default.createDirectory(atPath: folder / "empty", withIntermediateDirectories: false)
    let empty = try tessera("segment", "1.tif", "--model", "empty")
    #expect(empty.status == 66 && empty.errors.contains("patterns.json"), "\(empty.errors)")
    try Data("{}".utf8).write(to: URL(filePath: folder / "wrong.json"))
    let wrong = try tessera("segment", "1.tif", "--model", "wrong.json")
    #expect(wrong.status == 65 && wrong.errors.contains("is no model of patterns"), "\(wrong.errors)")
    #expect(try tessera("segment", "1.tif", "--model", "a", "--fit-on", "1.tif").status == 64)
    #expect(try tessera("segment", "1.tif", "--model", "a", "--patterns", "2").status == 64)
    #expect(try tessera("segment", "1.tif", "--fit-on", "gone.tif").status == 66)
  }
}
