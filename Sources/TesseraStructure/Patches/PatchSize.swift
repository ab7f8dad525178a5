import Foundation
import TesseraImaging
import TesseraNumerics

/// The side of a patch from the image's own period [M22, Fig. S30]: the first dominant ring of the radially averaged
/// power spectrum has frequency f0, the plane spacing is d = 1 / f0, and the patch has side s = 2 / f0.
public struct PatchSize: Sendable, Codable, Equatable {
  /// A ring counts when its power exceeds that of the rings around by this factor.
  public var prominence = 2.5
  /// An estimate from rings with at least 2.5 times the power of the rings around.
  public init() {}

  /// What the spectrum says.
  public struct Estimate: Sendable, Equatable {
    /// Frequency of the first dominant ring, in cycles per pixel; nil where no ring stands out.
    public var frequency: Double?
    /// Plane spacing 1 / f0, in pixels.
    public var planeSpacing: Double? { frequency.map { 1 / $0 } }
    /// Side of a patch, 2 / f0, in pixels, as a real number.
    public var side: Double? { frequency.map { 2 / $0 } }
    /// The odd number of pixels nearest to the side.
    public var oddSide: Int? { side.map { max(3, 2 * Int(saturating: $0 / 2) + 1) } }
    /// How far the ring stands above the spectrum around it, as a power ratio; 1: not at all.
    public var contrast: Double
    /// 0 ... 1: how sure the ring is (0.5 at the threshold, towards 1 for rings of tenfold power).
    public var confidence: Double
    /// The radial average and the side of the image its index counts in, for drawing.
    public var radial: [Double]
    /// Side in pixels of the square image of which `radial` is the spectrum: index r is the frequency r / `imageSide`.
    public var imageSide: Int
  }

  /// Smallest plane spacing at which the ring is sought, in distances of neighbouring columns: the widest planes of a lattice are at least
  /// 0.87 of its shortest vector apart, and the distance may seem twice as long where columns are missing.
  private static let narrowest = 0.4
  /// The first ring has at least this share of the strongest one's power.
  private static let fairShare = 0.2
  /// A ring of ten times the power of one at the threshold has the confidence 1 - 0.5 / 10^0.6, seven eighths.
  private static let confidenceSlope = 0.6

  /// - Parameters:
  ///   - spectrum: of the image, with its radial average.
  ///   - spacing: mean distance between neighbouring columns, in pixels: the ring is sought at plane spacings
  ///     between `narrowest` and `widest` of it.
  ///   - widest: largest plane spacing at which the ring is sought, in units of `spacing`.
  public func estimate(of spectrum: PowerSpectrum, spacing: Double, widest: Double = 4) -> Estimate {
    let side = Double(spectrum.side)
    let low = max(3, Int(saturating: side / (widest * spacing)))
    let high = min(spectrum.radial.count - 4, Int(saturating: side / (Self.narrowest * spacing)) + 1)
    var result = Estimate(
      frequency: nil, contrast: 1, confidence: 0, radial: spectrum.radial, imageSide: spectrum.side)
    guard low + 2 < high else { return result }
    let ratios = contrasts(of: spectrum.radial)
    let peaks = (low...high).filter { r in
      ratios[r] > threshold(ring: r) && spectrum.radial[r] >= spectrum.radial[r - 1]
        && spectrum.radial[r] > spectrum.radial[r + 1]
    }
    guard let strongest = peaks.map({ spectrum.radial[$0] }).max() else {
      result.contrast = (low...high).map { ratios[$0] }.max() ?? 1
      return result
    }
    // The first ring that carries a fair share of the strongest one's power: weaker rings before it belong to a
    // superstructure or to the field's outline.
    guard let first = peaks.first(where: { spectrum.radial[$0] >= Self.fairShare * strongest }) else { return result }
    result.frequency = centroid(of: spectrum.radial, around: first) / side
    result.contrast = ratios[first]
    result.confidence = 1 - 0.5 * pow(prominence / ratios[first], Self.confidenceSlope)
    return result
  }

  /// A small ring averages few values: of noise alone it exceeds its surroundings by about 1.5 / sqrt(pi r)
  /// typically (the taper makes neighbours alike), and by six times that hardly ever.
  private func threshold(ring: Int) -> Double { max(prominence, 1 + 10 / (Double.pi * Double(ring)).squareRoot()) }

  /// Power of each ring over the geometric mean of the medians of the rings a little inside and a little outside.
  private func contrasts(of radial: [Double]) -> [Double] {
    radial.indices.map { r in
      let reach = max(4, r / 3)
      let gap = max(1, reach / 4)
      let inside = radial[max(1, r - reach)..<max(2, r - gap)]
      let outside = radial[min(radial.count - 1, r + gap + 1)..<min(radial.count, r + reach + 1)]
      let (a, b) = (Statistics.median(Array(inside)), Statistics.median(Array(outside)))
      let floor = max(a, 1e-30) * max(b.isFinite ? b : a, 1e-30)
      return radial[r] / floor.squareRoot()
    }
  }

  /// Centre of mass of the power above its surroundings, over the rings of one peak.
  private func centroid(of radial: [Double], around peak: Int) -> Double {
    let reach = max(1, peak / 24)
    let range = max(1, peak - reach)...min(radial.count - 1, peak + reach)
    let floor = range.map { radial[$0] }.min() ?? 0
    let weights = range.map { radial[$0] - floor }
    let total = weights.reduce(0, +)
    guard total > 0 else { return Double(peak) }
    return zip(range, weights).reduce(0) { $0 + Double($1.0) * $1.1 } / total
  }
}
