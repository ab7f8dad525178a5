import TesseraNumerics

/// For each query, the candidates of largest score so far.
struct BestCandidates {
  private let count: Int
  /// `count` scores a query, falling.
  private var scores: [Float]
  private var indices: [Int32]

  init(queries: Int, count: Int) {
    self.count = count
    scores = [Float](repeating: -.infinity, count: queries * count)
    indices = [Int32](repeating: -1, count: queries * count)
  }

  /// Indices of the candidates kept for one query, best first.
  func candidates(of query: Int) -> ArraySlice<Int32> { indices[query * count..<(query + 1) * count] }

  /// Considers the rows `first`, `first + 1`, ... of scores `products - halfSquares`, leaving out the query itself.
  mutating func offer(
    to query: Int, itself: Int, from first: Int, products: Span<Float>, halfSquares: Span<Float>
  ) {
    guard count > 0 else { return }
    let worst = (query + 1) * count - 1
    var threshold = scores[worst]
    products.withUnsafeBufferPointer { products in
      halfSquares.withUnsafeBufferPointer { halves in
        var start = 0
        // Sixteen scores are compared with the worst one kept at once; few blocks hold a better one.
        while start + 16 <= products.count {
          let block =
            UnsafeRawPointer(products.baseAddress! + start).loadUnaligned(as: SIMD16<Float>.self)
            - UnsafeRawPointer(halves.baseAddress! + start).loadUnaligned(as: SIMD16<Float>.self)
          if any(block .> threshold) {
            for lane in 0..<16 where block[lane] > threshold && first + start + lane != itself {
              insert(block[lane], Int32(first + start + lane), last: worst)
              threshold = scores[worst]
            }
          }
          start += 16
        }
        while start < products.count {
          let score = products[start] - halves[start]
          if score > threshold && first + start != itself {
            insert(score, Int32(first + start), last: worst)
            threshold = scores[worst]
          }
          start += 1
        }
      }
    }
  }

  private mutating func insert(_ score: Float, _ index: Int32, last: Int) {
    let first = last - count + 1
    var place = last
    while place > first && scores[place - 1] < score {
      scores[place] = scores[place - 1]
      indices[place] = indices[place - 1]
      place -= 1
    }
    scores[place] = score
    indices[place] = index
  }
}
