import Foundation
import TesseraNumerics

extension Grains {
  /// Two domains of one crystal: their lattices differ by a translation alone.
  public struct Translation: Sendable, Equatable {
    /// Numbers of the grains, from 1.
    public var first, second: Int
    /// From the columns of the first to those of the second, along u and v of the first, in units of these, -0.5 ... 0.5.
    public var shift: Point
  }

  /// Lattices that are turned by less than this against each other, in degrees, and whose vectors differ by less than this share are equal.
  private static let (largestTurn, largestDifference) = (0.5, 0.02)
  /// Columns of two domains that touch are at most so many of the longer vectors apart, and there are at least so many of them.
  private static let (reach, fewestContacts) = (1.5, 4)
  /// Across one boundary all columns are shifted alike: the mean of exp(2 πi shift) along each vector is at least this long.
  private static let leastConcentration = 0.8
  /// Smaller shifts, in units of the vectors, are strain.
  private static let leastShift = 0.1

  /// The pairs of grains that touch and that a translation alone tells apart, as on both sides of a stacking fault or an antiphase boundary.
  /// - Parameter positions: of all sites, in pixels.
  public func translations(positions: [Point]) -> [Translation] {
    var result: [Translation] = []
    for first in grains.indices {
      for second in grains.indices.dropFirst(first + 1) {
        guard let shift = shift(from: grains[first], to: grains[second], positions: positions) else { continue }
        result.append(Translation(first: first + 1, second: second + 1, shift: shift))
      }
    }
    return result
  }

  private func shift(from one: Grain, to other: Grain, positions: [Point]) -> Point? {
    let (grid, turned) = (one.lattice.grid, other.lattice.grid)
    func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= Self.largestDifference * a }
    guard one.misorientation(to: other) < Self.largestTurn, isNear(grid.area, turned.area) else { return nil }
    /// The columns of a grain at the brightest place of its cell.
    func brightest(_ grain: Grain) -> [Int] {
      let heights = grain.lattice.basisHeights
      let basis = heights.indices.max { (heights[$0], $1) < (heights[$1], $0) } ?? 0
      return grain.sites.filter { grain.lattice.nodes[$0]?.basis == basis }
    }
    let own = brightest(one)
    let index = PlanarIndex(own.map { positions[$0] })
    let reach = Self.reach * max(grid.u.length, grid.v.length)
    let steps = brightest(other).compactMap { site -> Point? in
      guard let near = index.nearest(1, to: positions[site]).first else { return nil }
      let step = positions[site] - index.points[near]
      return step.length <= reach ? grid.coordinates(of: grid.origin + step) : nil
    }
    guard steps.count >= Self.fewestContacts else { return nil }
    func mean(_ values: [Double]) -> Double? {
      let sum = values.reduce(Point.zero) { $0 + Point(1, 0).rotated(by: 2 * .pi * $1) } / Double(values.count)
      return sum.length >= Self.leastConcentration ? sum.angle / (2 * .pi) : nil
    }
    guard let x = mean(steps.map(\.x)), let y = mean(steps.map(\.y)), max(abs(x), abs(y)) > Self.leastShift else {
      return nil
    }
    return Point(x, y)
  }
}
