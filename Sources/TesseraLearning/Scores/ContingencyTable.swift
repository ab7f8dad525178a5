import Foundation
import TesseraNumerics

/// How often each pair of labels meets.
struct ContingencyTable {
  /// `counts[a][b]` samples have the a-th label of one labelling and the b-th of the other; labels rise.
  let counts: [[Int]]
  /// The labels of both, rising.
  let rowLabels, columnLabels: [Int]
  let rowSums: [Int]
  let columnSums: [Int]
  let total: Int

  init(_ first: [Int], _ second: [Int]) {
    (rowLabels, columnLabels) = (Set(first).sorted(), Set(second).sorted())
    func ranks(_ labels: [Int]) -> [Int: Int] {
      Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    }
    let (rows, columns) = (ranks(rowLabels), ranks(columnLabels))
    var counts = [[Int]](repeating: [Int](repeating: 0, count: columns.count), count: rows.count)
    for (a, b) in zip(first, second) { counts[rows[a]!][columns[b]!] += 1 }
    self.counts = counts
    rowSums = counts.map { $0.reduce(0, +) }
    columnSums = (0..<columns.count).map { column in counts.reduce(0) { $0 + $1[column] } }
    total = first.count
  }

  var adjustedMutualInformation: Double {
    // One class in both, or every sample a class in both: equal partitions, and 0 / 0 in the formula.
    if rowSums.count == columnSums.count && (rowSums.count <= 1 || rowSums.count == total) { return 1 }
    let n = Double(total)
    func entropy(_ sums: [Int]) -> Double { sums.reduce(0) { $0 - Double($1) / n * log(Double($1) / n) } }
    var information = 0.0
    for (a, row) in counts.enumerated() {
      for (b, count) in row.enumerated() where count > 0 {
        let share = Double(count) / n
        information += share * log(share * n * n / (Double(rowSums[a]) * Double(columnSums[b])))
      }
    }
    let expected = expectedMutualInformation
    let denominator = (entropy(rowSums) + entropy(columnSums)) / 2 - expected
    // Rounding may leave a denominator of either sign where every partition would do.
    return (information - expected) / (abs(denominator) < 1e-15 ? 1e-15 : denominator)
  }

  /// Mean mutual information of two random labellings with these class sizes (hypergeometric model), in nats.
  private var expectedMutualInformation: Double {
    var logFactorial = [0.0]
    logFactorial.reserveCapacity(total + 1)
    for i in 0..<total { logFactorial.append(logFactorial[i] + log(Double(i + 1))) }
    let n = Double(total)
    var sum = 0.0
    for a in rowSums {
      for b in columnSums {
        for count in max(1, a + b - total)...max(1, min(a, b)) where count <= min(a, b) {
          let numerator =
            logFactorial[a] + logFactorial[b] + logFactorial[total - a] + logFactorial[total - b]
          let denominator =
            logFactorial[total] + logFactorial[count] + logFactorial[a - count] + logFactorial[b - count]
            + logFactorial[total - a - b + count]
          let m = Double(count)
          sum += m / n * log(n * m / (Double(a) * Double(b))) * exp(numerator - denominator)
        }
      }
    }
    return sum
  }

  /// Adjusted Rand index and Fowlkes-Mallows index, from pairs of samples that share a class.
  var pairScores: (adjustedRand: Double, fowlkesMallows: Double) {
    func pairs(_ count: Int) -> Double { Double(count) * Double(count - 1) / 2 }
    let both = counts.reduce(0) { $0 + $1.reduce(0) { $0 + pairs($1) } }
    let (rows, columns) = (rowSums.reduce(0) { $0 + pairs($1) }, columnSums.reduce(0) { $0 + pairs($1) })
    let all = pairs(total)
    let expected = all > 0 ? rows * columns / all : 0
    let range = (rows + columns) / 2 - expected
    return (
      // Equal trivial partitions leave 0 / 0.
      range == 0 ? 1 : (both - expected) / range,
      rows == 0 || columns == 0 ? (rows == columns ? 1 : 0) : both / (rows * columns).squareRoot()
    )
  }
}
