import ArgumentParser
import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation

/// `tessera simulate`: a micrograph with known truth.
struct SimulateCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Simulates a micrograph with known truth.",
    discussion: """
      EXAMPLE
        tessera simulate mose2 --vacancies 0.05 --counts 20 -o test.tif

      writes test.tif, test.sites.csv (one row per lattice node: position, element, defect and environment) and test.truth.json \
      (every parameter). Specimens with regions (grains, two-lattices, three-phases, twin, stacking-fault, inversion and \
      amorphous-crystal) add test.labels.tif, strained specimens add test.strain.tif, pom adds test.units.csv and motifs add test.patches.npy. \
      Nanoparticles in a transmission electron microscope have a mask, a label map and a table of particles instead of sites. \
      Without --output the image is SPECIMEN.tif. Lengths are in pixels and fractions lie between 0 and 1 unless stated otherwise; \
      docs/simulation.md describes the specimens and the image model.
      """)

  @Argument(
    help: ArgumentHelp(
      "Specimen: \(Simulation.specimenNames.joined(separator: ", ")) or \(ParticleSimulation.name).",
      valueName: "specimen"),
    completion: .list(Self.specimens))
  var specimen: String

  @OptionGroup(title: "Imaging") var imaging: ImagingArguments
  @OptionGroup(title: "Series") var series: SeriesArguments
  @OptionGroup(title: "Specimen") var details: SpecimenArguments
  @OptionGroup(title: "Nanoparticles") var particles: ParticleArguments
  @OptionGroup var seed: SeedOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  private static let specimens = Simulation.specimenNames + [ParticleSimulation.name]

  func validate() throws {
    guard Self.specimens.contains(specimen) else {
      let meant = CommandNames.nearest(to: specimen, among: Self.specimens).map { ". Did you mean '\($0)'?" } ?? ""
      throw ValidationError(
        "specimen must be one of \(Self.specimens.joined(separator: ", ")), but is \(specimen)\(meant)")
    }
    guard output.output == StandardOutput.name else { return }
    throw ValidationError(
      "a simulation is several files, the image and its truth, and cannot go to standard output (-); name the image: -o test.tif"
    )
  }

  func run() throws {
    var options = SimulationOptions()
    options.seed = seed.seed
    imaging.apply(to: &options)
    details.apply(to: &options)
    if specimen == ParticleSimulation.name { return try runParticles(options) }
    try particles.options.refuse(for: specimen)
    let simulation = try Simulation(specimen: specimen, options: options)
    let files = SimulationFiles(image: output.output ?? "\(specimen).tif", replacing: output.force)
    try files.check()
    let pixels = imaging.size.map { $0.width * $0.height } ?? 1 << 20
    Messages.noteSize(of: files.image, 4 * pixels * (series.frames ?? 1))
    let log = StageLog(of: files.image)
    guard let model = series.model else {
      let result = try log.run("simulation") { try simulation.run() }
      return try finish(log.run("files") { try files.write(result) }, sites: result.sites.count)
    }
    let result = try log.run("simulation") { try simulation.run(series: model) }
    let bar = ProgressBar()
    let names = try log.run("frames and files") { try files.write(result) { bar.report("frames", $0) } }
    bar.finish()
    try finish(names, sites: result.scene.sites.count)
  }

  private func runParticles(_ options: SimulationOptions) throws {
    if series.model != nil { throw ValidationError("--frames does not apply to the specimen \(specimen)") }
    let simulation = try ParticleSimulation(particles.options, options)
    let files = SimulationFiles(image: output.output ?? "\(specimen).tif", replacing: output.force)
    try files.checkForParticles()
    let log = StageLog(of: files.image)
    let result = try log.run("simulation") { try simulation.run() }
    let names = try log.run("files") { try files.write(result) }
    if output.json {
      try Messages.printJSON(
        ParticleSummary(specimen: specimen, files: names, particles: result.particleCount, seed: seed.seed))
    } else {
      for name in names { print(name) }
    }
  }

  private struct ParticleSummary: Encodable {
    let specimen: String
    let files: [String]
    let particles: Int
    let seed: UInt64
    let version = TesseraVersion.current
  }

  private func finish(_ names: [String], sites: Int) throws {
    if output.json {
      try Messages.printJSON(Summary(specimen: specimen, files: names, sites: sites, seed: seed.seed))
    } else {
      for name in names { print(name) }
    }
  }

  private struct Summary: Encodable {
    let specimen: String
    let files: [String]
    let sites: Int
    let seed: UInt64
    let version = TesseraVersion.current
  }
}

