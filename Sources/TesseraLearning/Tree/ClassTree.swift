/// Classes that come from one another by splitting and merging. Source: the active learning of [H20].
///
/// A class keeps its number, whatever happens after: the classes of a split of 2 are 2.1, 2.2, ... by falling size, and a merged class has the
/// next number that no first class had. So a number means the same in every later tree.
public struct ClassTree: Sendable, Equatable {
  /// One class, living or gone.
  public struct Node: Sendable, Equatable {
    /// `2`, or `2.1`.
    public var number: String
    /// The classes that it came from: none of a first class, one after a split, several after a merger.
    public var parents: [String]
    /// Name of its motif; parts of a class take the name of the class with a number, such as `motif 2.1`. A merged class is named after its
    /// largest part, or after all where no person named that: `motif 4 + 5`.
    public var name: String
    /// Which of all colours and markers it has, from 0: first classes by their order, then each new class the next. A class keeps its look.
    public var look: Int
    /// Indices of the samples, rising.
    public var members: [Int]
    /// How sure each of `members` is to belong here, 0 ... 1; in their order.
    public var confidence: [Double]
    /// Whether the samples have gone on into other classes.
    public var isDivided = false
  }

  /// First classes, then in the order in which they came.
  public private(set) var nodes: [Node]
  /// Number of samples that are sorted, those without class among them.
  public let sampleCount: Int

  /// - Parameters:
  ///   - labels: the class of each sample, 1 ... `names.count`; 0 for none.
  ///   - confidence: of each label, 0 ... 1.
  ///   - names: of the motifs of the classes 1, 2, ...
  public init(labels: [Int], confidence: [Double], names: [String]) {
    sampleCount = labels.count
    nodes = Self.nodes(
      names.enumerated().map { Heading(number: "\($0 + 1)", name: $1) }, labels: labels, confidence: confidence)
  }

  /// The classes that hold samples now, in the order of their numbers.
  public var leaves: [Node] { nodes.filter { !$0.isDivided }.sorted { Self.precedes($0.number, $1.number) } }

  /// The class of this number, or the only living one of this name; nil where there is none.
  public func leaf(named word: String) -> Node? {
    if let node = nodes.first(where: { $0.number == word }) { return node.isDivided ? nil : node }
    let named = leaves.filter { $0.name == word }
    return named.count == 1 ? named[0] : nil
  }

  /// Whether a class of this number was there and has been divided.
  public func isDivided(_ number: String) -> Bool { nodes.contains { $0.number == number && $0.isDivided } }

  /// The number of the class that each sample is in; nil for none.
  public var numbers: [String?] {
    var result = [String?](repeating: nil, count: sampleCount)
    for leaf in leaves { for member in leaf.members { result[member] = leaf.number } }
    return result
  }

  /// Divides a class; parts by falling size.
  /// - Parameters:
  ///   - number: of the class; nothing is divided where no living class has it.
  ///   - labels: the part of each member, 1 ...; 0 goes with the largest part.
  ///   - confidence: of each part, multiplied with that of the class.
  /// - Returns: the numbers of the parts.
  @discardableResult
  public mutating func split(_ number: String, labels: [Int], confidence: [Double]) -> [String] {
    guard let index = nodes.firstIndex(where: { $0.number == number && !$0.isDivided }) else { return [] }
    let node = nodes[index]
    precondition(labels.count == node.members.count && confidence.count == labels.count, "a part for each member")
    let parts = Classes(grouping: labels.map { max($0, 1) })
    nodes[index].isDivided = true
    let taken = Set(leaves.map(\.name))
    return (1...max(1, parts.count)).map { part in
      let places = parts.members(of: part)
      let child = Node(
        number: "\(number).\(part)", parents: [number],
        name: Self.name(ofPart: part, of: node.isUnnamed ? Self.word + number : node.name, unlike: taken),
        look: nextLook, members: places.map { node.members[$0] },
        confidence: places.map { node.confidence[$0] * confidence[$0] })
      nodes.append(child)
      return child.number
    }
  }

  /// The name of a part of a class, which no other class has.
  private static func name(ofPart part: Int, of name: String, unlike taken: Set<String>) -> String {
    var own = "\(name).\(part)"
    while taken.contains(own) { own += "'" }
    return own
  }

  /// A class that is put in the place of others.
  public struct Heading: Sendable, Equatable {
    /// Number of the class, such as `2` or `2.1`.
    public var number: String
    /// Numbers of the classes that it came from; empty for a first class.
    public var parents: [String]
    /// Name of its motif.
    public var name: String
    /// Which of all colours and markers it has, from 0; nil: the next.
    public var look: Int?
    /// A class with this number and name, by default a first one.
    public init(number: String, parents: [String] = [], name: String, look: Int? = nil) {
      (self.number, self.parents, self.name, self.look) = (number, parents, name, look)
    }
  }

