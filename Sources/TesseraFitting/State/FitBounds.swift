/// How far a fit may go.
enum FitBounds {
  /// From where a column began, in standard deviations.
  static let leash = 1.5
  /// The width, in units of the first guess.
  static let widths = 0.4...2.2
}
