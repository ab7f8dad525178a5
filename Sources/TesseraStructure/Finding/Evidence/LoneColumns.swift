import TesseraNumerics

/// Faint columns that stand alone, held against what noise gives by itself (`NoiseMaxima`).
///
/// A column above the height of which an image has less than one by chance stands, and so does a fainter one with neighbours, for those of a
/// lattice lie closer together than the maxima of noise. Of the others nothing is known where they are no more than noise gives.
package struct LoneColumns: Sendable {
  /// Distance of neighbours, in pixels.
  private let spacing: Double
  private let noise: NoiseMaxima

  /// - Parameters:
  ///   - area: in which columns were sought, in square pixels.
  ///   - sigma: standard deviation of a column, in pixels.
  ///   - spacing: distance of neighbours, in pixels.
  package init(area: Double, sigma: Double, spacing: Double) {
    self.spacing = spacing
    noise = NoiseMaxima(area: area, throughGaussian: sigma)
  }

  /// A neighbour is at most so many spacings away: those of a square lattice across the diagonal, too.
  private static let reach = 1.6
  /// With so many neighbours a column is one of a lattice.
  private static let company = 2
  /// By chance there may be so many times what is expected, and so many more: a fit looks for the best place of each.
  private static let (excess, allowance) = (2.0, 3.0)

  /// Which columns at these places, by so many standard deviations above no column, are no more than noise gives.
  package func areChance(_ places: [Point], evidence: [Double]) -> [Bool] {
    let sure = noise.height(exceededBy: 1)
    var isAlone = places.map { _ in false }
    while true {
      let kept = places.indices.filter { !isAlone[$0] }
      let index = PlanarIndex(kept.map { places[$0] })
      let more = kept.filter {
        // Each is within its own reach.
        evidence[$0] < sure && index.neighbours(of: places[$0], within: Self.reach * spacing).count <= Self.company
      }
      if more.isEmpty { break }
      for k in more { isAlone[k] = true }
    }
    let heights = zip(evidence, isAlone).filter(\.1).map(\.0)
    guard let least = heights.min() else { return isAlone }
    let expected = noise.expectedCount(above: max(1, least))
    return Double(heights.count) <= Self.excess * expected + Self.allowance ? isAlone : places.map { _ in false }
  }
}
