/// A tree of questions: is a feature at most a threshold?
public struct DecisionTree: Sendable, Equatable {
  /// A question, or an answer.
  public struct Node: Sendable, Equatable {
    /// Feature that is asked for; -1: a leaf.
    public var feature: Int32
    /// At most: the left branch, else the right one.
    public var threshold: Float
    /// Node of the left branch; the right one follows it. Of a leaf: row of `leaves`.
    public var next: Int32

    /// A question about `feature`, or a leaf where that is -1.
    public init(feature: Int32, threshold: Float, next: Int32) {
      (self.feature, self.threshold, self.next) = (feature, threshold, next)
    }
  }

  /// The first one is the root.
  public var nodes: [Node]
  /// Shares of the classes in each leaf, one after the other.
  public var leaves: [Float]

  /// A tree from its nodes, the root first, and as many shares per leaf as there are classes; `RandomForest` checks it.
  public init(nodes: [Node], leaves: [Float]) { (self.nodes, self.leaves) = (nodes, leaves) }

  /// Index in `leaves`, times the number of classes, of the leaf of a row.
  func leaf(of row: (Int) -> Float) -> Int {
    var node = nodes[0]
    while node.feature >= 0 {
      node = nodes[Int(node.next) + (row(Int(node.feature)) <= node.threshold ? 0 : 1)]
    }
    return Int(node.next)
  }
}
