import TesseraNumerics

/// Faint columns that stand alone, held against what noise gives by itself (`NoiseMaxima`).
///
/// A column so high that noise has one such maximum in ten images at most stands, and so does a fainter one near such a column, or with neighbours
/// of any height, for those of a lattice lie closer together than the maxima of noise. Of the others nothing is known where they are no more than
/// noise gives.
package struct LoneColumns: Sendable {
  private let width, height: Int
  /// Distance of neighbours, in pixels.
  private let spacing: Double
  /// Of the whole image.
  private let noise: NoiseMaxima

  /// - Parameters:
  ///   - width: of the image in which columns were sought, in pixels.
  ///   - height: of that image, in pixels.
  ///   - sigma: standard deviation of a column, in pixels.
  ///   - spacing: distance of neighbours, in pixels.
  package init(width: Int, height: Int, sigma: Double, spacing: Double) {
    (self.width, self.height, self.spacing) = (width, height, spacing)
    noise = NoiseMaxima(area: Double(width * height), throughGaussian: sigma)
  }

  /// Noise has so many maxima per image that are as high as what stands by its height.
  private static let sureCount = 0.1
  /// A neighbour is at most so many spacings away: those of a square lattice across the diagonal, too.
  private static let reach = 1.6
  /// With so many neighbours a column is one of a lattice.
  private static let company = 2
  /// A crystal goes on for so many spacings beside a column that is surely one.
  private static let surroundings = 3.0
  /// By chance there may be so many times what is expected, and so many more: a fit looks for the best place of each.
  private static let (excess, allowance) = (2.0, 3.0)
  /// The free part of the image is measured at so many places along each side.
  private static let samples = 64

  /// Which columns at these places, by so many standard deviations above no column, are no more than noise gives.
  package func areChance(_ places: [Point], evidence: [Double]) -> [Bool] {
    let sure = noise.height(exceededBy: Self.sureCount)
    let crystals = PlanarIndex(zip(places, evidence).filter { $1 >= sure }.map(\.0))
    func isFree(_ place: Point) -> Bool {
      crystals.neighbours(of: place, within: Self.surroundings * spacing).isEmpty
    }
    var isAlone = places.map { _ in false }
    while true {
      let kept = places.indices.filter { !isAlone[$0] }
      let index = PlanarIndex(kept.map { places[$0] })
      // Each is within its own reach.
      let more = kept.filter {
        isFree(places[$0]) && index.neighbours(of: places[$0], within: Self.reach * spacing).count <= Self.company
      }
      if more.isEmpty { break }
      for k in more { isAlone[k] = true }
    }
    let heights = zip(evidence, isAlone).filter(\.1).map(\.0)
    guard let least = heights.min() else { return isAlone }
    let expected = noise.expectedCount(above: max(1, least)) * freeShare(isFree)
    return Double(heights.count) <= Self.excess * expected + Self.allowance ? isAlone : places.map { _ in false }
  }

  private func freeShare(_ isFree: (Point) -> Bool) -> Double {
    let count = Self.samples
    let free = (0..<count * count).count { index in
      isFree(
        Point(
          (Double(index % count) + 0.5) * Double(width) / Double(count),
          (Double(index / count) + 0.5) * Double(height) / Double(count)))
    }
    return Double(free) / Double(count * count)
  }
}
