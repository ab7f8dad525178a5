import TesseraNumerics

/// All corrections since the columns were last found, as one change of their list.
///
/// Added columns have the numbers after the last site, in the order in which they were added, and keep them: so they too can be
/// moved or removed.
public struct Corrections: Sendable, Equatable {
  /// The number of sites that are corrected.
  public let siteCount: Int
  /// In pixels; those that were removed again are among them.
  public private(set) var added: [Point] = []
  /// Numbers of the sites and added columns that were removed.
  public private(set) var removed: Set<Int> = []
  /// Where sites are now, in pixels; added columns carry their own place.
  public private(set) var moved: [Int: Point] = [:]

  /// No corrections yet of a list of so many sites.
  public init(of siteCount: Int) { self.siteCount = siteCount }

  /// Whether nothing was added, removed or moved; a column that was added and removed again counts as a correction.
  public var isEmpty: Bool { added.isEmpty && removed.isEmpty && moved.isEmpty }

  /// How many columns differ from those that were found.
  public var count: Int {
    let kept = added.indices.count { !removed.contains(siteCount + $0) }
    return kept + removed.count { $0 < siteCount } + moved.keys.count { !removed.contains($0) }
  }

  /// - Throws: `DataError` where a site is named that is not there, and nothing is changed.
  public mutating func make(_ correction: Correction) throws {
    switch correction {
    case .add(let points): added += points
    case .remove(let sites):
      for site in sites { try check(site) }
      removed.formUnion(sites)
    case .move(let moves):
      for move in moves { try check(move.site) }
      for move in moves {
        if move.site < siteCount { moved[move.site] = move.place } else { added[move.site - siteCount] = move.place }
      }
    }
  }

  private func check(_ site: Int) throws {
    guard (0..<siteCount + added.count).contains(site), !removed.contains(site) else {
      throw DataError("there is no column \(site) to correct; the page may show an older state, reload it")
    }
  }

  /// The columns as they are now, in the order of the sites and then of the additions.
  /// - Parameters:
  ///   - positions: of the sites, in pixels.
  ///   - isVacant: sites at which there is no column; they stay out.
  public func columns(of positions: [Point], isVacant: [Bool]) -> [Point] {
    precondition(positions.count == siteCount && isVacant.count == siteCount, "the sites that were corrected")
    let kept = positions.indices.filter { !isVacant[$0] && !removed.contains($0) }.map { moved[$0] ?? positions[$0] }
    return kept + added.indices.filter { !removed.contains(siteCount + $0) }.map { added[$0] }
  }
}
