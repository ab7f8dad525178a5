import ArgumentParser
import TesseraMethods
import TesseraSegmentation

/// How `particles` finds and classifies particles.
struct ParticleFindingOptions: ParsableArguments {
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
      "Model file of the kind defects, which determines the class of each particle. (default: the forest that comes with the program)",
      valueName: "model"), completion: .file())
  var defects: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Smallest diameter of a particle in nm, above 0 and at most 1000. An image of unknown scale counts as one of 0.06 nm per pixel.",
      valueName: "nm"), transform: number(above: 0, to: 1000))
  var leastDiameter = ParticleFinder().leastDiameter

  func validate() throws {
    if mask != nil && (model != nil || method != .network) {
      throw ValidationError("--mask takes the place of finding particles; leave out --model and --method")
    }
    if model != nil && method != .network { throw ValidationError("--model applies to --method network only") }
  }

  /// Sets what was given.
  func apply(to method: inout ParticleMethod) {
    (method.finder.route, method.finder.model, method.finder.mask) = (self.method, model, mask)
    (method.finder.leastDiameter, method.defects) = (leastDiameter, defects)
  }
}

extension ParticleFinder.Route: ExpressibleByArgument {}
