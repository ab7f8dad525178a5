import Foundation
import TesseraLearning
import TesseraNumerics
import Testing

/// Distances of all pairs in double precision, sorted: the slow obvious version.
private func obviousTable(_ features: Matrix<Float>, _ metric: NeighbourMetric, count: Int) -> NeighbourTable {
  let rows = (0..<features.rows).map { row -> [Double] in
    let values = features.row(row).map { Double($0) }
    guard metric == .correlation else { return values }
    let mean = values.reduce(0, +) / Double(values.count)
    let length = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
    return values.map { length > 0 ? ($0 - mean) / length : 0 }
  }
  var (indices, distances): ([Int32], [Float]) = ([], [])
  for a in rows.indices {
    let all = rows.indices.filter { $0 != a }.map { b -> (Double, Int) in
      switch metric {
      case .euclidean: (zip(rows[a], rows[b]).reduce(0) { $0 + pow($1.0 - $1.1, 2) }.squareRoot(), b)
      case .correlation: (1 - zip(rows[a], rows[b]).reduce(0) { $0 + $1.0 * $1.1 }, b)
      }
    }
    for pair in all.sorted(by: <).prefix(count) {
      indices.append(Int32(pair.1))
      distances.append(Float(pair.0))
    }
  }
  return NeighbourTable(count: count, indices: indices, distances: distances)
}

struct `Nearest neighbours` {
  @Test(arguments: NeighbourMetric.allCases)
  func `are those of the slow obvious search`(metric: NeighbourMetric) throws {
    let blobs = Blobs(1300, classes: 5, dimensions: 19, deviation: 0.4)
    var search = NeighbourSearch()
    search.metric = metric
    let table = try search.table(of: blobs.features)
    let truth = obviousTable(blobs.features, metric, count: 15)
    #expect(table.recall(of: truth) > 0.9999)  // Only distances equal in single precision may change places.
    for (a, b) in zip(table.distances, truth.distances) { #expect(abs(a - b) <= 2e-6 * max(1, b)) }
  }

  @Test func `of fewer samples than asked for are all the others`() throws {
    let table = try NeighbourSearch().table(of: Blobs(4, classes: 2, dimensions: 5, deviation: 1).features)
    #expect(table.count == 3)
    for row in 0..<4 { #expect(Set(table.neighbours(of: row) + [Int32(row)]) == [0, 1, 2, 3]) }
  }

  @Test func `include equal samples and leave out the sample itself`() throws {
    let table = try NeighbourSearch().table(
      of: Matrix(rows: 40, columns: 3, values: (0..<40).flatMap { _ in [1, 2, 4] }))
    for row in 0..<40 { #expect(!table.neighbours(of: row).contains(Int32(row))) }
    #expect(table.distances.allSatisfy { $0 == 0 })
  }

  @Test func `refuse what is not a number`() {
    #expect(throws: DataError.self) { try NeighbourSearch().table(of: Matrix(rows: 2, columns: 1, values: [.nan, 1])) }
    #expect(throws: DataError.self) { try NeighbourSearch().table(of: Matrix(rows: 1, columns: 1, values: [1])) }
  }
}

struct `The neighbour graph` {
  private let table = try! NeighbourSearch().table(of: Blobs(400, classes: 3, dimensions: 8, deviation: 0.5).features)

  @Test func `has rows of log₂ k before they are joined`() {
    for row in 0..<table.rows {
      let distances = table.distances[row * 15..<(row + 1) * 15].map { Double($0) }
      let excess = distances.map { $0 - distances[0] }
      let sigma = neighbourhoodScale(excess: excess)
      #expect(abs(excess.reduce(0) { $0 + exp(-$1 / sigma) } - log2(15)) < 1e-8)
    }
  }

  @Test(arguments: WeightUnion.allCases) func `is symmetric, sorted and within its bound`(rule: WeightUnion) {
    let graph = NeighbourGraph(table, combining: rule)
    var weights: [[Int32]: Float] = [:]
    for i in 0..<graph.count {
      for edge in graph.edges(of: i) { weights[[Int32(i), graph.ends[edge]]] = graph.weights[edge] }
      let ends = graph.edges(of: i).map { graph.ends[$0] }
      #expect(zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 } && !ends.contains(Int32(i)))
    }
    for (pair, weight) in weights {
      #expect(weights[[pair[1], pair[0]]] == weight)
      #expect(weight > 0 && weight <= (rule == .sum ? 2 : 1))
    }
  }

  /// Three points on a line with two neighbours each: every σ is at its floor, so the nearest weighs 1, the other 0.
  @Test func `joins the directed weights as its rule says`() throws {
    var search = NeighbourSearch()
    search.count = 2
    search.metric = .euclidean
    let line = try search.table(of: Matrix(rows: 3, columns: 1, values: [0, 1, 3]))
    #expect(NeighbourGraph(line, combining: .union).weights == [1, 1, 1, 1])
    #expect(NeighbourGraph(line, combining: .sum).weights == [2, 2, 1, 1])
  }

  @Test func `has a finite scale where neighbours tie`() {
    #expect(neighbourhoodScale(excess: [0, 0, 0, 0]) == 1)
    #expect(neighbourhoodScale(excess: [0, 0, 0, 8]) == 0.002)  // Three ties exceed log₂ 4: the floor.
    #expect(neighbourhoodScale(excess: [0, 1]) == 0.0005)
  }
}
