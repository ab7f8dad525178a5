import TesseraImaging
import TesseraNumerics

/// A simulated series with everything that is known about it. Frames are made when they are asked for.
public struct SimulatedSeries: Sendable {
  /// The specimen, and how each frame of it is imaged.
  public let simulation: Simulation
  /// Directions of the scan, and how the specimen moves meanwhile.
  public let model: FrameSeriesModel
  /// How far the specimen has moved while each line of each frame was scanned, in pixels along its x and y.
  public let displacements: [[Point]]
  /// Sites, lattices, region labels and strain of the specimen at rest, in pixels.
  public let scene: Scene
  let brightest: Float
  var first = Raster<Float>(width: 0, height: 0, values: [])

  /// Number of frames; `frame(_:)` takes 0 ..< `count`.
  public var count: Int { model.frames }

  /// The first frame with the truth of the specimen, as a single micrograph has it.
  public var micrograph: SimulatedMicrograph {
    let micrograph = Micrograph(
      name: simulation.name, pixels: first, calibration: simulation.frame.calibration,
      metadata: ["source": "simulated"])
    return SimulatedMicrograph(simulation: simulation, micrograph: micrograph, scene: scene)
  }

  /// One frame as the detector gives it: lines are rows, whatever their direction on the specimen.
  public func frame(_ index: Int) -> Raster<Float> {
    let (frame, imaging) = (simulation.frame, simulation.imaging)
    let turns = model.quarterTurns(of: index)
    // The scanner's axes are turned against the specimen's; so the specimen is turned the other way.
    var turnedImaging = imaging
    turnedImaging.tilt = imaging.tilt.turned(quarters: -turns)
    var turnedScene = scene
    for column in scene.columns.indices {
      let place = scene.columns[column].position - frame.centre
      turnedScene.columns[column].position = frame.centre + place.turned(quarters: -turns)
    }
    let shifts = displacements[index].map { -$0.turned(quarters: -turns) }
    let clean = turnedImaging.noiseFreeImage(
      of: turnedScene, in: frame, seed: simulation.seed, shifts: shifts, brightest: brightest)
    return turnedImaging.detected(
      clean, full: 1 + Float(imaging.background), in: frame, seed: FrameSeriesModel.seed(simulation.seed, index))
  }
}
