import TesseraLearning
import TesseraNumerics

/// Describes patches by their principal components: the axes that fit these very patches best. For comparison with
/// fixed bases (M22, Figs S6 and S8).
///
/// Only pixels inside the disc count, and the patch is shifted first so that its site lies at the centre.
public struct PCADescriptor: Sendable, Codable, Equatable {
  /// Number of components; positive. Fewer where there are fewer patches or pixels.
  public var components = 66
  /// The first 66 components, as many as there are Zernike moments up to order 10.
  public init() {}

  /// One row per site, variance falling from column to column, NaN where a site has no patch. O(n d² + d³) for n patches
  /// of d pixels, or O(n² d + n³) if that is less.
  public func features(of patches: Patches) throws -> Matrix<Float> {
    let existing = patches.existing
    guard !existing.isEmpty else { throw DataError("principal components: no site has a patch inside the image") }
    let found = try features(ofRows: patches.matrix().selecting(rows: existing), side: patches.side)
    var result = Matrix<Float>(rows: patches.count, columns: found.columns, filling: .nan)
    for (row, site) in existing.enumerated() {
      for column in 0..<found.columns { result[site, column] = found[row, column] }
    }
    return result
  }

  /// The same for plain patches, one row of `side * side` pixels each, centred in their squares.
  public func features(ofRows patches: Matrix<Float>, side: Int) throws -> Matrix<Float> {
    let pixels = try discPixels(of: patches, side: side)
    return try PrincipalComponents(of: pixels, count: components).transform(pixels)
  }

  /// Plain patches as their principal components describe them; 0 outside the disc.
  public func reconstructions(ofRows patches: Matrix<Float>, side: Int) throws -> Matrix<Float> {
    let pixels = try discPixels(of: patches, side: side)
    let axes = try PrincipalComponents(of: pixels, count: components)
    let restored = axes.restored(axes.transform(pixels))
    var result = Matrix<Float>(rows: patches.rows, columns: patches.columns, filling: 0)
    for (column, pixel) in discColumns(side: side).enumerated() {
      for row in 0..<patches.rows { result[row, pixel] = restored[row, column] }
    }
    return result
  }

  private func discPixels(of patches: Matrix<Float>, side: Int) throws -> Matrix<Float> {
    try require(
      patches.columns == side * side, "principal components: pixels per patch", is: patches.columns,
      mustBe: "\(side) x \(side)")
    return patches.selecting(columns: discColumns(side: side))
  }
}

/// The pixels of a square, by their place in its rows, whose centre lies inside the disc.
private func discColumns(side: Int) -> [Int] {
  let square = PixelRuns(square: side)
  let middle = side.isMultiple(of: 2) ? Point(-0.5, -0.5) : .zero
  return square.pixels.enumerated().filter { _, pixel in
    let place = Point(Double(pixel.x), Double(pixel.y)) - middle
    return place.squaredLength < Double(side * side) / 4
  }.map(\.offset)
}
