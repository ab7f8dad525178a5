import ArgumentParser
import Foundation
import TesseraNumerics

// Values as they are typed. Each reads itself from a text or says what would be right, with an example.

/// Numbers with commas between them: `0.04,0.01`.
struct NumberList: Sendable {
  let values: [Double]

  init(typed text: String) throws {
    guard let values = Self.numbers(in: text) else {
      throw ValidationError("one number or several are needed, separated by commas, such as 0,2,3")
    }
    self.values = values
  }

  /// The numbers of a text; nil where one is no finite number.
  static func numbers(in text: String) -> [Double]? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    let values = parts.compactMap { $0 }
    return values.count == parts.count && values.allSatisfy(\.isFinite) ? values : nil
  }
}

extension NumberList {
  /// Numbers of which each passes a test; `sentence` says what they must be.
  private init(typed text: String, _ sentence: String, where isRight: ([Double]) -> Bool) throws {
    guard let values = Self.numbers(in: text), isRight(values) else { throw ValidationError(sentence) }
    self.values = values
  }

  static func angularOrders(typed text: String) throws -> NumberList {
    try NumberList(typed: text, "angular orders must be whole numbers between 0 and 40, such as 0,2,3") {
      $0.allSatisfy { 0...40 ~= $0 && $0 == $0.rounded() }
    }
  }

  static func scanAngles(typed text: String) throws -> NumberList {
    try NumberList(typed: text, "scan angles must be multiples of 90 degrees between -360 and 360, such as 0,90") {
      $0.allSatisfy { abs($0) <= 360 && $0.truncatingRemainder(dividingBy: 90) == 0 }
    }
  }

  static func fractions(typed text: String) throws -> NumberList {
    try NumberList(typed: text, "fractions must be between 0 and 1, such as 0.04 or 0.04,0.01") {
      $0.allSatisfy { 0...1 ~= $0 }
    }
  }

  static func patchCounts(typed text: String) throws -> NumberList {
    try NumberList(typed: text, "there must be two whole numbers between 0 and 1000000, such as 500,500") {
      $0.count == 2 && $0.allSatisfy { 0...1_000_000 ~= $0 && $0 == $0.rounded() }
    }
  }
}

/// Reads a number within limits. The parser's message holds the number as it was typed and the sentence of the error.
func number(_ range: ClosedRange<Double>) -> @Sendable (String) throws -> Double {
  limited("between \(limit(range.lowerBound)) and \(limit(range.upperBound))") { range.contains($0) }
}

/// The same above a limit, up to another; or infinite, where that says that there is no limit.
func number(
  above low: Double, to high: Double, orInfinite: Bool = false
) -> @Sendable (String) throws -> Double {
  limited("above \(limit(low)) and at most \(limit(high))\(orInfinite ? ", or inf" : "")") {
    $0 > low && $0 <= high || orInfinite && $0 == .infinity
  }
}

/// The same between two limits that do not belong to it.
func number(above low: Double, below high: Double) -> @Sendable (String) throws -> Double {
  limited("above \(limit(low)) and below \(limit(high))") { $0 > low && $0 < high }
}

/// The same with the lower limit, without the upper.
func number(from low: Double, below high: Double) -> @Sendable (String) throws -> Double {
  limited("\(limit(low)) or more and below \(limit(high))") { $0 >= low && $0 < high }
}

private func limited(
  _ words: String, _ isRight: @escaping @Sendable (Double) -> Bool
) -> @Sendable (String) throws -> Double {
  { text in
    guard let value = Double(text), isRight(value) else { throw ValidationError("the number must be \(words)") }
    return value
  }
}

private func limit(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}

/// A vector: `3,-2`.
struct Vector: Sendable {
  let point: Point

  init(typed text: String) throws {
    guard let values = NumberList.numbers(in: text), values.count == 2, values.allSatisfy({ abs($0) <= 1e6 }) else {
      throw ValidationError(
        "two numbers between -1000000 and 1000000 are needed, separated by a comma, such as 20,40")
    }
    point = Point(values[0], values[1])
  }

