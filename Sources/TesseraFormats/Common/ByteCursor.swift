import Foundation

/// Reads numbers and texts one after the other from a file, through a small window. Every step checks the bounds.
struct ByteCursor {
  let file: FileBytes
  /// Where the next value is read.
  var offset: Int
  var isBigEndian: Bool

  private var window: [UInt8] = []
  private var windowStart = 0

  init(_ file: FileBytes, at offset: Int = 0, bigEndian: Bool = false) {
    (self.file, self.offset, isBigEndian) = (file, offset, bigEndian)
  }

  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(FormatError) -> Value {
    let size = MemoryLayout<Value>.size
    let start = try locate(size)
    var value: Value = 0
    for index in 0..<size {
      let place = isBigEndian ? size - 1 - index : index
      value |= Value(truncatingIfNeeded: window[start + index]) << Value(truncatingIfNeeded: 8 * place)
    }
    offset += size
    return value
  }

  mutating func float() throws(FormatError) -> Float { Float(bitPattern: try integer(UInt32.self)) }
  mutating func double() throws(FormatError) -> Double { Double(bitPattern: try integer(UInt64.self)) }

  /// The next bytes; at most 64 KiB, for texts and small tables.
  mutating func bytes(_ count: Int) throws(FormatError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= 1 << 16 else {
      throw FormatError(in: file.path, "claims a text of \(count) bytes at \(offset); the file is damaged")
    }
    let start = try locate(count)
    offset += count
    return window[start..<start + count]
  }

  /// The next bytes as text: UTF-8, or Latin-1 where they are not; ends at the first zero.
  mutating func text(_ count: Int) throws(FormatError) -> String {
    plainText(try bytes(count).prefix { $0 != 0 })
  }

  mutating func skip(_ count: Int) throws(FormatError) {
    guard count >= 0, file.holds(count, at: offset) else {
      throw FormatError(
        in: file.path, "claims \(count) bytes at \(offset), past the end at \(file.count); copy it again")
    }
    offset += count
  }

  /// Makes the window hold `count` bytes at `offset` and returns their place in it.
  private mutating func locate(_ count: Int) throws(FormatError) -> Int {
    // No place below the window is subtracted from: the farthest one would overflow.
    let start = offset >= windowStart ? offset - windowStart : -1
    if start >= 0, count <= window.count, start <= window.count - count { return start }
    guard file.holds(count, at: offset) else {
      throw FormatError(
        in: file.path, "ends at byte \(file.count), in the middle of its header; copy or export it again")
    }
    window = try file.bytes(at: offset, count: min(max(count, 4096), file.count - offset))
    windowStart = offset
    return 0
  }
}
