import Foundation
import TesseraNumerics

/// What lies between two groups of points in descriptor space, along the direction that separates them best.
struct PatternGap: Sendable {
  /// Distance of both means over the pooled standard deviation.
  let separation: Double
  /// Density in the emptiest fifth of the way over the density in the middle of the sparser group: 0, an empty gap.
  let valley: Double

  /// - Parameter resolution: the smallest standard deviation that a group is taken to have.
  init(between a: Group, and b: Group, in table: Matrix<Float>, resolution: Double) {
    let d = table.columns
    let total = Double(a.rows.count + b.rows.count)
    let difference = zip(b.mean, a.mean).map { $0 - $1 }
    var scatter = Matrix<Double>(rows: d, columns: d, filling: 0)
    for index in scatter.values.indices {
      scatter.values[index] = (a.scatter.values[index] + b.scatter.values[index]) / total
    }
    for k in 0..<d { scatter[k, k] += resolution * resolution }
    let direction = scatter.solvedPositive(difference) ?? difference
    let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
    guard length > 0 else {
      (separation, valley) = (0, 1)
      return
    }
    func projected(_ rows: [Int]) -> [Double] {
      rows.map { row in
        var sum = 0.0
        for k in 0..<d { sum += direction[k] * Double(table.values[row * d + k]) }
        return sum / length
      }
    }
    let (pa, pb) = (projected(a.rows), projected(b.rows))
    let (ma, mb) = (Statistics.mean(pa), Statistics.mean(pb))
    let (sa, sb) = (max(resolution, Statistics.deviation(pa)), max(resolution, Statistics.deviation(pb)))
    let pooled = ((Double(pa.count) * sa * sa + Double(pb.count) * sb * sb) / total).squareRoot()
    separation = abs(mb - ma) / pooled
    let (low, high) = (min(ma, mb), max(ma, mb))
    let width = (high - low) / 5
    var least = Double.infinity
    for step in 0...6 {
      let from = low + (high - low) * (0.2 + 0.4 * Double(step) / 6)
      let inside = pa.count { $0 >= from && $0 < from + width } + pb.count { $0 >= from && $0 < from + width }
      least = min(least, Double(inside) / max(width, 1e-12))
    }
    func core(_ values: [Double], _ mean: Double, _ sigma: Double) -> Double {
      Double(values.count { abs($0 - mean) < sigma }) / (2 * sigma)
    }
    valley = least / max(min(core(pa, ma, sa), core(pb, mb, sb)), 1e-12)
  }

  /// Some rows of a table with their mean and scatter.
  struct Group: Sendable {
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
  }
}
