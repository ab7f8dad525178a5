import ArgumentParser
import TesseraNumerics

/// Numbers as they are typed, with commas between: `0.04,0.01`.
struct NumberList: ExpressibleByArgument, Sendable {
  let values: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    values = parts.compactMap { $0 }
    guard !values.isEmpty, values.count == parts.count, values.allSatisfy(\.isFinite) else { return nil }
  }
}

/// A vector: `3,-2`.
struct Vector: ExpressibleByArgument, Sendable {
  let point: Point

  init?(argument: String) {
    guard let list = NumberList(argument: argument), list.values.count == 2 else { return nil }
    point = Point(list.values[0], list.values[1])
  }
}

/// Size of an image: `1024` or `1024x768`; at most 2^30 pixels.
struct ImageSize: ExpressibleByArgument, Sendable {
  let width, height: Int

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = parts.first, let w = first, let last = parts.last, let h = last, parts.count <= 2 else {
      return nil
    }
    guard w > 0, h > 0, w <= 1 << 20, h <= 1 << 20, w * h <= 1 << 30 else { return nil }
    (width, height) = (w, h)
  }
}

/// Fractions by element: `W:0.02,V:0.01`.
struct DopantList: ExpressibleByArgument, Sendable {
  let fractions: [String: Double]

  init?(argument: String) {
    var fractions: [String: Double] = [:]
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", omittingEmptySubsequences: false)
      guard words.count == 2, let fraction = Double(words[1]), fractions[String(words[0])] == nil else { return nil }
      fractions[String(words[0])] = fraction
    }
    self.fractions = fractions
  }
}
