/// Memory that the columns of a tile write and read over and over while its equations are set up.
final class TileScratch {
  /// The moments of one column, or of the product of a pair.
  let moments: FitMoments
  /// Sums over products of two derivatives of one column, a row for each unknown.
  let products: UnsafeMutablePointer<SIMD8<Double>>
  /// Whitened derivatives of all columns as polynomials, six rows for each.
  private let derivatives: UnsafeMutablePointer<SIMD8<Float>>

  static let rows = 6

  init(columns: Int) {
    moments = FitMoments(square: .allocate(capacity: FitMoments.count))
    moments.square.initialize(repeating: 0, count: FitMoments.count)
    products = .allocate(capacity: Self.rows)
    products.initialize(repeating: .zero, count: Self.rows)
    derivatives = .allocate(capacity: Self.rows * columns)
    derivatives.initialize(repeating: .zero, count: Self.rows * columns)
  }

  deinit {
    moments.square.deallocate()
    products.deallocate()
    derivatives.deallocate()
  }

  /// The whitened derivatives of column `k`.
  func derivatives(of k: Int) -> UnsafeMutablePointer<SIMD8<Float>> { derivatives + Self.rows * k }
}
