import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Classes that are parts of one motif which changes slowly across the image, with thickness, tilt or brightness.
///
/// Two kinds that lie side by side, such as a precipitate and its matrix, are each alike up to their border. Where one motif passes into
/// another, what divides the classes goes on changing within each of them, and little changes at the border. So along the line that joins
/// the means of two classes, the mean over the nearest sites is followed through each class, where these sites are all of the class: its
/// standard deviation, over what it differs by from one class to the other beside their border, is near 0 for kinds, and 0.29 / 0.25 for
/// halves of an even change. Classes whose members lie among each other, such as vacancies in a crystal, have no such places and are never
/// joined.
package struct GradualClasses {
  /// The mean over so many nearest sites of both classes is followed.
  private static let nearest = 12
  /// In fewer places it says nothing.
  private static let fewestPlaces = 12
  /// So many places tell a standard deviation.
  private static let mostPlaces = 4000
  /// The quarter of these places that is nearest to the other class lies beside the border.
  private static let besideBorder = 0.25
  /// Halves of a change with a long plateau at each end exceed this; grains with strain reach 0.15, precipitates 0.09.
  private static let leastChange = 0.2

  private let features: Matrix<Float>
  private let positions: [Point]

  /// - Parameters:
  ///   - features: one row per site.
  ///   - positions: of the sites, in pixels.
  package init(features: Matrix<Float>, positions: [Point]) { (self.features, self.positions) = (features, positions) }

  /// The classes after those are joined that pass into one another; nil where none do.
  package func joined(_ classes: Classes) -> Classes? {
    guard classes.count > 1 else { return nil }
    var groups = (1...classes.count).map { label in
      classes.members(of: label).filter { features.row($0).allSatisfy(\.isFinite) }
    }
    var group = Array(groups.indices)
    var changes: [[Int]: Double] = [:]
    func follow(_ pairs: [[Int]]) {
      let found = concurrentMap(count: pairs.count) { [groups] in change(groups[pairs[$0][0]], groups[pairs[$0][1]]) }
      for (pair, change) in zip(pairs, found) { changes[pair] = change }
    }
    follow(groups.indices.flatMap { a in groups.indices.filter { $0 > a }.map { [a, $0] } })
    while let most = changes.max(by: { ($0.value, $1.key[0], $1.key[1]) < ($1.value, $0.key[0], $0.key[1]) }),
      most.value > Self.leastChange
    {
      let (kept, gone) = (most.key[0], most.key[1])
      groups[kept] = (groups[kept] + groups[gone]).sorted()
      groups[gone] = []
      for index in group.indices where group[index] == gone { group[index] = kept }
      changes = changes.filter { !$0.key.contains(kept) && !$0.key.contains(gone) }
      follow(groups.indices.filter { $0 != kept && !groups[$0].isEmpty }.map { [min($0, kept), max($0, kept)] })
    }
    guard group != Array(groups.indices) else { return nil }
    return Classes(
      grouping: classes.labels.map { $0 > 0 ? group[$0 - 1] : -1 }, confidence: classes.confidence)
  }

  /// By how much classes go on changing within themselves, over what they differ by beside their border; 0 where they have none.
  private func change(_ first: [Int], _ second: [Int]) -> Double {
    guard min(first.count, second.count) >= Self.fewestPlaces else { return 0 }
    let (start, end) = (features.mean(ofRows: first), features.mean(ofRows: second))
    let way = zip(start, end).map { $1 - $0 }
    let length = way.reduce(0) { $0 + $1 * $1 }
    guard length > 0 else { return 0 }
    let sites = first + second
    let progress = sites.map { site in
      way.indices.reduce(0.0) { $0 + (Double(features[site, $1]) - start[$1]) * way[$1] } / length
    }
    let index = PlanarIndex(sites.map { positions[$0] })
    let sides = [first, second].map { side in PlanarIndex(side.map { positions[$0] }) }
    var places: [[(progress: Double, distance: Double)]] = [[], []]
    for number in stride(from: 0, to: sites.count, by: max(1, sites.count / Self.mostPlaces)) {
      let place = positions[sites[number]]
      let near = index.nearest(Self.nearest + 1, to: place).filter { $0 != number }
      let side = number < first.count ? 0 : 1
      guard near.allSatisfy({ ($0 < first.count ? 0 : 1) == side }),
        let other = sides[1 - side].nearest(1, to: place).first
      else { continue }
      let distance = (positions[(side == 0 ? second : first)[other]] - place).length
      places[side].append((Statistics.mean(near.map { progress[$0] }), distance))
    }
    guard places.allSatisfy({ $0.count >= Self.fewestPlaces }) else { return 0 }
    let within = places.map { (Double($0.count), Statistics.deviation($0.map(\.progress))) }
    let beside = places.map { places in
      let count = max(Self.fewestPlaces, Int(saturating: Self.besideBorder * Double(places.count)))
      return Statistics.mean(places.sorted { $0.distance < $1.distance }.prefix(count).map(\.progress))
    }
    let change = within.reduce(0) { $0 + $1.0 * $1.1 } / within.reduce(0) { $0 + $1.0 }
    return change / max(1e-6, beside[1] - beside[0])
  }
}
