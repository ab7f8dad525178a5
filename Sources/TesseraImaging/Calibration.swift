import TesseraNumerics

/// The size of a pixel. The only place where pixels become nanometres.
public struct Calibration: Sendable, Codable, Equatable {
  /// Width and height of a pixel in nm; positive and finite.
  public let nanometresPerPixelX, nanometresPerPixelY: Double

  /// Square pixels. Nil unless the size is positive and finite.
  public init?(nanometresPerPixel size: Double) { self.init(x: size, y: size) }

  /// Nil unless both sizes are positive and finite.
  public init?(x: Double, y: Double) {
    guard x > 0, y > 0, x.isFinite, y.isFinite else { return nil }
    (nanometresPerPixelX, nanometresPerPixelY) = (x, y)
  }

  /// A vector in pixels, in nm.
  public func nanometres(_ vector: Point) -> Point {
    Point(vector.x * nanometresPerPixelX, vector.y * nanometresPerPixelY)
  }

  /// Geometric mean of both sizes, in nm: the scale for lengths without a direction.
  public var meanNanometresPerPixel: Double { (nanometresPerPixelX * nanometresPerPixelY).squareRoot() }
}
