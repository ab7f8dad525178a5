/// How much of an image a pattern is.
public struct PatternShare: Sendable, Codable, Equatable {
  /// Number of the pattern, from 1; by itself, the program numbers them by falling size.
  public var label: Int
  /// Share of the pixels that have a pattern, 0 ... 1.
  public var fraction: Double
  /// Whether it is as narrow as a fault or a boundary, which lies within a crystal or between two.
  public var isNarrow: Bool
}

extension [PatternShare] {
  /// The patterns of sites for the search of lattices: 0 in a narrow pattern, whose columns are those of the crystals beside it.
  func phases(of sites: [Int]) -> [Int] {
    let narrow = Set(filter(\.isNarrow).map(\.label))
    return sites.map { narrow.contains($0) ? 0 : $0 }
  }

  /// In how many of the patterns some of the sites stand: film and vacuum may be patterns, too, and hold none.
  func count(at sites: [Int]) -> Int { Set(sites).intersection(map(\.label)).count }
}
