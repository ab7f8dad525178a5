import ArgumentParser
import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation

/// `tessera simulate`: a micrograph with known truth.
struct SimulateCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Makes a micrograph with known truth.",
    discussion: """
      EXAMPLE
        tessera simulate mose2 --vacancies 0.05 --counts 20 -o test.tif

      writes test.tif, test.sites.csv (one row a lattice node: place, element, defect and surroundings) and \
      test.truth.json (every parameter). Strained specimens add test.strain.tif, grains test.labels.tif, motifs \
      test.patches.npy; --frames makes a series. Lengths are in pixels, fractions between 0 and 1; see docs/simulation.md for the image model.
      """)

  @Argument(help: ArgumentHelp("One of \(Simulation.specimenNames.joined(separator: ", ")).", valueName: "specimen"))
  var specimen: String

  @OptionGroup(title: "Imaging") var imaging: ImagingArguments
  @OptionGroup(title: "Series") var series: SeriesArguments
  @OptionGroup(title: "Specimen") var details: SpecimenArguments
  @OptionGroup var seed: SeedOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    var options = SimulationOptions()
    options.seed = seed.seed
    imaging.apply(to: &options)
    details.apply(to: &options)
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
  }
}

/// How the image is taken.
struct ImagingArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Size of the image: 1024 or 1024x768. (default: 1024)", valueName: "pixels"))
  var size: ImageSize?

  @Option(help: ArgumentHelp("Size of a pixel: 0.0137nm, 13.7pm. (default: 0.0137nm for most)", valueName: "size"))
  var pixelSize: PixelSize?

  @Option(help: ArgumentHelp("Standard deviation of a column. (default: 4 for most)", valueName: "pixels"))
  var probe: Double?

  @Option(help: ArgumentHelp("Incident electrons per square Angstrom, or inf.", valueName: "e/A2"))
  var dose: Double?

  @Option(
    help: ArgumentHelp("Counts in the brightest pixel, instead of a dose; inf for none. (default: 20)", valueName: "n"))
  var counts: Double?

  @Option(
    help: ArgumentHelp("Share of the dose scattered by the brightest pixel. (default: 0.05)", valueName: "fraction"))
  var scatteredFraction: Double?

  @Option(help: ArgumentHelp("Gaussian noise, relative to the brightest pixel.", valueName: "fraction"))
  var noise: Double?

  @Option(help: ArgumentHelp("Random sideways shift of each row.", valueName: "pixels"))
  var jitter: Double?

  @Option(parsing: .unconditional, help: ArgumentHelp("Drift from first to last row.", valueName: "x,y"))
  var drift: Vector?

  @Option(parsing: .unconditional, help: ArgumentHelp("Length over which tilted columns spread.", valueName: "x,y"))
  var tilt: Vector?

  @Option(help: ArgumentHelp("Contamination: deviation of a smooth layer.", valueName: "fraction"))
  var contamination: Double?

  @Option(help: ArgumentHelp("Background, relative to the brightest pixel.", valueName: "fraction"))
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
  @Option(help: ArgumentHelp("Number of frames: a stack; --drift goes on from frame to frame.", valueName: "n"))
  var frames: Int?

  @Option(help: ArgumentHelp("Random walk of the specimen during one frame, standard deviation.", valueName: "pixels"))
  var walk: Double?

  @Option(help: ArgumentHelp("Slow error of the scan in each frame, standard deviation.", valueName: "pixels"))
  var distortion: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Direction of the fast scan of the frames in turn: 0,90. (default: 0)", valueName: "degrees"))
  var scanAngle: NumberList?

  func validate() throws {
    if frames == nil && (walk != nil || distortion != nil || scanAngle != nil) {
      throw ValidationError("--walk, --distortion and --scan-angle are of a series; give --frames n")
    }
    if let angles = scanAngle?.values, angles.contains(where: { $0 != $0.rounded() || abs($0) > 360 }) {
      throw ValidationError("--scan-angle must be multiples of 90, such as 0,90")
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
      "Nodes that lack atoms: F, or F,G for one atom and all atoms missing. One number is split 4 : 1.",
      valueName: "fraction"))
  var vacancies: NumberList?

  @Option(help: ArgumentHelp("Nodes with the other sublattice's atoms.", valueName: "fraction"))
  var antisites: Double?

  @Option(help: ArgumentHelp("Foreign atoms by element: W:0.02 or W:0.02,V:0.01.", valueName: "list"))
  var dopants: DopantList?

  @Option(help: ArgumentHelp("Root mean square random displacement.", valueName: "pixels"))
  var displacement: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Turn of the crystal, or twist of a bilayer.", valueName: "degrees"))
  var angle: Double?

  @Option(help: ArgumentHelp("bilayer: s22 or mos2.", valueName: "kind"))
  var kind: String?

  @Option(name: .customLong("case"), help: ArgumentHelp("bilayer s22: published parameters 0 ... 8.", valueName: "n"))
  var parameterCase: Int?

  @Option(
    help: ArgumentHelp("grains, strained, wedge: crystal they are made of. (default: mose2)", valueName: "specimen"))
  var crystal: String?

  @Option(
    help: ArgumentHelp("strained: uniform, gradient, step, turn, dislocation. (default: gradient)", valueName: "field"))
  var field: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("strained: size of the strain. (default: 0.02)", valueName: "fraction"))
  var strain: Double?

  @Option(help: ArgumentHelp("grains: their number. (default: 2)", valueName: "n"))
  var grains: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("grains: turn from each to the next. (default: 17)", valueName: "degrees"))
  var misorientation: Double?

  @Option(help: ArgumentHelp("wedge: atoms a column at the thick end. (default: 15)", valueName: "n"))
  var thickness: Int?

  @Option(help: ArgumentHelp("wedge: loss of intensity an atom by channelling. (default: 0)", valueName: "fraction"))
  var saturation: Double?

  @Option(help: ArgumentHelp("motifs: corners of the polygon. (default: 6)", valueName: "n"))
  var corners: Int?

  @Option(help: ArgumentHelp("motifs: patches of both classes: n1,n2. (default: 500,500)", valueName: "n1,n2"))
  var patches: NumberList?

  @Option(help: ArgumentHelp("motifs: side of a patch. (default: 128)", valueName: "pixels"))
  var patchSize: Int?

  @Option(help: ArgumentHelp("motifs: distance of the corners. (default: 32)", valueName: "pixels"))
  var distance: Double?

  @Option(help: ArgumentHelp("motifs: middle height of class 2. (default: 0.8)", valueName: "fraction"))
  var centreHeight: Double?

  func validate() throws {
    if let patches = patches?.values, patches.count != 2 || patches.contains(where: { $0 != $0.rounded() || $0 < 0 }) {
      throw ValidationError("--patches must be two whole numbers, such as 500,500")
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
    options.field = field
    options.strain = strain
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
