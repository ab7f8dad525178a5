import ArgumentParser
import TesseraMethods

/// `tessera particles`: nanoparticles, their sizes, shapes and faults.
struct ParticlesCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "particles",
    abstract: "Finds nanoparticles, measures each and determines which have stacking faults.",
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

  @OptionGroup(title: "Particles") var options: ParticleFindingOptions

  @Flag(help: "Also list the doubtful particles with the reasons in review.csv, for a person to look at.")
  var review = false

  @Flag(
    help: ArgumentHelp(
      "Follow particles through the images, in the order given: tracks.csv, growth and coalescence."))
  var track = false

  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if options.mask != nil && inputs.count > 1 { throw ValidationError("--mask belongs to one image; give one") }
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
    options.apply(to: &method)
    method.hasReview = review
    let models = [options.mask, options.model, options.defects]
    var run = MethodRun(resultName: "particles", output: output, models: models) { [method] _ in method }
    run.gathered = .init(names: ParticleSeries.names) { [track] images, folder, replacing in
      let series = try ParticleSeries(images, isTracked: track)
      try series.write(to: folder, replacing: replacing)
      return series.sections
    }
    return run
  }
}
