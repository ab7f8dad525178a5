import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TestSupport
import Testing

struct `Commands on the frames of a stack` {
  let folder = ScratchFolder()

  /// Three frames of one crystal with noise of their own.
  private func makeStack() throws {
    let frames = try (1...3).map { seed -> Raster<Float> in
      var options = SimulationOptions()
      (options.width, options.height, options.seed) = (160, 160, UInt64(seed))
      return try Simulation(specimen: "square", options: options).run().micrograph.pixels
    }
    let stack = ImageStack(count: 3, width: 160, height: 160, calibration: nil) { frames[$0] }
    try TIFFWriter.write(stack, to: folder / "series.tif")
  }

  @Test func `write one table of sites a frame`() throws {
    try makeStack()
    let run = try CommandRun(
      "sites", folder / "series.tif", "--frames", "1..2", "--each", "-o", folder / "tables", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let tables = try FileManager.default.contentsOfDirectory(atPath: folder / "tables").sorted()
    #expect(tables == ["frame-1.columns.csv", "frame-2.columns.csv"])
    let reports = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
    #expect(reports?.compactMap { $0["frame"] as? Int } == [1, 2])
    let beside = try CommandRun("sites", "series.tif", "--frames", "0..0", "--each", in: folder.path)
    #expect(beside.status == 0 && folder.names.contains("series.frame-0.columns.csv"))
  }

  @Test(.slow, arguments: ["motifs", "analyze"]) func `write one result folder a frame`(command: String) throws {
    try makeStack()
    let run = try CommandRun(
      command, folder / "series.tif", "--frames", "0..1", "--each", "-o", folder / "all", "--json")
    #expect(run.status == 0, "\(run.errors)")
    for frame in 0...1 {
      #expect(FileManager.default.fileExists(atPath: folder / "all/frame-\(frame)/sites.csv"))
      let report = FileManager.default.fileExists(atPath: folder / "all/frame-\(frame)/report.html")
      #expect(report == (command == "analyze"))
    }
    #expect((try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [Any])?.count == 2)
    let means = try CommandRun(command, folder / "series.tif", "--frames", "0..2", "-o", folder / "mean")
    #expect(means.status == 0 && FileManager.default.fileExists(atPath: folder / "mean/sites.csv"))
  }

  @Test func `go on past a frame that is not there`() throws {
    try makeStack()
    let run = try CommandRun("sites", folder / "series.tif", "--frames", "2..3", "--each", "-o", folder / "tables")
    #expect(run.status == 1)
    #expect(run.errors.contains("1 of 2 inputs failed") && run.errors.contains("series.tif, frame 3"))
    #expect(FileManager.default.fileExists(atPath: folder / "tables/frame-2.columns.csv"))
  }

  @Test func `seek symmetric places with the order of their axis`() throws {
    try makeStack()
    #expect(try CommandRun("sites", folder / "series.tif", "--method", "symmetry").status == 64)
    #expect(try CommandRun("sites", folder / "series.tif", "--fold", "4").status == 64)
    let unknown = try CommandRun("sites", folder / "series.tif", "--method", "wavelet")
    #expect(unknown.status == 64 && unknown.errors.contains("- symmetry"))
    let run = try CommandRun(
      "sites", folder / "series.tif", "--frame", "0", "--method", "symmetry", "--fold", "4", "-o", folder / "s.csv")
    #expect(run.status == 0, "\(run.errors)")
  }
}
