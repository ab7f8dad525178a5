import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension Grains {
  /// Two domains are one above the other where all but this share of the columns of either is.
  private static let strayShare = 0.02
  /// A shift is one along the scan lines if it is up to this share of the shorter lattice vector across them.
  private static let largestRise = 0.05

  /// What divides grains that are domains of one crystal, a sentence per pair.
  /// - Parameters:
  ///   - positions: of all sites, in pixels.
  ///   - jumps: of the scan; where there are any, they may have shifted what lies below.
  func boundarySentences(positions: [Point], jumps: @autoclosure () -> ScanJumps) -> [String] {
    let pairs = translations(positions: positions)
    guard !pairs.isEmpty else { return [] }
    let hasJumps = !jumps().jumps.isEmpty
    return pairs.map { pair in
      let cause =
        hasJumps
        ? "a jump of the scan, of which there are some, or a translation boundary divides them"
        : lineOfJump(pair, positions: positions).map {
          "they meet along a scan line, near line \($0), and the shift is along it, so a jump of the scan divides them, or a translation "
            + "boundary that lies as one would: a second image at another scan angle tells"
        } ?? "a translation boundary, as a stacking fault or an antiphase boundary, divides them"
      return
        "grains \(pair.first) and \(pair.second) have one lattice, shifted from one to the other by \(Text.fixed(pair.shift, 2)) of its "
        + "vectors u and v: " + cause
    }
  }

  /// The line at which two domains meet if they lie one above the other and are shifted along the scan lines, as a jump of the scan leaves
  /// them; nil otherwise.
  private func lineOfJump(_ pair: Translation, positions: [Point]) -> Int? {
    let (one, other) = (grains[pair.first - 1], grains[pair.second - 1])
    let grid = one.lattice.grid
    let limit = Self.largestRise * min(grid.u.length, grid.v.length)
    let isAlong = (-2...2).contains { i in
      (-2...2).contains { j in
        abs((pair.shift.x + Double(i)) * grid.u.y + (pair.shift.y + Double(j)) * grid.v.y) <= limit
      }
    }
    let rows = [one, other].map { grain in grain.sites.map { positions[$0].y } }
      .sorted { Statistics.median($0) < Statistics.median($1) }
    let (end, start) = (
      Statistics.quantile(rows[0], 1 - Self.strayShare), Statistics.quantile(rows[1], Self.strayShare)
    )
    return isAlong && end < start + limit ? Int(saturating: ((end + start) / 2).rounded()) : nil
  }
}
