import TesseraNumerics

/// Many trees, each grown on a sample of the rows and asking about few features at a time; their mean is the answer.
///
/// Source: Breiman, Machine Learning 45 (2001) 5.
public struct RandomForest: Sendable, Equatable {
  /// Number of classes that the trees tell apart.
  public let classCount: Int
  /// Number of features of a row.
  public let featureCount: Int
  /// The trees, which all have the same weight.
  public let trees: [DecisionTree]

  /// - Throws: `ParameterError` where a tree asks for a feature, a branch or a leaf that is not there.
  public init(classCount: Int, featureCount: Int, trees: [DecisionTree]) throws(ParameterError) {
    try require(
      classCount > 0 && featureCount > 0 && !trees.isEmpty, "trees of a forest", is: trees.count, mustBe: "1 or more")
    for tree in trees {
      let leafCount = tree.leaves.count / classCount
      try require(
        !tree.nodes.isEmpty && tree.leaves.count % classCount == 0 && tree.leaves.allSatisfy(\.isFinite),
        "leaves of a tree",
        is: tree.leaves.count, mustBe: "finite shares of \(classCount) classes each")
      for (index, node) in tree.nodes.enumerated() {
        let isSound =
          node.feature < 0
          ? (0..<leafCount).contains(Int(node.next))
          // Branches lie behind their question, so that every way ends.
          : Int(node.feature) < featureCount && Int(node.next) > index && Int(node.next) + 1 < tree.nodes.count
        try require(isSound, "node \(index) of a tree", is: "\(node)", mustBe: "a leaf or a question with two branches")
      }
    }
    (self.classCount, self.featureCount, self.trees) = (classCount, featureCount, trees)
  }

  /// Share of the trees' votes for each class; they add up to 1.
  ///
  /// - Parameter features: `featureCount` numbers. Not a number counts as larger than any threshold.
  public func shares(of features: [Float]) -> [Double] {
    precondition(features.count == featureCount)
    return shares(of: { features[$0] }, trees: trees.indices)
  }

  /// The same by some of the trees.
  func shares(of row: (Int) -> Float, trees chosen: some Collection<Int>) -> [Double] {
    var sums = [Double](repeating: 0, count: classCount)
    for index in chosen {
      let start = trees[index].leaf(of: row) * classCount
      for label in 0..<classCount { sums[label] += Double(trees[index].leaves[start + label]) }
    }
    return sums.map { $0 / Double(max(1, chosen.count)) }
  }
}
