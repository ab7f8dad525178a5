/// A symmetric matrix of two rows: the covariance of two numbers, such as the coordinates of a place.
public struct PlanarCovariance: Sendable, Codable, Equatable {
  /// Variance of the first number, covariance, and variance of the second, in squared units of the numbers.
  public var xx, xy, yy: Double

  /// From the variances `xx` and `yy` and the covariance `xy`.
  public init(xx: Double, xy: Double, yy: Double) { (self.xx, self.xy, self.yy) = (xx, xy, yy) }

  /// The covariance of numbers that are known exactly.
  public static let zero = PlanarCovariance(xx: 0, xy: 0, yy: 0)

  /// The covariance of two numbers without correlation, from their standard errors.
  public init(errors: Point) { self.init(xx: errors.x * errors.x, xy: 0, yy: errors.y * errors.y) }

  /// p pᵀ.
  public init(outer p: Point) { self.init(xx: p.x * p.x, xy: p.x * p.y, yy: p.y * p.y) }

  /// aᵀ C b.
  @inlinable public func form(_ a: Point, _ b: Point) -> Double {
    a.x * b.x * xx + (a.x * b.y + a.y * b.x) * xy + a.y * b.y * yy
  }

  /// The covariance of (a · p, b · p) if this is that of p.
  @inlinable public func mapped(_ a: Point, _ b: Point) -> PlanarCovariance {
    PlanarCovariance(xx: form(a, a), xy: form(a, b), yy: form(b, b))
  }

  /// The covariance of the sum of two pairs that are independent of each other.
  @inlinable public static func + (a: Self, b: Self) -> Self { Self(xx: a.xx + b.xx, xy: a.xy + b.xy, yy: a.yy + b.yy) }
  /// The covariance of a pair that is scaled by √s.
  @inlinable public static func * (a: Self, s: Double) -> Self { Self(xx: a.xx * s, xy: a.xy * s, yy: a.yy * s) }
}
