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

/// A vector: `3,-2`.
struct Vector: Sendable {
  let point: Point

  init(typed text: String) throws {
    guard let values = NumberList.numbers(in: text), values.count == 2 else {
      throw ValidationError("two numbers are needed, separated by a comma, such as 20,40")
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
    guard let value = Double(number), value > 0, value.isFinite, let factor = factors[unit.lowercased()] else {
      throw ValidationError(
        "a positive length in nm, pm, A or um is needed, with a decimal point, such as 0.0123nm or 12.3pm")
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
      guard words.count == 2, let fraction = Double(words[1]), fractions[String(words[0])] == nil else {
        throw ValidationError("elements with their fractions are needed, such as W:0.02 or W:0.02,V:0.01")
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