/// How the image is taken.
struct ImagingArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Image size in pixels: 1024 or 1024x768, for example; at most 1,073,741,824 pixels in all. (default: 1024 for most specimens)",
      valueName: "pixels"),
    transform: ImageSize.init(typed:))
  var size: ImageSize?

  @Option(
    help: ArgumentHelp(
      "Pixel size in nm, pm, A or um: 0.0137nm, for example; 1e-6 nm to 1e6 nm. (default: 0.0137nm for most specimens)",
      valueName: "size"),
    transform: PixelSize.init(typed:))
  var pixelSize: PixelSize?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Standard deviation of a column's image in pixels, 0.01 to 1000. (default: 4 for most specimens)",
      valueName: "pixels"), transform: number(0.01...1000))
  var probe: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Incident electrons per square Angstrom, above 0 and at most 1e12, or inf for an image without shot noise.",
      valueName: "e/A2"), transform: number(above: 0, to: 1e12, orInfinite: true))
  var dose: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Mean counts in the brightest pixel, instead of --dose; above 0 and at most 10000000, or inf for an image without shot noise. (default: 20 for most "
        + "specimens)", valueName: "n"), transform: number(above: 0, to: 1e7, orInfinite: true))
  var counts: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of the dose that the brightest pixel scatters to the detector. (default: 0.05)", valueName: "fraction"),
    transform: number(above: 0, to: 1))
  var scatteredFraction: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Standard deviation of Gaussian noise, as a fraction of the brightest pixel, 0 to 1000. (default: 0)",
      valueName: "fraction"), transform: number(0...1000))
  var noise: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Standard deviation of a random shift of each row along x in pixels, 0 to 10000. (default: 0)",
      valueName: "pixels"), transform: number(0...10_000))
  var jitter: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Drift of the specimen from the first to the last row in pixels, -1000000 to 1000000 along each axis. (default: 0,0)",
      valueName: "x,y"),
    transform: Vector.init(typed:))
  var drift: Vector?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Length of a tilted column in the image in pixels, -1000000 to 1000000 along each axis. (default: 0,0)",
      valueName: "x,y"),
    transform: Vector.init(typed:))
  var tilt: Vector?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Standard deviation of a smooth contamination layer, as a fraction of the brightest pixel, 0 to 1000. (default: 0)",
      valueName: "fraction"), transform: number(0...1000))
  var contamination: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Constant background, as a fraction of the brightest pixel, 0 to 1000. (default: 0)", valueName: "fraction"),
    transform: number(0...1000))
  var background: Double?

  func apply(to options: inout SimulationOptions) {
    (options.width, options.height) = (size?.width, size?.height)
    options.pixelSize = pixelSize?.nanometres
    options.probe = probe
    options.dose = dose
    options.counts = counts
    options.scatteredFraction = scatteredFraction
    options.noise = noise
    options.jitter = jitter
    options.drift = drift?.point
    options.tilt = tilt?.point
    options.contamination = contamination
    options.background = background
  }
}

/// A stack of frames instead of one image.
struct SeriesArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of frames of a stack, 1 to 10000; --drift continues from frame to frame. (default: one image, no stack)",
      valueName: "n"))
  var frames: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Standard deviation of a random walk of the specimen during one frame in pixels, 0 to 10000. (default: 0)",
      valueName: "pixels"), transform: number(0...10_000))
  var walk: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Standard deviation of a slowly varying scan error in each frame in pixels, 0 to 10000. (default: 0)",
      valueName: "pixels"), transform: number(0...10_000))
  var distortion: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fast-scan directions of successive frames in degrees, multiples of 90: 0,90, for example. (default: 0)",
      valueName: "list"), transform: NumberList.scanAngles(typed:))
  var scanAngle: NumberList?

  func validate() throws {
    if frames == nil && (walk != nil || distortion != nil || scanAngle != nil) {
      throw ValidationError("--walk, --distortion and --scan-angle apply to a series only; add --frames")
    }
  }

  var model: FrameSeriesModel? {
    guard let frames else { return nil }
    var model = FrameSeriesModel()
    model.frames = frames
    model.walk = walk ?? model.walk
    model.distortion = distortion ?? model.distortion
    if let scanAngle { model.scanAngles = scanAngle.values.map { Int($0) } }
    return model
  }
}
