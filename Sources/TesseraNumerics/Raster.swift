/// A rectangle of pixels, row-major: `x` runs right, `y` runs down, and the centre of the first pixel is (0, 0).
public struct Raster<Pixel> {
  /// Pixels per row.
  public let width: Int
  /// Number of rows.
  public let height: Int
  /// All pixels, row after row; `width * height` of them.
  public var values: [Pixel]

  /// Wraps pixels that exist already. `values.count` must be `width * height`.
  @inlinable public init(width: Int, height: Int, values: [Pixel]) {
    precondition(width >= 0 && height >= 0 && values.count == width * height, "a raster needs width x height values")
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// A raster of one value.
  @inlinable public init(width: Int, height: Int, filling value: Pixel) {
    self.init(width: width, height: height, values: [Pixel](repeating: value, count: width * height))
  }

  /// The number of pixels.
  @inlinable public var count: Int { values.count }

  /// The pixel in column `x` of row `y`; both must lie inside the raster.
  @inlinable public subscript(x: Int, y: Int) -> Pixel {
    get {
      precondition(x >= 0 && x < width)
      return values[y * width + x]
    }
    set {
      precondition(x >= 0 && x < width)
      values[y * width + x] = newValue
    }
  }

  /// Whether a pixel has these indices.
  @inlinable public func contains(x: Int, y: Int) -> Bool { x >= 0 && x < width && y >= 0 && y < height }

  /// A raster of the same size with each pixel transformed.
  @inlinable public func map<Other>(_ transform: (Pixel) throws -> Other) rethrows -> Raster<Other> {
    Raster<Other>(width: width, height: height, values: try values.map(transform))
  }

  /// The part with corners (`x`, `y`) and (`x + width`, `y + height`), which must lie inside.
  public func cropped(x: Int, y: Int, width: Int, height: Int) -> Raster {
    precondition(x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height, "crop leaves the raster")
    var part: [Pixel] = []
    part.reserveCapacity(width * height)
    for row in y..<y + height { part += values[row * self.width + x..<row * self.width + x + width] }
    return Raster(width: width, height: height, values: part)
  }
}

extension Raster: Sendable where Pixel: Sendable {}
extension Raster: Equatable where Pixel: Equatable {}
extension Raster: Hashable where Pixel: Hashable {}
extension Raster: Codable where Pixel: Codable {}
