import Foundation
import TesseraNumerics

/// What the polygons of columns at random places are like: the null of a claim that an image shows polygons.
///
/// As many columns in the same frame by random sequential addition (Feder, J. Theor. Biol. 87 (1980) 237), none nearer to another than
/// the tenth percentile of the nearest distances that were found, or as near as lets that many stand.
package struct RandomNet: Sendable, Codable, Equatable {
  /// Nets that are made.
  package var nets = 3
  /// Most columns of a net; of more, as many of the same density.
  package static let columnLimit = 3000
  /// Of the nearest distances that were found this quantile is the least of a net: a few columns found too near to each other count for
  /// nothing.
  private static let distanceQuantile = 0.1
  /// After so many misses a column the least distance shrinks by this factor, until it is this share of the first.
  private static let (missesPerColumn, shrinkage, leastDistance) = (20, 0.9, 0.05)

  package init() {}

  /// A kind of polygon in a net.
  package struct Kind: Sendable, Equatable {
    package var sides: Int
    /// Share of this kind among all polygons of four or more sides.
    package var share: Double
    /// Median of `PolygonShape.regularity`.
    package var regularity: Double
  }

  /// The commonest kind of some units; nil without any.
  package static func commonest(of units: [PolygonalUnit], among counts: [Int: Int]) -> Kind? {
    let sides = units.map(\.sides)
    guard
      let kind = Set(sides).min(by: { a, b in
        (sides.count { $0 == b }, a) < (sides.count { $0 == a }, b)
      })
    else { return nil }
    let all = counts.keys.sorted().reduce(0) { $0 + counts[$1]! }
    return Kind(
      sides: kind, share: Double(counts[kind] ?? 0) / Double(max(1, all)),
      regularity: Statistics.median(units.filter { $0.sides == kind }.map(\.regularity)))
  }

  /// The share and regularity of the commonest kind in random nets of this density, and of polygons of `sides` sides in them.
  package func kinds(like positions: [Point], width: Int, height: Int, sides: Int, seed: UInt64) throws(ParameterError)
    -> (
      commonest: Kind?, same: Kind?
    )
  {
    guard positions.count > 10 else { return (nil, nil) }
    let distances = PlanarIndex(positions).nearestDistances().filter(\.isFinite)
    let count = min(positions.count, Self.columnLimit)
    let scale = (Double(count) / Double(positions.count)).squareRoot()
    let size = (max(1, Int((Double(width) * scale).rounded())), max(1, Int((Double(height) * scale).rounded())))
    let places = concurrentMap(count: nets) { net in
      Self.places(
        count, width: size.0, height: size.1, distance: Statistics.quantile(distances, Self.distanceQuantile),
        random: RandomSource(seed: seed, stream: 0x6E65_7400 + UInt64(net)))
    }
    var (units, counts) = ([PolygonalUnit](), [Int: Int]())
    for net in places {
      let found = try PolygonFinder().net(of: net, width: size.0, height: size.1)
      units += found.units
      counts.merge(found.counts, uniquingKeysWith: +)
    }
    let all = counts.keys.sorted().reduce(0) { $0 + counts[$1]! }
    let alike = units.filter { $0.sides == sides }.map(\.regularity)
    let same =
      alike.isEmpty
      ? nil
      : Kind(
        sides: sides, share: Double(counts[sides] ?? 0) / Double(max(1, all)), regularity: Statistics.median(alike))
    return (Self.commonest(of: units, among: counts), same)
  }

  private static func places(_ count: Int, width: Int, height: Int, distance: Double, random source: RandomSource)
    -> [Point]
  {
    var (random, least, places) = (source, distance, [Point]())
    let cell = max(1, distance)
    let (columns, rows) = (Int(saturating: Double(width) / cell) + 1, Int(saturating: Double(height) / cell) + 1)
    var grid = [[Int]](repeating: [], count: columns * rows)
    while places.count < count && least > leastDistance * distance {
      var misses = 0
      while places.count < count && misses < missesPerColumn * count {
        let place = Point(random.uniform() * Double(width) - 0.5, random.uniform() * Double(height) - 0.5)
        let (x, y) = (
          max(0, min(columns - 1, Int(saturating: (place.x + 0.5) / cell))),
          max(0, min(rows - 1, Int(saturating: (place.y + 0.5) / cell)))
        )
        var isFree = true
        for row in max(0, y - 1)...min(rows - 1, y + 1) {
          for column in max(0, x - 1)...min(columns - 1, x + 1) where isFree {
            isFree = grid[row * columns + column].allSatisfy { (places[$0] - place).squaredLength >= least * least }
          }
        }
        guard isFree else {
          misses += 1
          continue
        }
        grid[y * columns + x].append(places.count)
        places.append(place)
      }
      least *= shrinkage
    }
    return places
  }
}
