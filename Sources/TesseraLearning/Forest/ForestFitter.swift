import TesseraNumerics

/// Grows a `RandomForest` and says how good it is on rows that a tree has not seen.
public struct ForestFitter: Sendable, Codable, Equatable {
  /// Trees; 1 ... 10000.
  public var treeCount = 500
  /// Rows that each leaf holds at least; 1 or more.
  public var leastLeaf = 3
  /// Features that each question chooses among; nil: the square root of their number.
  public var tried: Int?
  /// Seed of the samples of rows, the features that are tried and the shuffles; equal seeds give equal forests.
  public var seed: UInt64 = 1
  /// A fitter of 500 trees.
  public init() {}

  /// A forest with what its trees say of the rows that they were not grown on.
  public struct Fit: Sendable {
    /// All trees, ready for rows of other tables.
    public var forest: RandomForest
    /// Shares of the classes for each row, by the trees without it; all zero where every tree has seen it.
    public var outOfBag: [[Double]]
    /// How much the share of right answers out of bag falls when a feature's values are shuffled.
    public var importance: [Double]
  }

  /// - Parameters:
  ///   - table: a row per sample, a column per feature; finite.
  ///   - labels: class of each row, 0 ..< classCount.
  ///   - classCount: number of classes; every label is below it.
  ///   - groups: rows of one group are drawn together, so that out of bag means: of a group that the tree has not seen. Nil: each row is its
  ///     own group.
  public func fit(
    _ table: Matrix<Float>, labels: [Int], classCount: Int, groups: [Int]? = nil
  ) throws(ParameterError) -> Fit {
    try require(
      table.rows > 0 && table.rows == labels.count, "rows of a forest", is: table.rows,
      mustBe: "as many as labels, and some")
    try require((1...10_000).contains(treeCount), "trees of a forest", is: treeCount, mustBe: "between 1 and 10000")
    try require(leastLeaf >= 1, "rows of a leaf", is: leastLeaf, mustBe: "1 or more")
    let groups = groups ?? Array(0..<table.rows)
    var members: [Int: [Int]] = [:]
    for (row, group) in groups.enumerated() { members[group, default: []].append(row) }
    let bags = members.keys.sorted().map { members[$0]! }
    let tried = tried ?? max(1, Int(Double(table.columns).squareRoot().rounded()))
    try require(tried >= 1, "features that a question chooses among", is: tried, mustBe: "1 or more")
    let grown = concurrentMap(count: treeCount) { number -> (tree: DecisionTree, isSeen: [Bool]) in
      var random = RandomSource(seed: seed, stream: UInt64(number))
      var rows: [Int] = []
      var isSeen = [Bool](repeating: false, count: table.rows)
      for _ in bags {
        let bag = bags[random.index(below: bags.count)]
        rows += bag
        for row in bag { isSeen[row] = true }
      }
      var grower = TreeGrower(
        table: table, labels: labels, classCount: classCount, tried: tried, leastLeaf: leastLeaf, random: random)
      return (grower.tree(from: rows), isSeen)
    }
    let forest = try RandomForest(classCount: classCount, featureCount: table.columns, trees: grown.map(\.tree))
    let unseen = (0..<table.rows).map { row in grown.indices.filter { !grown[$0].isSeen[row] } }
    let outOfBag = concurrentMap(count: table.rows) { row in
      forest.shares(of: { table[row, $0] }, trees: unseen[row])
    }
    func right(_ shares: [[Double]]) -> Double {
      let known = shares.indices.filter { !unseen[$0].isEmpty }
      return Double(known.count { shares[$0].largest == labels[$0] }) / Double(max(1, known.count))
    }
    let before = right(outOfBag)
    let importance = concurrentMap(count: table.columns) { feature -> Double in
      var random = RandomSource(seed: seed ^ 0x50_6572_6D, stream: UInt64(feature))
      var order = Array(0..<table.rows)
      order.shuffle(using: &random)
      let shares = (0..<table.rows).map { row in
        forest.shares(of: { table[$0 == feature ? order[row] : row, $0] }, trees: unseen[row])
      }
      let known = shares.indices.filter { !unseen[$0].isEmpty }
      return before - Double(known.count { shares[$0].largest == labels[$0] }) / Double(max(1, known.count))
    }
    return Fit(forest: forest, outOfBag: outOfBag, importance: importance)
  }
}

extension [Double] {
  /// Index of the largest number, the first of equal ones.
  package var largest: Int { indices.max { self[$0] < self[$1] || (self[$0] == self[$1] && $0 > $1) } ?? 0 }
}
