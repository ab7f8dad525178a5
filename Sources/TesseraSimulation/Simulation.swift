import TesseraImaging
import TesseraNumerics

/// A specimen, how it is imaged, and the seed: one micrograph with known truth.
///
/// ```swift
/// let simulated = try Simulation(specimen: "mose2").run()
/// print(simulated.micrograph.width, simulated.sites.count { $0.isVacant })
/// ```
public struct Simulation: Sendable {
  /// The specimen's name on the command line.
  public var name: String
  /// What lies under the probe; it lays itself out on the pixels of `frame`.
  public var specimen: any Specimen
  /// Size of the image in pixels, and of a pixel in nm.
  public var frame: Frame
  /// Probe, noise, scan errors and background, with which the specimen becomes an image.
  public var imaging: ImageModel
  /// Seed of every random draw: origin of the lattice, defects, displacements and noise. One seed gives one image.
  public var seed: UInt64

  /// A simulation of any specimen; `init(specimen:options:)` takes a specimen by its name.
  /// - Parameters:
  ///   - name: name of the micrograph, and of the specimen in the truth.
  ///   - specimen: what lies under the probe.
  ///   - frame: size of the image in pixels, and of a pixel in nm.
  ///   - imaging: probe, noise, scan errors and background, with which the specimen becomes an image.
  ///   - seed: of every random draw: one seed gives one image.
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
  /// The settings that made the image; running them again gives the same image.
  public var simulation: Simulation
  /// The image, calibrated: in counts or, without shot noise, relative to its brightest pixel.
  public var micrograph: Micrograph
  /// Sites, lattices, region labels and strain, in image pixels.
  public var scene: Scene

  /// One row for each node inside the frame.
  public var sites: [TrueSite] { scene.sites }
}
