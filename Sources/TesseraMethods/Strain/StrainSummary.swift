import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `summary.json` says of the strain by one route.
public struct StrainSummary: Sendable, Encodable {
  /// One plane.
  public struct Plane: Sendable, Encodable {
    /// Over the pixels where the strain is known.
    public var mean, std: Double
    /// Standard error of the mean; absent where unknown, of the hydrostatic strain, and where the reference is that of the whole image,
    /// against which the mean is no result.
    public var meanError: Double?
    /// The median of the standard errors; absent where unknown.
    public var medianError: Double?
    /// Whether the plane varies, or its mean differs from zero, by more than its noise explains (`StrainSpread`); absent where no error is
    /// known, and of the hydrostatic strain.
    public var isBeyondNoise: Bool?

    enum CodingKeys: String, CodingKey {
      case mean, std, meanError, medianError
      case isBeyondNoise = "beyond_noise"
    }
  }
  /// The lattice against which strain was measured.
  public struct Reference: Sendable, Encodable {
    /// In words.
    public var kind: String
    /// In pixels.
    public var u, v: [Double]
  }

  /// The route: `columns` or `gpa`.
  public var method: String
  /// `exx`, `eyy`, `exy`, `rotation`, `hydrostatic`.
  public var planes: [String: Plane]
  /// Share of the pixels whose strain is known.
  public var knownShare: Double
  /// The reference lattice.
  public var reference: Reference
  /// Direction of `exx` in degrees from +x towards +y, and width in pixels over which a sharp step of the strain rises
  /// from 12 to 88 %.
  public var axisDegrees, resolutionPixels: Double
  /// That width in nm; null without a calibration.
  @Explicit public var resolutionNanometres: Double?

  enum CodingKeys: String, CodingKey {
    case method, planes, reference, knownShare, axisDegrees
    case resolutionPixels = "resolution_px"
    case resolutionNanometres = "resolution_nm"
  }

  /// The numbers of one map; `reference` is what the user asked for, in whose words the summary says it.
  public init(of map: StrainMap, reference: StrainReference, calibration: Calibration?) {
    method = map.source.rawValue
    let medians = Dictionary(uniqueKeysWithValues: zip(StrainPlanes.names, map.errorMedians).map { ($0, $1) })
    let spread = Dictionary(uniqueKeysWithValues: map.spread.planes.map { ($0.name, $0) })
    planes = Dictionary(
      uniqueKeysWithValues: map.planes.statistics.map {
        (
          $0.name,
          Plane(
            mean: $0.mean, std: $0.deviation, meanError: spread[$0.name]?.meanError, medianError: medians[$0.name],
            isBeyondNoise: spread[$0.name]?.isBeyondNoise)
        )
      })
    knownShare = map.planes.knownShare
    self.reference = Reference(
      kind: reference.sentence, u: [map.reference.u.x, map.reference.u.y], v: [map.reference.v.x, map.reference.v.y])
    axisDegrees = map.axis * 180 / .pi
    resolutionPixels = map.resolution
    resolutionNanometres = calibration.map { map.resolution * $0.meanNanometresPerPixel }
  }
}
