import TesseraNumerics

/// What lets a browser in: only who has read the line that the program printed knows it.
struct AccessToken: Sendable {
  let text: String

  /// 32 random bytes of the system, as hexadecimal digits.
  init() {
    var generator = SystemRandomNumberGenerator()
    text = (0..<4).map { _ in
      let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// Takes as long for a wrong word as for the right one, so that its time tells nothing.
  func isEqual(to word: some StringProtocol) -> Bool {
    let (mine, other) = (Array(text.utf8), Array(word.utf8))
    guard mine.count == other.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(mine, other) { difference |= a ^ b }
    return difference == 0
  }
}
