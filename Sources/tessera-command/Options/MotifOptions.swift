import ArgumentParser
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraStructure

extension ZernikeDescriptor.Form: ExpressibleByArgument {}
extension NeighbourMetric: ExpressibleByArgument {}

/// How motifs are described, laid out and sorted. Defaults are those of `MotifMethod`.
struct MotifOptions: ParsableArguments {
  private static let standard = MotifMethod()
  private static let standardIterations = standard.embedding.stages.reduce(0) { $0 + $1.iterations }

  @Option(
    help: ArgumentHelp(
      "Features of a motif: full (rotated copies of a motif are different motifs) or invariant (rotated copies are the "
        + "same motif).", valueName: "form"))
  var features = Self.standard.descriptor.form

  @Option(
    help: ArgumentHelp(
      "Angular orders |q| of the Zernike moments to use, 0 to 40, such as 0,2,3. (default: all)", valueName: "list"),
    transform: NumberList.angularOrders(typed:))
  var angularOrders: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Maximum radial order p of the Zernike moments, 1 to 40.", valueName: "p"))
  var maxOrder = Self.standard.descriptor.maxOrder

  @Flag(help: "Ignore the mean intensity of each patch, as the published invariants do.")
  var noPiston = false

  @Flag(
    help: ArgumentHelp(
      "Division of each patch by the local brightness of the columns of its kind, where the columns share a lattice. (default: "
        + "only where a slow change of brightness hides kinds of columns)"))
  var levelBrightness = false

  @Flag(help: "Do not subtract the tails of columns that lie outside the patch.")
  var noIsolation = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Side length of a patch in pixels, odd, at least 5 and at most half the image. (default: twice the lattice-plane spacing)",
      valueName: "pixels"))
  var patchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Number of nearest neighbours per motif in the neighbour graph, 2 to 1000.", valueName: "k"))
  var neighbors = Self.standard.embedding.search.count

  @Option(help: ArgumentHelp("Distance between the features of two motifs.", valueName: "name"))
  var metric = Self.standard.embedding.search.metric

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Number of iterations of the layout, 2 to 100000; each of two stages takes half.", valueName: "n")
  )
  var iterations = Self.standardIterations

  @Option(
    help: ArgumentHelp("Number of classes, 1 to 1000, or auto to find the number. (default: auto)", valueName: "n"),
    transform: ClassCount.init(typed:))
  var classes = ClassCount.auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Minimum distance between two classes, in standard deviations of the noise; above 2 and at most 1000000. "
        + "(default: \(Self.standard.classFinder.separation))",
      valueName: "deviations"), transform: number(above: 2, to: 1e6))
  var separation: Double?

  @Option(
    help: ArgumentHelp(
      "Recipe of `classes` to sort the columns by: on the classes that it began with, its actions are replayed; on another image "
        + "the columns go to the classes whose averages they fit. (default: none)", valueName: "recipe.json"),
    completion: .file(extensions: ["json"]))
  var recipe: String?

  @Option(
    help: ArgumentHelp(
      "Result folder of analyze or motifs with the classes, in their current state, into which the columns are sorted; columns that fit "
        + "no class are unknown. (default: none)", valueName: "result"), completion: .directory)
  var apply: String?

  func validate() throws {
    if recipe != nil && apply != nil {
      throw ValidationError("--recipe and --apply both say how columns are sorted; leave one of them out")
    }
    guard (1...40).contains(maxOrder) else {
      throw ValidationError("--max-order must be between 1 and 40, but is \(maxOrder)")
    }
    guard (2...1000).contains(neighbors) else {
      throw ValidationError("--neighbors must be between 2 and 1000, but is \(neighbors)")
    }
    guard (2...100_000).contains(iterations) else {
      throw ValidationError("--iterations must be between 2 and 100000, but is \(iterations)")
    }
    if let count = classes.count, !(1...1000 ~= count) {
      throw ValidationError("--classes must be auto or between 1 and 1000, but is \(count)")
    }
    if let separation, let count = classes.count {
      throw ValidationError(
        "--separation \(short(separation)) finds how many classes there are, and --classes \(count) says it; leave one of them out"
      )
    }
    if let patchSize, patchSize > 1 << 20 {
      throw ValidationError("--patch-size must be at most half the image, but is \(patchSize)")
    }
    if let patchSize, patchSize < 5 || patchSize.isMultiple(of: 2) {
      throw ValidationError("--patch-size must be an odd number of at least 5, but is \(patchSize)")
    }
  }

  /// What the columns are sorted by after the image's own classes were found; nil where nothing is asked for.
  func sorting() throws -> ClassSorting? {
    guard let name = recipe ?? apply else { return nil }
    let sorting = try recipe != nil ? ClassSorting(recipe: name) : ClassSorting(result: name)
    if let model = sorting.model, model.descriptor != descriptor, descriptor != MotifMethod().descriptor {
      throw ValidationError(
        "\(recipe != nil ? "--recipe" : "--apply") says how patches are described; leave out --features, --angular-orders, "
          + "--max-order and --no-piston")
    }
    return sorting
  }

  private var descriptor: ZernikeDescriptor {
    var descriptor = MotifMethod().descriptor
    descriptor.form = features
    descriptor.angularOrders = angularOrders?.values.map { Int($0) }
    descriptor.maxOrder = maxOrder
    descriptor.keepsPiston = !noPiston
    return descriptor
  }

  /// The method with these settings and those that find the columns; patches are described as what the columns are sorted by needs.
  func method(
    finding: FindingOptions, for micrograph: Micrograph? = nil, sorting: ClassSorting? = nil
  ) throws -> MotifMethod {
    var method = MotifMethod()
    let model = sorting?.model
    finding.apply(to: &method.preparation, &method.finder, &method.network)
    method.descriptor = model?.descriptor ?? descriptor
    method.isolatesPatches = !noIsolation && sorting?.isolatesPatches != false
    method.levelsBrightness = levelBrightness || sorting?.levelsBrightness == true
    let known = model?.side(at: micrograph?.calibration)
    if let patchSize, let known, patchSize != known {
      throw ValidationError(
        "--patch-size is \(patchSize), but the classes that the columns are sorted by were learned from patches that are \(known) pixels "
          + "wide at the scale of this image, and no others can be compared with them; leave --patch-size out")
    }
    method.patchSize = patchSize ?? known
    method.embedding.search.count = neighbors
    method.embedding.search.metric = metric
    for stage in method.embedding.stages.indices {
      method.embedding.stages[stage].iterations = stage == 0 ? (iterations + 1) / 2 : iterations / 2
    }
    method.classFinder.separation = separation ?? method.classFinder.separation
    method.classCount = classes.count
    return method
  }
}
