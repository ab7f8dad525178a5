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
  public var preparation = Preparation()
  public var finder = ColumnFinder()
  /// How a network finds columns, for the finder's route `network`; nil: with the network that comes with the program.
  public var network: NetworkFinder?
  public var intensities = ColumnIntensities()
  public var counter = AtomCounter()
  public init() {}

  public static let references = [
    "S. Van Aert, A. De Backer, G. T. Martinez et al.: Procedure to count atoms with trustworthy single-atom sensitivity. "
      + "Physical Review B 87 (2013) 064107.",
    "A. De Backer, G. T. Martinez, A. Rosenauer and S. Van Aert: Atom counting in HAADF STEM using a statistical "
      + "model-based approach. Ultramicroscopy 134 (2013) 23.",
  ]

  public static let stages: [(stage: Stage, share: Double)] = [(.prepare, 0.05), (.sites, 0.45), (.counts, 0.5)]

  /// More saturated pixels than this share stand on columns.
  private static let mostSaturated = 0.005

  /// - Throws: `DataError` where the image shows too few columns, or is saturated.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> CountResult {
    let prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    if let saturation = prepared.saturation, saturation.share > Self.mostSaturated {
      throw DataError(
        "\(input.micrograph.name): \(Text.fixed(100 * saturation.share, 1)) % of the pixels are saturated at \(saturation.value), so the "
          + "intensities of columns do not tell their atoms; use an image whose brightest columns are not cut off")
    }
    var found = try clock.run(.sites) { try finder.columns(of: input, in: prepared, network: network) }
    let counts = try clock.run(.counts) {
      found.sites = try intensities.measured(found, in: prepared.image)
      return try counter.counts(of: found)
    }
    return CountResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared,
        choices: finder.choices(for: found, isGiven: input.columns != nil) + Self.choices(for: counts), clock: clock,
        warnings: found.warnings),
      finding: found, counts: counts)
  }

  private static func choices(for counts: AtomCounter.Result) -> [RunRecord.Choice] {
    [
      .init(
        "evidence", counts.evidence.rawValue,
        counts.evidence == .neighbours
          ? "intensities and the thickness of neighbouring columns" : "the histogram of intensities"),
      .init("thicknesses", "\(counts.order)", "selected by the criterion \(counts.criterion.rawValue)"),
      .init("spacing", counts.spacing.rawValue, "how the intensity depends on the number of atoms"),
    ]
  }
}
