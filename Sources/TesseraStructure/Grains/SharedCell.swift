import TesseraNumerics

/// A cell that may be that of a crystal, judged by how the sites of an image see it.
struct SharedCell {
  let u, v: Point
  /// How well sites meet others where the cell has them, whatever its turn there: 1 for a perfect lattice, about 0 where they
  /// are met by chance.
  let suitability: Double
  /// Mean squared difference of the heights of sites that are a lattice vector apart, or what is negligible if that is more;
  /// 0 if none are known.
  let heightDifference: Double

  /// - Parameters:
  ///   - fitter: of these vectors.
  ///   - heights: of all sites; NaN where unknown.
  init(_ u: Point, _ v: Point, judgedBy fitter: LocalFrames, sample: [Int], heights: [Double]) {
    (self.u, self.v) = (u, v)
    var sum = 0.0
    var differences: [Double] = []
    for (site, frame) in zip(sample, fitter.frames(of: sample)) {
      guard let frame else { continue }
      // Sites that stand anywhere within the tolerance have half its square for mean square distance.
      let distance = frame.deviation / fitter.tolerance
      sum += Double(frame.partnerCount) * max(0, 1 - 2 * distance * distance)
      for step in 0..<8 where frame.partners[step] >= 0 {
        let difference = heights[site] - heights[Int(frame.partners[step])]
        if difference.isFinite { differences.append(difference * difference) }
      }
    }
    suitability = sum / Double(8 * max(1, sample.count))
    heightDifference =
      differences.isEmpty
      ? 0 : max(Statistics.mean(differences), LatticeFinder.negligibleDifference(of: sample.map { heights[$0] }))
  }

  /// A disordered rim between grains suits its best cell up to this.
  private static let leastSuitability = 0.4
  /// A cell suits as long as it loses less than a third to the best: a smaller one meets fewer partners in noise.
  private static let suitableShare = 0.7
  /// A vector that joins unlike columns changes their heights by several times what chance does.
  private static let alikeHeights = 1.5
  /// Cells of one crystal seen in different windows differ by less than this in area; the next larger cell has twice the area.
  private static let sameArea = 1.3
  private static let usualShare = 0.85

  /// The smallest cell that suits well and joins no unlike columns; of cells of about one size the first, if it suits as
  /// well as most, so that a crystal that fills the image has the cell of the whole image. Nil where none suits better than
  /// a disordered rim between grains would.
  static func best(of candidates: [SharedCell]) -> SharedCell? {
    guard let highest = candidates.map(\.suitability).max(), highest > leastSuitability else { return nil }
    let suitable = candidates.filter { $0.suitability >= suitableShare * highest }
    let least = suitable.map(\.heightDifference).min()!
    let alike = suitable.filter { $0.heightDifference <= alikeHeights * least + 1e-12 }
    let smallest = alike.map { $0.u.cross($0.v) }.min()!
    let small = alike.filter { $0.u.cross($0.v) <= sameArea * smallest }
    let usual = small.map(\.suitability).max()!
    return small.first { $0.suitability >= usualShare * usual }
  }
}
