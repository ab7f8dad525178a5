import TesseraImaging
import TesseraNumerics

/// How far the planes of a strain map spread, against what the noise of the pixels alone would give.
///
/// A plane varies by more than noise if one of two measures does: its variance over the map, against the mean square of its
/// standard errors; or the variance of its means over blocks, which a weak but steady gradient raises long before it shows
/// in the whole. For both, noise gives chi-square variables, whose scatter is allowed for. Against a reference that is not the
/// whole image, the mean of a plane is a result too, and is held against its standard error: a uniform strain shows in it alone.
public struct StrainSpread: Sendable, Equatable {
  /// The spread of one plane; strain is a number, rotation in radians.
  public struct Plane: Sendable, Equatable {
    /// `exx`, `eyy`, `exy` or `rotation`.
    public var name: String
    /// Mean over the map.
    public var mean: Double
    /// Standard error of the mean from noise, the error of a reference in the image included; nil where the mean is zero by the choice of
    /// the reference, or its error is unknown.
    public var meanError: Double?
    /// Standard deviation over the map.
    public var deviation: Double
    /// Root mean square of the standard errors over the map.
    public var error: Double
    /// Whether the plane varies by more than its noise explains.
    public var variesBeyondNoise: Bool
    /// Part of the variance over the map that depends on the line alone, 0 ... 1; 0 where lines are too short to tell.
    public var lineShare: Double

    /// Whether the mean differs from zero by more than its noise explains.
    public var hasMeanBeyondNoise: Bool {
      meanError.map { abs(mean) > StrainSpread.errorFactor * StrainSpread.significance * $0 } ?? false
    }

    /// Whether the plane shows more than noise: it varies, or its mean differs from zero.
    public var isBeyondNoise: Bool { variesBeyondNoise || hasMeanBeyondNoise }
  }
  /// exx, eyy, exy and rotation; empty where no errors are known.
  public var planes: [Plane]

  /// Stated errors were found up to this factor too small in simulations (docs/results.md, strain from positions).
  static let errorFactor = 1.2
  /// Noise passes for strain in about one plane of a thousand.
  static let significance = 3.3
  /// Blocks along each side of the map.
  static let blocks = 4
  /// Values share their noise over this area, in squares of the resolution: that of the square of a Gaussian,
  /// 4π / (2 √(2 ln 2))².
  static let correlatedArea = 2.27
}

extension StrainSpread {
  /// - Parameters:
  ///   - noises: root mean squares of the standard errors of the planes; nil: unknown.
  ///   - resolution: of the map, in pixels.
  ///   - meanErrors: standard errors of the means; nil where these are no result.
  init(of planes: StrainPlanes, noises: [Double]?, resolution: Double, meanErrors: SIMD4<Double>?) {
    guard let noises else {
      self.planes = []
      return
    }
    let area = Self.correlatedArea * resolution * resolution
    let maps = planes.all
    self.planes = concurrentMap(count: maps.count) { k in
      let (map, noise) = (maps[k], noises[k])
      let mean = Self.mean(of: map)
      let deviation = Self.rootMeanSquare(of: map, around: mean)
      let known = Double(map.values.count(where: \.isFinite))
      let varies =
        noise.isFinite
        && (Self.exceeds(deviation * deviation, noise: noise, degrees: known / area)
          || Self.blockMeansExceed(map, noise: noise, area: area))
      return Plane(
        name: StrainPlanes.names[k], mean: mean, meanError: meanErrors?[k], deviation: deviation, error: noise,
        variesBeyondNoise: varies, lineShare: Self.lineShare(of: map, mean: mean, resolution: resolution))
    }
  }

  /// Names of the planes that are nearly the same all along each scan line, as drift and errors of the scan make all but exx; empty
  /// where fewer than two of them are.
  public var scanned: [String] {
    let found = planes.filter {
      $0.name != "exx" && $0.variesBeyondNoise && $0.lineShare > Self.leastLineShare
    }
    return found.count > 1 ? found.map(\.name) : []
  }

  /// A field without a direction has this much less of its variance in the means of lines, on which four or more independent values lie.
  private static let (leastLineShare, fewestOnLine) = (0.6, 4.0)

  private static func lineShare(of map: Raster<Float>, mean: Double, resolution: Double) -> Double {
    var (ofLines, whole, known, lines) = (0.0, 0.0, 0, 0)
    for y in 0..<map.height {
      var (sum, count) = (0.0, 0)
      for value in map.values[y * map.width..<(y + 1) * map.width] where value.isFinite {
        let difference = Double(value) - mean
        (sum, count) = (sum + difference, count + 1)
        whole += difference * difference
      }
      guard count > 0 else { continue }
      ofLines += sum * sum / Double(count)
      (known, lines) = (known + count, lines + 1)
    }
    let length = Double(known) / Double(max(1, lines))
    guard whole > 0, length >= fewestOnLine * correlatedArea.squareRoot() * resolution else { return 0 }
    return ofLines / whole
  }

  /// Whether a variance is more than what noise of so many degrees of freedom gives.
  private static func exceeds(_ variance: Double, noise: Double, degrees: Double) -> Bool {
    let stated = errorFactor * errorFactor * noise * noise
    return variance > stated * (1 + significance * (2 / max(1, degrees)).squareRoot())
  }

  /// The same for the means over blocks of the map.
  private static func blockMeansExceed(_ map: Raster<Float>, noise: Double, area: Double) -> Bool {
    let count = blocks
    var sums = [(sum: Double, count: Double)](repeating: (0, 0), count: count * count)
    for y in 0..<map.height {
      let row = y * count / map.height
      for x in 0..<map.width where map[x, y].isFinite {
        let block = row * count + x * count / map.width
        sums[block] = (sums[block].sum + Double(map[x, y]), sums[block].count + 1)
      }
    }
    // Blocks that hold less than one independent value say nothing.
    let means = sums.filter { $0.count > area }.map { (mean: $0.sum / $0.count, independent: $0.count / area) }
    guard means.count > 2 else { return false }
    let weight = means.reduce(0) { $0 + $1.independent }
    let mean = means.reduce(0) { $0 + $1.independent * $1.mean } / weight
    let degrees = Double(means.count - 1)
    let square = means.reduce(0) { $0 + $1.independent * ($1.mean - mean) * ($1.mean - mean) }
    return exceeds(square / degrees, noise: noise, degrees: degrees)
  }

  private static func mean(of map: Raster<Float>) -> Double {
    var (sum, count) = (0.0, 0.0)
    for value in map.values where value.isFinite { (sum, count) = (sum + Double(value), count + 1) }
    return sum / count
  }

  private static func rootMeanSquare(of map: Raster<Float>, around middle: Double) -> Double {
    var (sum, count) = (0.0, 0.0)
    for value in map.values where value.isFinite {
      let part = Double(value) - middle
      (sum, count) = (sum + part * part, count + 1)
    }
    return count > 0 ? (sum / count).squareRoot() : .nan
  }
}
