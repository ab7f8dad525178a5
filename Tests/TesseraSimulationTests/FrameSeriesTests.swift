import TesseraNumerics
import TesseraSimulation
import Testing

struct `A simulated series` {
  private func simulation(_ change: (inout SimulationOptions) -> Void = { _ in }) throws -> Simulation {
    var options = SimulationOptions()
    (options.width, options.height, options.counts) = (128, 128, .infinity)
    change(&options)
    return try Simulation(specimen: "mose2", options: options)
  }

  @Test func `of a specimen at rest repeats the single image`() throws {
    var model = FrameSeriesModel()
    model.frames = 3
    let single = try simulation().run().micrograph.pixels
    let series = try simulation().run(series: model)
    for frame in 0..<3 {
      // To rounding: the specimen is turned about the centre of the frame, by no turn here.
      let differences = zip(series.frame(frame).values, single.values).map { abs($0 - $1) }
      #expect((differences.max() ?? 1) < 1e-6)
    }
    #expect(series.scene.sites.map(\.position) == (try simulation().run().sites.map(\.position)))
  }

  @Test func `draws noise and jitter for each frame, and keeps the specimen`() throws {
    var model = FrameSeriesModel()
    model.frames = 2
    let series = try simulation { ($0.counts, $0.jitter) = (50, 1) }.run(series: model)
    #expect(series.frame(0) != series.frame(1))
    #expect(series.displacements[0] != series.displacements[1])
    #expect(series.displacements.joined().allSatisfy { $0.y == 0 })
    let spread = Statistics.deviation(series.displacements.joined().map(\.x))
    #expect(abs(spread - 1) < 0.2)  // 256 draws scatter by 4 %.
    #expect(series.frame(1) == series.frame(1))
  }

  @Test func `drifts on from frame to frame`() throws {
    var model = FrameSeriesModel()
    model.frames = 3
    let series = try simulation { $0.drift = Point(12.7, -6.35) }.run(series: model)
    // A tenth and a twentieth of a pixel a line.
    for (frame, line) in [(0, 0), (0, 127), (1, 0), (2, 64)] {
      let time = Double(frame * 128 + line)
      #expect((series.displacements[frame][line] - Point(0.1 * time, -0.05 * time)).length < 1e-12)
    }
  }

  /// A frame scanned along y shows the specimen's +y along its rows, and its -x down.
  @Test func `is turned where the scan is`() throws {
    var model = FrameSeriesModel()
    (model.frames, model.scanAngles) = (2, [0, 90])
    let series = try simulation().run(series: model)
    let (along, across) = (series.frame(0), series.frame(1))
    var largest: Float = 0
    for y in 0..<128 {
      for x in 0..<128 { largest = max(largest, abs(across[y, 127 - x] - along[x, y])) }
    }
    #expect(largest < 1e-5)
  }

  @Test func `is refused where it makes no sense`() throws {
    func series(_ change: (inout FrameSeriesModel) -> Void, _ options: (inout SimulationOptions) -> Void = { _ in })
      throws
    {
      var model = FrameSeriesModel()
      change(&model)
      _ = try simulation(options).run(series: model)
    }
    #expect(throws: ParameterError.self) { try series { $0.frames = 0 } }
    #expect(throws: ParameterError.self) { try series { $0.walk = -1 } }
    #expect(throws: ParameterError.self) { try series { $0.scanAngles = [0, 30] } }
    #expect(throws: ParameterError.self) { try series({ $0.scanAngles = [90] }, { $0.height = 100 }) }
    #expect(throws: ParameterError.self) { try series({ _ in }, { $0.contamination = 0.1 }) }
  }
}
