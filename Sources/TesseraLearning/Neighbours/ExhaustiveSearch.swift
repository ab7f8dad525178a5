import TesseraNumerics

/// Rows whose products with all others one task computes, and columns of one product: 128 x 1024 floats stay in cache.
let (queryBlock, candidateBlock) = (128, 1024)
/// Candidates kept beyond those wanted; their exact distances put right what the rounded products put wrong.
let spare = 4

/// The nearest rows of the rows `queries`, by comparing each with all: O(q n d), most of it in matrix products; O(q)
/// memory. The table has one row per query.
///
/// Products are rounded to about 10⁻⁷ of the squared length; a few more candidates than wanted are therefore kept
/// and sorted by distances computed from differences. Ties go to the smaller index.
func exhaustiveNeighbours(of queries: [Int], in rows: MetricRows, count: Int) -> NeighbourTable {
  let parts = concurrentMap(chunksOf: queryBlock, of: queries.count) { chunk in
    let queries = queries[chunk]
    let values = rows.values(of: queries)
    var best = BestCandidates(queries: queries.count, count: min(count + spare, rows.count - 1))
    var products = ProductTile()
    for start in stride(from: 0, to: rows.count, by: candidateBlock) {
      let block = start..<min(rows.count, start + candidateBlock)
      products.compute(values, rows, block)
      for (place, query) in queries.enumerated() {
        products.offer(place, itself: query, of: rows, to: &best, as: place)
      }
    }
    return nearest(count, of: best, queries: queries, rows: rows)
  }
  return NeighbourTable(count: count, indices: parts.flatMap(\.indices), distances: parts.flatMap(\.distances))
}

/// The same for every row.
func exhaustiveNeighbours(of rows: MetricRows, count: Int) -> NeighbourTable {
  exhaustiveNeighbours(of: Array(0..<rows.count), in: rows, count: count)
}

/// The `count` best candidates of each query with their exact distances, nearest first.
func nearest(
  _ count: Int, of best: BestCandidates, queries: some Collection<Int>, rows: MetricRows
) -> (indices: [Int32], distances: [Float]) {
  var (indices, distances): ([Int32], [Float]) = ([], [])
  for (place, query) in queries.enumerated() {
    let sorted = best.candidates(of: place)
      .map { (distance: rows.distance(query, Int($0)), index: $0) }
      .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
    for pair in sorted.prefix(count) {
      indices.append(pair.index)
      distances.append(pair.distance)
    }
  }
  return (indices, distances)
}
