import Foundation
import TesseraImaging
import TesseraNumerics

/// Mean brightness of an image over the distance from the outline of a region: the average of 24 sectors, and what it scatters by from sector to
/// sector.
package struct EdgeProfile: Sendable {
  /// From the outline, positive inside, in steps.
  package private(set) var distances: [Double] = []
  /// Of the brightness at each distance, in units of the image.
  package private(set) var means: [Double] = []
  /// Standard deviation of each mean.
  package private(set) var errors: [Double] = []
  /// Of each pixel of the region from the outline, in steps and in the order of the region.
  package let insideDistances: [Double]
  /// The largest of them.
  package let depth: Double

  /// Steps outside the outline that are looked at.
  private static let reach = 16
  /// Pixels so near to another region, in steps, show its rim.
  private static let clearance = 6.0
  private static let sectors = 24
  /// A mean is never taken to be better known than by this part of the median error: a few sectors agree by chance.
  private static let leastError = 0.5
  /// The innermost steps are made of a few pixels.
  private static let core = 3

  /// - Parameters:
  ///   - region: indices of its pixels, which have the same number in `labels`.
  ///   - image: in any unit.
  ///   - labels: of all regions; 0: none.
  ///   - step: of the distances, in pixels.
  package init(of region: [Int], in image: Raster<Float>, labels: Raster<Int>, step: Double) {
    let margin = Int((Double(Self.reach) * step).rounded(.up)) + 1
    let box = Self.box(of: region, margin: margin, in: image)
    let (image, labels) = (
      image.cropped(x: box.x, y: box.y, width: box.width, height: box.height),
      labels.cropped(x: box.x, y: box.y, width: box.width, height: box.height)
    )
    let number = labels[region[0] % box.stride - box.x, region[0] / box.stride - box.y]
    let distance = Self.distances(from: number, in: labels, step: step)
    let others = DistanceTransform.distances(toWhere: labels.map { $0 > 0 && $0 != number })
    let inside = region.map { Point(Double($0 % box.stride - box.x), Double($0 / box.stride - box.y)) }
    insideDistances = inside.map { distance[Int($0.y) * box.width + Int($0.x)] }
    depth = insideDistances.max() ?? 0
    let centre = inside.reduce(Point.zero) { $0 + $1 } / Double(inside.count)
    let count = Self.reach + max(0, Int(depth) - Self.core) + 1
    var sums = [Double](repeating: 0, count: count * Self.sectors)
    var counts = [Int](repeating: 0, count: count * Self.sectors)
    for index in distance.indices {
      let ring = Int((distance[index] + Double(Self.reach)).rounded())
      guard (0..<count).contains(ring), labels.values[index] == number || labels.values[index] == 0,
        Double(others.values[index]) > Self.clearance * step
      else { continue }
      let offset = Point(Double(index % box.width), Double(index / box.width)) - centre
      let turn = (atan2(offset.y, offset.x) + .pi) / (2 * .pi)
      let cell = ring * Self.sectors + min(Self.sectors - 1, Int(turn * Double(Self.sectors)))
      sums[cell] += Double(image.values[index])
      counts[cell] += 1
    }
    for ring in 0..<count {
      let cells = (ring * Self.sectors..<(ring + 1) * Self.sectors).filter { counts[$0] > 0 }
      let values = cells.map { sums[$0] / Double(counts[$0]) }
      guard values.count > 1 else { continue }
      distances.append(Double(ring - Self.reach))
      means.append(Statistics.mean(values))
      errors.append(Statistics.deviation(values) / Double(values.count).squareRoot())
    }
    guard !errors.isEmpty else { return }
    let floor = Self.leastError * Statistics.median(errors)
    errors = errors.map { hypot($0, floor) }
  }

  /// Around a region, in an image with rows of `stride` pixels.
  private struct Box {
    var x, y, width, height, stride: Int
  }

  private static func box(of region: [Int], margin: Int, in image: Raster<Float>) -> Box {
    var (left, right, top, bottom) = (Int.max, Int.min, Int.max, Int.min)
    for index in region {
      (left, right) = (min(left, index % image.width), max(right, index % image.width))
      (top, bottom) = (min(top, index / image.width), max(bottom, index / image.width))
    }
    (left, top) = (max(0, left - margin), max(0, top - margin))
    (right, bottom) = (min(image.width - 1, right + margin), min(image.height - 1, bottom + margin))
    return Box(x: left, y: top, width: right - left + 1, height: bottom - top + 1, stride: image.width)
  }

  /// Of each pixel from the outline, which runs half a pixel beyond the last one of the region: positive inside, in steps.
  private static func distances(from number: Int, in labels: Raster<Int>, step: Double) -> [Double] {
    let toOutside = DistanceTransform.distances(toWhere: labels.map { $0 != number })
    let toInside = DistanceTransform.distances(toWhere: labels.map { $0 == number })
    return labels.values.indices.map { index in
      labels.values[index] == number
        ? (Double(toOutside.values[index]) - 0.5) / step : (0.5 - Double(toInside.values[index])) / step
    }
  }
}
