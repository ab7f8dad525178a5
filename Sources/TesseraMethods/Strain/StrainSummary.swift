import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `summary.json` says of strain.
public struct StrainSummary: Sendable, Encodable {
  /// One plane.
  public struct Plane: Sendable, Encodable {
    /// Over the pixels where the strain is known.
    public var mean, std: Double
    /// The median of the standard errors; absent where unknown.
    public var medianError: Double?

    enum CodingKeys: String, CodingKey {
      case mean, std
      case medianError = "median_error"
    }
  }
  public struct Reference: Sendable, Encodable {
    /// In words.
    public var kind: String
    /// In pixels.
    public var u, v: [Double]
  }

  public var method: String
  /// `exx`, `eyy`, `exy`, `rotation`, `hydrostatic`.
  public var planes: [String: Plane]
  /// Share of the pixels whose strain is known.
  public var knownShare: Double
  public var reference: Reference
  public var axisDegrees, resolutionPixels: Double
  @Explicit public var resolutionNanometres: Double?

  enum CodingKeys: String, CodingKey {
    case method, planes, reference
    case knownShare = "known_share"
    case axisDegrees = "axis_degrees"
    case resolutionPixels = "resolution_px"
    case resolutionNanometres = "resolution_nm"
  }

  public init(of map: StrainMap, reference: StrainReference, calibration: Calibration?) {
    method = map.method.rawValue
    let medians = Dictionary(uniqueKeysWithValues: zip(StrainPlanes.names, map.errors?.medians ?? []).map { ($0, $1) })
    planes = Dictionary(
      uniqueKeysWithValues: map.planes.statistics.map {
        ($0.name, Plane(mean: $0.mean, std: $0.deviation, medianError: medians[$0.name]))
      })
    knownShare = map.planes.knownShare
    self.reference = Reference(
      kind: reference.sentence, u: [map.reference.u.x, map.reference.u.y], v: [map.reference.v.x, map.reference.v.y])
    axisDegrees = map.axis * 180 / .pi
    resolutionPixels = map.resolution
    resolutionNanometres = calibration.map { map.resolution * $0.meanNanometresPerPixel }
  }
}

/// `summary.json` of a strain analysis.
public struct StrainDocument: Sendable, Encodable {
  /// As the user typed it.
  public var input: String
  @Explicit public var calibration: Summary.PixelSize?
  public var parameters: [String: Summary.Parameter]
  public var settings: StrainAnalysis
  public var counts: [String: Int]
  /// Mean, standard deviation and median error of each plane of `strain.tif` and of the hydrostatic strain.
  public var strain: [String: StrainSummary.Plane]
  /// By each method that was used.
  public var methods: [String: StrainSummary]
  public var reference: StrainSummary.Reference
  @Explicit public var resolutionNanometres: Double?
  public var resolutionPixels: Double
  public var timings: [String: Double]
  public var version: String
  public var warnings: [String]

  enum CodingKeys: String, CodingKey {
    case input, calibration, parameters, settings, counts, strain, methods, reference, timings, version, warnings
    case resolutionNanometres = "resolution_nm"
    case resolutionPixels = "resolution_px"
  }

  public init(of result: StrainResult, settings: StrainAnalysis, input: String, version: String) {
    (self.input, self.settings, self.version) = (input, settings, version)
    let calibration = result.micrograph.calibration
    self.calibration = calibration.map { Summary.PixelSize(x: $0.nanometresPerPixelX, y: $0.nanometresPerPixelY) }
    parameters = Dictionary(
      result.choices.map { ($0.name, Summary.Parameter(value: $0.value, reason: $0.reason)) }, uniquingKeysWith: { $1 })
    counts = [
      "columns": result.columns?.sites.count ?? 0, "columns_on_lattice": result.lattice?.nodes.count { $0 != nil } ?? 0,
      "columns_with_strain": result.columnStrains.count { $0 != nil },
    ]
    let summaries = result.maps.map { StrainSummary(of: $0, reference: result.reference, calibration: calibration) }
    methods = Dictionary(uniqueKeysWithValues: summaries.map { ($0.method, $0) })
    (strain, reference) = (summaries[0].planes, summaries[0].reference)
    (resolutionPixels, resolutionNanometres) = (summaries[0].resolutionPixels, summaries[0].resolutionNanometres)
    timings = Dictionary(result.timings.map { ($0.stage, $0.seconds) }, uniquingKeysWith: +)
    warnings = result.warnings
  }

  /// The file's bytes: sorted keys, so that equal results are equal bytes.
  public func json() throws -> Data { try JSONEncoder.forResults().document(self) }
}
