import TesseraNumerics

/// A line that a person drew on the image: what lies under it is of one pattern.
public struct Scribble: Sendable, Equatable {
  /// Number of the pattern, from 1.
  public var pattern: Int
  /// Half the width of the line in pixels.
  public var radius: Double
  /// Its corners, in pixels.
  public var line: [Point]

  /// A line of `pattern` through these corners.
  public init(pattern: Int, radius: Double, line: [Point]) {
    (self.pattern, self.radius, self.line) = (pattern, radius, line)
  }

  /// Numbers of patterns that can be drawn, and half the widest line in pixels.
  public static let limits = (patterns: 1...50, radius: 0.5...500.0)
}

extension Scribble: Codable {
  private enum CodingKeys: String, CodingKey { case pattern, radius, line }

  /// `{"pattern": 1, "radius": 4, "line": [[x, y], ...]}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let (pattern, radius) = (
      try container.decode(Int.self, forKey: .pattern), try container.decode(Double.self, forKey: .radius)
    )
    let corners = try container.decode([[Double]].self, forKey: .line)
    guard Self.limits.patterns.contains(pattern), Self.limits.radius.contains(radius), !corners.isEmpty,
      corners.allSatisfy({ $0.count == 2 && $0.allSatisfy { abs($0) < 1e7 } })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .line, in: container,
        debugDescription: "a pattern from 1 to 50, a radius and at least one corner [x, y] are needed")
    }
    self.init(pattern: pattern, radius: radius, line: corners.map { Point($0[0], $0[1]) })
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(pattern, forKey: .pattern)
    try container.encode(radius, forKey: .radius)
    try container.encode(line.map { [$0.x, $0.y] }, forKey: .line)
  }
}
