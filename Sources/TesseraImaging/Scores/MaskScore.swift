import TesseraNumerics

/// How well a mask agrees with the true one, pixel by pixel. A pixel belongs to a mask if it is neither 0 nor NaN.
///
///     Dice = 2 TP / (2 TP + FP + FN),  IoU = TP / (TP + FP + FN),  precision = TP / (TP + FP),  recall = TP / (TP + FN).
///
/// The scores of several images are those of all their pixels together ([P21] Table 1 agrees only so): add the counts.
public struct MaskScore: Sendable, Equatable {
  /// Pixels in both masks.
  public var truePositives = 0
  /// Pixels in the predicted mask only.
  public var falsePositives = 0
  /// Pixels in the true mask only.
  public var falseNegatives = 0

  /// Nothing compared yet.
  public init() {}

  /// Both masks must have the same size.
  public init(_ predicted: Raster<Float>, truth: Raster<Float>) {
    precondition(predicted.width == truth.width && predicted.height == truth.height, "masks of different sizes")
    for (p, t) in zip(predicted.values, truth.values) {
      switch (p != 0 && !p.isNaN, t != 0 && !t.isNaN) {
      case (true, true): truePositives += 1
      case (true, false): falsePositives += 1
      case (false, true): falseNegatives += 1
      case (false, false): break
      }
    }
  }

  /// The score of the pixels of both together.
  public static func + (one: MaskScore, other: MaskScore) -> MaskScore {
    var sum = one
    sum.truePositives += other.truePositives
    sum.falsePositives += other.falsePositives
    sum.falseNegatives += other.falseNegatives
    return sum
  }

  /// Dice coefficient, 0 ... 1: the harmonic mean of precision and recall. 1 where both masks are empty.
  public var dice: Double { share(of: 2 * truePositives, in: 2 * truePositives + falsePositives + falseNegatives) }
  /// Intersection over union.
  public var iou: Double { share(of: truePositives, in: truePositives + falsePositives + falseNegatives) }
  /// Share of the predicted pixels that are true, 0 ... 1; 1 where both masks are empty.
  public var precision: Double { share(of: truePositives, in: truePositives + falsePositives) }
  /// Share of the true pixels that are predicted, 0 ... 1; 1 where both masks are empty.
  public var recall: Double { share(of: truePositives, in: truePositives + falseNegatives) }

  /// Two empty masks agree. A score without pixels to count is 1 then, and 0 if only one of them is empty.
  private func share(of part: Int, in whole: Int) -> Double {
    if whole > 0 { return Double(part) / Double(whole) }
    return falsePositives + falseNegatives == 0 ? 1 : 0
  }
}
