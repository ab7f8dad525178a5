import TesseraNumerics

/// What one step of a tile asks for.
struct TileStep: Sendable {
  /// The change of each own column's unknowns: height, x, y, then 1 / sigma² or p, q, r.
  var changes: [SIMD8<Double>] = []
  /// Standard error of each height, all else being held.
  var heldErrors: [Double] = []
  /// Correction of the background: coefficients of 1, X and Y, counted from the tile's centre in units of its side.
  var background = SIMD4<Double>.zero
  /// For a shared shape: the step of 1 / sigma² that the tile itself asks for, its information about it, and how the
  /// columns and the background change with it. The step that all tiles take together differs from what one asks for.
  var width = WidthStep()
  /// What the next step should be damped by.
  var damping = 0.0
  /// The equations that gave the step, for later ones.
  var equations: TileEquations?

  struct WidthStep: Sendable {
    var step = 0.0
    var information = 0.0
    var columns: [SIMD8<Double>] = []
    var background = SIMD4<Double>.zero
  }
}
