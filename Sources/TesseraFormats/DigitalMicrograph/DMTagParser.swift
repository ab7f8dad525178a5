/// Reads the tag tree of a Gatan DigitalMicrograph file, versions 3 and 4.
///
/// There is no official description. This one follows P. Tavernier's and B. Schaffer's notes on the format: groups and
/// values have a one-byte kind and a name; a value is preceded by `%%%%` and an array of numbers that spells its type.
/// Structure is big-endian; values have the byte order that the header states. Version 4 writes sizes with 64 bits.
struct DMTagParser {
  /// Where an array of values lies that was too long for the tree.
  struct Block: Sendable {
    var offset: Int
    /// Number of elements, each of `fields` numbers of the type `code`.
    var count: Int
    var code: Int
    var fields: Int
  }

  /// The tree; unnamed tags are named by their index. A long array stands in it as `[count] values`.
  private(set) var tree = MetadataTree.empty
  /// The long arrays, by their path joined with `/`.
  private(set) var blocks: [String: Block] = [:]
  let isBigEndian: Bool

  private static let depthLimit = 64
  private static let tagLimit = 2_000_000
  /// Arrays up to this length become part of the tree.
  private static let shortArray = 4096

  private var cursor: ByteCursor
  private let isLarge: Bool
  private var tagCount = 0

  static func recognizes(_ head: [UInt8]) -> Bool {
    guard head.count > 16, head.prefix(3).allSatisfy({ $0 == 0 }), head[3] == 3 || head[3] == 4 else { return false }
    let order = head[3] == 3 ? 8 : 12
    return head[order..<order + 3].allSatisfy { $0 == 0 } && head[order + 3] <= 1
  }

  init(_ file: FileBytes) throws(FormatError) {
    cursor = ByteCursor(file, bigEndian: true)
    isLarge = try cursor.integer(UInt32.self) == 4
    try cursor.skip(isLarge ? 8 : 4)
    isBigEndian = try cursor.integer(UInt32.self) == 0
    tree = try group(path: "", depth: 0)
  }

