import Foundation
import TesseraImaging
import TesseraNumerics

/// How much the disc around each point of a grid resembles itself turned or mirrored, the best of a neighbourhood [S21,
/// section II.A.2].
///
/// A disc is sampled on a polar grid whose size does not depend on the radius, so neither does the cost. Pearson's
/// correlation has the weight r of a ring. Point-group operations depend on where in a cell the disc is centred: the largest
/// score within a window makes them a property of the pattern.
public struct PointGroupDescriptor: Sendable, Codable, Equatable {
  /// What the disc is compared with itself after.
  public enum Operation: Sendable, Codable, Hashable {
    /// By an angle in degrees that is a multiple of 6.
    case rotation(degrees: Int)
    /// The mean over the turns by 360 k / n degrees, k = 1 ... n − 1; n = 2, 3, 4, 6.
    case fold(Int)
    /// In the plane at an angle, in degrees from +x towards +y, that is a multiple of 3.
    case reflection(degrees: Int)
    /// In the plane at an angle as of a reflection, and moved along the plane by some pixels.
    case glide(degrees: Int, pixels: Int)
  }

  /// Rotations by 60, 90, 120 and 180 degrees, and about axes of order 4 and 6 (those of order 2 and 3 are the rotations by
  /// 180 and 120 degrees).
  public static let rotations: [Operation] =
    [60, 90, 120, 180].map { .rotation(degrees: $0) } + [.fold(4), .fold(6)]
  /// In ten planes 18 degrees apart.
  public static let reflections: [Operation] = (0..<10).map { .reflection(degrees: 18 * $0) }

  /// In the planes of `reflections`, by the quarters of a distance in pixels: half a lattice vector may be any of them.
  public static func glides(reach: Int) -> [Operation] {
    let steps = Set((1...4).map { max(1, reach * $0 / 4) }).sorted()
    return (0..<10).flatMap { plane in steps.map { .glide(degrees: 18 * plane, pixels: $0) } }
  }

  /// Radius of the disc in pixels, 2 or more.
  public var radius: Int
  /// The operations whose scores are the descriptor, one map each.
  public var operations: [Operation]
  /// Half the side of the window, in pixels, in which the largest score counts; 0: the point's own.
  public var window = 0

  /// A descriptor of discs of `radius` pixels under these operations; the best score within `window` pixels counts.
  public init(radius: Int, operations: [Operation], window: Int = 0) {
    (self.radius, self.operations, self.window) = (radius, operations, window)
  }

  private static let angles = 60
  private static let rings = 20

  /// One map per operation, -1 ... 1; 0 where the disc is constant. A disc that leaves the image is moved inside.
  public func maps(of image: Raster<Float>, on grid: DescriptorGrid) -> [Raster<Float>] {
    precondition(radius >= 2 && min(image.width, image.height) > 2 * radius + 2, "the disc must fit into the image")
    let sampling = PolarSampling(radius: radius, rings: Self.rings, angles: Self.angles, stride: image.width)
    let least = 1e-6 * Float(Statistics.deviation(image.values))
    let rows = concurrentMap(count: grid.rows) { row -> [Float] in
      var scores: [Float] = []
      scores.reserveCapacity(grid.columns * operations.count)
      let y = max(radius + 1, min(image.height - radius - 2, grid.pixel(row)))
      for column in 0..<grid.columns {
        let x = max(radius + 1, min(image.width - radius - 2, grid.pixel(column)))
        let disc = sampling.disc(of: image, at: y * image.width + x)
        for operation in operations {
          guard case .glide(let degrees, let pixels) = operation else {
            scores.append(disc.score(of: operation, leastDeviation: least))
            continue
          }
          // A plane is that of a direction, not of a sense: a disc that would leave the image is taken on the other side.
          let angle = Double(degrees) * .pi / 180
          let (dx, dy) = (Int((Double(pixels) * cos(angle)).rounded()), Int((Double(pixels) * sin(angle)).rounded()))
          let isInside =
            (radius + 1...image.width - radius - 2).contains(x + dx)
            && (radius + 1...image.height - radius - 2).contains(y + dy)
          let (u, v) = isInside ? (x + dx, y + dy) : (x - dx, y - dy)
          let other = sampling.disc(
            of: image,
            at: max(radius + 1, min(image.height - radius - 2, v)) * image.width
              + max(radius + 1, min(image.width - radius - 2, u)))
          scores.append(disc.score(ofMirrored: other, degrees: degrees, leastDeviation: least))
        }
      }
      return scores
    }
    let reach = window / grid.stride
    return concurrentMap(count: operations.count) { index in
      let values = (0..<grid.count).map { rows[$0 / grid.columns][$0 % grid.columns * operations.count + index] }
      return Raster(width: grid.columns, height: grid.rows, values: values).windowMaximum(reach: reach)
    }
  }
}