  /// The indices of lattice planes: two whole numbers.
  static func planeIndices(typed text: String) throws -> Vector {
    guard let values = NumberList.numbers(in: text), values.count == 2,
      values.allSatisfy({ abs($0) <= 6 && $0 == $0.rounded() }), values != [0, 0]
    else { throw ValidationError("two whole numbers between -6 and 6 are needed, not both zero, such as 1,1") }
    return try Vector(typed: text)
  }
}

/// Size of an image: `1024` or `1024x768`; at most 2^30 pixels.
struct ImageSize: Sendable {
  let width, height: Int

  init(typed text: String) throws {
    let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count <= 2, let first = parts.first, let w = first, let last = parts.last, let h = last, w > 0, h > 0
    else { throw ValidationError("a whole number of pixels is needed, such as 1024 or 1024x768") }
    guard w <= 1 << 20, h <= 1 << 20, w * h <= 1 << 30 else {
      throw ValidationError("at most 1,073,741,824 pixels are possible, such as 32768x32768")
    }
    (width, height) = (w, h)
  }
}

/// A pixel size: `0.0123nm`, `12.3pm`, `0.123A`; a bare number is nm.
struct PixelSize: Sendable {
  let nanometres: Double

  init(typed text: String) throws {
    let text = text.trimmingCharacters(in: .whitespaces)
    let number = text.prefix { $0.isNumber || ".+-".contains($0) || $0 == "e" || $0 == "E" }
    let unit = text.dropFirst(number.count).trimmingCharacters(in: .whitespaces)
    let factors = ["": 1, "nm": 1, "pm": 1e-3, "a": 0.1, "å": 0.1, "angstrom": 0.1, "um": 1e3, "µm": 1e3, "μm": 1e3]
    guard let value = Double(number), let factor = factors[unit.lowercased()], 1e-6...1e6 ~= value * factor else {
      throw ValidationError(
        "a length between 1e-6 nm and 1e6 nm in nm, pm, A or um is needed, with a decimal point, such as 0.0123nm or 12.3pm"
      )
    }
    nanometres = value * factor
  }
}

/// Frames `a..b`, both included, counted from 0.
struct FrameRange: Sendable {
  let frames: ClosedRange<Int>

  init(typed text: String) throws {
    let ends = text.replacing("..", with: "\u{0}").split(separator: "\u{0}", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), first >= 0, last >= first, last < Int.max
    else {
      throw ValidationError("the first and the last frame are needed, counted from 0, such as 0..9 for ten frames")
    }
    frames = first...last
  }
}

/// Fractions by element: `W:0.02,V:0.01`.
struct DopantList: Sendable {
  let fractions: [String: Double]

  init(typed text: String) throws {
    var fractions: [String: Double] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", omittingEmptySubsequences: false)
      guard words.count == 2, let fraction = Double(words[1]), 0...1 ~= fraction,
        fractions[String(words[0])] == nil
      else {
        throw ValidationError(
          "elements with their fractions between 0 and 1 are needed, such as W:0.02 or W:0.02,V:0.01")
      }
      fractions[String(words[0])] = fraction
    }
    self.fractions = fractions
  }
}

/// `--classes auto` or a number.
struct ClassCount: Sendable {
  /// Nil: found.
  let count: Int?
  static let auto = ClassCount(count: nil)

  init(count: Int?) { self.count = count }

  init(typed text: String) throws {
    guard text != "auto" else {
      count = nil
      return
    }
    guard let number = Int(text), number >= 1 else {
      throw ValidationError("auto or a whole number of at least 1 is needed")
    }
    count = number
  }
}

/// A seed.
func seedNumber(typed text: String) throws -> UInt64 {
  guard let number = UInt64(text) else {
    throw ValidationError("a whole number of 0 or more is needed, such as 1")
  }
  return number
}
