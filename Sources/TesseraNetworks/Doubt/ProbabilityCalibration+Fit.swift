import Foundation

extension ProbabilityCalibration {
  /// A candidate whose truth is known.
  public struct Example: Sendable, Equatable {
    /// The map's value, 0 ... 1.
    public var value: Double
    /// Whether there is a column at its place, or whatever else the network finds.
    public var isTrue: Bool
    /// A candidate of this value, 0 ... 1, that is right or wrong.
    public init(value: Double, isTrue: Bool) { (self.value, self.isTrue) = (value, isTrue) }
  }

  /// The calibration under which known candidates are most likely: Newton's method on the likelihood
  ///
  ///     −Σ [t ln p + (1 − t) ln(1 − p)],   t = (N₊ + 1) / (N₊ + 2) of true ones, 1 / (N₋ + 2) of the others,
  ///
  /// with steps halved until it falls. Platt's targets t in the place of 1 and 0 keep the answer finite where the values
  /// separate true from false ones completely. Source: Lin, Lin & Weng, Machine Learning 68 (2007) 267.
  /// - Parameters:
  ///   - examples: of images that the network was not trained on; of none, the values stay as they are.
  ///   - hasOffset: false: temperature scaling.
  public init(fitting examples: [Example], hasOffset: Bool = true) {
    self.init()
    guard !examples.isEmpty else { return }
    let trueCount = Double(examples.count { $0.isTrue })
    let falseCount = Double(examples.count) - trueCount
    let (high, low) = ((trueCount + 1) / (trueCount + 2), 1 / (falseCount + 2))
    let logits = examples.map { Self.logit($0.value) }
    let targets = examples.map { $0.isTrue ? high : low }
    var here = self
    var loss = here.loss(logits, targets)
    for _ in 0..<100 {
      let step = here.newtonStep(logits, targets, hasOffset: hasOffset)
      var share = 1.0
      var isBetter = false
      while share > 1e-10 {
        let there = ProbabilityCalibration(
          slope: here.slope + share * step.slope, offset: here.offset + share * step.offset)
        let tried = there.loss(logits, targets)
        if tried < loss {
          (here, loss, isBetter) = (there, tried, true)
          break
        }
        share /= 2
      }
      guard isBetter, abs(share * step.slope) + abs(share * step.offset) > 1e-10 else { break }
    }
    self = here
  }

  /// Minus the logarithm of the likelihood.
  private func loss(_ logits: [Double], _ targets: [Double]) -> Double {
    var sum = 0.0
    for (logit, target) in zip(logits, targets) {
      let x = slope * logit + offset
      // ln(1 + exp(x)) − t x, from the side that does not overflow.
      sum += max(x, 0) + log1p(exp(-abs(x))) - target * x
    }
    return sum
  }

  /// The step to the summit of the parabola that touches the likelihood here.
  private func newtonStep(_ logits: [Double], _ targets: [Double], hasOffset: Bool) -> (slope: Double, offset: Double) {
    var (g1, g2) = (0.0, 0.0)
    // Where all logits are equal the line is not determined; the ridge then keeps the step finite.
    var (h11, h12, h22) = (1e-12, 0.0, 1e-12)
    for (logit, target) in zip(logits, targets) {
      let p = Self.logistic(slope * logit + offset)
      let (difference, weight) = (p - target, p * (1 - p))
      g1 += difference * logit
      g2 += difference
      h11 += weight * logit * logit
      h12 += weight * logit
      h22 += weight
    }
    guard hasOffset else { return (-g1 / h11, 0) }
    let determinant = h11 * h22 - h12 * h12
    guard determinant > 1e-14 * h11 * h22 else {
      // Along the gradient, scaled by the curvature.
      return (-g1 / (h11 + h22), -g2 / (h11 + h22))
    }
    return (-(h22 * g1 - h12 * g2) / determinant, -(h11 * g2 - h12 * g1) / determinant)
  }
}
