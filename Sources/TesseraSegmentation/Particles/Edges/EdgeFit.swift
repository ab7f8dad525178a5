import Foundation
import TesseraNumerics

/// Whether a particle ends like a plate, at a sharp edge, or thins out like a drop; and where the edge of a plate lies.
///
/// The profile of brightness across the outline is compared with two shapes, each with a height and a background of its own: that of a plate,
/// a step, and that of a drop, h(t) = √(1 − (1 − t)²), with t from 0 at the rim to 1 in the middle. Either may be blurred, and may
/// begin anywhere near the outline. Contrast that follows the thickness cannot be had of a plate, and a step cannot be had of a drop.
package struct EdgeFit: Sendable, Equatable {
  /// Where the step lies, in steps of the profile from the outline, positive inside.
  package let shift: Double
  /// Part of the profile's variance that the step explains, 0 ... 1.
  package let share: Double
  /// What a drop leaves unexplained over what the step does; 0 where the step was not enough to look.
  package let ratio: Double

  /// A step that explains less leaves doubt.
  private static let leastShare = 0.95
  /// A drop has to be so much worse. Of 383 simulated plates, 353 are sharp by both limits, and of 245 simulated particles that thin out, 16.
  private static let leastRatio = 2.0

  /// Whether the particle ends at a sharp edge of even contrast.
  package var isSharp: Bool { share >= Self.leastShare && ratio >= Self.leastRatio }

  /// Standard deviations of the blur, in steps.
  private static let widths = [1.5, 3, 5]
  /// Where the rim may lie, in steps from the outline: networks draw it too far out rather than too far in.
  private static let range = -8.0...10.0
  /// A profile with fewer points shows no shape.
  private static let fewestPoints = 24

  /// Nil if the profile is too short, or does not change at all.
  package init?(_ profile: EdgeProfile) {
    guard profile.distances.count >= Self.fewestPoints, Self.range.upperBound < profile.depth,
      profile.errors.allSatisfy({ $0 > 0 })
    else { return nil }
    let line = ProfileLine(profile)
    guard line.variance > 0 else { return nil }
    var best = (rest: Double.infinity, shift: 0.0)
    for width in Self.widths {
      for shift in stride(from: Self.range.lowerBound, through: Self.range.upperBound, by: 0.25) {
        let rest = line.rest { 0.5 * (1 + erf(($0 - shift) / (2.0.squareRoot() * width))) }
        if rest < best.rest { best = (rest, shift) }
      }
    }
    (shift, share) = (best.shift, 1 - best.rest / line.variance)
    guard share >= Self.leastShare else {
      ratio = 0
      return
    }
    var drop = Double.infinity
    for width in Self.widths {
      for shift in stride(from: Self.range.lowerBound, through: Self.range.upperBound, by: 0.5) {
        drop = min(drop, line.rest { Self.drop(at: $0, rim: shift, middle: profile.depth, width: width) })
      }
    }
    ratio = best.rest > 0 ? drop / best.rest : .infinity
  }

  /// Thickness of a drop over its greatest one, blurred by a Gaussian.
  private static func drop(at place: Double, rim: Double, middle: Double, width: Double) -> Double {
    var (sum, weights) = (0.0, 0.0)
    for node in stride(from: -3.0, through: 3, by: 0.5) {
      let t = min(max(0, (place + node * width - rim) / (middle - rim)), 1)
      let weight = exp(-0.5 * node * node)
      sum += weight * (1 - (1 - t) * (1 - t)).squareRoot()
      weights += weight
    }
    return sum / weights
  }
}

/// A profile and a shape with a free height on a free background.
private struct ProfileLine {
  private let places, values, weights: [Double]
  private let sum, mean: Double
  /// Weighted sum of squares about the mean.
  let variance: Double

  init(_ profile: EdgeProfile) {
    (places, values) = (profile.distances, profile.means)
    let weights = profile.errors.map { 1 / ($0 * $0) }
    let sum = weights.reduce(0, +)
    let mean = dot(weights, values) / sum
    variance = zip(weights, values).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
    (self.weights, self.sum, self.mean) = (weights, sum, mean)
  }

  /// What the shape leaves of the variance.
  func rest(_ shape: (Double) -> Double) -> Double {
    let shape = places.map(shape)
    let centre = dot(weights, shape) / sum
    var (square, product) = (0.0, 0.0)
    for index in places.indices {
      let part = shape[index] - centre
      square += weights[index] * part * part
      product += weights[index] * part * (values[index] - mean)
    }
    return square > 0 ? variance - product * product / square : variance
  }
}
