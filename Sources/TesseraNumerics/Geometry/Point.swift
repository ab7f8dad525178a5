import Foundation

/// A place or a vector in the image plane, in pixels: `x` right, `y` down.
public typealias Point = SIMD2<Double>

extension SIMD2 where Scalar == Double {
  /// Euclidean length.
  @inlinable public var length: Double { (x * x + y * y).squareRoot() }
  /// Length squared.
  @inlinable public var squaredLength: Double { x * x + y * y }
  /// Scalar product.
  @inlinable public func dot(_ other: Self) -> Double { x * other.x + y * other.y }
  /// z component of the cross product; positive where `other` lies clockwise on the screen (from +x towards +y).
  @inlinable public func cross(_ other: Self) -> Double { x * other.y - y * other.x }
  /// Angle from +x towards +y (downwards on the screen), in radians, -pi ... pi.
  public var angle: Double { atan2(y, x) }
  /// The vector turned by an angle, from +x towards +y, in radians.
  public func rotated(by angle: Double) -> Self {
    let (c, s) = (cos(angle), sin(angle))
    return Self(c * x - s * y, s * x + c * y)
  }
  /// The vector turned by quarter turns from +x towards +y, exactly.
  package func turned(quarters: Int) -> Self {
    switch ((quarters % 4) + 4) % 4 {
    case 1: Self(-y, x)
    case 2: Self(-x, -y)
    case 3: Self(y, -x)
    default: self
    }
  }
}
