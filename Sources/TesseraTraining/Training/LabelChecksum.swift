import Foundation

/// A checksum of labelled images, by which a training that goes on knows those that it began with: FNV-1a over the bits of all numbers, a
/// guard against mistakes, not against malice.
struct LabelChecksum {
  private var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ bits: UInt64) { hash = (hash ^ bits) &* 0x100_0000_01b3 }

  /// Sixteen hexadecimal digits.
  var text: String { String(format: "%016llx", hash) }
}
