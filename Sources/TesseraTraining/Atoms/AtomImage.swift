import Foundation
import TesseraNumerics

/// A training image of the atom network with what the network should say of it.
public struct AtomImage: Sendable, Equatable {
  /// The image as a detector gives it.
  public var pixels: Raster<Float>
  /// Places of the columns that stand out of noise, texture and one another, in pixels.
  public var columns: [Point]
  /// Places of columns that a person may or may not see: the network may say of them what it likes.
  public var doubtful: [Point]
  /// Places of columns that nobody can see: the network should say nothing of them, but it is no fault if chance puts a maximum there.
  public var unseen: [Point]
  /// Standard deviation of a column in the image, in pixels.
  public var sigma: Double

  /// An image whose columns are known; all places and `sigma` in pixels.
  public init(
    pixels: Raster<Float>, columns: [Point], doubtful: [Point] = [], unseen: [Point] = [], sigma: Double
  ) {
    (self.pixels, self.columns, self.doubtful, self.unseen) = (pixels, columns, doubtful, unseen)
    self.sigma = sigma
  }

  /// What the spacing branch should say, in pixels: the mean distance of nearest neighbours, but at most six standard deviations of a
  /// column, so that single atoms are not drawn larger than they are; nil with fewer than two columns.
  public var spacing: Double? {
    guard columns.count > 1 else { return nil }
    return Statistics.mean(PlanarIndex(columns).nearestDistances().map { min($0, 6 * sigma) })
  }

  /// The spacing, or what stands for it where there is none.
  private var scale: Double { spacing ?? 4 * sigma }

  /// The map that the network should give: exp(−r² / 2 s²) of the distance r to the nearest column, s a quarter of the spacing [A23].
  public var map: Raster<Float> {
    var map = Raster<Float>(width: pixels.width, height: pixels.height, filling: 0)
    let deviation = scale / 4
    draw(columns, radius: 4 * deviation) { index, squared in
      map.values[index] = max(map.values[index], Float(exp(-squared / (2 * deviation * deviation))))
    }
    return map
  }

  /// How much each pixel counts: 0 around doubtful columns, else 1. Where a clear column is as near, its pixels count.
  public var weights: Raster<Float> {
    var weights = Raster<Float>(width: pixels.width, height: pixels.height, filling: 1)
    let radius = max(2, 0.5 * scale)
    draw(doubtful, radius: radius) { index, _ in weights.values[index] = 0 }
    draw(columns, radius: 0.5 * radius) { index, _ in weights.values[index] = 1 }
    return weights
  }

  /// Calls `body` with the index and the squared distance of each pixel within `radius` of a place.
  private func draw(_ places: [Point], radius: Double, _ body: (Int, Double) -> Void) {
    for place in places {
      let rows = range(place.y, radius, pixels.height)
      let line = range(place.x, radius, pixels.width)
      for y in rows {
        for x in line {
          let squared = (Point(Double(x), Double(y)) - place).squaredLength
          if squared <= radius * radius { body(y * pixels.width + x, squared) }
        }
      }
    }
  }

  private func range(_ centre: Double, _ radius: Double, _ count: Int) -> Range<Int> {
    let first = max(0, Int(saturating: (centre - radius).rounded(.up)))
    return first..<max(first, min(count, Int(saturating: (centre + radius).rounded(.down)) + 1))
  }
}
