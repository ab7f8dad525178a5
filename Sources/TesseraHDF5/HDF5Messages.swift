/// The tree of an HDF5 file as bytes, to cross from the child process to its parent.
///
/// Numbers are 64 bits, little-endian; texts and lists begin with their length. The reader trusts nothing: a child that
/// went wrong must not take its parent along.
struct HDF5TreeEncoder {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ number: Int) {
    for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }

  mutating func append(_ text: String) {
    append(text.utf8.count)
    bytes += Array(text.utf8)
  }

  mutating func append(_ node: HDF5Node) {
    append(node.name)
    append(node.path)
    append(MetadataTree.group(node.attributes))
    append(node.children.count)
    for child in node.children { append(child) }
    append(node.text == nil ? 0 : 1)
    if let text = node.text { append(text) }
    append(node.problem.map { $0.holdsNumbers ? 2 : 1 } ?? 0)
    if let problem = node.problem { append(problem.fact) }
    append(node.array == nil ? 0 : 1)
    guard let array = node.array else { return }
    append(array.path)
    append(array.shape)
    append(array.type.rawValue)
    append(array.channels)
    append(array.isBigEndian ? 1 : 0)
    append(array.chunk ?? [])
    append(array.storedSize)
    append(array.fill.map { Int($0) })
  }

  mutating func append(_ numbers: [Int]) {
    append(numbers.count)
    for number in numbers { append(number) }
  }

  private mutating func append(_ tree: MetadataTree) {
    switch tree {
    case .text(let text):
      append(0)
      append(text)
    case .number(let number):
      append(1)
      append(Int(bitPattern: UInt(number.bitPattern)))
    case .integer(let integer):
      append(2)
      append(integer)
    case .truth(let truth):
      append(3)
      append(truth ? 1 : 0)
    case .list(let values):
      append(4)
      append(values.count)
      for value in values { append(value) }
    case .group(let entries):
      append(5)
      append(entries.count)
      for entry in entries {
        append(entry.name)
        append(entry.value)
      }
    }
  }
}

/// Reads what `HDF5TreeEncoder` wrote; nil for anything else.
struct HDF5TreeDecoder {
  private let bytes: [UInt8]
  private var place = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func number() -> Int? {
    guard place + 8 <= bytes.count else { return nil }
    defer { place += 8 }
    return (0..<8).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  mutating func text() -> String? {
    guard let count = number(), count >= 0, count <= bytes.count - place else { return nil }
    defer { place += count }
    return plainText(bytes[place..<place + count])
  }

  mutating func numbers() -> [Int]? {
    guard let count = number(), (0...64).contains(count) else { return nil }
    var numbers: [Int] = []
    for _ in 0..<count {
      guard let number = number() else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  mutating func node(depth: Int = 0) -> HDF5Node? {
    guard depth <= HDF5File.depthLimit + 1, let name = text(), let path = text(),
      case .group(let attributes)? = tree(depth: 0), let count = number(), (0...HDF5File.objectLimit).contains(count)
    else { return nil }
    var node = HDF5Node(name: name, path: path, attributes: attributes)
    for _ in 0..<count {
      guard let child = self.node(depth: depth + 1) else { return nil }
      node.children.append(child)
    }
    guard let hasText = number() else { return nil }
    if hasText == 1 { node.text = text() }
    guard let problem = number() else { return nil }
    if problem > 0 {
      guard let fact = text() else { return nil }
      node.problem = HDF5Problem(fact: fact, holdsNumbers: problem == 2)
    }
    guard let hasArray = number() else { return nil }
    guard hasArray == 1 else { return node }
    guard let arrayPath = text(), let shape = numbers(), let type = text().flatMap({ ScalarType(rawValue: $0) }),
      let channels = number(), (1...4).contains(channels), let order = number(), let chunk = numbers(),
      let storedSize = number(), storedSize >= 0, let fill = numbers()?.map({ UInt8(truncatingIfNeeded: $0) }),
      fill.count == type.size * channels, !shape.isEmpty, !shape.contains(0),
      checkedProduct(shape + [type.size, channels]) != nil
    else { return nil }
    node.array = HDF5Array(
      path: arrayPath, shape: shape, type: type, channels: channels, isBigEndian: order == 1,
      chunk: chunk.count == shape.count ? chunk : nil, storedSize: storedSize, fill: fill)
    return node
  }

  private mutating func tree(depth: Int) -> MetadataTree? {
    guard depth < 16, let kind = number() else { return nil }
    switch kind {
    case 0: return text().map { .text($0) }
    case 1: return number().map { .number(Double(bitPattern: UInt64(UInt(bitPattern: $0)))) }
    case 2: return number().map { .integer($0) }
    case 3: return number().map { .truth($0 == 1) }
    case 4, 5:
      guard let count = number(), (0...1 << 16).contains(count) else { return nil }
      var values: [MetadataTree] = []
      var entries: [MetadataTree.Entry] = []
      for _ in 0..<count {
        let name = kind == 5 ? text() : ""
        guard let name, let value = tree(depth: depth + 1) else { return nil }
        if kind == 5 { entries.append(.init(name, value)) } else { values.append(value) }
      }
      return kind == 5 ? .group(entries) : .list(values)
    default: return nil
    }
  }
}
