import TesseraImaging
import TesseraNumerics

/// Whether the image itself shows an axis of order n where the net of columns has a polygon of n sides ([M22] Fig. 4: both must agree).
///
/// The map is S(n) of `DenseSymmetry` over a disc that just holds the polygon. A unit agrees where the map has a maximum within a
/// fraction of the bond of the unit's centre that exceeds what the map has elsewhere: the `level` quantile of its
/// values at the places farther than half a radius from every unit of that kind. `chance` is the share of other places where
/// the same search would find one. Axes of order n that are no middles, such as the columns of a square lattice, count as elsewhere.
package struct UnitSymmetry: Sendable, Codable, Equatable {
  /// Radius of the disc in radii of the polygon.
  package var discRadius = 1.25
  /// Largest distance of the maximum from the unit's centre, in bonds.
  package var reach = 0.25
  /// Of the distribution at other places.
  package var level = 0.95

  /// Other places that are asked, at most and at least.
  private static let (leastPlaces, mostPlaces) = (50, 4000)

  package init() {}

  /// What one map says.
  package struct Outcome: Sendable {
    package var sides: Int
    /// In the order of the units given.
    package var agrees: [Bool?]
    /// The score that a maximum must exceed, and the median at the units.
    package var threshold, typical: Double
    /// Share of other places that would have agreed; NaN where there are too few.
    package var chance: Double
  }

  /// - Parameters:
  ///   - units: of one number of sides.
  ///   - cut: centres of faces that the border cuts, which may be units, too.
  ///   - image: intensities, in any unit.
  ///   - bond: distance of neighbouring columns, in pixels.
  /// - Returns: nil where the disc is larger than the image or the image has no other place.
  package func outcome(
    for units: [PolygonalUnit], cut: [Point], in image: Raster<Float>, bond: Double
  ) throws(ParameterError) -> Outcome? {
    guard let sides = units.first?.sides else { return nil }
    let radius = Statistics.median(units.map(\.radius))
    let half = max(2, Int(saturating: (discRadius * radius).rounded()))
    guard 2 * half + 1 <= min(image.width, image.height) else { return nil }
    var symmetry = DenseSymmetry(side: 2 * half + 1)
    (symmetry.folds, symmetry.maxOrder) = ([sides], sides + 2)
    let map = try symmetry.maps(of: image).scores[0]
    let search = max(1, reach * bond)
    @Sendable func best(at place: Point) -> Double? {
      let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
      guard map.contains(x: x, y: y), map[x, y].isFinite else { return nil }
      return Self.maximum(of: map, around: place, within: search)
    }
    let (elsewhere, apart) = otherPlaces(on: map, than: units.map(\.centre) + cut, radius: radius, search: search)
    guard elsewhere.count >= Self.leastPlaces else { return nil }
    let threshold = Double(Statistics.quantile(elsewhere.map { map[Int($0.x), Int($0.y)] }, level))
    let sample = stride(from: 0, to: apart.count, by: max(1, apart.count / Self.mostPlaces)).map { apart[$0] }
    let others = concurrentMap(count: sample.count) { best(at: sample[$0]).map { $0 > threshold } ?? false }
    let scores = concurrentMap(count: units.count) { best(at: units[$0].centre) }
    let known = scores.compactMap { $0 }.filter(\.isFinite)
    return Outcome(
      sides: sides, agrees: scores.map { $0.map { $0 > threshold } }, threshold: threshold,
      typical: known.isEmpty ? .nan : Statistics.median(known),
      chance: others.count < Self.leastPlaces ? .nan : Double(others.count { $0 }) / Double(others.count))
  }

  /// Places where no unit is, on every second pixel each way, as neighbours say the same: those farther than half a radius from
  /// every centre, and of them those from where the search does not reach so near. A polygon around each would lie in the image.
  private func otherPlaces(
    on map: Raster<Float>, than centres: [Point], radius: Double, search: Double
  ) -> (elsewhere: [Point], apart: [Point]) {
    let index = PlanarIndex(centres)
    let margin = 1.7 * radius
    let found = concurrentMap(count: (map.height + 1) / 2) { row -> [(Point, Bool)] in
      stride(from: 0, to: map.width, by: 2).compactMap { x in
        let place = Point(Double(x), Double(2 * row))
        guard map[x, 2 * row].isFinite, let near = index.nearest(1, to: place).first,
          min(place.x, place.y, Double(map.width - 1) - place.x, Double(map.height - 1) - place.y) > margin
        else { return nil }
        let distance = (centres[near] - place).length
        return distance > 0.5 * radius ? (place, distance > 0.5 * radius + search) : nil
      }
    }.flatMap { $0 }
    return (found.map(\.0), found.filter(\.1).map(\.0))
  }

  /// The highest value of the map within a distance that no neighbour exceeds; minus infinity without such a summit.
  private static func maximum(of map: Raster<Float>, around place: Point, within radius: Double) -> Double {
    var best = -Double.infinity
    let low = (
      x: max(1, Int(saturating: (place.x - radius).rounded(.up))),
      y: max(1, Int(saturating: (place.y - radius).rounded(.up)))
    )
    let high = (
      x: min(map.width - 2, Int(saturating: (place.x + radius).rounded(.down))),
      y: min(map.height - 2, Int(saturating: (place.y + radius).rounded(.down)))
    )
    guard low.x <= high.x, low.y <= high.y else { return best }
    for y in low.y...high.y {
      for x in low.x...high.x where (Point(Double(x), Double(y)) - place).squaredLength <= radius * radius {
        let value = map[x, y]
        guard Double(value) > best else { continue }
        // Pixels without a score compare as false: no summit beside them.
        let isSummit = (-1...1).allSatisfy { v in (-1...1).allSatisfy { u in map[x + u, y + v] <= value } }
        if isSummit { best = Double(value) }
      }
    }
    return best
  }
}
