import Foundation
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Carries out actions on the class tree of a result.
public struct TreeMethod: Sendable {
  /// The result whose classes are worked on; it is only read.
  public let folder: MotifFolder

  /// Works on the classes of this result.
  public init(_ folder: MotifFolder) { self.folder = folder }

  /// The tree after these actions.
  /// - Throws: `DataError` where an action names a class that is not there.
  public func tree(after actions: [TreeAction]) throws -> ClassTree {
    var tree = try folder.firstTree()
    for action in actions { try apply(action, to: &tree) }
    return tree
  }

  /// The current classes, in a form that sorts other images.
  public func model() throws -> TreeModel { try model(of: try tree(after: folder.recipe.actions)) }

  /// The classes of a tree of this result, in a form that sorts other images, or this one with other columns.
  /// - Throws: `DataError` where no class has a member with a patch.
  public func model(of tree: ClassTree) throws -> TreeModel { try TreeModel(folder, tree) }

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
      try checkName(name)
      guard !tree.leaves.contains(where: { $0.name == name && $0.number != node.number }) else {
        throw DataError("\(folder.path): another class is called \(name) already")
      }
      tree.name(node.number, name)
    case .lasso(let word, let corners):
      let node = try leaf(word, of: tree)
      let inside = try isInside(corners, node)
      guard inside.contains(true), inside.contains(false) else { return false }
      tree.split(node.number, labels: inside.map { $0 ? 1 : 2 }, confidence: inside.map { _ in 1 })
    case .label(let labels): try sort(&tree, by: labels)
    case .apply(let model): try model.sort(folder, into: &tree)
    }
    return true
  }

  /// Which members of a class a polygon on the layout holds (even-odd rule).
  private func isInside(_ corners: [Point], _ node: ClassTree.Node) throws -> [Bool] {
    guard corners.count >= 3, corners.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else {
      throw DataError("\(folder.path): a lasso needs three points or more, but got \(corners.count)")
    }
    let layout = try folder.layout()
    return node.members.map { layout[$0].isInside(polygon: corners) }
  }

  /// Sorts all sites by the classes that a person gave to a few.
  private func sort(_ tree: inout ClassTree, by labels: [TreeAction.KnownLabel]) throws {
    let spread = try spread(labels, over: tree)
    tree.sort(into: spread.names, labels: spread.outcome.labels, confidence: spread.outcome.confidence)
  }

  /// What few labels make of all sites, and which further ones would tell most.
  /// - Parameters:
  ///   - labels: sites and the names of their classes, of two classes or more.
  ///   - tree: its current classes that no label is in, and that a gap divides from the labelled ones, get no class; by default the
  ///     classes of the first run.
  /// - Throws: `DataError` where a label names no site of the table, or one that has no patch.
  public func spread(
    _ labels: [TreeAction.KnownLabel], over tree: ClassTree? = nil
  ) throws -> (names: [String], outcome: LabelPropagation.Outcome) {
    var names: [String] = []
    var known = [Int](repeating: 0, count: folder.sites.rows.count)
    let features = folder.settings.descriptor.features(from: folder.moments)
    for label in labels {
      guard known.indices.contains(label.id) else {
        throw DataError("\(folder.path): has no site \(label.id); the ids are 0 to \(known.count - 1)")
      }
      guard features.row(label.id).allSatisfy(\.isFinite) else {
        throw DataError("\(folder.path): site \(label.id) has no whole patch, so it cannot be an example of a class")
      }
      try checkName(label.name)
      if !names.contains(label.name) { names.append(label.name) }
      let number = names.firstIndex(of: label.name)! + 1
      guard known[label.id] == 0 || known[label.id] == number else {
        throw DataError(
          "\(folder.path): site \(label.id) is labelled \(names[known[label.id] - 1]) and \(label.name); a site has one class"
        )
      }
      known[label.id] = number
    }
    guard names.count >= 2 else {
      throw DataError("\(folder.path): labels of two classes or more are needed, but got \(names.count)")
    }
    return (
      names,
      try LabelPropagation().outcome(
        features: features, known: known, classCount: names.count,
        noise: folder.settings.descriptor.leastNoiseShare * folder.momentNoise,
        groups: (try tree ?? folder.firstTree()).leaves.map(\.members), finder: folder.settings.classFinder)
    )
  }

  private func checkName(_ name: String) throws {
    let isPlain = name.unicodeScalars.allSatisfy { !Self.invisible.contains($0.properties.generalCategory) }
    guard !name.isEmpty, name.count <= Self.longestName, isPlain, name == name.trimmingCharacters(in: .whitespaces),
      ClassTree.isNoNumber(name), name.lowercased() != Self.unknown
    else {
      let shown = String(name.prefix(Self.longestName)).filter { !$0.isNewline }
      throw DataError(
        "\(folder.path): a class cannot be called \"\(shown)\": a name is one line of at most \(Self.longestName) visible characters without spaces "
          + "around them, no number and not \(Self.unknown)")
    }
  }

  /// Longer names fit no table.
  private static let longestName = 200
  /// Kinds of characters that show nothing, or turn the line around.
  private static let invisible: Set<Unicode.GeneralCategory> = [
    .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned,
  ]

  /// What sites are called that fit no class.
  public static let unknown = "unknown"

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
    case .lasso(let word, let corners): .lasso(try leaf(word, of: tree).number, corners)
    case .label(let labels):
      .label(
        try labels.map { label in
          ClassTree.isNoNumber(label.name) ? label : .init(id: label.id, name: try leaf(label.name, of: tree).name)
        })
    case .apply: action
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
  func parts(of node: ClassTree.Node, by split: TreeSplit) throws -> Classes {
    let whole = Classes(grouping: node.members.map { _ in 0 })
    let descriptor = split.descriptor(from: folder.settings.descriptor)
    try descriptor.validate()
    if let count = split.classes {
      try require(
        count >= 2 && count <= node.members.count, setting("classes"), is: count,
        mustBe: "between 2 and the \(node.members.count) members of the class")
      guard node.members.count >= fewestMembers else {
        throw DataError(
          "\(folder.path): class \(node.number) has \(node.members.count) members; only classes of \(fewestMembers) or more are divided"
        )
      }
    }
    guard node.members.count >= fewestMembers else { return whole }
    let (moments, momentNoise) = try folder.description(side: split.patchSize)
    let features = descriptor.features(from: moments.selecting(node.members))
    let rows = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    guard rows.count >= fewestMembers else { return whole }
    var embedding = folder.settings.embedding
    embedding.search.count = min(embedding.search.count, rows.count - 1)
    let placed = try embedding.movie(of: features.selecting(rows: rows), seed: folder.seed).final
    var points = [Point](repeating: Point(.nan, .nan), count: features.rows)
    for (k, row) in rows.enumerated() { points[row] = placed.points[k] }
    let layout = Layout(points: points)
    let noise = descriptor.leastNoiseShare * momentNoise
    if let count = split.classes {
      return try ClassFitter(count: count).classes(of: features, layout: layout, noise: noise, seed: folder.seed)
    }
    let found = try folder.settings.classFinder.outcome(features: features, layout: layout, noise: noise).classes
    return try areRows(found, of: node.members) ? whole : found
  }

  /// Whether the parts of a class are rows along the scan, in an image whose scan lines are shifted against one another.
  private func areRows(_ parts: Classes, of members: [Int]) throws -> Bool {
    guard folder.lineJitter >= ScanRows.leastJitter, parts.count > 1, let size = folder.imageSize else { return false }
    let positions = try folder.places().positions
    guard let spacing = PlanarIndex(positions).medianSpacing else { return false }
    let rows = ScanRows(width: size.width, spacing: spacing)
    let label = Dictionary(zip(members, parts.labels), uniquingKeysWith: { first, _ in first })
    return rows.explain({ (label[$0] ?? 0) - 1 }, of: members, positions)
      || (1...parts.count).contains { part in
        rows.isLine(parts.members(of: part).map { members[$0] }, among: members, positions)
      }
  }
}

extension ClassTree {
  /// Whether a word cannot be taken for the number of a class.
  static func isNoNumber(_ word: String) -> Bool { !word.allSatisfy { $0.isNumber || $0 == "." } }
}
