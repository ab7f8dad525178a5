import Foundation

/// How often a candidate is right whose value in the map is v: Platt's line through the logits,
///
///     p = 1 / (1 + exp(−(slope · logit(v) + offset))),   logit(v) = ln(v / (1 − v)).
///
/// With the offset 0 this is temperature scaling, 1 / slope the temperature. Sources: Platt, Advances in Large Margin
/// Classifiers (2000) 61; Guo et al., ICML 2017, section 4.
public struct ProbabilityCalibration: Sendable, Codable, Equatable {
  /// 1: as the network says it; below 1: the network is surer than it should be.
  public var slope: Double
  /// Added to the scaled logit; negative where candidates are right less often than their values say, 0 for temperature
  /// scaling.
  public var offset: Double

  /// The map's values as they are.
  public init() { (slope, offset) = (1, 0) }

  /// A calibration with this slope and offset of the logit.
  public init(slope: Double, offset: Double) { (self.slope, self.offset) = (slope, offset) }

  /// Values are kept so far from 0 and 1, where the logit has no end: beyond the last digit of a sigmoid in single
  /// precision near 1.
  static let margin = 1e-7

  /// ln(v / (1 − v)), of values that are kept off 0 and 1.
  static func logit(_ value: Double) -> Double {
    let inside = min(1 - margin, max(margin, value))
    return log(inside / (1 - inside))
  }

  /// 1 / (1 + exp(−x)), without overflow.
  static func logistic(_ x: Double) -> Double {
    x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
  }

  /// The probability that belongs to a value of the map, 0 ... 1.
  public func probability(of value: Double) -> Double { Self.logistic(slope * Self.logit(value) + offset) }
}
