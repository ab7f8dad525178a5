import TesseraStructure

/// What `summary.json` says of a strain analysis.
public struct StrainResultSummary: Sendable, Encodable {
  public var counts: [String: Int]
  /// Mean, standard deviation and median error of each plane of `strain.tif` and of the hydrostatic strain.
  public var strain: [String: StrainSummary.Plane]
  /// By each route that was used.
  public var methods: [String: StrainSummary]
  public var reference: StrainSummary.Reference
  @Explicit public var resolutionNanometres: Double?
  public var resolutionPixels: Double

  enum CodingKeys: String, CodingKey {
    case counts, strain, methods, reference
    case resolutionNanometres = "resolution_nm"
    case resolutionPixels = "resolution_px"
  }
}

extension StrainResult {
  public var summary: StrainResultSummary {
    let summaries = maps.map {
      StrainSummary(of: $0, reference: settings.reference, calibration: micrograph.calibration)
    }
    return StrainResultSummary(
      counts: [
        "columns": columns?.sites.count ?? 0, "columns_on_lattice": lattice?.nodes.count { $0 != nil } ?? 0,
        "columns_with_strain": columnStrains.count { $0 != nil },
      ],
      strain: summaries[0].planes, methods: Dictionary(uniqueKeysWithValues: summaries.map { ($0.method, $0) }),
      reference: summaries[0].reference, resolutionNanometres: summaries[0].resolutionNanometres,
      resolutionPixels: summaries[0].resolutionPixels)
  }
}
