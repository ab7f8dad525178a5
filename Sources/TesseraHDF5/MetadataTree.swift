/// Whatever a file says about itself, as a tree of names and plain values in the file's order.
public indirect enum MetadataTree: Sendable, Equatable {
  /// Words, also those that spell a number or a date.
  case text(String)
  /// A floating-point number, which may be infinite or NaN.
  case number(Double)
  /// A whole number.
  case integer(Int)
  /// True or false.
  case truth(Bool)
  /// Values without names, walked by index from 0.
  case list([MetadataTree])
  /// Named values; where a name occurs twice, looking it up gives the first.
  case group([Entry])

  /// A named value of a group.
  public struct Entry: Sendable, Equatable {
    /// Name as the file spells it.
    public var name: String
    /// A plain value, or a list or group below this name.
    public var value: MetadataTree
    /// A value under a name.
    public init(_ name: String, _ value: MetadataTree) { (self.name, self.value) = (name, value) }
  }

  /// A group without entries.
  public static let empty = MetadataTree.group([])

  /// The value below these names, or nil. A list is walked by index: `["ImageList", "1", "Name"]`.
  public subscript(_ path: String...) -> MetadataTree? { self[path[...]] }

  /// The value below these names, or nil; an empty path gives the tree itself.
  public subscript(_ path: ArraySlice<String>) -> MetadataTree? {
    guard let first = path.first else { return self }
    switch self {
    case .group(let entries): return entries.first { $0.name == first }?.value[path.dropFirst()]
    case .list(let values):
      guard let index = Int(first), values.indices.contains(index) else { return nil }
      return values[index][path.dropFirst()]
    default: return nil
    }
  }

  /// The value as text; nil for groups and lists.
  public var text: String? {
    switch self {
    case .text(let text): text
    case .number(let number): "\(number)"
    case .integer(let integer): "\(integer)"
    case .truth(let truth): truth ? "true" : "false"
    case .list, .group: nil
    }
  }

  /// The value as a number, also where it is written as text.
  public var number: Double? {
    switch self {
    case .number(let number): number
    case .integer(let integer): Double(integer)
    case .text(let text): Double(text.filter { $0 != " " })
    default: nil
    }
  }

  /// The first value with this name, anywhere below, in the file's order.
  public func first(named name: String) -> MetadataTree? {
    switch self {
    case .group(let entries):
      for entry in entries {
        if entry.name == name { return entry.value }
        if let found = entry.value.first(named: name) { return found }
      }
    case .list(let values):
      for value in values { if let found = value.first(named: name) { return found } }
    default: break
    }
    return nil
  }
}

extension MetadataTree: Encodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// As JSON; a number that JSON cannot hold becomes null.
  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .group(let entries):
      var container = encoder.container(keyedBy: Key.self)
      for entry in entries { try container.encode(entry.value, forKey: Key(stringValue: entry.name)) }
    case .list(let values):
      var container = encoder.unkeyedContainer()
      for value in values { try container.encode(value) }
    case .number(let number) where !number.isFinite:
      var container = encoder.singleValueContainer()
      try container.encodeNil()
    case .number(let number): try number.encode(to: encoder)
    case .integer(let integer): try integer.encode(to: encoder)
    case .truth(let truth): try truth.encode(to: encoder)
    case .text(let text): try text.encode(to: encoder)
    }
  }
}
