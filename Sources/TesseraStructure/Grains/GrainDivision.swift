import Foundation
import TesseraNumerics

/// Parts a group of sites that chains of small turns connect across a boundary.
///
/// At a boundary of few degrees the crystals hang together between the dislocations, and there the lattice turns from one to the other
/// within some spacings, no step of it large. So a group is parted where sites around which the lattice hardly turns form several sets
/// of different orientation; the sites between go to the set from which they are reached first.
struct GrainDivision: Sendable {
  let fitter: LocalFrames
  let index: PlanarIndex
  /// The turn of each site's frame, in radians; NaN where it has none.
  let turns: [Double]
  /// Neighbours turned by more are of two grains, in radians.
  let largestTurn: Double
  /// A part has at least so many sites.
  let smallest: Int

  /// The turn around a site is looked at within so many lattice vectors.
  private static let reach = 2.5
  /// Turns around a site in the middle of a grain scatter by less than this share of `largestTurn`.
  private static let calmness = 0.3
  /// Parts turned by less than so many times `largestTurn` are one bent crystal.
  private static let leastTurn = 1.25

  /// The group itself, or its parts.
  func parts(of sites: [Int]) -> [[Int]] {
    var isMember = [Bool](repeating: false, count: turns.count)
    for site in sites { isMember[site] = true }
    let members = isMember
    let steady = concurrentMap(count: sites.count) { isSteady(sites[$0], among: members) }
    var isCore = [Bool](repeating: false, count: turns.count)
    for (site, isSteady) in zip(sites, steady) { isCore[site] = isSteady }
    let links = concurrentMap(count: sites.count) { linked(to: sites[$0], among: members) }
    var sets = DisjointSets(turns.count)
    for (site, others) in zip(sites, links) where isCore[site] {
      for other in others where isCore[other] { sets.unite(site, other) }
    }
    var grouped: [Int: [Int]] = [:]
    for site in sites where isCore[site] { grouped[sets.find(site), default: []].append(site) }
    var cores = grouped.values.filter { $0.count >= smallest }.sorted { $0[0] < $1[0] }
    guard cores.count > 1 else { return [sites] }
    var first = 0
    while first < cores.count {
      if let other = cores.indices.dropFirst(first + 1).first(where: {
        abs(fitter.difference(mean(of: cores[$0]), mean(of: cores[first]))) < Self.leastTurn * largestTurn
      }) {
        cores[first] += cores[other]
        cores.remove(at: other)
        first = 0
      } else {
        first += 1
      }
    }
    return cores.count > 1 ? grown(cores, over: sites, links: links) : [sites]
  }

  /// Whether the lattice hardly turns around a site.
  private func isSteady(_ site: Int, among isMember: [Bool]) -> Bool {
    let around = index.neighbours(of: index.points[site], within: Self.reach * fitter.u.length)
      .filter { isMember[$0] }.map { fitter.difference(turns[$0], turns[site]) }
    return Statistics.deviation(around) < Self.calmness * largestTurn
  }

  private func linked(to site: Int, among isMember: [Bool]) -> [Int] {
    index.neighbours(of: index.points[site], within: 1.15 * fitter.u.length).filter {
      $0 != site && isMember[$0] && abs(fitter.difference(turns[$0], turns[site])) < largestTurn
    }
  }

  private func mean(of sites: [Int]) -> Double {
    let sum = sites.reduce(Point.zero) { $0 + Point(1, 0).rotated(by: 2 * .pi * turns[$1] / fitter.period) }
    return sum.angle * fitter.period / (2 * .pi)
  }

  /// Every site with the core from which fewest steps lead to it; those that no step reaches with the nearest that one does.
  private func grown(_ cores: [[Int]], over sites: [Int], links: [[Int]]) -> [[Int]] {
    var owner = [Int](repeating: -1, count: turns.count)
    var rank = [Int](repeating: -1, count: turns.count)
    for (k, site) in sites.enumerated() { rank[site] = k }
    for (k, core) in cores.enumerated() { for site in core { owner[site] = k } }
    var front = sites.filter { owner[$0] >= 0 }
    while !front.isEmpty {
      var next: [Int] = []
      for site in front {
        for other in links[rank[site]] where owner[other] < 0 {
          owner[other] = owner[site]
          next.append(other)
        }
      }
      front = next
    }
    let reached = sites.filter { owner[$0] >= 0 }
    let places = PlanarIndex(reached.map { index.points[$0] })
    for site in sites where owner[site] < 0 {
      if let nearest = places.nearest(1, to: index.points[site]).first { owner[site] = owner[reached[nearest]] }
    }
    return cores.indices.map { k in sites.filter { owner[$0] == k } }
  }
}
