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
    completion: .list(Simulation.specimenNames + [ParticleSimulation.name]))
  var specimen: String

  @OptionGroup(title: "Imaging") var imaging: ImagingArguments
  @OptionGroup(title: "Series") var series: SeriesArguments
  @OptionGroup(title: "Specimen") var details: SpecimenArguments
  @OptionGroup(title: "Nanoparticles") var particles: ParticleArguments
  @OptionGroup var seed: SeedOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

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
    guard let model = series.model else {
      let result = try simulation.run()
      return try finish(files.write(result), sites: result.sites.count)
    }
    let result = try simulation.run(series: model)
    let bar = ProgressBar()
    let names = try files.write(result) { bar.report("frames", $0) }
    bar.finish()
    try finish(names, sites: result.scene.sites.count)
  }

  private func runParticles(_ options: SimulationOptions) throws {
    if series.model != nil { throw ValidationError("--frames does not apply to the specimen \(specimen)") }
    let simulation = try ParticleSimulation(particles.options, options)
    let files = SimulationFiles(image: output.output ?? "\(specimen).tif", replacing: output.force)
    try files.checkForParticles()
    let result = try simulation.run()
    let names = try files.write(result)
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
      "Image size in pixels: 1024 or 1024x768, for example. (default: 1024 for most specimens)", valueName: "pixels"),
    transform: ImageSize.init(typed:))
  var size: ImageSize?

  @Option(
    help: ArgumentHelp(
      "Pixel size in nm, pm, A or um: 0.0137nm, for example. (default: 0.0137nm for most specimens)", valueName: "size"),
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
      "Drift of the specimen from the first to the last row, in pixels. (default: 0,0)", valueName: "x,y"),
    transform: Vector.init(typed:))
  var drift: Vector?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Length of a tilted column in the image, in pixels. (default: 0,0)", valueName: "x,y"),
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

/// What lies under the probe.
struct SpecimenArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Fraction of nodes with vacancies: F, or F,G with one atom missing and all atoms missing; a single number is split "
        + "4 : 1. (default: 0.04,0.01 for mose2)", valueName: "fraction"), transform: NumberList.fractions(typed:))
  var vacancies: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of nodes occupied by atoms of the other sublattice. (default: 0)", valueName: "fraction"),
    transform: number(0...1))
  var antisites: Double?

  @Option(
    help: ArgumentHelp(
      "Fraction of nodes occupied by foreign atoms, for each element: W:0.02 or W:0.02,V:0.01, for example. (default: none)",
      valueName: "list"), transform: DopantList.init(typed:))
  var dopants: DopantList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Root-mean-square random displacement of the columns in pixels, 0 to 1000. (default: 0)", valueName: "pixels"),
    transform: number(0...1000))
  var displacement: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rotation of the crystal, or twist of a bilayer, in degrees from +x towards +y, -3600 to 3600.",
      valueName: "degrees"), transform: number(-3600...3600))
  var angle: Double?

  @Option(help: ArgumentHelp("bilayer: kind, s22 or mos2. (default: s22)", valueName: "kind"))
  var kind: String?

  @Option(
    name: .customLong("case"),
    parsing: .unconditional,
    help: ArgumentHelp("bilayer s22: number of the published parameter set, 0 to 8.", valueName: "n"))
  var parameterCase: Int?

  @Option(
    help: ArgumentHelp(
      "grains, strained, wedge, amorphous-crystal: specimen name of the crystal. (default: mose2; fcc110 for wedge, "
        + "hexagonal for amorphous-crystal)", valueName: "specimen"))
  var crystal: String?

  @Option(
    help: ArgumentHelp(
      "plane-group: symbol of the plane group, one of \(PlaneGroup.allCases.map(\.rawValue).joined(separator: ", ")). "
        + "Full symbols such as p2mm are read as well. (default: \(PlaneGroupSpecimen().group.rawValue))",
      valueName: "group"), completion: .list(PlaneGroup.allCases.map(\.rawValue)))
  var group: String?

  @Option(
    help: ArgumentHelp(
      "strained: strain field, one of uniform, gradient, step, turn and dislocation. (default: gradient)",
      valueName: "field"))
  var field: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("strained: magnitude of the strain, -0.2 to 0.2. (default: 0.02)", valueName: "fraction"),
    transform: number(-0.2...0.2))
  var strain: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "pom: fraction of the area with an ordered filling, 0 to 1. (default: 0)", valueName: "fraction"),
    transform: number(0...1))
  var phase: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("grains: number of grains, 2 to 64. (default: 2)", valueName: "n"))
  var grains: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "grains: rotation between successive grains in degrees, -3600 to 3600. (default: 17)", valueName: "degrees"),
    transform: number(-3600...3600))
  var misorientation: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("wedge: number of atoms per column at the thick end, 1 to 200. (default: 15)", valueName: "n"))
  var thickness: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "wedge: loss of intensity per atom by channelling, 0 to 0.2. (default: 0)", valueName: "fraction"),
    transform: number(0...0.2))
  var saturation: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "motifs: number of corners of the polygon, 2 to 100. (default: \(MotifPatches().corners))", valueName: "n"))
  var corners: Int?

  @Option(
    help: ArgumentHelp(
      "motifs: number of patches of each of the two classes, 0 to 1000000. (default: \(MotifPatches().firstCount),"
        + "\(MotifPatches().secondCount))", valueName: "n1,n2"), transform: NumberList.patchCounts(typed:))
  var patches: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "motifs: side length of a patch in pixels, 1 to 4096. (default: \(MotifPatches().size))", valueName: "pixels"))
  var patchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "motifs: distance of the corners from the centre in pixels, up to 10000. (default: \(short(MotifPatches().distance)))",
      valueName: "pixels"), transform: number(-10_000...10_000))
  var distance: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "motifs: height of the central column of class 2, relative to class 1, -1000 to 1000. (default: \(MotifPatches().centreHeight))",
      valueName: "fraction"), transform: number(-1000...1000))
  var centreHeight: Double?

  func validate() throws {
    if let patchSize, !(1...4096 ~= patchSize) {
      throw ValidationError("--patch-size must be between 1 and 4096, but is \(patchSize)")
    }
  }

  func apply(to options: inout SimulationOptions) {
    options.vacancies = vacancies?.values
    options.antisites = antisites
    options.dopants = dopants?.fractions
    options.displacement = displacement
    options.angle = angle
    options.kind = kind
    options.parameterCase = parameterCase
    options.crystal = crystal
    options.group = group
    options.field = field
    options.strain = strain
    options.phase = phase
    options.grains = grains
    options.misorientation = misorientation
    (options.thickness, options.saturation) = (thickness, saturation)
    if corners == nil && patches == nil && patchSize == nil && distance == nil && centreHeight == nil { return }
    var motifs = MotifPatches()
    motifs.corners = corners ?? motifs.corners
    if let patches = patches?.values { (motifs.firstCount, motifs.secondCount) = (Int(patches[0]), Int(patches[1])) }
    motifs.size = patchSize ?? motifs.size
    motifs.distance = distance ?? motifs.distance
    motifs.centreHeight = centreHeight ?? motifs.centreHeight
    options.motifs = motifs
  }
}
