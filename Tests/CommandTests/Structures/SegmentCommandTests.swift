import Foundation
import TesseraFormats
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

  /// Frames that are worked on side by side are what frames one after the other are, and are told of in their order.
  @Test(.slow) func `divides frames alike on any number of threads`() throws {
    let made = try CommandRun(
      ["simulate", "two-lattices", "--size", "256", "--frames", "5", "--drift", "9,4", "-o", "stack.tif"],
      in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
    var runs: [CommandRun] = []
    for threads in ["1", "3"] {
      let run = try tessera(
        "segment", "stack.tif", "--frames", "0..6", "--each", "--fit-on", "stack.tif", "--no-report", "-o",
        "on-\(threads)",
        "--threads", threads)
      #expect(run.status == 1 && run.errors.contains("2 of 7 inputs failed"), "\(run.errors)")
      // "1 of 7: stack.tif, frame 0"
      let begun = run.errors.split(separator: "\n").filter { $0.contains(" of 7: ") }
      #expect(
        begun.count == 7 && begun.enumerated().allSatisfy { $1.contains(" \($0 + 1) of 7: stack.tif, frame \($0)") })
      let said = run.output.split(separator: "\n").filter { $0.hasPrefix("result: ") }
      #expect(said.map(String.init) == (0..<5).map { "result: on-\(threads)/frame-\($0)" })
      runs.append(run)
    }
    #expect(runs[0].errors == runs[1].errors.replacing("on-3", with: "on-1"))
    let tables = ["segmentation.tif", "patterns.csv", "patterns.json", "components.npy"]
    for name in (0..<5).flatMap({ frame in tables.map { "frame-\(frame)/\($0)" } }) + ["fractions.csv"] {
      #expect(
        FileManager.default.contentsEqual(atPath: folder / "on-1/\(name)", andPath: folder / "on-3/\(name)"), "\(name)")
    }
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

  @Test func `says what is wrong with operations, marks and memory`() throws {
    try simulate("1.tif", seed: 1)
    for words in ["best:1", "best:x", "turns", "translations,translations", "best:4,best:5"] {
      let run = try tessera("segment", "1.tif", "--operations", words)
      #expect(run.status == 64 && run.errors.contains("--operations"), "\(words): \(run.errors)")
    }
    let large = try tessera("segment", "1.tif", "--stride", "1", "--memory", "0.05")
    #expect(large.status == 65 && large.errors.contains("--stride of "), "\(large.errors)")
    // A picture is no map of marks, and neither is a map of another size.
    let picture = try tessera("segment", "1.tif", "--scribbles", "1.tif")
    let sentences = ["no number of a pattern", "patterns count from 1"]
    #expect(picture.status == 65 && sentences.contains { picture.errors.contains($0) }, "\(picture.errors)")
    #expect(try CommandRun(["simulate", "two-lattices", "--size", "256", "-o", "2.tif"], in: folder.path).status == 0)
    let other = try tessera("segment", "1.tif", "--scribbles", "2.labels.tif")
    #expect(other.status == 65 && other.errors.contains("256 x 256"), "\(other.errors)")
    #expect(try tessera("segment", "1.tif", "--scribbles", "gone.png").status == 66)
    #expect(try tessera("segment", "1.tif", "--scribbles", "1.labels.tif", "--patterns", "2").status == 64)
    #expect(try tessera("segment", "1.tif", "--model", "a", "--operations", "rotations").status == 64)
    // The true labels are marks of every pixel.
    let marked = try tessera(
      "segment", "1.tif", "--scribbles", "1.labels.tif", "--probabilities", "--no-report", "-o", "m")
    #expect(marked.status == 0, "\(marked.errors)")
    #expect(FileManager.default.fileExists(atPath: folder / "m/probabilities.tif"))
    #expect(!FileManager.default.fileExists(atPath: folder / "m/report.html"))
  }

  @Test(.slow) func `tells analyze which pattern each column has`() throws {
    try simulate("1.tif", seed: 1)
    #expect(try tessera("segment", "1.tif", "-o", "s").status == 0)
    let run = try tessera("analyze", "1.tif", "--patterns", "s", "-o", "a")
    #expect(run.status == 0, "\(run.errors)")
    let rows = try String(contentsOfFile: folder / "a/sites.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows[0].hasSuffix(",pattern"))
    let known = rows.dropFirst().compactMap { $0.split(separator: ",", omittingEmptySubsequences: false).last }
    #expect(Set(known).isSuperset(of: ["1", "2"]) && Set(known).isSubset(of: ["", "1", "2"]))
    #expect(try tessera("analyze", "1.tif", "--patterns", "gone").status == 66)
    // The same without a word, and as one pattern where that is wanted.
    let own = try tessera("motifs", "1.tif", "-o", "o")
    #expect(own.status == 0 && own.output.contains(" columns in 2 patterns, "), "\(own.output)")
    let divided = try String(contentsOfFile: folder / "o/sites.csv", encoding: .utf8).split(separator: "\n")
    #expect(divided[0].hasSuffix(",pattern") && divided.count == rows.count)
    let unlike = zip(divided, rows).count { $0.split(separator: ",").last != $1.split(separator: ",").last }
    #expect(unlike * 50 < rows.count, "\(unlike)")
    let summary = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder / "o/summary.json")))
        as? [String: Any])
    let shares = (summary["patterns"] as? [[String: Any]] ?? []).compactMap { $0["fraction"] as? Double }
    #expect(shares.count == 2 && abs(shares.reduce(0, +) - 1) < 1e-6)
    #expect(try tessera("motifs", "1.tif", "--patterns", "none", "-o", "n").status == 0)
    let whole = try String(contentsOfFile: folder / "n/sites.csv", encoding: .utf8).split(separator: "\n")
    #expect(!whole[0].contains("pattern"))
    #expect(try CommandRun(["simulate", "two-lattices", "--size", "256", "-o", "2.tif"], in: folder.path).status == 0)
    let other = try tessera("analyze", "2.tif", "--patterns", "s")
    #expect(other.status == 65 && other.errors.contains("384 x 384"), "\(other.errors)")
  }

  /// A crystal of 280 pixels in an image of 1,200: the spectrum of the whole shows the size of the crystal, not its planes.
  @Test(.slow) func `divides what the columns of a mostly empty image cover`() throws {
    let (side, start, count, pitch) = (1200, 460, 20, 14)
    let values = (0..<side * side).map { index -> Float in
      let (x, y) = (index % side - start, index / side - start)
      let ground = Float((index * 7919) % 101) / 2000
      guard (0..<count * pitch).contains(x), (0..<count * pitch).contains(y) else { return ground }
      let (dx, dy) = (Double(x % pitch - pitch / 2), Double(y % pitch - pitch / 2))
      return ground + Float(exp(-(dx * dx + dy * dy) / 8))
    }
    try NPYWriter.write(values, shape: [side, side], to: folder / "island.npy")
    let run = try tessera("motifs", "island.npy", "-o", "island")
    #expect(run.status == 0 && run.output.contains("400 columns, "), "\(run.output) \(run.errors)")
    let text = try String(contentsOfFile: folder / "island/summary.json", encoding: .utf8)
    // The crystal and its empty rim, six spacings wide and one pixel more at the end: the columns stand in one of the two.
    #expect(text.contains("between the local symmetry of regions, in the 434 x 434 pixels around the columns"))
  }
}
