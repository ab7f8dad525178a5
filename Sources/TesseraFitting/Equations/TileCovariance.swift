import Foundation
import TesseraNumerics

/// The inverse of a tile's Fisher information, one column at a time.
///
/// The neighbours that a column overlaps are marginalised exactly, those of the neighbours are held: the columns beyond
/// them change a variance by the fourth power of the coupling. What all columns share adds its part,
///
///     cov(k) = S⁻¹ + Y C Yᵀ,    Y = H⁻¹ H(columns, shared) for column k,    C = covariance of the shared unknowns,
///
/// with S the Schur complement of the column among its neighbours.
struct TileCovariance {
  private let equations: TileEquations
  /// For each column its pairs: the other column, the pair, and whether the column is the pair's first.
  private var adjacent: [[(other: Int, pair: Int, isFirst: Bool)]]
  /// H⁻¹ H(columns, shared), whitened.
  private let responses: [[Float]]
  /// Covariance of the shared unknowns, row-major.
  let sharedCovariance: [Double]

  /// - Parameter information: what is known of each shared unknown from elsewhere, added to its diagonal.
  init(_ equations: TileEquations, information: [Double]) {
    self.equations = equations
    adjacent = .init(repeating: [], count: equations.count)
    for (index, pair) in equations.pairs.enumerated() {
      adjacent[pair.first].append((pair.second, index, true))
      adjacent[pair.second].append((pair.first, index, false))
    }
    let responses = equations.responses(damping: 0)
    var matrix = equations.schur(of: responses)
    let n = equations.shared
    for t in 0..<n { matrix[t * n + t] += information[t] }
    self.responses = responses
    sharedCovariance = SmallSystem.inverse(matrix, count: n) ?? [Double](repeating: 0, count: n * n)
  }

  /// The covariance of column `k`'s own unknowns (row-major), and their covariance with the shared ones
  /// (size x shared).
  func covariance(of k: Int) -> (own: [Double], shared: [Double]) {
    let (size, shared) = (equations.size, equations.shared)
    // Neighbours first, the column last: what is left of its block once they are eliminated is its Schur complement.
    let group = adjacent[k].map(\.other) + [k]
    let n = group.count * size
    var matrix = [Double](repeating: 0, count: n * n)
    for i in 0..<n { matrix[i * n + i] = 1 }
    for (i, column) in group.enumerated() {
      for link in adjacent[column] {
        guard let j = group.firstIndex(of: link.other), i < j else { continue }
        let (block, lanes) = (link.pair * size * equations.lanes, equations.lanes)
        for a in 0..<size {
          for b in 0..<size {
            matrix[(i * size + a) * n + j * size + b] = Double(
              equations.blocks[block + (link.isFirst ? a * lanes + b : b * lanes + a)])
          }
        }
      }
    }
    var complement = SmallSystem.complementOfLastBlock(upper: &matrix, count: n, block: size)
    var own = SmallSystem.inverseOfLastBlock(lower: &complement, count: size, block: size)
    // Back to plain unknowns: L⁻ᵀ (.) L⁻¹, row by row and column by column.
    for _ in 0..<2 {
      var turned = own
      for a in 0..<size {
        let row = equations.plain(own, row: a, factorOf: k)
        for b in 0..<size { turned[b * size + a] = row[b] }
      }
      own = turned
    }
    let y = responses.map { equations.plain($0, column: k) }
    var cross = [Double](repeating: 0, count: size * shared)
    for a in 0..<size {
      for t in 0..<shared {
        for u in 0..<shared { cross[a * shared + t] -= y[u][a] * sharedCovariance[u * shared + t] }
      }
      for b in 0..<size {
        for t in 0..<shared { own[a * size + b] -= cross[a * shared + t] * y[t][b] }
      }
    }
    return (own, cross)
  }
}
