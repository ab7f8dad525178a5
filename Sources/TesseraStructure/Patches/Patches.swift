import TesseraImaging
import TesseraNumerics

/// Square cuts of an image, one around each site.
///
/// A cut is read from the image when it is needed, so that 10⁵ patches take no memory. A site has no patch where its
/// disc (the circle in the square) leaves the image or comes within `clearance` of a pixel that is masked or not finite.
public struct Patches: Sendable {
  /// Side of the square and diameter of the disc, in pixels; odd.
  public let side: Int
  /// Centre of each patch, in pixels; not rounded.
  public let centres: [Point]
  /// Whether a patch exists, for each site.
  public let exists: [Bool]

  /// The image with its edge repeated `border` times; what is masked is 0.
  let padded: Raster<Float>
  static let border = 8
  /// Reach of interpolation beyond the disc, in pixels.
  static let clearance = 3.0

  /// - Parameters:
  ///   - image: intensities; pixels that are not finite count as masked.
  ///   - positions: sites, in pixels.
  ///   - side: odd, at least 3.
  ///   - measured: false where a pixel must not be used; of the image's size. Nil uses all.
  public init(of image: Raster<Float>, around positions: [Point], side: Int, measured: Raster<Bool>? = nil) {
    precondition(side >= 3 && !side.isMultiple(of: 2), "a patch needs an odd side")
    precondition(measured.map { $0.width == image.width && $0.height == image.height } ?? true)
    self.side = side
    centres = positions
    let usable = concurrentRows(width: image.width, height: image.height, of: false) { y, row in
      for x in 0..<row.count { row[x] = image[x, y].isFinite && (measured?[x, y] ?? true) }
    }
    let isWhole = usable.values.allSatisfy { $0 }
    let radius = Double(side) / 2
    exists = concurrentMap(count: positions.count) { index in
      let centre = positions[index]
      guard centre.x - radius >= -0.5, centre.x + radius <= Double(image.width) - 0.5, centre.y - radius >= -0.5,
        centre.y + radius <= Double(image.height) - 0.5
      else { return false }
      return isWhole || isClear(around: centre, radius: radius + Self.clearance, in: usable)
    }
    let border = Self.border
    padded = concurrentRows(width: image.width + 2 * border, height: image.height + 2 * border, of: 0) { y, row in
      let sourceRow = min(max(y - border, 0), image.height - 1) * image.width
      for x in 0..<row.count {
        let source = sourceRow + min(max(x - border, 0), image.width - 1)
        row[x] = usable.values[source] ? image.values[source] : 0
      }
    }
  }

  /// The patches of the columns and vacant nodes of one micrograph.
  public init(of micrograph: Micrograph, around sites: Sites, side: Int, measured: Raster<Bool>? = nil) {
    self.init(of: micrograph.pixels, around: sites.positions, side: side, measured: measured)
  }

  /// Some of the sites of other patches, in this order.
  init(of patches: Patches, keeping sites: [Int]) {
    (side, padded) = (patches.side, patches.padded)
    centres = sites.map { patches.centres[$0] }
    exists = sites.map { patches.exists[$0] }
  }

  /// The image without its repeated edge; what is masked is 0.
  var unpadded: Raster<Float> {
    let (border, width, height) = (Self.border, padded.width, padded.height)
    return padded.cropped(x: border, y: border, width: width - 2 * border, height: height - 2 * border)
  }

  /// The number of sites, with a patch or without.
  public var count: Int { centres.count }

  /// Sites that have a patch, rising.
  public var existing: [Int] { exists.indices.filter { exists[$0] } }

  /// One patch, shifted so that the site lies at its centre (cubic interpolation); nil where there is none.
  public subscript(index: Int) -> Raster<Float>? {
    guard exists[index] else { return nil }
    let square = PixelRuns(square: side)
    let values = [Float](unsafeUninitializedCapacity: square.count) { buffer, count in
      let centre = Subpixel(exactly: centres[index])
      square.cut(padded.values.span, width: padded.width, at: centre, border: Self.border, into: buffer)
      count = square.count
    }
    return Raster(width: side, height: side, values: values)
  }

  /// All patches as rows of `side * side` pixels, each shifted so that its site lies at the centre (cubic
  /// interpolation); NaN where there is none.
  public func matrix() -> Matrix<Float> {
    let square = PixelRuns(square: side)
    let values = [Float](unsafeUninitializedCapacity: count * square.count) { buffer, initialized in
      nonisolated(unsafe) let rows = buffer  // Rows do not overlap.
      initialized = count * square.count
      concurrentFor((count + 63) / 64) { chunk in
        for index in chunk * 64..<min(count, chunk * 64 + 64) {
          let row = rows.extracting(index * square.count..<(index + 1) * square.count)
          guard exists[index] else {
            row.initialize(repeating: .nan)
            continue
          }
          let centre = Subpixel(exactly: centres[index])
          square.cut(
            padded.values.span, width: padded.width, at: centre, border: Self.border, into: .init(rebasing: row[...]))
        }
      }
    }
    return Matrix(rows: count, columns: square.count, values: values)
  }
}

/// Whether all pixels within `radius` of a place are usable; pixels outside the image do not count.
private func isClear(around centre: Point, radius: Double, in usable: Raster<Bool>) -> Bool {
  func range(_ middle: Double, _ limit: Int) -> Range<Int> {
    let low = min(limit, max(0, Int(saturating: (middle - radius).rounded(.up))))
    return low..<max(low, min(limit, Int(saturating: middle + radius) + 1))
  }
  for y in range(centre.y, usable.height) {
    for x in range(centre.x, usable.width) where !usable[x, y] {
      if (Point(Double(x), Double(y)) - centre).squaredLength <= radius * radius { return false }
    }
  }
  return true
}
