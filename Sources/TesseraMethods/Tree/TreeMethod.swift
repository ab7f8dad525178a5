import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Carries out actions on the class tree of a result.
public struct TreeMethod: Sendable {
  public let folder: MotifFolder

  public init(_ folder: MotifFolder) { self.folder = folder }

  /// The tree after these actions.
  /// - Throws: `DataError` where an action names a class that is not there.
  public func tree(after actions: [TreeAction]) throws -> ClassTree {
    var tree = try folder.firstTree()
    for action in actions { try apply(action, to: &tree) }
    return tree
  }

  /// Carries out one action.
  /// - Returns: false where it changes nothing: the class is one motif.
  @discardableResult
  public func apply(_ action: TreeAction, to tree: inout ClassTree) throws -> Bool {
    switch action {
    case .split(let word, let split):
      let node = try leaf(word, of: tree)
      let parts = try parts(of: node, by: split)
      guard parts.count > 1 else { return false }
      tree.split(node.number, labels: parts.labels, confidence: parts.confidence)
    case .merge(let words):
      let numbers = try words.map { try leaf($0, of: tree).number }
      guard Set(numbers).count > 1, Set(numbers).count == numbers.count else {
        throw DataError(
          "\(folder.path): a merger needs two different classes or more, but got \(words.joined(separator: ", "))")
      }
      tree.merge(numbers)
    case .name(let word, let name):
      let node = try leaf(word, of: tree)
      guard !name.isEmpty, name.allSatisfy({ !$0.isNewline }), ClassTree.isNoNumber(name) else {
        throw DataError(
          "\(folder.path): a class cannot be called \"\(name)\": a name is one line of text and no number")
      }
      guard !tree.leaves.contains(where: { $0.name == name && $0.number != node.number }) else {
        throw DataError("\(folder.path): another class is called \(name) already")
      }
      tree.name(node.number, name)
    }
    return true
  }

  /// The ways in which a class is tried, in turn: the features of the first run, then those that do not turn with the specimen, all of them
  /// and those of few angular orders, in which rare motifs are not drowned.
  public static let attempts = [
    TreeSplit(), TreeSplit(features: .invariant), TreeSplit(features: .invariant, angularOrders: [0, 2, 3]),
    TreeSplit(features: .invariant, angularOrders: [0, 3, 6]),
  ]

  /// Splits classes, and what they fall into, until no attempt divides any.
  /// - Returns: the splits that were made, in order.
  public func splitAll(_ tree: inout ClassTree) throws -> [TreeAction] {
    var actions: [TreeAction] = []
    var waiting = tree.leaves.map(\.number)
    while !waiting.isEmpty {
      let number = waiting.removeFirst()
      for attempt in Self.attempts {
        let action = TreeAction.split(number, attempt)
        guard try apply(action, to: &tree) else { continue }
        actions.append(action)
        waiting += tree.leaves.map(\.number).filter { $0.hasPrefix(number + ".") }
        break
      }
    }
    return actions
  }

  /// The action with the numbers of classes for their names, so that the recipe holds when names change.
  public func numbered(_ action: TreeAction, in tree: ClassTree) throws -> TreeAction {
    switch action {
    case .split(let word, let split): .split(try leaf(word, of: tree).number, split)
    case .merge(let words): .merge(try words.map { try leaf($0, of: tree).number })
    case .name(let word, let name): .name(try leaf(word, of: tree).number, name)
    }
  }

  private func leaf(_ word: String, of tree: ClassTree) throws -> ClassTree.Node {
    if let node = tree.leaf(named: word) { return node }
    let known = tree.leaves.map { $0.name.isEmpty ? $0.number : "\($0.number) (\($0.name))" }.joined(separator: ", ")
    throw DataError(
      tree.isDivided(word)
        ? "\(folder.path): class \(word) has been divided or merged; the classes are \(known)"
        : "\(folder.path): has no class \(word); the classes are \(known)")
  }

  /// The fewest members that can show two motifs.
  private var fewestMembers: Int { 2 * folder.settings.classFinder.smallestClass }

  /// What a class falls into.
  private func parts(of node: ClassTree.Node, by split: TreeSplit) throws -> Classes {
    let whole = Classes(grouping: node.members.map { _ in 0 })
    let descriptor = split.descriptor(from: folder.settings.descriptor)
    try descriptor.validate()
    if let count = split.classes {
      try require(
        count >= 2 && count <= node.members.count, setting("classes"), is: count,
        mustBe: "between 2 and the \(node.members.count) members of the class")
    }
    guard node.members.count >= fewestMembers else { return whole }
    let moments = ZernikeMoments(
      side: folder.moments.side, order: folder.moments.order,
      values: folder.moments.values.selecting(rows: node.members))
    let features = descriptor.features(from: moments)
    let rows = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    guard rows.count >= fewestMembers else { return whole }
    var embedding = folder.settings.embedding
    embedding.search.count = min(embedding.search.count, rows.count - 1)
    let placed = try embedding.movie(of: features.selecting(rows: rows), seed: folder.seed).final
    var points = [Point](repeating: Point(.nan, .nan), count: features.rows)
    for (k, row) in rows.enumerated() { points[row] = placed.points[k] }
    let layout = Layout(points: points)
    let noise = descriptor.leastNoiseShare * folder.momentNoise
    if let count = split.classes {
      return try ClassFitter(count: count).classes(of: features, layout: layout, noise: noise, seed: folder.seed)
    }
    return try folder.settings.classFinder.outcome(features: features, layout: layout, noise: noise).classes
  }
}

extension ClassTree {
  /// Whether a word cannot be taken for the number of a class.
  static func isNoNumber(_ word: String) -> Bool { !word.allSatisfy { $0.isNumber || $0 == "." } }
}
