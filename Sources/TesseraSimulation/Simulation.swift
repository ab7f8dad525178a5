import TesseraImaging
import TesseraNumerics

/// A specimen, how it is imaged, and the seed: one micrograph with known truth.
public struct Simulation: Sendable {
  /// The specimen's name on the command line.
  public var name: String
  public var specimen: any Specimen
  public var frame: Frame
  public var imaging: ImageModel
  public var seed: UInt64

  public init(
    name: String, specimen: any Specimen, frame: Frame = Frame(), imaging: ImageModel = ImageModel(), seed: UInt64 = 1
  ) {
    self.name = name
    self.specimen = specimen
    self.frame = frame
    self.imaging = imaging
    self.seed = seed
  }

  /// Lays the specimen out and takes its image.
  public func run() throws(ParameterError) -> SimulatedMicrograph {
    try frame.check()
    try imaging.check()
    let request = SceneRequest(
      frame: frame, columnSigma: imaging.columnSigma / frame.nanometresPerPixel, reach: imaging.reach(in: frame),
      seed: seed)
    var scene = try specimen.scene(for: request)
    let pixels = try imaging.image(of: scene, in: frame, seed: seed)
    if imaging.drift != .zero {
      for index in scene.sites.indices {
        scene.sites[index].position = imaging.appearance(of: scene.sites[index].position, rows: frame.height)
      }
      scene.sites.removeAll { !frame.contains($0.position) }
    }
    let micrograph = Micrograph(
      name: name, pixels: pixels, calibration: frame.calibration, metadata: ["source": "simulated"])
    return SimulatedMicrograph(simulation: self, micrograph: micrograph, scene: scene)
  }
}

/// A simulated image with everything that is known about it.
public struct SimulatedMicrograph: Sendable {
  public var simulation: Simulation
  public var micrograph: Micrograph
  /// Sites, lattices, region labels and strain, in image pixels.
  public var scene: Scene

  /// One row for each node inside the frame.
  public var sites: [TrueSite] { scene.sites }
}
