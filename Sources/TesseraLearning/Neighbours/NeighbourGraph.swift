import Foundation
import TesseraNumerics

/// An undirected graph with a weight on each edge; stored by rows, each edge in both of its rows.
///
///     Q(i, j) = exp(-(d(i, j) - rᵢ) / σᵢ)    for the k nearest neighbours j of i, else 0,
///
/// with rᵢ the distance of the nearest one and σᵢ such that row i of Q sums to log₂ k. Source: M22, supplement
/// (eqs. of the neighbour graph); McInnes et al., UMAP (arXiv 1802.03426), §3.1.
public struct NeighbourGraph: Sendable, Equatable {
  /// Neighbours a sample that the graph was made from.
  public let neighbourCount: Int
  /// The edges of vertex i are `starts[i] ..< starts[i + 1]`.
  public let starts: [Int]
  /// The vertex at the other end, rising within a row.
  public let ends: [Int32]
  /// The weight of each edge, above 0.
  public let weights: [Float]

  /// The number of vertices.
  public var count: Int { starts.count - 1 }

  /// Edges of a vertex.
  public func edges(of vertex: Int) -> Range<Int> { starts[vertex]..<starts[vertex + 1] }

  init(neighbourCount: Int, starts: [Int], ends: [Int32], weights: [Float]) {
    (self.neighbourCount, self.starts, self.ends, self.weights) = (neighbourCount, starts, ends, weights)
  }

  /// O(n k) apart from a sort of each row.
  public init(_ table: NeighbourTable, combining rule: WeightUnion = .union) {
    let (n, k) = (table.rows, table.count)
    neighbourCount = k
    let rows = concurrentMap(chunksOf: 1024, of: n) { range in
      range.flatMap { row in directedWeights(table.distances[row * k..<(row + 1) * k]) }
    }
    let outgoing = rows.flatMap { $0 }
    let incoming = Transposed(table)
    let merged = concurrentMap(chunksOf: 1024, of: n) { range in
      var part = Rows()
      for row in range { part.append(row, table: table, weights: outgoing, incoming: incoming, rule: rule) }
      return part
    }
    var starts = [0]
    starts.reserveCapacity(n + 1)
    for part in merged { for size in part.sizes { starts.append(starts.last! + size) } }
    self.starts = starts
    ends = merged.flatMap(\.ends)
    weights = merged.flatMap(\.weights)
  }
}

/// The reverse of a neighbour table: which rows name each row, and in which of their places.
private struct Transposed {
  let starts: [Int]
  let places: [Int]  // Index into the table; rising, so the rows that name a row rise too.

  init(_ table: NeighbourTable) {
    var counts = [Int](repeating: 0, count: table.rows + 1)
    for end in table.indices { counts[Int(end) + 1] += 1 }
    for row in 0..<table.rows { counts[row + 1] += counts[row] }
    starts = counts
    var places = [Int](repeating: 0, count: table.indices.count)
    for (place, end) in table.indices.enumerated() {
      places[counts[Int(end)]] = place
      counts[Int(end)] += 1
    }
    self.places = places
  }
}

/// Rows of the graph under construction.
private struct Rows {
  var sizes: [Int] = []
  var ends: [Int32] = []
  var weights: [Float] = []

  /// Merges the neighbours that `row` names with the rows that name it.
  mutating func append(
    _ row: Int, table: NeighbourTable, weights directed: [Float], incoming: Transposed, rule: WeightUnion
  ) {
    let k = table.count
    let own = (row * k..<(row + 1) * k).sorted { table.indices[$0] < table.indices[$1] }
    let others = incoming.places[incoming.starts[row]..<incoming.starts[row + 1]]
    let before = ends.count
    var (a, b) = (own.startIndex, others.startIndex)
    while a < own.endIndex || b < others.endIndex {
      let named = a < own.endIndex ? Int(table.indices[own[a]]) : Int.max
      let naming = b < others.endIndex ? others[b] / k : Int.max
      let there = named <= naming ? directed[own[a]] : 0
      let back = naming <= named ? directed[others[b]] : 0
      let weight = rule == .sum ? there + back : there + back - there * back
      if weight > 0 {  // exp may underflow for the farthest neighbours.
        ends.append(Int32(min(named, naming)))
        weights.append(weight)
      }
      if named <= naming { a += 1 }
      if naming <= named { b += 1 }
    }
    sizes.append(ends.count - before)
  }
}

/// Row of Q for the rising distances of one sample to its neighbours.
private func directedWeights(_ distances: ArraySlice<Float>) -> [Float] {
  let nearest = distances.first ?? 0
  let excess = distances.map { Double($0 - nearest) }
  let scale = neighbourhoodScale(excess: excess)
  return excess.map { Float(exp(-$0 / scale)) }
}

/// The σ for which Σ exp(-excess / σ) = log₂ k, k being the number of distances.
///
/// In u = 1 / σ the sum is convex and falls, so Newton's iteration from u = 0 rises to the root without overshooting
/// and needs about 8 steps where bisection needs 50. Where so many neighbours tie for the nearest that no σ fits, and
/// for fewer than three, σ has the floor that UMAP uses: a thousandth of the mean.
/// - Parameter excess: distances less that of the nearest one, 0 or more.
package func neighbourhoodScale(excess: [Double]) -> Double {
  let mean = excess.reduce(0, +) / Double(max(1, excess.count))
  guard mean > 0 else { return 1 }
  let limit = 1e3 / mean
  let target = log2(Double(excess.count))
  // Neighbours that tie for the nearest count 1 each whatever σ is.
  guard Double(excess.count { $0 <= 0 }) < target - 1e-9 else { return 1 / limit }
  var u = 0.0
  for _ in 0..<60 {
    var (sum, slope) = (0.0, 0.0)
    for e in excess {
      let value = exp(-e * u)
      sum += value
      slope += e * value
    }
    let step = (sum - target) / slope
    // Beyond the limit only near ties remain in the sum; a slope that has underflown to zero means the same.
    guard step.isFinite, u + step < limit else { return 1 / limit }
    u += step
    if step <= 1e-9 * u { break }
  }
  return u > 0 ? 1 / u : 1 / limit
}
