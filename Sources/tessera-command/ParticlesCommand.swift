import ArgumentParser
import TesseraMethods

/// `tessera particles`: nanoparticles, their sizes, shapes and faults.
struct ParticlesCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "particles",
    abstract: "Finds nanoparticles, measures each and tells which have stacking faults.",
    discussion: """
      EXAMPLE
        tessera simulate nanoparticles -o dots.tif
        tessera particles dots.tif -o dots-particles

      writes the folder dots-particles with particles.csv (size, shape and class of each particle), mask.tif, instances.tif, \
      probability.tif, summary.json and report.html. Classes say what can be seen: fault and no-fault (columns of atoms with and \
      without a stacking fault or twin), misoriented (no columns) and agglomeration (several particles over each other). \
      Particles that the border cuts stand in the mask alone. An image without particles gives an empty table. Without \
      --output the folder is NAME.particles. Several images, or frames with --each, also have a common table particles.csv and a \
      common report beside their folders; with --track each particle is followed through them.
      """)

  @Argument(help: ArgumentHelp("Image files.", valueName: "image"), completion: .file())
  var inputs: [String]

  @OptionGroup(title: "Input") var image: InputOptions

  @Option(
    help: ArgumentHelp(
      "How particles are found: network, otsu (threshold of the intensity) or fourier (lattice fringes).",
      valueName: "method"), completion: .list(ParticleFinder.Route.allCases.map(\.rawValue)))
  var method = ParticleFinder.Route.network

  @Option(
    help: ArgumentHelp(
      "Model file of the kind particles, or published Keras weights (.h5), for --method network. (default: the network that comes "
        + "with the program)", valueName: "model"), completion: .file())
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Mask image of the same size to measure as it is: 0 outside, one value inside, or a number for each particle. "
        + "(default: found)", valueName: "file"), completion: .file())
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "Model file of the kind defects, which tells the classes. (default: the forest that comes with the program)",
      valueName: "model"), completion: .file())
  var defects: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Smallest diameter of a particle in nm, above 0 and at most 1000; where the scale is unknown, in units of 16.7 pixels.",
      valueName: "nm"), transform: number(above: 0, to: 1000))
  var leastDiameter = ParticleFinder().leastDiameter

  @Flag(help: "Also list the doubtful particles with the reasons in review.csv, for a person to look at.")
  var review = false

  @Flag(
    help: ArgumentHelp(
      "Follow particles through the images, in the order given: tracks.csv, growth and coalescence."))
  var track = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if mask != nil && (model != nil || method != .network) {
      throw ValidationError("--mask takes the place of finding particles; leave out --model and --method")
    }
    if mask != nil && inputs.count > 1 { throw ValidationError("--mask belongs to one image; give one") }
    if model != nil && method != .network { throw ValidationError("--model applies to --method network only") }
  }

  mutating func run() throws {
    if track && image.images(of: inputs).count < 2 {
      throw ValidationError(
        "--track follows particles through several images: give more than one, or --frames a..b --each for frames of a stack"
      )
    }
    try methodRun().run(inputs, options: image)
  }

  func methodRun() throws -> MethodRun<ParticleMethod> {
    var method = ParticleMethod()
    (method.finder.route, method.finder.model, method.finder.mask) = (self.method, model, mask)
    (method.finder.leastDiameter, method.defects) = (leastDiameter, defects)
    method.hasReview = review
    var run = MethodRun(resultName: "particles", output: output, models: [mask, model, defects]) { [method] _ in method
    }
    run.gathered = .init(names: ParticleSeries.names) { [track] images, folder, replacing in
      let series = try ParticleSeries(images, isTracked: track)
      try series.write(to: folder, replacing: replacing)
      return series.sections
    }
    return run
  }
}

extension ParticleFinder.Route: ExpressibleByArgument {}
