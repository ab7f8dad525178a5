import TesseraNumerics

/// How two layers lie on each other in one part of an image.
public struct LocalTwist: Sendable, Equatable {
  /// Middle of the window in which the waves of both layers were fitted, in pixels.
  public var position: Point
  /// Angle between the layers in radians, with the sign that makes the twist of the whole image positive.
  public var twist: Moire.Measured
  /// Strain of the second layer against the first, along the axes of the image.
  public var exx, eyy, exy: Moire.Measured

  /// Twist and strains in the order of the planes of a map.
  package var measured: [Moire.Measured] { [twist, exx, eyy, exy] }
}

/// Twist and heterostrain from place to place.
public struct TwistMap: Sendable {
  /// Row after row, `columns` in each; nil where the waves of both layers could not be told apart.
  public var windows: [LocalTwist?]
  /// Windows in a row and in a column.
  public var columns, rows: Int
  /// Middle of the first window, and distance from one to the next along x and y, in pixels.
  public var origin, step: Point
  /// Side of the windows, in pixels.
  public var side: Int
  /// Full width at half maximum of the Hann window, in pixels: changes over a shorter distance are not resolved.
  public var resolution: Double { Double(side) / 2 }

  /// Names of the planes: the twist in degrees, and the strains without a unit.
  public static let planeNames = ["twist_degrees", "exx", "eyy", "exy"]

  /// The planes over the image, interpolated between the windows; NaN beyond the middles of the outermost ones.
  /// - Parameters:
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  ///   - isError: whether the planes are of the standard errors instead of the values.
  public func planes(width: Int, height: Int, isError: Bool = false) -> [Raster<Float>] {
    (0..<Self.planeNames.count).map { plane in
      let values = windows.map { window -> Double in
        guard let own = window?.measured[plane] else { return .nan }
        return (isError ? own.error : own.value) * (plane == 0 ? 180 / .pi : 1)
      }
      return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
        for x in 0..<row.count { row[x] = Float(interpolated(values, at: Point(Double(x), Double(y)))) }
      }
    }
  }

  private func interpolated(_ values: [Double], at place: Point) -> Double {
    func split(_ offset: Double, _ step: Double, _ count: Int) -> (Int, Double)? {
      let at = step > 0 ? offset / step : offset
      guard at >= 0, at <= Double(count - 1) else { return nil }
      let first = min(Int(saturating: at), max(0, count - 2))
      return (first, at - Double(first))
    }
    guard let (i, p) = split(place.x - origin.x, step.x, columns), let (j, q) = split(place.y - origin.y, step.y, rows)
    else { return .nan }
    var sum = 0.0
    for (dj, weight) in [(0, 1 - q), (1, q)] where weight > 0 {
      for (di, other) in [(0, 1 - p), (1, p)] where other > 0 {
        sum += weight * other * values[(j + dj) * columns + i + di]
      }
    }
    return sum
  }
}
