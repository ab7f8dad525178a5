import Foundation
import TesseraNumerics

/// How well a frame agrees with the mean of the others, once it lies where it fits best.
struct FrameAgreement: Sendable {
  /// Correlation of its pixels with the mean, and their number.
  var correlation, pixelCount: Double
  /// Angle by which it is turned against the mean in radians, and its variance; nil without structure.
  var turn: (angle: Double, variance: Double)?

  init(correlation: Double, pixelCount: Double, turn: (angle: Double, variance: Double)?) {
    (self.correlation, self.pixelCount, self.turn) = (correlation, pixelCount, turn)
  }

  init(_ fit: FrameFit) {
    self.init(correlation: fit.correlation, pixelCount: fit.pixelCount, turn: fit.turn)
  }

  /// A frame whose correlation is less than this share of what is usual shows something else: with half of the dose, a frame
  /// has 0.7 of it, and out of focus by half a column's width 0.8.
  private static let leastShare = 0.5
  /// Standard errors by which a difference is no chance.
  private static let significance = 5.0
  /// Usual deviations by which the turn of a frame is none of the series: the rule of `DriftRate` for jumps.
  private static let unusualTurn = 6.0
  /// Turn by which a single frame shows something else, in radians: 0.6 degrees, 2 px at 200 px from the middle.
  private static let largestTurn = 0.01
  /// Blur of the corners of the mean that matters, in pixels.
  private static let leastBlur = 0.5

  /// Frames that show something else than most, or show it turned. Two frames cannot tell which of them does.
  static func strangers(in agreements: [FrameAgreement?]) -> [Int] {
    let known = agreements.compactMap { $0 }
    guard known.count > 2 else { return [] }
    let usual = Statistics.median(known.map(\.correlation))
    let angles = known.compactMap { $0.turn?.angle }
    let usualTurn = Statistics.median(angles)
    let deviation = Statistics.robustDeviation(angles)
    let strangers = agreements.indices.filter { index in
      guard let agreement = agreements[index] else { return false }
      if let turn = agreement.turn, abs(turn.angle - usualTurn) > max(largestTurn, unusualTurn * deviation),
        abs(turn.angle - usualTurn) > significance * turn.variance.squareRoot()
      {
        return true
      }
      let lack = usual - agreement.correlation
      return agreement.correlation < leastShare * usual
        && lack > significance / max(1, agreement.pixelCount).squareRoot()
    }
    return known.count - strangers.count > 1 ? strangers : []
  }

  /// What the user should know if frames are turned against each other; nil if they are not, or not visibly.
  /// - Parameters: the size of the mean in pixels.
  static func turnWarning(of agreements: [FrameAgreement?], width: Int, height: Int) -> String? {
    let turns = agreements.compactMap { $0?.turn }.filter { $0.variance > 0 }
    guard turns.count > 1 else { return nil }
    let mean = turns.reduce(0) { $0 + $1.angle / $1.variance } / turns.reduce(0) { $0 + 1 / $1.variance }
    let squares = turns.reduce(0) { $0 + ($1.angle - mean) * ($1.angle - mean) / $1.variance }
    // Of n turns that are noise, the squares sum to n - 1 with a variance of 2 (n - 1).
    let expected = Double(turns.count - 1)
    // Against the mean of the others, a frame is turned by n / (n - 1) of what it is against the mean of all.
    let range = (turns.map(\.angle).max()! - turns.map(\.angle).min()!) * expected / Double(turns.count)
    let blur = range / 2 * hypot(Double(width), Double(height)) / 2
    guard squares > expected + significance * (2 * expected).squareRoot(), blur > leastBlur else { return nil }
    return
      "the frames are turned against each other by up to about \((range * 180 / .pi).text(digits: 2)) degrees, which "
      + "registration does not correct: towards its corners, the mean is blurred by about \(blur.text(digits: 1)) px"
  }
}
