import Foundation
import TesseraNumerics

/// The nearest neighbours in both directions, with weights whose matrix D^-1/2 W D^-1/2 has no eigenvalue above 1.
package struct SampleGraph: Sendable {
  /// Of each sample the others that it is joined to; each link stands with both of its ends.
  package let links: [[(to: Int, weight: Double)]]

  /// A graph of known links.
  package init(links: [[(to: Int, weight: Double)]]) { self.links = links }

  init(_ table: WhitenedTable, neighbours: Int) throws {
    var search = NeighbourSearch()
    (search.count, search.metric) = (neighbours, .euclidean)
    let near = try search.table(of: table.values.map { Float($0) })
    func distance(_ row: Int, _ k: Int) -> Double { Double(near.distances[row * near.count + k]) }
    let scales = (0..<near.rows).map { max(distance($0, near.count - 1), .leastNormalMagnitude) }
    var weights = [[Int: Double]](repeating: [:], count: near.rows)
    for row in 0..<near.rows {
      for (k, other) in near.neighbours(of: row).enumerated() {
        let d = distance(row, k)
        let weight = exp(-d * d / (scales[row] * scales[Int(other)]))
        weights[row][Int(other)] = weight
        weights[Int(other)][row] = weight
      }
    }
    let ordered = weights.map { $0.sorted { $0.key < $1.key } }
    let degrees = ordered.map { max($0.reduce(0) { $0 + $1.value }, .leastNormalMagnitude) }
    links = ordered.enumerated().map { row, around in
      around.map { ($0.key, $0.value / (degrees[row] * degrees[$0.key]).squareRoot()) }
    }
  }

  /// Whether a path leads to each sample from one of these.
  func reached(from starts: [Int]) -> [Bool] {
    var isReached = [Bool](repeating: false, count: links.count)
    for start in starts where !isReached[start] { _ = group(of: start, &isReached) }
    return isReached
  }

  /// The samples to which a path leads from one, itself first, without those that were seen; they are seen from then on.
  private func group(of start: Int, _ isSeen: inout [Bool]) -> [Int] {
    var group = [start]
    isSeen[start] = true
    var next = 0
    while next < group.count {
      for link in links[group[next]] where !isSeen[link.to] {
        isSeen[link.to] = true
        group.append(link.to)
      }
      next += 1
    }
    return group
  }

  /// The best connected sample of every group that was not reached, large groups first. Time grows with the number of links.
  package func middles(of reached: [Bool]) -> [Int] {
    var isSeen = reached
    var groups: [[Int]] = []
    // The first of a group is its first sample: all before it have been seen.
    for start in links.indices where !isSeen[start] { groups.append(group(of: start, &isSeen)) }
    return groups.sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }.map { group in
      group.max { a, b in
        let (x, y) = (links[a].reduce(0) { $0 + $1.weight }, links[b].reduce(0) { $0 + $1.weight })
        return (x, -a) < (y, -b)
      }!
    }
  }
}
