import TesseraLearning
import TesseraNumerics
import Testing

struct `Principal components` {
  @Test func `of points along a line are the line`() throws {
    let table = Matrix<Float>(rows: 3, columns: 2, values: [-3, -4, 0, 0, 3, 4])
    let parts = try PrincipalComponents(of: table, count: 2)
    #expect(abs(parts.axes[0, 0] - 0.6) < 1e-12 && abs(parts.axes[0, 1] - 0.8) < 1e-12)
    #expect(abs(parts.variances[0] - 50.0 / 3) < 1e-12 && abs(parts.variances[1]) < 1e-12)
    #expect(abs(parts.totalVariance - 50.0 / 3) < 1e-12)
    #expect(parts.transform(table).values.map { $0.rounded() } == [-5, 0, 0, 0, 5, 0])
  }

  /// More columns than samples take the other route (X Xᵀ); both must give the same axes.
  @Test func `are the same by either route`() throws {
    let blobs = Blobs(30, classes: 3, dimensions: 30, deviation: 0.5)
    let wide = try PrincipalComponents(of: blobs.features.selecting(rows: Array(0..<29)), count: 4)
    var tall = blobs.features.selecting(rows: Array(0..<29))
    tall = Matrix(rows: 58, columns: 30, values: tall.values + tall.values)  // Twice each sample: the same axes.
    let other = try PrincipalComponents(of: tall, count: 4)
    for (a, b) in zip(wide.axes.values, other.axes.values) { #expect(abs(a - b) < 1e-6) }
    for (a, b) in zip(wide.variances, other.variances) { #expect(abs(a - b) < 1e-6) }  // Centred in Float.
  }

  @Test func `restore samples from all coordinates`() throws {
    let blobs = Blobs(200, classes: 3, dimensions: 9, deviation: 0.5)
    let parts = try PrincipalComponents(of: blobs.features, count: 9)
    let restored = parts.restored(parts.transform(blobs.features))
    for (a, b) in zip(restored.values, blobs.features.values) { #expect(abs(a - b) < 1e-5) }
    #expect(abs(parts.variances.reduce(0, +) - parts.totalVariance) < 1e-9 * parts.totalVariance)
  }

  @Test func `refuse what is not a number`() {
    #expect(throws: DataError.self) {
      try PrincipalComponents(of: Matrix(rows: 2, columns: 1, values: [.nan, 1]), count: 1)
    }
    #expect(throws: ParameterError.self) {
      try PrincipalComponents(of: Matrix(rows: 2, columns: 1, values: [0, 1]), count: 0)
    }
  }
}
