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

  @Test(.slow) func `divides frames into the patterns of the first`() throws {
    let made = try CommandRun(
      ["simulate", "two-lattices", "--size", "384", "--frames", "3", "--drift", "20,10", "-o", "stack.tif"],
      in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
    let series = try tessera(
      "segment", "stack.tif", "--frames", "0..2", "--each", "--fit-on", "stack.tif", "-o", "series", "--threads", "1")
    #expect(series.status == 0, "\(series.errors)")
    let rows = try String(contentsOfFile: folder / "series/fractions.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 4 && rows[0] == "image,fraction_1,fraction_2,unknown,boundary_length_px,regions")
    #expect(rows.dropFirst().allSatisfy { $0.hasPrefix("\"stack.tif, frame ") })
    #expect(FileManager.default.fileExists(atPath: folder / "series/fractions.png"))
    // The same from a result, and from the file in it, on any number of threads.
    for (name, model) in [("folder", "series/frame-0"), ("file", "series/frame-0/patterns.json")] {
      let by = try tessera("segment", "stack.tif", "--frame", "2", "--model", model, "-o", name, "--json")
      #expect(by.status == 0, "\(by.errors)")
      #expect(try patterns(of: by).count == 2 && (by.json?["unknown_fraction"] as? Double ?? 1) < 0.05)
      #expect(
        FileManager.default.contentsEqual(
          atPath: folder / "series/frame-2/segmentation.tif", andPath: folder / "\(name)/segmentation.tif"))
    }
    let report = try String(contentsOfFile: folder / "file/report.html", encoding: .utf8)
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
