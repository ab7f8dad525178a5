import TesseraNumerics

/// Planes of numbers of equal size: what a layer of a network takes and makes.
public struct FeatureMaps: Sendable, Equatable {
  /// Number of planes.
  public let channels: Int
  /// Rows per plane.
  public let height: Int
  /// Numbers per row.
  public let width: Int
  /// Plane after plane, each row-major: `channels * height * width` numbers.
  public var values: [Float]

  /// Wraps numbers that exist already; there must be `channels * height * width`.
  public init(channels: Int, height: Int, width: Int, values: [Float]) {
    precondition(channels >= 0 && height >= 0 && width >= 0 && values.count == channels * height * width)
    (self.channels, self.height, self.width, self.values) = (channels, height, width, values)
  }

  /// One plane: an image.
  public init(_ image: Raster<Float>) {
    self.init(channels: 1, height: image.height, width: image.width, values: image.values)
  }

  /// Makes maps row by row on several threads; `fill` gets the plane, the row in it and its numbers, set to zero.
  init(
    channels: Int, height: Int, width: Int,
    _ fill: @Sendable (_ channel: Int, _ y: Int, _ row: inout MutableSpan<Float>) -> Void
  ) {
    let rows = concurrentRows(width: width, height: channels * height, of: Float(0)) { line, row in
      fill(line / height, line % height, &row)
    }
    self.init(channels: channels, height: height, width: width, values: rows.values)
  }

  /// Numbers per plane.
  var planeSize: Int { height * width }

  /// One plane as an image.
  public func plane(_ channel: Int) -> Raster<Float> {
    precondition(channel >= 0 && channel < channels, "there is no plane \(channel) of \(channels)")
    let start = channel * planeSize
    return Raster(width: width, height: height, values: Array(values[start..<start + planeSize]))
  }

  /// Where a row of a plane lies in `values`: `width` numbers.
  func row(_ channel: Int, _ y: Int) -> Range<Int> {
    let start = (channel * height + y) * width
    return start..<start + width
  }

  /// The part of all planes with corners (`x`, `y`) and (`x + width`, `y + height`), which must lie inside.
  func cropped(x: Int, y: Int, width: Int, height: Int) -> FeatureMaps {
    precondition(x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height, "crop leaves the maps")
    var part: [Float] = []
    part.reserveCapacity(channels * width * height)
    for channel in 0..<channels {
      for line in y..<y + height {
        let start = (channel * self.height + line) * self.width + x
        part += values[start..<start + width]
      }
    }
    return FeatureMaps(channels: channels, height: height, width: width, values: part)
  }
}
