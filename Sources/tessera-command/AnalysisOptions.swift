import ArgumentParser
import TesseraFitting
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraStructure

extension ColumnFinder.Route: ExpressibleByArgument {}
extension ColumnFit.Shape: ExpressibleByArgument {}
extension ColumnFit.Noise: ExpressibleByArgument {}
extension ColumnFit.Background: ExpressibleByArgument {}
extension NeighbourMetric: ExpressibleByArgument {}

/// How the columns of an image are found.
struct FindingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("auto, scale-space, svd or symmetry.", valueName: "name"))
  var method = ColumnFinder.Route.auto

  @Option(help: ArgumentHelp("Order of the rotation axes that --method symmetry seeks.", valueName: "n"))
  var fold: Int?

  @Option(help: ArgumentHelp("Smoothing scale, about a quarter of the spacing. (default: chosen)", valueName: "pixels"))
  var scale: Double?

  @Option(help: ArgumentHelp("Least height over the noise in the smoothed image.", valueName: "deviations"))
  var noiseThreshold = ColumnFinder().noiseThreshold

  @Option(help: ArgumentHelp("Least height, as a share of the columns around. (default: 0.06)", valueName: "fraction"))
  var contrastThreshold: Double?

  @Option(
    help: ArgumentHelp(
      "Widths: shared (one for all), round (one each), elliptical (two each). (default: by the noise)",
      valueName: "name"))
  var shape: ColumnFit.Shape?

  @Option(
    help: ArgumentHelp("Weights of pixels: auto, poisson (values are counts), gaussian (all alike).", valueName: "name")
  )
  var noise = ColumnFit.Noise.auto

  @Option(help: ArgumentHelp("What lies below the columns: smooth, constant or plane.", valueName: "name"))
  var background = ColumnFit.Background.smooth

  @OptionGroup var contrast: ContrastOptions

  func validate() throws {
    if method == .symmetry && fold == nil {
      throw ValidationError("--method symmetry needs --fold n, the order of the rotation axes, such as --fold 6")
    }
    guard let fold else { return }
    guard method == .symmetry else { throw ValidationError("--fold is of use with --method symmetry only") }
    guard (2...40).contains(fold) else { throw ValidationError("--fold must be 2 to 40, but is \(fold)") }
  }

  func apply(to preparation: inout Preparation, _ finder: inout ColumnFinder) {
    preparation.contrast = Preparation.Contrast(rawValue: contrast.contrast.rawValue) ?? .auto
    finder.route = method
    finder.fold = fold
    finder.scale = scale
    finder.noiseThreshold = noiseThreshold
    finder.contrastThreshold = contrastThreshold
    (finder.fit.shape, finder.fit.noise, finder.fit.background) = (shape, noise, background)
  }
}

/// Whether motifs that differ by a rotation are one.
enum FeatureForm: String, ExpressibleByArgument, CaseIterable, Sendable { case full, invariant }

/// How motifs are described, laid out and sorted.
struct MotifOptions: ParsableArguments {
  @Option(help: ArgumentHelp("full: turned motifs differ; invariant: they are one.", valueName: "form"))
  var features = FeatureForm.full

  @Option(help: ArgumentHelp("Zernike terms with these |q| only: 0,2,3. (default: all)", valueName: "list"))
  var angularOrders: NumberList?

  @Option(help: ArgumentHelp("Largest radial order p of the Zernike terms.", valueName: "p"))
  var maxOrder = 10

  @Flag(help: "Leave out the mean intensity of a patch (as the papers' invariants do).")
  var noPiston = false

  @Flag(help: "Keep the tails of columns outside a patch in its features.")
  var noIsolation = false

  @Option(help: ArgumentHelp("Side of a patch. (default: twice the plane spacing)", valueName: "pixels"))
  var patchSize: Int?

  @Option(help: ArgumentHelp("Neighbours of each motif in the graph.", valueName: "k"))
  var neighbors = 15

  @Option(help: ArgumentHelp("Distance between features: euclidean or correlation.", valueName: "name"))
  var metric = MotifMethod().embedding.search.metric

  @Option(help: ArgumentHelp("Iterations of the layout, half of them in each stage.", valueName: "n"))
  var iterations = 160

  @Option(help: ArgumentHelp("auto, or the number of classes.", valueName: "n"))
  var classes = ClassCount.auto

  @Option(help: ArgumentHelp("Standard deviations between two classes.", valueName: "deviations"))
  var separation = ClassFinder().separation

  func validate() throws {
    guard (1...40).contains(maxOrder) else { throw ValidationError("--max-order must be 1 to 40, but is \(maxOrder)") }
    guard neighbors >= 2 else { throw ValidationError("--neighbors must be 2 or more, but is \(neighbors)") }
    guard iterations >= 2 else { throw ValidationError("--iterations must be 2 or more, but is \(iterations)") }
    if let patchSize, patchSize < 5 || patchSize.isMultiple(of: 2) {
      throw ValidationError("--patch-size must be an odd number from 5, but is \(patchSize)")
    }
    if let orders = angularOrders?.values, orders.contains(where: { $0 < 0 || $0 != $0.rounded() }) {
      throw ValidationError("--angular-orders must be whole numbers from 0, such as 0,2,3")
    }
  }

  /// The method with these settings and those that find the columns.
  func method(finding: FindingOptions) throws -> MotifMethod {
    var method = MotifMethod()
    finding.apply(to: &method.preparation, &method.finder)
    method.descriptor.form = features == .full ? .full : .invariant
    method.descriptor.angularOrders = angularOrders?.values.map { Int($0) }
    method.descriptor.maxOrder = maxOrder
    method.descriptor.keepsPiston = !noPiston
    method.isolatesPatches = !noIsolation
    method.patchSize = patchSize
    method.embedding.search.count = neighbors
    method.embedding.search.metric = metric
    for stage in method.embedding.stages.indices {
      method.embedding.stages[stage].iterations = stage == 0 ? (iterations + 1) / 2 : iterations / 2
    }
    method.classFinder.separation = separation
    method.classCount = classes.count
    return method
  }
}

/// `--classes auto` or a number.
struct ClassCount: ExpressibleByArgument, Sendable {
  /// Nil: found.
  let count: Int?
  static let auto = ClassCount(count: nil)

  init(count: Int?) { self.count = count }

  init?(argument: String) {
    if argument == "auto" {
      count = nil
    } else if let number = Int(argument), number >= 1 {
      count = number
    } else {
      return nil
    }
  }

  var defaultValueDescription: String { count.map(String.init) ?? "auto" }
}
