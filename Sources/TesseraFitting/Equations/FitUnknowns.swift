/// The unknowns of a fit: some of each column, and some that all columns of a tile share.
///
///     of a column, shared shape:     height, x, y
///     of a column, round:            height, x, y, 1 / sigma²
///     of a column, elliptical:       height, x, y, p, q, r
///     shared:                        coefficients of the background, then 1 / sigma² if the shape is
struct FitUnknowns: Sendable, Equatable {
  let isElliptical, sharesWidth: Bool
  /// Coefficients of the background: 1 of a constant, 3 of a plane.
  let background: Int
  /// What a column's Gaussian is differentiated by: 4, a common width among them, or 6.
  let derivatives: Int
  /// Unknowns of each column: the derivatives but for a common width.
  let size: Int
  /// Floats that a column's unknowns take in a vector: 4 or 8, those behind the last unknown being zero.
  let lanes: Int
  /// Unknowns that all columns share.
  let shared: Int

  init(shape: ColumnFit.Shape, background: ColumnFit.Background) {
    (isElliptical, sharesWidth) = (shape == .elliptical, shape == .shared)
    self.background = background == .plane ? 3 : 1
    derivatives = isElliptical ? 6 : 4
    size = sharesWidth ? 3 : derivatives
    lanes = isElliptical ? 8 : 4
    shared = self.background + (sharesWidth ? 1 : 0)
  }

  /// Where the common width stands among the shared unknowns, and among the derivatives of a column.
  var width: Int { background }
  static let widthOfColumn = 3
}
