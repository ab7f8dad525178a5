import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Counts the atoms of every column of a micrograph.
///
/// ```swift
/// let result = try CountMethod().result(on: micrograph)
/// for (site, count) in zip(result.finding.sites.sites, result.counts.counts) { print(site.position, count) }
/// ```
public struct CountMethod: Method {
  /// How the micrograph is prepared. Values are not rescaled, so cross-sections keep the units of the image.
  public var preparation = Preparation()
  /// How columns are found and fitted.
  public var finder = ColumnFinder()
  /// How a network finds columns, for the finder's route `network`; nil: with the network that comes with the program.
  public var network: NetworkFinder?
  /// How the scattering cross-section of each column is measured.
  public var intensities = ColumnIntensities()
  /// How the cross-sections are decomposed into numbers of atoms; `known` is replaced by what `library` and `reference`
  /// give.
  public var counter = AtomCounter()
  /// Cross-sections of columns of 1, 2, 3, ... atoms.
  public var library: CrossSectionLibrary?
  /// A column whose atoms are known.
  public var reference: KnownColumn?
  /// Cross-sections are measured and the step per atom is sought in the image, without a library.
  public init() {}

  /// The procedure for counting atoms with single-atom sensitivity, and the statistics behind it.
  public static let references = [
    "S. Van Aert, A. De Backer, G. T. Martinez et al.: Procedure to count atoms with trustworthy single-atom sensitivity. "
      + "Physical Review B 87 (2013) 064107.",
    "A. De Backer, G. T. Martinez, A. Rosenauer and S. Van Aert: Atom counting in HAADF STEM using a statistical "
      + "model-based approach. Ultramicroscopy 134 (2013) 23.",
  ]

  /// Finding the columns and counting their atoms take about half of the time each.
  public static let stages: [(stage: Stage, share: Double)] = [(.prepare, 0.05), (.sites, 0.45), (.counts, 0.5)]

  /// More saturated pixels than this share stand on columns.
  private static let mostSaturated = 0.005