  /// Forgets all classes and begins again with others, as those of another image.
  /// - Parameters:
  ///   - headings: the new classes, in the order of their labels.
  ///   - labels: the class of each sample, 1 ... `headings.count`; 0 for none.
  ///   - confidence: of each label, 0 ... 1.
  public mutating func restart(_ headings: [Heading], labels: [Int], confidence: [Double]) {
    nodes = Self.nodes(headings, labels: labels, confidence: confidence)
  }

  /// Divides all classes among new ones with the next free numbers.
  public mutating func sort(into names: [String], labels: [Int], confidence: [Double]) {
    let first = nextNumber
    let headings = names.enumerated().map { Heading(number: "\(first + $0)", name: $1) }
    for index in nodes.indices { nodes[index].isDivided = true }
    nodes += Self.nodes(headings, labels: labels, confidence: confidence, looksFrom: nextLook)
  }

  /// The next number that no class had.
  private var nextNumber: Int { (nodes.compactMap { Int($0.number) }.max() ?? 0) + 1 }

  /// The next colour and marker that no class had.
  private var nextLook: Int { (nodes.map(\.look).max() ?? -1) + 1 }

  private static func nodes(
    _ headings: [Heading], labels: [Int], confidence: [Double], looksFrom first: Int = 0
  ) -> [Node] {
    precondition(labels.count == confidence.count, "a confidence for each label")
    return headings.enumerated().map { index, heading in
      let members = labels.indices.filter { labels[$0] == index + 1 }
      return Node(
        number: heading.number, parents: heading.parents, name: heading.name, look: heading.look ?? first + index,
        members: members,
        confidence: members.map { confidence[$0] })
    }
  }

  /// Joins classes to a new one.
  /// - Returns: its number.
  @discardableResult
  public mutating func merge(_ numbers: [String]) -> String? {
    let parts = numbers.compactMap { number in nodes.firstIndex { $0.number == number && !$0.isDivided } }
    guard parts.count == numbers.count, Set(parts).count == parts.count, parts.count > 1 else { return nil }
    let next = nextNumber
    let members = parts.flatMap { nodes[$0].members }.sorted()
    // All parts of one class are that class again, as sure as it was.
    let whole = nodes.first { node in
      node.isDivided && node.members.count == members.count && node.members.sorted() == members
    }
    let pairs =
      (whole.map { Array(zip($0.members, $0.confidence)) }
      ?? parts.flatMap { zip(nodes[$0].members, nodes[$0].confidence) })
      .sorted { $0.0 < $1.0 }
    let name = whole?.name ?? name(merging: parts)
    for part in parts { nodes[part].isDivided = true }
    nodes.append(
      Node(
        number: "\(next)", parents: numbers, name: name, look: nextLook, members: pairs.map(\.0),
        confidence: pairs.map(\.1)))
    return "\(next)"
  }

  /// The name of the largest of these nodes if a person gave it, else the names of all.
  private func name(merging parts: [Int]) -> String {
    let largest = parts.max { (nodes[$0].members.count, $1) < (nodes[$1].members.count, $0) }
    if let largest, !nodes[largest].isUnnamed { return nodes[largest].name }
    return Self.word
      + parts.map { nodes[$0].isUnnamed ? String(nodes[$0].name.dropFirst(Self.word.count)) : nodes[$0].name }
      .joined(separator: " + ")
  }

  /// What the name of a class begins with that no person named, before its number.
  fileprivate static let word = "motif "

  /// Names a class.
  public mutating func name(_ number: String, _ name: String) {
    guard let index = nodes.firstIndex(where: { $0.number == number && !$0.isDivided }) else { return }
    nodes[index].name = name
  }

  /// 2 before 2.1 before 2.10 before 3.
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (x, y) = (a.split(separator: ".").map { Int($0) ?? 0 }, b.split(separator: ".").map { Int($0) ?? 0 })
    return x.lexicographicallyPrecedes(y)
  }
}

extension ClassTree.Node {
  /// Whether the name is the program's: `motif 2`, `motif 2.1`, `motif 4 + 5`.
  fileprivate var isUnnamed: Bool {
    name.hasPrefix(ClassTree.word)
      && name.dropFirst(ClassTree.word.count).allSatisfy { $0.isNumber || $0 == "." || $0 == "+" || $0 == " " }
  }
}
