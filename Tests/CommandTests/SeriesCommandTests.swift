import Foundation
import TesseraFormats
import TesseraNumerics
import TestSupport
import Testing

struct `A series on the command line` {
  let folder = ScratchFolder()

  private func run(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  @Test(.slow) func `is simulated, registered and analysed`() throws {
    let made = try run(
      "simulate", "mose2", "--size", "192", "--frames", "5", "--counts", "100", "--drift", "1.2,0.8", "--jitter", "0.5",
      "-o", "s.tif")
    #expect(made.status == 0 && made.errors.isEmpty)
    #expect(try ImageFile.open(path: folder / "s.tif").datasets[0].shape == [5, 192, 192])
    let truth = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder / "s.truth.json")))
    let frames = ((truth as? [String: Any])?["series"] as? [String: Any])?["frames"] as? [[String: Any]]
    #expect(frames?.count == 5)

    let analysed = try run("motifs", "s.tif", "--register", "rows", "-o", "result", "--json")
    #expect(analysed.status == 0)
    let summary = try JSONSerialization.jsonObject(with: Data(analysed.output.utf8)) as? [String: Any]
    let registration = summary?["registration"] as? [String: Any]
    #expect(registration?["mode"] as? String == "rows" && registration?["frames_used"] as? Int == 5)
    let table = try String(contentsOfFile: folder / "result/registration.csv", encoding: .utf8).split(separator: "\n")
    #expect(table.count == 6 && table[0] == "frame,used,scan_angle,dx,dy,dx_error,dy_error,drift_x,drift_y,jitter")
    let last = table[5].split(separator: ",").map { Double($0) ?? .nan }
    // Four frames on; jitter of .5 px over 192 lines leaves .04 px, and its share in the first frame as much.
    #expect(abs(last[3] - 4 * 1.2 * 192 / 191) < 0.2 && abs(last[4] - 4 * 0.8 * 192 / 191) < 0.2)
  }

  @Test func `is labelled by its best image`() throws {
    let made = try run(
      "simulate", "mose2", "--size", "192", "--frames", "4", "--counts", "3", "--drift", "1.2,0.8", "-o", "s.tif")
    #expect(made.status == 0)
    let labelled = try run("label", "s.tif")
    #expect(labelled.status == 0, "\(labelled.errors)")
    #expect(labelled.output.contains("4 of 4 images have the labels of") && labelled.output.contains("-> s.labels"))
    let rows = try String(contentsOfFile: folder / "s.labels/labels.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 5 && rows[1].hasPrefix("frame-0,1,"))
    let summary = try JSONSerialization.jsonObject(with: folder.data("s.labels/summary.json")) as? [String: Any]
    #expect(summary?["input"] as? String == "s.tif" && summary?["labelled"] as? Int == 4)
    #expect((summary?["images"] as? [[String: Any]])?.map { $0["name"] as? String } == (0..<4).map { "frame-\($0)" })
    let again = try run("label", "s.tif", "--threads", "1", "--best", "mean", "-o", "again")
    #expect(again.status == 0)
    #expect(
      try String(contentsOfFile: folder / "again/labels.csv", encoding: .utf8)
        == String(contentsOfFile: folder / "s.labels/labels.csv", encoding: .utf8))
  }

  @Test func `that cannot be labelled is refused in a sentence`() throws {
    _ = try run("simulate", "square", "--size", "64", "-o", "one.tif")
    try FileManager.default.createDirectory(atPath: folder / "other", withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: folder / "one.tif", toPath: folder / "other/one.tif")
    try TIFFWriter.write([Raster<Float>(width: 48, height: 64, filling: 1)], to: folder / "small.tif")
    for (words, status, sentence) in [
      (["one.tif"], Int32(65), "two or more"), (["one.tif", "other/one.tif"], 64, "two images are called one"),
      (["one.tif", "small.tif"], 65, "equal size"), (["one.tif", "none.tif"], 66, "none.tif"),
      (["one.tif", "--best", "x"], 64, "'x'"), (["one.tif", "--frames", "2..9"], 64, "ends with 9"),
      (["one.tif", "--sites", "one.sites.csv"], 64, "needs --best"),
      (["one.tif", "small.tif", "--frames", "0..1"], 64, "one stack"),
    ] {
      let refused = try CommandRun(["label", "-o", "labels"] + words, in: folder.path)
      #expect(
        refused.status == status && refused.errors.contains(sentence), "\(words): \(refused.status) \(refused.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder / "labels"))
    }
  }

  @Test func `has one mean on any number of threads`() throws {
    _ = try run("simulate", "mose2", "--size", "128", "--frames", "4", "--drift", "1,1", "-o", "s.tif")
    for threads in ["1", "2"] {
      let made = try run("convert", "s.tif", "mean\(threads).tif", "--register", "rows", "--threads", threads)
      #expect(made.status == 0, "\(made.errors)")
    }
    let means = try ["1", "2"].map { try Data(contentsOf: URL(fileURLWithPath: folder / "mean\($0).tif")) }
    #expect(means[0] == means[1])
  }

  @Test func `is averaged as it is where that is asked for or nothing else is possible`() throws {
    let stack = ImageStack(count: 3, width: 40, height: 40) { frame in
      Raster(width: 40, height: 40, filling: Float(frame))
    }
    try TIFFWriter.write(stack, to: folder / "flat.tif")
    let plain = try run("convert", "flat.tif", "plain.tif", "--register", "none")
    #expect(plain.status == 0)
    #expect(try ImageFile.open(path: folder / "plain.tif").read().pixels.values.allSatisfy { $0 == 1 })
    let fallback = try run("convert", "flat.tif", "mean.tif", "--frames", "0..2")
    #expect(fallback.status == 0 && fallback.errors.contains("averaged as they are"))
    #expect(try ImageFile.open(path: folder / "mean.tif").read().pixels.values.allSatisfy { $0 == 1 })
    let asked = try run("convert", "flat.tif", "no.tif", "--register", "rigid")
    #expect(asked.status == 65 && asked.errors.contains("no two of its 3 frames"))
  }

  @Test func `of unequal frames or one alone gives a sentence`() throws {
    try TIFFWriter.stream(pageCount: 2, pageBytes: 6400, to: folder / "unequal.tif") { writer in
      try writer.append(Raster<Float>(width: 40, height: 40, filling: 1))
      try writer.append(Raster<Float>(width: 40, height: 36, filling: 1))
    }
    let unequal = try run("convert", "unequal.tif", "a.tif", "--register", "rigid")
    #expect(unequal.status == 65 && unequal.errors.contains("40 x 40, 40 x 36"))
    try TIFFWriter.write([Raster<Float>(width: 40, height: 40, filling: 1)], to: folder / "one.tif")
    let one = try run("sites", "one.tif", "--register", "rows")
    #expect(
      one.status == 65 && one.errors.contains("has one frame, but registration needs two or more; leave out --register")
    )
    #expect(try run("sites", "one.tif", "--register", "rows", "--frame", "0").status == 64)
    #expect(try run("sites", "one.tif", "--register", "none", "--scan-angles", "0,90").status == 64)
    #expect(try run("simulate", "mose2", "--walk", "1").status == 64)
  }
}
