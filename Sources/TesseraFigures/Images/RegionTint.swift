import TesseraNumerics

/// A transparent colour over each region of an image, and a line between two regions.
public struct RegionTint: Sendable {
  /// Region of each pixel of the image: 1 upwards, 0 for none.
  public var labels: Raster<UInt16>
  /// Colours of the regions 1, 2, ...; a region beyond the last has none.
  public var colors: [Color]
  /// 0 ... 1.
  public var opacity: Double

  /// A tint for an image of the size of `labels`; `colors` begins with that of region 1.
  public init(labels: Raster<UInt16>, colors: [Color], opacity: Double = 0.35) {
    (self.labels, self.colors, self.opacity) = (labels, colors, opacity)
  }

  /// Pixels of a drawing with the tint over them.
  /// - Parameter part: the part of the image that they show, in pixels, counted from the corner of the first.
  func applied(to pixels: Raster<UInt32>, part: Rectangle) -> Raster<UInt32> {
    let (across, down) = (part.width / Double(pixels.width), part.height / Double(pixels.height))
    let weight = UInt32((max(0, min(1, opacity)) * 256).rounded())
    let packed = colors.map(\.packed)
    @Sendable func label(_ x: Int, _ y: Int) -> Int {
      let (u, v) = (part.x + (Double(x) + 0.5) * across, part.y + (Double(y) + 0.5) * down)
      let (column, row) = (Int(saturating: u.rounded(.down)), Int(saturating: v.rounded(.down)))
      return labels.contains(x: column, y: row) ? Int(labels.values[row * labels.width + column]) : 0
    }
    return concurrentRows(width: pixels.width, height: pixels.height, of: UInt32(0)) { y, line in
      for x in 0..<pixels.width {
        let (here, pixel) = (label(x, y), pixels.values[y * pixels.width + x])
        if here != label(x + 1, y) && x + 1 < pixels.width || here != label(x, y + 1) && y + 1 < pixels.height {
          line[x] = 0xFFFFFF
        } else if here >= 1 && here <= packed.count {
          line[x] = Self.mixed(pixel, packed[here - 1], weight)
        } else {
          line[x] = pixel
        }
      }
    }
  }

  /// `weight` 256ths of the second colour on the first, byte by byte.
  private static func mixed(_ a: UInt32, _ b: UInt32, _ weight: UInt32) -> UInt32 {
    var result: UInt32 = 0
    for shift: UInt32 in [0, 8, 16] {
      let (x, y) = ((a >> shift) & 255, (b >> shift) & 255)
      result |= ((x * (256 - weight) + y * weight) / 256) << shift
    }
    return result
  }
}
