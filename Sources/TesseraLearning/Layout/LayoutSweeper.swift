import TesseraNumerics

/// Moves all points of a layout once.
protocol LayoutSweeper {
  /// One sweep over all pairs under a force law, with the step γ in 0 ... 1.
  mutating func sweep(_ law: ForceLaw, step: Double)
  var layout: Layout { get }
}
