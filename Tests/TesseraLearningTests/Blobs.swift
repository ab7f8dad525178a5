import TesseraLearning
import TesseraNumerics

/// Samples of `classes` normal distributions of unit-length-scale centres and one standard deviation.
struct Blobs {
  let features: Matrix<Float>
  /// 1 ... classes, in turn.
  let labels: [Int]

  init(_ count: Int, classes: Int, dimensions: Int, deviation: Double, seed: UInt64 = 1) {
    var random = RandomSource(seed: seed)
    let centres = (0..<classes * dimensions).map { _ in random.gaussian() }
    labels = (0..<count).map { $0 % classes + 1 }
    var values: [Float] = []
    values.reserveCapacity(count * dimensions)
    for label in labels {
      for column in 0..<dimensions {
        values.append(Float(centres[(label - 1) * dimensions + column] + deviation * random.gaussian()))
      }
    }
    features = Matrix(rows: count, columns: dimensions, values: values)
  }
}
