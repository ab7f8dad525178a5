/// The header of a NumPy file: a Python dictionary with `descr`, `fortran_order` and `shape`.
///
/// Source: NumPy Enhancement Proposal 1, "A Simple File Format for NumPy Arrays"; versions 1.0, 2.0 and 3.0.
struct NPYHeader {
  var type: ScalarType
  /// Numbers an element: 3 or 4 for structures of the fields R, G, B and perhaps A, otherwise 1.
  var channels: Int
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]
  /// Bytes before the first value.
  var length: Int

  /// Reads the header at the start of `file`.
  init(_ file: FileBytes) throws(FormatError) {
    var cursor = ByteCursor(file, at: 6)
    let version = try cursor.integer(UInt8.self)
    try cursor.skip(1)
    guard (1...3).contains(version) else {
      throw FormatError(
        in: file.path, "is a NumPy file of the unknown version \(version); save it again with numpy.save")
    }
    let size = version == 1 ? Int(try cursor.integer(UInt16.self)) : Int(try cursor.integer(UInt32.self))
    let dictionary = try cursor.text(size)
    length = cursor.offset

    guard let descr = Self.value(of: "descr", in: dictionary), let shape = Self.value(of: "shape", in: dictionary),
      let order = Self.value(of: "fortran_order", in: dictionary), shape.hasPrefix("("), shape.hasSuffix(")")
    else { throw FormatError(in: file.path, "has a NumPy header that cannot be read: \(dictionary.prefix(80))") }

    guard let (type, channels, mark) = Self.element(descr) else {
      throw FormatError(in: file.path, "holds values of the type \(descr.prefix(60)), not numbers; save a plain array")
    }
    let sizes = shape.dropFirst().dropLast().split(separator: ",").map { $0.filter { !$0.isWhitespace && $0 != "L" } }
    let numbers = sizes.filter { !$0.isEmpty }.map { Int($0) ?? -1 }
    guard numbers.count <= 32, numbers.allSatisfy({ $0 >= 0 }) else {
      throw FormatError(in: file.path, "has the impossible shape \(shape.prefix(80))")
    }
    self.channels = channels
    (self.type, isBigEndian, isFortranOrder) = (type, mark == ">", order.hasPrefix("True"))
    self.shape = numbers
  }

  /// Type, number and byte order of what `descr` describes: `'<f4'`, or a list of fields such as `[('R', 'u1'), ...]`.
  private static func element(_ descr: String) -> (ScalarType, channels: Int, mark: Character)? {
    let plain = descr.filter { !"'\" ".contains($0) }
    guard plain.hasPrefix("[") else { return scalar(plain).map { ($0, 1, $1) } }
    let words = plain.split { "[](),".contains($0) }.map(String.init)
    guard words.count == 6 || words.count == 8, words.count.isMultiple(of: 2) else { return nil }
    let names = stride(from: 0, to: words.count, by: 2).map { words[$0].uppercased() }
    let codes = Set(stride(from: 1, to: words.count, by: 2).map { words[$0] })
    guard names == Array(["R", "G", "B", "A"].prefix(names.count)), codes.count == 1,
      let (type, mark) = scalar(codes.first!)
    else { return nil }
    return (type, names.count, mark)
  }

  private static func scalar(_ code: String) -> (ScalarType, Character)? {
    guard let mark = code.first, "<>|=".contains(mark) else { return nil }
    return ScalarType(numpyCode: code.dropFirst()).map { ($0, mark) }
  }

  /// The header of a new file: version 1.0, padded so that the values start at a multiple of 64 bytes.
  static func bytes(type: ScalarType, shape: [Int]) -> [UInt8] {
    let sizes = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let mark = type.size == 1 ? "|" : "<"
    var text = "{'descr': '\(mark)\(type.numpyCode)', 'fortran_order': False, 'shape': (\(sizes)), }"
    while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
    text += "\n"
    let count = text.utf8.count
    return NPYReader.signature + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
  }

  /// The text after `'key':`, up to the comma that ends it.
  private static func value(of key: String, in dictionary: String) -> String? {
    guard let start = dictionary.firstRange(of: "'\(key)':")?.upperBound else { return nil }
    var depth = 0
    var text = ""
    for character in dictionary[start...] {
      if "([{".contains(character) { depth += 1 }
      if ")]}".contains(character) { depth -= 1 }
      if depth < 0 || depth == 0 && character == "," { break }
      text.append(character)
    }
    return text.drop { $0 == " " }.description
  }
}