  /// - Throws: `DataError` where the image shows too few columns, or is saturated.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> CountResult {
    var prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    if let saturation = prepared.saturation, saturation.share > Self.mostSaturated {
      throw DataError(
        "\(input.micrograph.name): \(Text.fixed(100 * saturation.share, 1)) % of the pixels are saturated at \(saturation.value), so the "
          + "intensities of columns do not determine their numbers of atoms; use an image whose brightest columns are not cut off"
      )
    }
    var found = try clock.run(.sites) { try finder.columns(of: input, in: &prepared, network: network) }
    let (counts, unlike) = try clock.run(.counts) {
      found.sites = try intensities.measured(found, in: prepared.image)
      var counter = counter
      counter.known = try knownSteps(for: found.sites, in: input.micrograph, prepared.image)
      return (
        try counter.counts(of: found),
        UnlikeSublattices(of: found.sites, width: prepared.image.width, height: prepared.image.height)
      )
    }
    return CountResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared,
        choices: finder.choices(for: found, isGiven: input.columns != nil) + Self.choices(for: counts), clock: clock,
        warnings: found.warnings + Self.doubts(about: counts) + (unlike.map { [$0.sentence] } ?? [])),
      finding: found, counts: counts)
  }

  /// What the numbers may be off by.
  private static func doubts(about counts: AtomCounter.Result) -> [String] {
    var doubts: [String] = []
    if let doubt = counts.stepDoubt { doubts.append(text(of: doubt, about: counts)) }
    if counts.beyondCount > 0 {
      doubts.append(
        "\(counts.beyondCount) column\(counts.beyondCount == 1 ? " is" : "s are") brighter than the thickest that is known and got no number"
      )
    }
    return doubts
  }

  private static func text(of doubt: AtomCounter.StepDoubt, about counts: AtomCounter.Result) -> String {
    let known = counts.counts.filter { $0 > 0 }
    let (low, high, thicknesses) = (known.min() ?? 0, known.max() ?? 0, counts.components.count)
    func range(_ factor: Double) -> String {
      let ends = [low, high].map { max(1, Int(saturating: (factor * Double($0)).rounded())) }
      return ends[0] == ends[1] ? "\(ends[0])" : "\(ends[0]) to \(ends[1])"
    }
    let remedy = "To count absolutely, give \(setting("library")) or " + setting("known")
    return switch doubt {
    case .smooth:
      "no steps of one atom are seen: the intensities of \(known.count) columns do not gather at equidistant values more than those of a smooth "
        + "distribution, so that the numbers (\(low) to \(high)) are those of one comb among many that suit the image as well, and none is "
        + "probable. " + remedy
    case .offset:
      "the intensities of \(known.count) columns gather at equidistant values, but these are no nearer to whole numbers of atoms than to halves, as "
        + "where the background is too high or too low: all numbers (\(range(1))) may be too high or too low by the same few atoms, and their "
        + "probabilities hold only if they are not. " + remedy
    case .seconds:
      counts.isHalved
        ? "the image does not tell surely how much one atom adds: steps half as large suit the intensities better, but leave every second number of "
          + "atoms of the thin columns empty, as where intensities saturate or scatter; so twice as many atoms (\(range(2))) are not excluded, "
          + "and the probabilities hold only if \(range(1)) is right. " + remedy
        : "the image does not tell how much one atom adds: of the numbers of atoms that follow one another every second holds hardly a column "
          + (counts.emptySeconds.map { "(\($0.numbers.lowerBound) to \($0.numbers.upperBound)) " } ?? "")
          + "so that half as many atoms (\(range(0.5))) suit it as well; the probabilities hold only if \(range(1)) is right. "
          + remedy
    case .reference:
      "the cross-section of the known column has an error of \(Text.fixed(100 * counts.sourceError, 1)) %, which is "
        + "\(Text.fixed(counts.sourceError * Double(high), 1)) atoms for the thickest column: the numbers (\(range(1))) may be off in "
        + "proportion, and the probabilities do not count that; name a thicker known column"
    case .given:
      "the intensities lie between the cross-sections of \(counts.source ?? "1, 2, 3, ... atoms") as often as at them, as those of another image, scale "
        + "or column would: the numbers (\(range(1))) and their probabilities hold only if these are right. Without \(setting("library")) and "
        + "\(setting("known")), the step is sought in the image"
    case .few:
      "the image does not tell how much one atom adds: so few thicknesses (\(thicknesses)) may have numbers with a common factor, so that "
        + "twice (\(range(2))) or three times (\(range(3))) as many atoms suit it as well; the probabilities hold only if \(range(1)) is "
        + "right. " + remedy
    case .unclear:
      "the image does not tell how much one atom adds: the \(thicknesses) thicknesses of \(known.count) columns overlap, hold "
        + "few columns each, or do not follow one another, so that half as many atoms (\(range(0.5))) or twice as many (\(range(2))) suit it about as well; "
        + "the probabilities hold only if \(low) to \(high) is right. " + remedy
    }
  }

  private static func choices(for counts: AtomCounter.Result) -> [RunRecord.Choice] {
    [
      counts.source.map { .init("cross-sections", "known", "those of \($0)") }
        ?? .init("cross-sections", "found", "from the image"),
      .init(
        "evidence", counts.evidence.rawValue,
        counts.evidence == .neighbours
          ? "intensities and the thickness of neighbouring columns" : "the histogram of intensities"),
      .init(
        "thicknesses", "\(counts.order)",
        counts.source == nil ? "selected by the criterion \(counts.criterion.rawValue)" : "given"),
      .init(
        "spacing", counts.source == nil ? counts.spacing.rawValue : "given",
        "how the intensity depends on the number of atoms"),
    ]
  }
}
