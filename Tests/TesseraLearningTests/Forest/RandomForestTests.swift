import TesseraLearning
import TesseraNumerics
import Testing

@Suite("A random forest") struct RandomForestTests {
  typealias Node = DecisionTree.Node

  /// Is the first feature at most 0? Left: the first class; right: the second one, three to one.
  private let stump = DecisionTree(
    nodes: [
      Node(feature: 0, threshold: 0, next: 1), Node(feature: -1, threshold: 0, next: 0),
      Node(feature: -1, threshold: 0, next: 1),
    ], leaves: [1, 0, 0.25, 0.75])

  /// Whatever is asked.
  private let prior = DecisionTree(nodes: [Node(feature: -1, threshold: 0, next: 0)], leaves: [0.5, 0.5])

  private func forest(_ trees: DecisionTree..., features: Int = 2) throws -> RandomForest {
    try RandomForest(classCount: 2, featureCount: features, trees: trees)
  }

  @Test func `answers by the mean of its trees`() throws {
    #expect(try forest(stump).shares(of: [-1, 9]) == [1, 0])
    #expect(try forest(stump).shares(of: [0, 9]) == [1, 0])
    #expect(try forest(stump).shares(of: [0.1, 9]) == [0.25, 0.75])
    #expect(try forest(stump, prior).shares(of: [-1, 0]) == [0.75, 0.25])
    #expect(try forest(stump, stump, stump, prior).shares(of: [1, 0]).reduce(0, +) == 1)
  }

  @Test func `takes what is no number as large`() throws {
    #expect(try forest(stump).shares(of: [.nan, .nan]) == [0.25, 0.75])
    #expect(try forest(stump).shares(of: [.infinity, 0]) == [0.25, 0.75])
    #expect(try forest(stump).shares(of: [-.infinity, 0]) == [1, 0])
  }

  /// What a damaged file may hold.
  static let damages: [(String, @Sendable (inout DecisionTree) -> Void)] = [
    ("no nodes", { $0.nodes = [] }), ("no leaves", { $0.leaves = [] }),
    ("half a leaf", { $0.leaves.removeLast() }), ("not a number", { $0.leaves[2] = .nan }),
    ("infinite", { $0.leaves[2] = .infinity }), ("a branch to itself", { $0.nodes[0].next = 0 }),
    ("a branch backwards", { $0.nodes[0].next = -3 }), ("a branch beyond the end", { $0.nodes[0].next = 2 }),
    ("a branch far away", { $0.nodes[0].next = .max }), ("a feature too many", { $0.nodes[0].feature = 2 }),
    ("a feature far away", { $0.nodes[0].feature = .max }), ("a leaf too many", { $0.nodes[1].next = 2 }),
    ("a leaf far away", { $0.nodes[1].next = .max }), ("a leaf before the first", { $0.nodes[2].next = -1 }),
    (
      "a loop",
      { tree in
        tree.nodes[1] = Node(feature: 0, threshold: 0, next: 0)
      }
    ),
  ]

  @Test(arguments: damages.indices) func `refuses trees that are damaged`(number: Int) {
    var tree = stump
    Self.damages[number].1(&tree)
    #expect(throws: ParameterError.self, "\(Self.damages[number].0)") { try forest(stump, tree) }
  }

  @Test func `refuses to be empty`() {
    #expect(throws: ParameterError.self) { try RandomForest(classCount: 2, featureCount: 2, trees: []) }
    #expect(throws: ParameterError.self) { try RandomForest(classCount: 0, featureCount: 2, trees: [prior]) }
    #expect(throws: ParameterError.self) { try RandomForest(classCount: 2, featureCount: 0, trees: [prior]) }
    #expect(throws: ParameterError.self) { try RandomForest(classCount: -1, featureCount: 2, trees: [prior]) }
  }
}
