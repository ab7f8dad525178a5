import TesseraNumerics

/// Grows a tree by Gini's impurity, as in CART (Breiman, Friedman, Olshen & Stone 1984).
struct TreeGrower {
  let table: Matrix<Float>
  let labels: [Int]
  let classCount: Int
  /// Features that each question chooses among.
  let tried: Int
  /// Rows that each branch must keep.
  let leastLeaf: Int
  var random: RandomSource
  private var nodes: [DecisionTree.Node] = []
  private var leaves: [Float] = []

  init(table: Matrix<Float>, labels: [Int], classCount: Int, tried: Int, leastLeaf: Int, random: RandomSource) {
    (self.table, self.labels, self.classCount) = (table, labels, classCount)
    (self.tried, self.leastLeaf, self.random) = (tried, leastLeaf, random)
  }

  /// - Parameter rows: of the table; a row may stand several times.
  mutating func tree(from rows: [Int]) -> DecisionTree {
    nodes = [.init(feature: -1, threshold: 0, next: 0)]
    leaves = []
    var open: [(node: Int, rows: [Int])] = [(0, rows)]
    while let (node, rows) = open.popLast() {
      guard let split = bestSplit(of: rows) else {
        nodes[node] = .init(feature: -1, threshold: 0, next: Int32(leaves.count / classCount))
        var counts = [Float](repeating: 0, count: classCount)
        for row in rows { counts[labels[row]] += 1 }
        leaves += counts.map { $0 / Float(rows.count) }
        continue
      }
      nodes[node] = .init(feature: Int32(split.feature), threshold: split.threshold, next: Int32(nodes.count))
      let left = rows.filter { table[$0, split.feature] <= split.threshold }
      let right = rows.filter { !(table[$0, split.feature] <= split.threshold) }
      open.append((nodes.count + 1, right))
      open.append((nodes.count, left))
      nodes += [DecisionTree.Node](repeating: .init(feature: -1, threshold: 0, next: 0), count: 2)
    }
    return DecisionTree(nodes: nodes, leaves: leaves)
  }

  private mutating func bestSplit(of rows: [Int]) -> (feature: Int, threshold: Float)? {
    var counts = [Double](repeating: 0, count: classCount)
    for row in rows { counts[labels[row]] += 1 }
    guard rows.count >= 2 * leastLeaf, counts.count(where: { $0 > 0 }) > 1 else { return nil }
    var best: (feature: Int, threshold: Float, purity: Double)?
    // Purity: the sum over both branches of Σ n_c² / n; that of no question is the least worth having.
    let before = counts.reduce(0) { $0 + $1 * $1 } / Double(rows.count)
    var features = Array(0..<table.columns)
    for trial in 0..<min(tried, features.count) {
      features.swapAt(trial, trial + random.index(below: features.count - trial))
      let feature = features[trial]
      let sorted = rows.map { (value: table[$0, feature], label: labels[$0]) }.sorted { $0.value < $1.value }
      var left = [Double](repeating: 0, count: classCount)
      var (leftSquares, rightSquares) = (0.0, counts.reduce(0) { $0 + $1 * $1 })
      for index in 0..<sorted.count - 1 {
        let label = sorted[index].label
        let right = counts[label] - left[label]
        leftSquares += 2 * left[label] + 1
        rightSquares -= 2 * right - 1
        left[label] += 1
        let (n, m) = (index + 1, sorted.count - index - 1)
        guard n >= leastLeaf, m >= leastLeaf, sorted[index].value < sorted[index + 1].value else { continue }
        let purity = leftSquares / Double(n) + rightSquares / Double(m)
        if purity > (best?.purity ?? before + 1e-9) {
          let middle = sorted[index].value + (sorted[index + 1].value - sorted[index].value) / 2
          best = (feature, middle < sorted[index + 1].value ? middle : sorted[index].value, purity)
        }
      }
    }
    return best.map { ($0.feature, $0.threshold) }
  }
}
