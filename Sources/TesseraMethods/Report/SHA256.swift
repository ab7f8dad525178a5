import Foundation

/// The hash by which a content security policy names the one script and the one style sheet of a page, so that a browser runs no
/// other, whatever a file's metadata may hold.
///
/// Source: FIPS 180-4 (2015), sections 4.1.2, 5.1.1, 5.3.3 and 6.2.
package enum SHA256 {
  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants = primes.map { fraction(cbrt(Double($0))) }
  /// The same of the square roots of the first eight.
  private static let start = primes.prefix(8).map { fraction(Double($0).squareRoot()) }

  private static let primes: [Int] = {
    var primes: [Int] = []
    var next = 2
    while primes.count < 64 {
      if primes.allSatisfy({ !next.isMultiple(of: $0) }) { primes.append(next) }
      next += 1
    }
    return primes
  }()

  /// A double has 52 bits; at most three stand before the point here.
  private static func fraction(_ value: Double) -> UInt32 { UInt32((value - value.rounded(.down)) * 4_294_967_296) }

  /// 32 bytes.
  package static func digest(_ message: Data) -> [UInt8] {
    var padded = [UInt8](message) + [0x80]
    padded += [UInt8](repeating: 0, count: (120 - padded.count % 64) % 64)
    withUnsafeBytes(of: (UInt64(message.count) * 8).bigEndian) { padded += $0 }
    var state = start
    for block in stride(from: 0, to: padded.count, by: 64) {
      var words = (0..<16).map { word in
        (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(padded[block + 4 * word + $1]) }
      }
      func turned(_ value: UInt32, _ bits: UInt32) -> UInt32 { value >> bits | value << (32 - bits) }
      for t in 16..<64 {
        let (a, b) = (words[t - 15], words[t - 2])
        let small = turned(a, 7) ^ turned(a, 18) ^ a >> 3
        let large = turned(b, 17) ^ turned(b, 19) ^ b >> 10
        words.append(words[t - 16] &+ small &+ words[t - 7] &+ large)
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      for t in 0..<64 {
        let mixed = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)
        let chosen = e & f ^ ~e & g
        let first = h &+ mixed &+ chosen &+ constants[t] &+ words[t]
        let spread = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)
        let second = spread &+ (a & b ^ a & c ^ b & c)
        (h, g, f, e) = (g, f, e, d &+ first)
        (d, c, b, a) = (c, b, a, first &+ second)
      }
      for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }
    return state.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
  }

  /// As a policy writes it: `'sha256-...'`.
  static func policySource(of text: String) -> String {
    "'sha256-\(Data(digest(Data(text.utf8))).base64EncodedString())'"
  }
}
