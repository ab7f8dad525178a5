import TesseraNumerics

/// Describes patches by least squares in one of the families.
public struct DiscDescriptor: Sendable, Codable, Equatable {
  /// The family of functions that is fitted.
  public var family: DiscFamily
  /// Largest number of functions; positive.
  public var termCount = 66
  /// The first 66 functions of a family, as many as Zernike's up to order 10.
  public init(family: DiscFamily) { self.family = family }

  /// Features of plain patches, one row of `side * side` pixels each, centred in their squares. One matrix product,
  /// after O(side² terms²) for the pseudo-inverse.
  public func features(ofRows patches: Matrix<Float>, side: Int) throws(ParameterError) -> Matrix<Float> {
    let sampled = try samples(patches, side: side)
    guard let inverse = sampled.gram.pseudoInverse() else { return Matrix(rows: 0, columns: 0, filling: 0) }
    return patches.times(sampled.times(inverse).map { Float($0) })
  }

  /// Plain patches as these functions describe them; 0 outside the disc.
  public func reconstructions(ofRows patches: Matrix<Float>, side: Int) throws(ParameterError) -> Matrix<Float> {
    let sampled = try samples(patches, side: side)
    return try features(ofRows: patches, side: side).times(sampled.map { Float($0) }, transposingRight: true)
  }

  /// The functions at each pixel of a square, one row per pixel; 0 outside the disc.
  private func samples(_ patches: Matrix<Float>, side: Int) throws(ParameterError) -> Matrix<Double> {
    try require(termCount >= 1, "disc functions: number of terms", is: termCount, mustBe: "1 or more")
    try require(
      patches.columns == side * side, "disc functions: pixels per patch", is: patches.columns,
      mustBe: "\(side) x \(side)"
    )
    let functions = family.functions(count: termCount)
    let middle = side.isMultiple(of: 2) ? Point(-0.5, -0.5) : .zero
    var values: [Double] = []
    values.reserveCapacity(side * side * functions.count)
    for pixel in PixelRuns(square: side).pixels {
      let place = (Point(Double(pixel.x), Double(pixel.y)) - middle) / (Double(side) / 2)
      values += functions.map { place.squaredLength < 1 ? $0.value(rho: place.length, angle: place.angle) : 0 }
    }
    return Matrix(rows: side * side, columns: functions.count, values: values)
  }
}
