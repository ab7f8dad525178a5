import TesseraNumerics

/// Products of queries with rows that follow each other, as many as 128 queries and 1024 rows give; the room is used again and again.
struct ProductTile {
  private var products = [Float](repeating: 0, count: queryBlock * candidateBlock)
  private var block = 0..<0

  /// - Parameters:
  ///   - queries: rows of as many numbers as the table has columns.
  ///   - block: rows of the table.
  mutating func compute(_ queries: [Float], _ rows: MetricRows, _ block: Range<Int>) {
    self.block = block
    var output = products.mutableSpan
    rowProducts(
      queries.span, rows.values.span.extracting(block.lowerBound * rows.width..<block.upperBound * rows.width),
      inner: rows.width, into: &output)
  }

  /// Offers the rows of the block to one query.
  /// - Parameters:
  ///   - place: the query's place among those that were multiplied.
  ///   - itself: the row that the query is.
  ///   - target: the query's place among the candidates.
  func offer(_ place: Int, itself: Int, of rows: MetricRows, to best: inout BestCandidates, as target: Int) {
    best.offer(
      to: target, itself: itself, from: block.lowerBound,
      products: products.span.extracting(place * block.count..<(place + 1) * block.count),
      halfSquares: rows.halfSquares.span.extracting(block))
  }
}
