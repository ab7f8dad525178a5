import TesseraNumerics

/// Images of moments, Σ A(j) Z(j), one row of `side * side` pixels each; 0 outside the disc. One matrix product.
///
/// - Parameters:
///   - moments: one row per image, whole orders: 1, 3, 6 ... columns.
///   - side: diameter of the disc in pixels, which need not be that of the patches.
public func zernikeReconstructions(of moments: Matrix<Float>, side: Int) -> Matrix<Float> {
  var order = 0
  while ZernikeTerm.count(order: order) < moments.columns { order += 1 }
  precondition(ZernikeTerm.count(order: order) == moments.columns, "moments must fill whole orders")
  let middle = side.isMultiple(of: 2) ? Point(-0.5, -0.5) : .zero
  let polynomials = sampledPolynomials(
    at: PixelRuns(square: side), radius: Double(side) / 2, order: order, around: middle)
  return moments.times(polynomials.map { Float($0) }, transposingRight: true)
}

/// The image of some moments on a square of `side` pixels; 0 outside the disc.
public func zernikeReconstruction(of moments: [Float], side: Int) -> Raster<Float> {
  let row = Matrix(rows: 1, columns: moments.count, values: moments)
  return Raster(width: side, height: side, values: zernikeReconstructions(of: row, side: side).values)
}

extension ZernikeMoments {
  /// The patches of some sites as their moments describe them, centred on the site, one row of `side * side` pixels
  /// each; 0 outside the disc, NaN without moments.
  public func reconstructions(of sites: [Int]) -> Matrix<Float> {
    zernikeReconstructions(of: values.selecting(rows: sites), side: side)
  }
}
