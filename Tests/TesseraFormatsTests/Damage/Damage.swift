import TesseraNumerics

/// Damages the bytes of a good file as transfers, programs and attackers do.
///
/// It knows no format, yet aims at structure: a number of 16, 32 or 64 bits whose value could be a size or a place in this
/// file probably is one, and so is a number written in digits.
struct Damage {
  let good: [UInt8]
  /// Numbers that look like sizes, counts or places.
  private let fields: [Field]
  /// Where digits begin.
  private let digits: [Int]

  private struct Field {
    var place: Int
    /// Bytes: 2, 4 or 8.
    var size: Int
    var isBigEndian: Bool
  }

  init(_ good: [UInt8]) {
    self.good = good
    var fields: [Field] = []
    for size in [2, 4, 8] {
      for place in 0..<max(0, min(good.count, 1 << 16) - size) where fields.count < 20_000 {
        for isBigEndian in [false, true] {
          let value = Self.value(in: good, Field(place: place, size: size, isBigEndian: isBigEndian))
          // A short number near the start may be a count; a long one is believed if it fits into the file.
          if value > 0, value <= good.count, size > 2 || place < 1024 && value < 1024 {
            fields.append(Field(place: place, size: size, isBigEndian: isBigEndian))
          }
        }
      }
    }
    self.fields = fields
    let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
    digits = good.indices.prefix(1 << 16).filter { isDigit(good[$0]) && ($0 == 0 || !isDigit(good[$0 - 1])) }
  }

  /// The file with one to four damages, of which one may cut it short.
  func bytes(using random: inout RandomSource) -> [UInt8] {
    var bytes = good
    for _ in 0...Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
      switch Int.random(in: 0..<16, using: &random) {
      case 0...4: if let field = fields.randomElement(using: &random) { replace(field, in: &bytes, using: &random) }
      case 5...6:
        let size = [2, 4, 8].randomElement(using: &random)!
        let place = somewhere(in: bytes, using: &random)
        replace(Field(place: place, size: size, isBigEndian: .random(using: &random)), in: &bytes, using: &random)
      case 7...8:
        if let place = digits.randomElement(using: &random) { replaceDigits(at: place, in: &bytes, using: &random) }
      case 9...10: bytes[somewhere(in: bytes, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 11...12: bytes[somewhere(in: bytes, using: &random)] = edge(using: &random)
      case 13...14: move(in: &bytes, using: &random)
      default: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
    }
    return bytes
  }

  /// Half of the time in the first part, where headers are.
  private func somewhere(in bytes: [UInt8], using random: inout RandomSource) -> Int {
    Int.random(in: 0..<(Bool.random(using: &random) ? bytes.count : min(bytes.count, 512)), using: &random)
  }

  private func edge(using random: inout RandomSource) -> UInt8 {
    Bool.random(using: &random)
      ? [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
  }

  /// A number becomes one at the edge of what its bits hold, of what the file holds, or beside what it was.
  private func replace(_ field: Field, in bytes: inout [UInt8], using random: inout RandomSource) {
    guard field.place + field.size <= bytes.count else { return }
    let old = Self.value(in: bytes, field)
    let bits = 8 * field.size
    let values: [Int] = [
      0, 1, 2, -1, -2, 1 << (bits - 1), 1 << (bits - 1) &- 1, 1 << (bits - 2), 1 << (bits / 2), bytes.count,
      bytes.count - 1, bytes.count + 1, old &+ 1, old &- 1, old &* 2, old / 2, 0 &- old, field.place,
      fields.randomElement(using: &random).map { Self.value(in: good, $0) } ?? 3,
      Int.random(in: 0..<1 << 16, using: &random),
    ]
    let value = values.randomElement(using: &random)!
    for index in 0..<field.size {
      let place = field.isBigEndian ? field.size - 1 - index : index
      bytes[field.place + index] = UInt8(truncatingIfNeeded: value >> (8 * place))
    }
  }

  /// Digits become other numbers, or something that only begins like one.
  private func replaceDigits(at place: Int, in bytes: inout [UInt8], using random: inout RandomSource) {
    guard place < bytes.count else { return }
    let end = bytes[place...].firstIndex { !(0x30...0x39).contains($0) } ?? bytes.count
    let word = [
      "0", "-1", "1", "65536", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
      "-9223372036854775808",
      "99999999999999999999999", "1e9", "1e400", "nan", "-inf", "0x10", "", "1.", ".5",
      String(repeating: "9", count: 400),
      String(repeating: "[", count: 3000), String(repeating: "{\"a\":", count: 3000), "\"", "<", "'", "(", ")", ",",
    ].randomElement(using: &random)!
    bytes.replaceSubrange(place..<end, with: Array(word.utf8))
  }

  /// A block is dropped, repeated, emptied, or put in another's place.
  private func move(in bytes: inout [UInt8], using random: inout RandomSource) {
    let start = somewhere(in: bytes, using: &random)
    let count = min(1 << Int.random(in: 0..<10, using: &random), bytes.count - start)
    let block = Array(bytes[start..<start + count])
    switch Int.random(in: 0..<4, using: &random) {
    case 0: bytes.removeSubrange(start..<start + count)
    case 1: bytes.insert(contentsOf: block, at: start)
    case 2: for index in start..<start + count { bytes[index] = 0 }
    default:
      let other = somewhere(in: bytes, using: &random)
      for index in 0..<min(count, bytes.count - other) { bytes.swapAt(start + index, other + index) }
    }
  }

  private static func value(in bytes: [UInt8], _ field: Field) -> Int {
    (0..<field.size).reduce(0) { sum, index in
      let place = field.isBigEndian ? index : field.size - 1 - index
      return sum << 8 | Int(bytes[field.place + place])
    }
  }
}
