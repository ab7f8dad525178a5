import Foundation
import TesseraFitting
import TesseraNumerics

/// Tells full nodes from those that hold less than their sublattice: one selenium atom where others have two.
///
/// Each column is held against the full columns of its sublattice nearest to it, continued to its place, so that thickness and
/// brightness may drift. What is called partly filled follows from the distribution of these shares (`OccupancyMixture`). A lighter
/// atom looks like a missing one: the height alone does not tell them apart.
public struct OccupancyFinder: Sendable, Codable, Equatable {
  /// Partly filled nodes hold at most this share of their sublattice, 0 ... 1; what is nearer to full is no missing atom.
  public var largestShare = 0.85
  /// They are a minority: at most this part of the sublattice. More of them are a kind of their own.
  public var largestPart = 0.4
  /// A finder with the standard limits.
  public init() {}

  /// Columns of the same sublattice that a node is held against, at most and at least.
  private static let (witnesses, fewestWitnesses) = (24, 6)
  /// Smaller sublattices show no distribution.
  private static let fewestMembers = 20
  /// Columns scatter more than elsewhere where they do by this factor: of 24, one in forty does by chance.
  private static let uneven = 1.5
  /// So often it is found anew which columns are full.
  private static let rounds = 2
  /// A median has this many times the error of a mean.
  private static let medianError = 1.25

  /// The occupancy of each column, then of each vacant node; nil where it is not known: off the lattice, in small sublattices,
  /// where the border cuts a column, and beside a column of another grain, which stands too near for both to keep their heights.
  /// - Parameters:
  ///   - columns: in the order of the labels of `grains`, with their heights.
  ///   - accuracies: of the columns; columns without one count as exact.
  ///   - vacant: nodes of the lattices of `grains` without a column.
  ///   - grains: the crystals of the image, each with its lattice.
  public func occupancies(
    of columns: Sites, accuracies: [ColumnAccuracy], vacant: [VacantNode], in grains: Grains
  ) -> [NodeOccupancy?] {
    var result = [NodeOccupancy?](repeating: nil, count: columns.count + vacant.count)
    let places = PlanarIndex(columns.positions)
    for (number, grain) in grains.grains.enumerated() {
      // The lattice ends as near to another grain as for vacant nodes.
      let reach = max(grain.lattice.grid.u.length, grain.lattice.grid.v.length)
      func isApart(_ site: Int) -> Bool {
        grains.grains.count == 1
          || !places.neighbours(of: places.points[site], within: reach).contains {
            grains.labels[$0] > 0 && grains.labels[$0] != number + 1
          }
      }
      var members: [Int: [Int]] = [:]
      for site in grain.sites where grains.labels[site] == number + 1 {
        let amplitude = columns[site].amplitude
        guard let node = grain.lattice.nodes[site], amplitude > 0, amplitude.isFinite else { continue }
        members[node.basis, default: []].append(site)
      }
      for (basis, sites) in members where sites.count >= Self.fewestMembers {
        let isWhole = sites.map { ($0 >= accuracies.count || accuracies[$0].flag != .border) && isApart($0) }
        let heights = sites.map { columns[$0].amplitude }
        let errors = sites.map {
          $0 < accuracies.count && accuracies[$0].amplitude.isFinite ? accuracies[$0].amplitude : 0
        }
        let index = PlanarIndex(sites.map { columns[$0].position })
        var shares = Self.shares(heights, errors, around: index, unit: isWhole)
        /// The shares of columns that the border does not cut.
        func mixed(_ leastDistance: Double) -> OccupancyMixture {
          OccupancyMixture(
            shares: shares.indices.map { isWhole[$0] ? shares[$0].share : .nan }, errors: shares.map(\.error),
            finder: self, leastDistance: leastDistance)
        }
        // Partly filled nodes are no measure of what is full, also where the scatter that they add to it hides them.
        for _ in 0..<Self.rounds {
          let mixture = mixed(OccupancyMixture.leastShown)
          guard mixture.partial != nil else { break }
          let isFull = shares.indices.map {
            isWhole[$0] && mixture.posterior(share: shares[$0].share, error: shares[$0].error) < 0.5
          }
          shares = Self.shares(heights, errors, around: index, unit: isFull)
        }
        let mixture = mixed(OccupancyMixture.leastDistance)
        for (k, site) in sites.enumerated() where isWhole[k] && shares[k].share.isFinite {
          result[site] = occupancy(shares[k].share, shares[k].error, mixture)
        }
        let inside = sites.count { columns[$0].kind != .outside }
        let empty = vacant.indices.filter { vacant[$0].grain == number + 1 && vacant[$0].node.basis == basis }
        let emptyPart = Double(empty.count) / Double(empty.count + inside)
        for k in empty {
          guard let seen = vacant[k].seen, seen.full > 0, seen.error > 0 else { continue }
          let (share, error) = (seen.height / seen.full, seen.error / seen.full)
          result[columns.count + k] = NodeOccupancy(
            share: share, error: error, kind: .vacant,
            probability: mixture.emptiness(share: share, error: error, emptyPart: emptyPart))
        }
      }
    }
    return result
  }