  /// A number of the file's structure: 32 bits in version 3, 64 in version 4.
  private mutating func size() throws(FormatError) -> Int {
    isLarge ? Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) : Int(try cursor.integer(Int32.self))
  }

  private mutating func group(path: String, depth: Int) throws(FormatError) -> MetadataTree {
    guard depth < Self.depthLimit else { throw damaged("groups nested deeper than \(Self.depthLimit)") }
    try cursor.skip(2)
    let count = try size()
    guard count >= 0, count <= Self.tagLimit else { throw damaged("a group of \(count) tags") }
    var entries: [MetadataTree.Entry] = []
    for index in 0..<count {
      tagCount += 1
      guard tagCount <= Self.tagLimit else { throw damaged("more than \(Self.tagLimit) tags") }
      let kind = try cursor.integer(UInt8.self)
      let nameCount = Int(try cursor.integer(UInt16.self))
      let name = nameCount == 0 ? "\(index)" : plainText(try cursor.bytes(nameCount))
      if isLarge { try cursor.skip(8) }
      let place = path.isEmpty ? name : "\(path)/\(name)"
      switch kind {
      case 20: entries.append(.init(name, try group(path: place, depth: depth + 1)))
      case 21: entries.append(.init(name, try value(path: place)))
      default: throw damaged("an unknown tag kind \(kind)")
      }
    }
    return .group(entries)
  }

  /// One value with its type before it.
  private mutating func value(path: String) throws(FormatError) -> MetadataTree {
    guard try cursor.bytes(4).elementsEqual([0x25, 0x25, 0x25, 0x25]) else { throw damaged("a value without its mark") }
    let count = try size()
    guard (1...1024).contains(count) else { throw damaged("a type of \(count) numbers") }
    let start = cursor.offset
    let code = try size()
    switch code {
    case 15:
      let fields = try structure(limit: count)
      return .list(try values(of: fields))
    case 18:
      return try text(units: try size(), path: path)
    case 20:
      let element = try size()
      switch element {
      case 15:
        let fields = try structure(limit: count)
        return try array(of: fields, count: try size(), path: path)
      case 20, 18:
        // Arrays of arrays or texts carry nothing that is needed here: their types are read to know their size.
        cursor.offset = start + count * (isLarge ? 8 : 4)
        throw damaged("an array of arrays, which is not read")
      default: return try array(of: [element], count: try size(), path: path)
      }
    default:
      return try number(code)
    }
  }

  /// The types of a structure's fields.
  private mutating func structure(limit: Int) throws(FormatError) -> [Int] {
    _ = try size()
    let count = try size()
    guard count >= 0, count <= limit else { throw damaged("a structure of \(count) fields") }
    var fields: [Int] = []
    for _ in 0..<count {
      _ = try size()
      fields.append(try size())
    }
    return fields
  }

  private mutating func values(of fields: [Int]) throws(FormatError) -> [MetadataTree] {
    var list: [MetadataTree] = []
    for field in fields { list.append(try number(field)) }
    return list
  }

  private mutating func array(of fields: [Int], count: Int, path: String) throws(FormatError) -> MetadataTree {
    var elementSize = 0
    for field in fields {
      guard let size = Self.size(of: field) else { throw damaged("an unknown type \(field)") }
      elementSize += size
    }
    guard count >= 0, elementSize > 0, let total = checkedProduct([count, elementSize]) else {
      throw damaged("an array of \(count)")
    }
    // The pixels of an image are kept out of the tree however few they are.
    let isData = path.hasSuffix("ImageData/Data")
    if isData || count > Self.shortArray {
      blocks[path] = Block(offset: cursor.offset, count: count, code: fields[0], fields: fields.count)
      if isData && !cursor.file.holds(total, at: cursor.offset) {
        throw FormatError(
          in: cursor.file.path,
          "pixel block is truncated (expected \(total) bytes, found \(cursor.file.count - cursor.offset)); export or copy it again"
        )
      }
      try cursor.skip(total)
      return .text("[\(count)] values")
    }
    // An array of 16-bit numbers is a text, unless it holds anything that is none.
    if fields == [4] { return try text(units: count, path: path) }
    var list: [MetadataTree] = []
    for _ in 0..<count { list.append(fields.count == 1 ? try number(fields[0]) : .list(try values(of: fields))) }
    return .list(list)
  }

  private mutating func text(units count: Int, path: String) throws(FormatError) -> MetadataTree {
    guard count >= 0, count <= 1 << 24, cursor.file.holds(2 * count, at: cursor.offset) else {
      throw damaged("a text of \(count) letters")
    }
    guard count <= Self.shortArray * 4 else {
      try cursor.skip(2 * count)
      return .text("[\(count)] letters")
    }
    var units: [UInt16] = []
    for _ in 0..<count { units.append(UInt16(truncatingIfNeeded: try native(UInt16.self))) }
    return .text(String(decoding: units, as: UTF16.self))
  }

  /// A number of the given type code, in the byte order of values.
  private mutating func number(_ code: Int) throws(FormatError) -> MetadataTree {
    switch code {
    case 2: .integer(Int(try native(Int16.self)))
    case 3: .integer(Int(try native(Int32.self)))
    case 4: .integer(Int(try native(UInt16.self)))
    case 5: .integer(Int(try native(UInt32.self)))
    case 6: .number(Double(Float(bitPattern: try native(UInt32.self))))
    case 7: .number(Double(bitPattern: try native(UInt64.self)))
    case 8: .truth(try native(UInt8.self) != 0)
    case 9, 10: .integer(Int(try native(Int8.self)))
    case 11: .integer(Int(try native(Int64.self)))
    case 12: .integer(Int(truncatingIfNeeded: try native(UInt64.self)))
    default: throw damaged("an unknown type \(code)")
    }
  }

  private static func size(of code: Int) -> Int? {
    [2: 2, 3: 4, 4: 2, 5: 4, 6: 4, 7: 8, 8: 1, 9: 1, 10: 1, 11: 8, 12: 8][code]
  }

  private mutating func native<Value: FixedWidthInteger>(_ type: Value.Type) throws(FormatError) -> Value {
    cursor.isBigEndian = isBigEndian
    defer { cursor.isBigEndian = true }
    return try cursor.integer(type)
  }

  private func damaged(_ fact: String) -> FormatError {
    FormatError(in: cursor.file.path, "byte \(cursor.offset): \(fact); the file is damaged, export or copy it again")
  }
}
