import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics

extension ColumnFinder {
  /// How far outside the image a column may be fitted, in standard deviations: those sought are nearer, but move.
  static let outermost = 3.0
  /// The same in the first fit, before columns beyond the border are sought.
  static let firstOutermost = 2.0
  /// How far outside the image columns are sought, in standard deviations: there, a Gaussian has fallen to 4 % of its height.
  private static let soughtReach = 2.5
  /// A place is outside from so many standard deviations beyond the centre of the last pixel on.
  private static let soughtFrom = 0.25
  /// Neighbours stand nearer than this, in spacings: those of the first two shells of a hexagonal or square lattice, and not the next but
  /// one along a row.
  private static let neighbourReach = 1.9
  /// A place nearer than this to a column, or to a place that more columns speak for, in spacings, has no room for another.
  private static let roomBeyond = 0.6
  /// Columns that speak for places nearer to one another than this, in spacings, speak for the same one.
  private static let agreement = 0.25

  /// Where columns may stand that reach into the image from outside: no maximum shows them, but their flanks would pull
  /// the columns at the border.
  ///
  /// Each column near the border says where a neighbour of its would be opposite to another neighbour. Whether one is
  /// there the fit tells: it gives no height to a column that is not. Places are at most `soughtReach` outside the image, or inside a
  /// part that holds no measurement, and farther than `roomBeyond` from every column and from places that more columns speak for.
  func beyondBorder(
    _ columns: [GaussianColumn], isMeasured: Raster<Bool>, sigma: Double, spacing: Double
  ) -> [GaussianColumn] {
    let reach = Self.soughtReach * sigma
    let isWhole = !isMeasured.values.contains(false)
    let index = PlanarIndex(columns.map(\.centre))
    let near = columns.indices.filter {
      !isWhole || isMeasured.excess(of: columns[$0].centre) > -2 * spacing - reach
    }
    let spoken = near.flatMap { i -> [GaussianColumn] in
      let centre = columns[i].centre
      return index.neighbours(of: centre, within: Self.neighbourReach * spacing).filter { $0 != i }.compactMap { n in
        let place = 2 * centre - columns[n].centre
        // From the centre of the last pixel on.
        let excess = isMeasured.measuredExcess(of: place, within: reach) + 0.5
        guard (Self.soughtFrom * sigma...reach).contains(excess) else { return nil }
        guard index.neighbours(of: place, within: Self.roomBeyond * spacing).isEmpty else { return nil }
        return GaussianColumn(amplitude: columns[n].amplitude, centre: place, sigma: sigma)
      }
    }
    guard !spoken.isEmpty else { return [] }
    let others = PlanarIndex(spoken.map(\.centre))
    let votes = spoken.map { others.neighbours(of: $0.centre, within: Self.agreement * spacing).sorted() }
    var isTaken = [Bool](repeating: false, count: spoken.count)
    var seeds: [GaussianColumn] = []
    for k in spoken.indices.sorted(by: { (votes[$0].count, $1) > (votes[$1].count, $0) }) where !isTaken[k] {
      var seed = spoken[k]
      seed.centre = votes[k].reduce(Point.zero) { $0 + spoken[$1].centre } / Double(votes[k].count)
      seed.amplitude = Statistics.median(votes[k].map { spoken[$0].amplitude })
      seeds.append(seed)
      for other in others.neighbours(of: seed.centre, within: Self.roomBeyond * spacing) { isTaken[other] = true }
      isTaken[k] = true
    }
    return seeds
  }
}

extension Raster<Bool> {
  /// How far a place is outside the outer edges of the pixels that hold a measurement, in pixels: 0 or less on such a pixel, infinite
  /// beyond `reach`.
  func measuredExcess(of place: Point, within reach: Double) -> Double {
    let excess = excess(of: place)
    guard excess <= reach else { return .infinity }
    let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
    if self[min(max(x, 0), width - 1), min(max(y, 0), height - 1)] { return excess }
    let span = Int(saturating: reach.rounded(.up)) + 1
    var nearest = Double.infinity
    for v in stride(from: max(0, y - span), through: min(height - 1, y + span), by: 1) {
      for u in stride(from: max(0, x - span), through: min(width - 1, x + span), by: 1) where self[u, v] {
        nearest = min(nearest, (Point(Double(u), Double(v)) - place).length - 0.5)
      }
    }
    return nearest <= reach ? nearest : .infinity
  }
}