/// Where the samples of a disc lie, as offsets into the image's pixels and weights of the four around each.
private struct PolarSampling: Sendable {
  let rings, angles: Int
  private let offsets: [Int]
  private let weights: [SIMD4<Float>]
  private let stride: Int

  init(radius: Int, rings: Int, angles: Int, stride: Int) {
    (self.rings, self.angles, self.stride) = (rings, angles, stride)
    var (offsets, weights): ([Int], [SIMD4<Float>]) = ([], [])
    for ring in 0..<rings {
      let r = (Double(ring) + 0.5) * Double(radius) / Double(rings)
      for step in 0..<angles {
        let turn = 2 * Double.pi * Double(step) / Double(angles)
        let (x, y) = (r * cos(turn), r * sin(turn))
        let (fx, fy) = (Float(x - x.rounded(.down)), Float(y - y.rounded(.down)))
        offsets.append(Int(y.rounded(.down)) * stride + Int(x.rounded(.down)))
        weights.append(SIMD4((1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy))
      }
    }
    (self.offsets, self.weights) = (offsets, weights)
  }

  /// The samples around a pixel, ring by ring, each multiplied by the root of its weight, with the disc's mean removed.
  func disc(of image: Raster<Float>, at centre: Int) -> PolarDisc {
    let pixels = image.values.span
    var values = [Float](repeating: 0, count: offsets.count)
    var (sum, total): (Float, Float) = (0, 0)
    for index in offsets.indices {
      let at = centre + offsets[index]
      let four = SIMD4(pixels[at], pixels[at + 1], pixels[at + stride], pixels[at + stride + 1])
      values[index] = (four * weights[index]).sum()
      let weight = Float(index / angles) + 0.5
      sum += weight * values[index]
      total += weight
    }
    let mean = sum / total
    for index in values.indices { values[index] = (values[index] - mean) * (Float(index / angles) + 0.5).squareRoot() }
    return PolarDisc(angles: angles, values: values, weight: total, mean: mean)
  }
}

/// A disc sampled on rings.
private struct PolarDisc {
  let angles: Int
  let values: [Float]
  let weight: Float
  /// Of the samples, before it was removed.
  let mean: Float

  func score(of operation: PointGroupDescriptor.Operation, leastDeviation: Float) -> Float {
    let norm = product { $0 }
    // Removing the mean leaves its rounding.
    let least = max(leastDeviation, 1e-5 * abs(mean))
    guard norm > weight * least * least else { return 0 }
    switch operation {
    case .rotation(let degrees): return product { $0 + degrees / 6 } / norm
    case .fold(let order):
      return (1..<order).reduce(0) { sum, k in sum + product { $0 + k * angles / order } } / (Float(order - 1) * norm)
    case .reflection(let degrees), .glide(let degrees, _): return product { 2 * degrees / 6 - $0 } / norm
    }
  }

  /// Pearson's correlation with another disc mirrored in the plane at an angle.
  func score(ofMirrored other: PolarDisc, degrees: Int, leastDeviation: Float) -> Float {
    let (own, others) = (product { $0 }, other.product { $0 })
    let (least, otherLeast) = (max(leastDeviation, 1e-5 * abs(mean)), max(leastDeviation, 1e-5 * abs(other.mean)))
    guard own > weight * least * least, others > weight * otherLeast * otherLeast else { return 0 }
    return product(with: other) { 2 * degrees / 6 - $0 } / (own * others).squareRoot()
  }

  /// Σ f(θ) f(θ') over all samples, θ' being the partner of θ; both are numbers of steps of angle.
  private func product(_ partner: (Int) -> Int) -> Float { product(with: self, partner) }

  /// Σ f(θ) g(θ'), g being the samples of another disc.
  private func product(with other: PolarDisc, _ partner: (Int) -> Int) -> Float {
    var sum: Float = 0
    values.withUnsafeBufferPointer { values in
      other.values.withUnsafeBufferPointer { others in
        for step in 0..<angles {
          let turned = ((partner(step) % angles) + angles) % angles
          var (a, b) = (step, turned)
          while a < values.count {
            sum += values[a] * others[b]
            (a, b) = (a + angles, b + angles)
          }
        }
      }
    }
    return sum
  }
}
