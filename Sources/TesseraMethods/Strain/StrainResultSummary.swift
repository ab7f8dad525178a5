import TesseraStructure

/// What `summary.json` says of a strain analysis.
public struct StrainResultSummary: Sendable, Encodable {
  /// Numbers of `columns`, of those on the lattice (`columns_on_lattice`), and of those with a known strain
  /// (`columns_with_strain`).
  public var counts: [String: Int]
  /// Mean, standard deviation and median error of each plane of `strain.tif` and of the hydrostatic strain.
  public var strain: [String: StrainSummary.Plane]
  /// By each route that was used.
  public var methods: [String: StrainSummary]
  /// The reference lattice of the main route.
  public var reference: StrainSummary.Reference
  /// Width in nm over which a sharp step of the strain rises from 12 to 88 %, of the main route; null without a
  /// calibration.
  @Explicit public var resolutionNanometres: Double?
  /// The same in pixels.
  public var resolutionPixels: Double

  enum CodingKeys: String, CodingKey {
    case counts, strain, methods, reference
    case resolutionNanometres = "resolution_nm"
    case resolutionPixels = "resolution_px"
  }
}

extension StrainResult {
  /// The numbers of the result; `strain` is that of the first map.
  public var summary: StrainResultSummary {
    let summaries = maps.map {
      StrainSummary(of: $0, reference: settings.reference, calibration: micrograph.calibration)
    }
    let sites = columns?.sites.sites ?? []
    return StrainResultSummary(
      counts: [
        "columns": columns?.sites.columnCount ?? 0,
        "columns_on_lattice": zip(sites, lattice?.nodes ?? []).count { $0.kind != .outside && $1 != nil },
        "columns_with_strain": zip(sites, columnStrains).count { $0.kind != .outside && $1 != nil },
      ],
      strain: summaries[0].planes, methods: Dictionary(uniqueKeysWithValues: summaries.map { ($0.method, $0) }),
      reference: summaries[0].reference, resolutionNanometres: summaries[0].resolutionNanometres,
      resolutionPixels: summaries[0].resolutionPixels)
  }
}
