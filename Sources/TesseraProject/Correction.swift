import TesseraNumerics

/// What a person changes in the list of columns, by hand.
public enum Correction: Sendable, Equatable {
  /// Columns that the program missed, in pixels.
  case add([Point])
  /// Sites that are no columns.
  case remove([Int])
  /// Sites that are elsewhere.
  case move([Move])

  /// The sites that it names.
  public var sites: [Int] {
    switch self {
    case .add: []
    case .remove(let sites): sites
    case .move(let moves): moves.map(\.site)
    }
  }

  /// A site with the place where its column really is.
  public struct Move: Sendable, Equatable {
    /// Number of the site: its row in `sites.csv`, or, after the last row, an added column.
    public var site: Int
    /// Where it is, in pixels.
    public var place: Point
    /// Moves a site to a place, in pixels.
    public init(site: Int, place: Point) { (self.site, self.place) = (site, place) }
  }
}

extension Correction: Codable {
  private enum CodingKeys: String, CodingKey { case add, remove, move }

  /// `{"add": [[x, y], ...]}`, `{"remove": [site, ...]}` or `{"move": [[site, x, y], ...]}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func numbers(_ key: CodingKeys, _ count: Int) throws -> [[Double]]? {
      guard let rows = try container.decodeIfPresent([[Double]].self, forKey: key) else { return nil }
      guard rows.allSatisfy({ $0.count == count && $0.allSatisfy(\.isFinite) }) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "a list of \(count) numbers each is needed")
      }
      return rows
    }
    if let rows = try numbers(.add, 2) {
      self = .add(rows.map { Point($0[0], $0[1]) })
    } else if let sites = try container.decodeIfPresent([Int].self, forKey: .remove) {
      self = .remove(sites)
    } else if let rows = try numbers(.move, 3) {
      self = .move(
        try rows.map { row in
          guard let site = Int(exactly: row[0]) else {
            throw DecodingError.dataCorruptedError(
              forKey: .move, in: container, debugDescription: "a site is a whole number")
          }
          return Move(site: site, place: Point(row[1], row[2]))
        })
    } else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "one of the keys add, remove and move is needed"))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .add(let points): try container.encode(points.map { [$0.x, $0.y] }, forKey: .add)
    case .remove(let sites): try container.encode(sites, forKey: .remove)
    case .move(let moves):
      try container.encode(moves.map { [Double($0.site), $0.place.x, $0.place.y] }, forKey: .move)
    }
  }
}
