/// A translation by whole pixels, `x` to the right and `y` down.
public struct Shift: Sendable, Codable, Hashable, Comparable {
  /// Whole pixels to the right and down; negative to the left and up.
  public var x, y: Int
  /// A shift by `x` pixels to the right and `y` down.
  public init(x: Int, y: Int) { (self.x, self.y) = (x, y) }

  /// In pixels.
  public var length: Double { Double(x * x + y * y).squareRoot() }

  /// Whether both lie along one line, within about 15 degrees.
  package func isParallel(to other: Shift) -> Bool {
    abs(Double(x * other.y - y * other.x)) <= 0.26 * length * other.length
  }

  /// The translation back.
  public static prefix func - (shift: Shift) -> Shift { Shift(x: -shift.x, y: -shift.y) }

  /// In the order of rows: of a shift and its opposite, the one above (0, 0) points down, or to the right in its own row.
  public static func < (a: Shift, b: Shift) -> Bool { (a.y, a.x) < (b.y, b.x) }
}
