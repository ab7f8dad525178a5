import TesseraLearning
import TesseraNumerics

/// Some points of descriptor space, rows of a table, with their mean and scatter.
struct PatternGroup: Sendable {
  var rows: [Int]
  var mean: [Double]
  /// Σ (x − mean)(x − mean)ᵀ.
  var scatter: Matrix<Double>

  init(_ rows: [Int], of table: Matrix<Float>) {
    let d = table.columns
    var mean = [Double](repeating: 0, count: d)
    for row in rows { for k in 0..<d { mean[k] += Double(table.values[row * d + k]) } }
    for k in 0..<d { mean[k] /= Double(max(1, rows.count)) }
    var scatter = Matrix<Double>(rows: d, columns: d, filling: 0)
    for row in rows {
      for i in 0..<d {
        let x = Double(table.values[row * d + i]) - mean[i]
        for j in 0...i { scatter.values[i * d + j] += x * (Double(table.values[row * d + j]) - mean[j]) }
      }
    }
    for i in 0..<d { for j in 0..<i { scatter.values[j * d + i] = scatter.values[i * d + j] } }
    (self.rows, self.mean, self.scatter) = (rows, mean, scatter)
  }

  /// What lies between this group and another of the same table.
  /// - Parameter resolution: the smallest standard deviation that a group is taken to have.
  func gap(to other: PatternGroup, in table: Matrix<Float>, resolution: Double) -> Gap {
    let d = table.columns
    let total = Double(rows.count + other.rows.count)
    var pooled = Matrix<Double>(rows: d, columns: d, filling: 0)
    for index in pooled.values.indices {
      pooled.values[index] = (scatter.values[index] + other.scatter.values[index]) / total
    }
    for k in 0..<d { pooled[k, k] += resolution * resolution }
    func projected(_ rows: [Int], _ direction: [Double]) -> [Double] {
      rows.map { row in
        var sum = 0.0
        for k in 0..<d { sum += direction[k] * Double(table.values[row * d + k]) }
        return sum
      }
    }
    let difference = zip(other.mean, mean).map { $0 - $1 }
    return Gap(difference: difference, scatter: pooled, leastDeviation: resolution) { direction in
      (projected(rows, direction), projected(other.rows, direction))
    }
  }
}
