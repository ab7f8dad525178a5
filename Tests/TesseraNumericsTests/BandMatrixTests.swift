import TesseraNumerics
import Testing

struct `Band matrices` {
  @Test(arguments: [1, 2, 5]) func `solve as full ones do`(band: Int) throws {
    var random = RandomSource(seed: UInt64(band))
    let size = 12
    var (narrow, full) = (BandMatrix(size: size, band: band), Matrix<Double>(rows: size, columns: size, filling: 0))
    for row in 0..<size {
      for column in max(0, row - band)...row {
        // The diagonal outweighs its row, which makes the matrix positive definite.
        let value = row == column ? 2 * Double(band) + 1 : random.uniform()
        (narrow[row, column], full[row, column], full[column, row]) = (value, value, value)
      }
    }
    let right = (0..<size).map { _ in random.gaussian() }
    let expected = try #require(full.solvedPositive(right))
    for (x, y) in zip(try #require(narrow.solvedPositive(right)), expected) { #expect(abs(x - y) < 1e-12) }
  }

  @Test func `that are not positive definite have no factors`() {
    var matrix = BandMatrix(size: 2, band: 1)
    (matrix[0, 0], matrix[1, 1], matrix[1, 0]) = (1, 1, 2)
    #expect(matrix.solvedPositive([1, 1]) == nil)
  }
}
