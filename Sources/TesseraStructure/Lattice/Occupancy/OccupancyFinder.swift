import Foundation
import TesseraFitting
import TesseraNumerics

/// Tells full nodes from those that hold less than their sublattice: one selenium atom where others have two.
///
/// Each column is held against the full columns of its sublattice nearest to it, so that thickness and brightness may drift. What is
/// called partly filled follows from the distribution of these shares (`OccupancyMixture`). A lighter atom looks like a missing
/// one: the height alone does not tell them apart.
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
  /// A median has this many times the error of a mean.
  private static let medianError = 1.25

  /// The occupancy of each column, then of each vacant node; nil where it is not known: off the lattice, in small sublattices, and
  /// where the border cuts a column.
  /// - Parameters:
  ///   - columns: in the order of the labels of `grains`.
  ///   - accuracies: of the columns; columns without one count as exact.
  public func occupancies(
    of columns: Sites, accuracies: [ColumnAccuracy], vacant: [VacantNode], in grains: Grains
  ) -> [NodeOccupancy?] {
    var result = [NodeOccupancy?](repeating: nil, count: columns.count + vacant.count)
    for (number, grain) in grains.grains.enumerated() {
      var members: [Int: [Int]] = [:]
      for site in grain.sites where grains.labels[site] == number + 1 {
        let amplitude = columns[site].amplitude
        guard let node = grain.lattice.nodes[site], amplitude > 0, amplitude.isFinite else { continue }
        members[node.basis, default: []].append(site)
      }
      for (basis, sites) in members where sites.count >= Self.fewestMembers {
        let isWhole = sites.map { $0 >= accuracies.count || accuracies[$0].flag != .border }
        let heights = sites.map { columns[$0].amplitude }
        let errors = sites.map {
          $0 < accuracies.count && accuracies[$0].amplitude.isFinite ? accuracies[$0].amplitude : 0
        }
        let index = PlanarIndex(sites.map { columns[$0].position })
        var shares = Self.shares(heights, errors, around: index, unit: isWhole)
        var mixture = OccupancyMixture(shares: shares.map(\.share), errors: shares.map(\.error), finder: self)
        if mixture.partial != nil {
          // Partly filled nodes are no measure of what is full.
          let isFull = shares.indices.map {
            isWhole[$0] && mixture.posterior(share: shares[$0].share, error: shares[$0].error) < 0.5
          }
          shares = Self.shares(heights, errors, around: index, unit: isFull)
          mixture = OccupancyMixture(shares: shares.map(\.share), errors: shares.map(\.error), finder: self)
        }
        for (k, site) in sites.enumerated() where isWhole[k] && shares[k].share.isFinite {
          result[site] = occupancy(shares[k].share, shares[k].error, mixture)
        }
        let empty = vacant.indices.filter { vacant[$0].grain == number + 1 && vacant[$0].node.basis == basis }
        let emptyPart = Double(empty.count) / Double(empty.count + sites.count)
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
      probability: isPartial ? posterior : 1 - posterior)
  }

  /// Each height in units of the median of the nearest that make the unit, and its error; NaN where too few are near.
  private static func shares(
    _ heights: [Double], _ errors: [Double], around index: PlanarIndex, unit: [Bool]
  ) -> [(share: Double, error: Double)] {
    let chosen = unit.indices.filter { unit[$0] }
    let measures = PlanarIndex(chosen.map { index.points[$0] })
    return concurrentMap(count: heights.count) { k in
      let near = measures.nearest(witnesses + 1, to: index.points[k]).map { chosen[$0] }.filter { $0 != k }
      guard near.count >= fewestWitnesses else { return (.nan, .nan) }
      let around = near.map { heights[$0] }
      let middle = Statistics.median(around)
      guard middle > 0 else { return (.nan, .nan) }
      let own = errors[k] / middle
      let others = medianError * Statistics.robustDeviation(around) / middle / Double(near.count).squareRoot()
      return (heights[k] / middle, (own * own + others * others).squareRoot())
    }
  }
}
