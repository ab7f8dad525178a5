import TesseraNumerics

/// Which columns stand side by side.
///
/// Neighbours share a side of the Delaunay triangulation that is no longer than 1.5 times the median side, so that nobody has
/// neighbours across a hole. Each pair appears twice, once from either end.
struct ColumnGraph: Sendable {
  /// Edges of column i are `starts[i]` ..< `starts[i + 1]`.
  private(set) var starts: [Int]
  /// The column at the other end of each edge, rising for each column.
  private(set) var targets: [Int]
  /// The same edge seen from the other end.
  private(set) var reverse: [Int]

  var count: Int { starts.count - 1 }

  init(_ places: [Point]) {
    var pairs: [(Int, Int)] = []
    for corners in DelaunayTriangulation(places).triangles {
      for (a, b) in [(corners.x, corners.y), (corners.y, corners.z), (corners.z, corners.x)] {
        pairs.append((Int(min(a, b)), Int(max(a, b))))
      }
    }
    pairs.sort { $0 < $1 }
    var last = (-1, -1)
    pairs.removeAll { pair in
      defer { last = pair }
      return pair == last
    }
    let lengths = pairs.map { (places[$0.0] - places[$0.1]).length }
    let limit = lengths.isEmpty ? 0 : 1.5 * Statistics.median(lengths)
    self.init(count: places.count, pairs: zip(pairs, lengths).filter { $0.1 <= limit }.map(\.0))
  }

  /// - Parameter pairs: each once.
  init(count: Int, pairs: [(Int, Int)]) {
    var degrees = [Int](repeating: 0, count: count)
    for (a, b) in pairs {
      degrees[a] += 1
      degrees[b] += 1
    }
    starts = degrees.reduce(into: [0]) { $0.append($0.last! + $1) }
    targets = [Int](repeating: 0, count: 2 * pairs.count)
    reverse = targets
    var next = starts
    for (a, b) in (pairs + pairs.map { ($0.1, $0.0) }).sorted(by: { $0 < $1 }) {
      targets[next[a]] = b
      next[a] += 1
    }
    for a in 0..<count {
      for edge in starts[a]..<starts[a + 1] {
        let b = targets[edge]
        reverse[edge] = (starts[b]..<starts[b + 1]).first { targets[$0] == a }!
      }
    }
  }

  /// The graph of some columns, numbered in the order given, with the edges among them.
  func part(_ columns: [Int]) -> ColumnGraph {
    var number = [Int](repeating: -1, count: count)
    for (new, old) in columns.enumerated() { number[old] = new }
    var pairs: [(Int, Int)] = []
    for (new, old) in columns.enumerated() {
      for edge in starts[old]..<starts[old + 1] where number[targets[edge]] > new {
        pairs.append((new, number[targets[edge]]))
      }
    }
    return ColumnGraph(count: columns.count, pairs: pairs)
  }

  /// At most about `limit` columns in patches of a hundred, spread over the field of view.
  static func patches(_ places: [Point], limit: Int) -> [Int] {
    guard places.count > limit else { return Array(places.indices) }
    var (low, high) = (places[0], places[0])
    for place in places { (low, high) = (pointwiseMin(low, place), pointwiseMax(high, place)) }
    let extent = high - low
    let side = max(extent.x * extent.y * 100 / Double(places.count), 1e-300).squareRoot()
    let period = (places.count + limit - 1) / limit
    // A row of patches begins about .38 periods after the one above it, so that those taken lie evenly in the plane.
    let shift = max(1, Int((0.382 * Double(period)).rounded()))
    return places.indices.filter { k in
      let cell = (places[k] - low) / side
      return (Int(saturating: cell.x) + shift * Int(saturating: cell.y)).isMultiple(of: period)
    }
  }
}
