/// How far a fit may go.
enum FitBounds {
  /// From where a column began, in standard deviations.
  static let leash = 1.5
  /// The width, in units of the first guess.
  static let widths = 0.4...2.2
  /// The longest step of a place along each axis, in standard deviations: beyond it the Gaussian is no longer near its tangent.
  static let farthestStep = 0.5
  /// One step leaves a column this share of its height, and raises it to no more than so many times that (and a typical column, so
  /// that one that began near nothing can rise).
  static let leastFall = 0.05
  static let largestRise = 5.0
  /// One step changes the inverse covariance of a column by no more than this factor.
  static let shapeFactor = 2.0
  /// And the common one by no more than these factors.
  static let sharedShape = 0.87...1.4
  /// The height expected of a column that the border cuts is that of a typical one within two fifths: the variance of the ratio.
  static let priorVariance = 0.16
  /// A column nearer to the border than this, in standard deviations, does not show its own width.
  static let cutReach = 1.5
}
