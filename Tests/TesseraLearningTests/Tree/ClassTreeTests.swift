import TesseraLearning
import Testing

struct `The class tree` {
  /// Ten samples: six of class 1, three of class 2, one without.
  private var tree: ClassTree {
    ClassTree(
      labels: [1, 1, 1, 2, 2, 2, 1, 1, 0, 1], confidence: [1, 1, 0.9, 1, 1, 0.5, 1, 1, 0, 0.8], names: ["host", "rare"])
  }

  @Test func `begins with the first classes`() {
    #expect(tree.leaves.map(\.number) == ["1", "2"])
    #expect(tree.numbers == ["1", "1", "1", "2", "2", "2", "1", "1", nil, "1"])
    #expect(tree.leaf(named: "rare")?.number == "2" && tree.leaf(named: "3") == nil)
  }

  @Test func `numbers the parts of a class by falling size`() {
    var tree = tree
    // Members of class 1 are samples 0, 1, 2, 6, 7, 9; the second part is the larger one.
    let parts = tree.split("1", labels: [1, 2, 2, 1, 2, 2], confidence: [1, 1, 0.5, 1, 1, 1])
    #expect(parts == ["1.1", "1.2"])
    #expect(tree.numbers == ["1.2", "1.1", "1.1", "2", "2", "2", "1.2", "1.1", nil, "1.1"])
    #expect(tree.leaf(named: "1") == nil && tree.isDivided("1"))
    // How sure a part is, times how sure the class was.
    #expect(tree.leaf(named: "1.1")?.confidence == [1, 0.9 * 0.5, 1, 0.8])
    #expect(tree.leaf(named: "1.1")?.parents == ["1"])
  }

  @Test func `gives a merged class a number of its own`() {
    var tree = tree
    tree.split("1", labels: [1, 2, 2, 1, 2, 2], confidence: [1, 1, 1, 1, 1, 1])
    #expect(tree.merge(["1.2", "2"]) == "3")
    #expect(tree.numbers == ["3", "1.1", "1.1", "3", "3", "3", "3", "1.1", nil, "1.1"])
    #expect(tree.leaf(named: "3")?.name == "rare")  // The name of the larger part.
    #expect(tree.merge(["1.1"]) == nil && tree.merge(["1.1", "1.1"]) == nil && tree.merge(["1.1", "2"]) == nil)
    #expect(tree.nodes.map(\.number) == ["1", "2", "1.1", "1.2", "3"])
  }

  /// "motif 1" for a class of 1, 2 and more would hide what it was made of.
  @Test func `names a merged class after all of its parts, or after the one that a person named`() {
    var tree = ClassTree(
      labels: [1, 1, 1, 2, 2, 3, 4, 4, 4, 4], confidence: Array(repeating: 1, count: 10),
      names: (1...4).map { "motif \($0)" })
    #expect(tree.merge(["1", "2"]).flatMap { tree.leaf(named: $0) }?.name == "motif 1 + 2")
    #expect(tree.merge(["5", "3"]).flatMap { tree.leaf(named: $0) }?.name == "motif 1 + 2 + 3")
    // Its parts are those of class 6, not of a class 3.
    tree.split("6", labels: [1, 1, 1, 1, 1, 2], confidence: [1, 1, 1, 1, 1, 1])
    #expect(tree.leaves.map(\.name) == ["motif 4", "motif 6.1", "motif 6.2"])
    // All parts of a class are that class again.
    #expect(tree.merge(["6.1", "6.2"]).flatMap { tree.leaf(named: $0) }?.name == "motif 1 + 2 + 3")
    tree.name("7", "host")
    #expect(tree.merge(["4", "7"]).flatMap { tree.leaf(named: $0) }?.name == "host")
  }

  @Test func `leaves each class its look`() {
    var tree = tree
    tree.split("1", labels: [1, 2, 2, 1, 2, 2], confidence: [1, 1, 1, 1, 1, 1])
    tree.merge(["1.2", "2"])
    #expect(tree.leaves.map(\.number) == ["1.1", "3"] && tree.leaves.map(\.look) == [2, 4])
    // In another image, or with other columns, and what comes after.
    var other = ClassTree(labels: [1, 1, 1, 1], confidence: [1, 1, 1, 1], names: ["motif 1"])
    let headings = tree.leaves.map { ClassTree.Heading(number: $0.number, name: $0.name, look: $0.look) }
    other.restart(headings, labels: [1, 2, 2, 2], confidence: [1, 1, 1, 1])
    #expect(other.leaves.map(\.look) == [2, 4])
    other.split("3", labels: [1, 1, 2], confidence: [1, 1, 1])
    #expect(other.leaves.map(\.look) == [2, 5, 6])
  }

  @Test func `gives a class back as sure as it was where all of its parts are merged`() {
    var tree = tree
    tree.split("1", labels: [1, 2, 2, 1, 2, 2], confidence: [0.7, 1, 0.5, 0.6, 1, 1])
    tree.merge(["1.1", "1.2"])
    #expect(tree.leaf(named: "3")?.members == [0, 1, 2, 6, 7, 9])
    #expect(tree.leaf(named: "3")?.confidence == [1, 1, 0.9, 1, 1, 0.8])
  }

  @Test func `gives no two classes one name`() {
    var tree = tree
    tree.name("2", "host.1")
    tree.split("1", labels: [1, 2, 2, 1, 2, 2], confidence: [1, 1, 1, 1, 1, 1])
    #expect(tree.leaves.map(\.name) == ["host.1'", "host.2", "host.1"])
  }

  @Test func `keeps a class whole that has one part`() {
    var tree = tree
    #expect(tree.split("2", labels: [1, 1, 1], confidence: [1, 1, 1]) == ["2.1"])
    #expect(tree.split("9", labels: [], confidence: []) == [])
  }

  @Test func `lists classes in the order of their numbers`() {
    var tree = ClassTree(labels: (0..<12).map { _ in 1 }, confidence: (0..<12).map { _ in 1 }, names: ["all"])
    tree.split("1", labels: Array(1...12), confidence: (0..<12).map { _ in 1 })
    #expect(tree.leaves.map(\.number) == (1...12).map { "1.\($0)" })
  }
}