  private func occupancy(_ share: Double, _ error: Double, _ mixture: OccupancyMixture) -> NodeOccupancy {
    let posterior = mixture.posterior(share: share, error: error)
    let isPartial = posterior >= 0.5 && share <= largestShare
    return NodeOccupancy(
      share: share, error: mixture.deviation(error), kind: isPartial ? .partial : .column,
      probability: isPartial ? posterior : mixture.fullness(share: share, error: error))
  }

  /// Each height in units of what those around it would have there, and its error; NaN where too few are near.
  ///
  /// At an edge all others stand on one side, where the specimen may be thicker: so the logarithms of their heights are continued along a
  /// plane. And where they scatter more than elsewhere in the sublattice, as at a grain boundary, one height is not known from the others
  /// to better than that.
  private static func shares(
    _ heights: [Double], _ errors: [Double], around index: PlanarIndex, unit: [Bool]
  ) -> [(share: Double, error: Double)] {
    let chosen = unit.indices.filter { unit[$0] }
    let measures = PlanarIndex(chosen.map { index.points[$0] })
    let surroundings = concurrentMap(count: heights.count) { k -> Surroundings? in
      let near = measures.nearest(witnesses + 1, to: index.points[k]).map { chosen[$0] }.filter { $0 != k }
      guard near.count >= fewestWitnesses else { return nil }
      return Surroundings(heights: near.map { heights[$0] }, at: near.map { index.points[$0] - index.points[k] })
    }
    let scatters = surroundings.compactMap(\.?.scatter)
    guard !scatters.isEmpty else { return heights.map { _ in (.nan, .nan) } }
    let typical = Statistics.median(scatters)
    return heights.indices.map { k in
      guard let around = surroundings[k] else { return (.nan, .nan) }
      let own = errors[k] / around.height
      let isUneven = around.scatter > uneven * typical
      let excess = isUneven ? around.scatter * around.scatter - typical * typical : 0
      return (
        heights[k] / around.height, (own * own + around.error * around.error + excess).squareRoot()
      )
    }
  }

  /// What the columns around a place say of the height there.
  private struct Surroundings {
    /// The height of a full column at the place.
    var height: Double
    /// Standard error of `height`, and robust standard deviation of the columns around, as shares of it.
    var error, scatter: Double

    /// Columns that stand out by more than this many robust deviations are partly filled or dirt: they do not bend the plane.
    private static let farthest = 2.5
    private static let rounds = 3

    /// - Parameter offsets: from the place, in pixels.
    init(heights: [Double], at offsets: [Point]) {
      let logarithms = heights.map { log($0) }
      var (rest, leverage) = (logarithms, 0.0)
      var weights = [Double](repeating: 1, count: heights.count)
      for _ in 0..<Self.rounds {
        // Of columns in a row there is no plane.
        guard let plane = WeightedPlane(logarithms, at: offsets, weights: weights) else { break }
        leverage = plane.leverage
        rest = plane.residuals(logarithms, at: offsets).map { $0 + plane.level }
        let (centre, limit) = (Statistics.median(rest), Self.farthest * Statistics.robustDeviation(rest))
        let near = rest.map { abs($0 - centre) <= limit ? 1.0 : 0 }
        guard near.reduce(0, +) > Double(heights.count) / 2, near != weights else { break }
        weights = near
      }
      height = exp(Statistics.median(rest))
      scatter = Statistics.robustDeviation(rest)
      error = scatter * (medianError * medianError / Double(heights.count) + leverage).squareRoot()
    }
  }
}
