import Foundation
import TesseraLearning
import TesseraNumerics
import TestSupport
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

/// The search in lists, which large tables get; here the limit of the exact search is 0.
struct `Nearest neighbours of large tables` {
  private func tables(_ features: Matrix<Float>, _ metric: NeighbourMetric, count: Int = 15) throws -> (
    lists: NeighbourTable, exact: NeighbourTable
  ) {
    var search = NeighbourSearch()
    (search.count, search.metric) = (count, metric)
    let exact = try search.table(of: features)
    search.exactLimit = 0
    return (try search.table(of: features), exact)
  }

  /// The share aimed at is .98 of a sample of 1,024 rows, which is a third of these; 0.02 are four standard errors.
  @Test(.slow, arguments: NeighbourMetric.allCases, [1, 4, 16])
  func `are nearly all found`(metric: NeighbourMetric, classes: Int) throws {
    let features = Blobs(3000, classes: classes, dimensions: 20, deviation: 0.3).features
    let (lists, exact) = try tables(features, metric)
    #expect(lists.recall(of: exact) > 0.96)
    for row in 0..<lists.rows {
      let found = lists.neighbours(of: row)
      #expect(!found.contains(Int32(row)) && Set(found).count == 15)
      let distances = lists.distances[row * 15..<(row + 1) * 15]
      #expect(zip(distances, distances.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test func `have the distances of the exact search`() throws {
    let (lists, exact) = try tables(Blobs(2000, classes: 8, dimensions: 20, deviation: 0.2).features, .euclidean)
    #expect(lists != exact)  // The lists were used.
    for row in 0..<lists.rows {
      let known = Dictionary(
        uniqueKeysWithValues: zip(exact.neighbours(of: row), exact.distances[row * 15..<(row + 1) * 15]))
      for (place, neighbour) in lists.neighbours(of: row).enumerated() {
        // Centred rows differ by a rounding; the sum runs over the same differences in the same order.
        if let distance = known[neighbour] { #expect(abs(lists.distances[row * 15 + place] - distance) < 1e-5) }
      }
    }
  }

  /// Groups of 30 equal samples: all 15 neighbours are at the distance 0.
  @Test(arguments: NeighbourMetric.allCases) func `include equal samples`(metric: NeighbourMetric) throws {
    let few = Blobs(60, classes: 60, dimensions: 12, deviation: 1).features
    let (lists, _) = try tables(few.selecting(rows: (0..<1800).map { $0 % 60 }), metric)
    #expect(lists.distances.allSatisfy { $0 == 0 })
    for row in 0..<lists.rows {
      #expect(lists.neighbours(of: row).allSatisfy { Int($0) % 60 == row % 60 && Int($0) != row })
    }
  }

  /// Pairs of equal samples far from all others: the lists of a pair alone hold too few neighbours.
  @Test func `come from further lists where the nearest hold too few`() throws {
    let pairs = Blobs(120, classes: 120, dimensions: 30, deviation: 0.1).features
    let (lists, exact) = try tables(pairs.selecting(rows: (0..<240).map { $0 / 2 }), .euclidean, count: 40)
    #expect(lists.count == 40)
    #expect(lists.recall(of: exact) > 0.9)
    for row in 0..<240 { #expect(Set(lists.neighbours(of: row)).count == 40) }
  }

  @Test(arguments: [2, 3, 16, 17, 40]) func `of few samples are found too`(count: Int) throws {
    let (lists, exact) = try tables(Blobs(count, classes: 2, dimensions: 5, deviation: 1).features, .correlation)
    #expect(lists == exact)  // So few are all compared.
  }

  @Test func `are the same on any number of threads`() throws {
    var search = NeighbourSearch()
    search.exactLimit = 0
    let features = Blobs(4000, classes: 8, dimensions: 16, deviation: 0.3).features
    let tables = try [1, 2, 5].map { threads in
      try Workers.$limit.withValue(threads) { try search.table(of: features) }
    }
    #expect(tables[0] == tables[1] && tables[0] == tables[2])
  }

  @Test func `are all found where all are asked for`() throws {
    var search = NeighbourSearch()
    let features = Blobs(1000, classes: 5, dimensions: 10, deviation: 0.3).features
    let exact = try search.table(of: features)
    (search.exactLimit, search.recall) = (0, 1)
    #expect(try search.table(of: features).recall(of: exact) > 0.999)
    search.recall = 0
    #expect(throws: ParameterError.self) { try search.table(of: features) }
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
