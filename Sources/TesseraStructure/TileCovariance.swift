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

/// Small dense symmetric positive definite systems, by Cholesky's factors.
enum SmallSystem {
  /// The lower factor in place (the upper triangle is not read); false if the matrix is not positive definite.
  static func factor(lower matrix: inout [Double], count n: Int) -> Bool {
    matrix.withUnsafeMutableBufferPointer { l in
      for i in 0..<n {
        for j in 0...i {
          var sum = l[i * n + j]
          for k in 0..<j { sum -= l[i * n + k] * l[j * n + k] }
          if i == j {
            guard sum > 1e-13 else { return false }
            l[i * n + i] = sum.squareRoot()
          } else {
            l[i * n + j] = sum / l[j * n + j]
          }
        }
      }
      return true
    }
  }

  /// The Schur complement of the last `block` unknowns once those before are eliminated; zero where these are singular.
  /// - Parameter matrix: its upper triangle is read; overwritten.
  static func complementOfLastBlock(upper matrix: inout [Double], count n: Int, block: Int) -> [Double] {
    let first = n - block
    let isRegular = matrix.withUnsafeMutableBufferPointer { a in
      for k in 0..<first {
        let pivot = a[k * n + k]
        guard pivot > 1e-13 else { return false }
        let row = a.baseAddress! + k * n
        // Row by row, so that sums run side by side; columns that do not overlap leave zeros.
        for i in k + 1..<n where row[i] != 0 {
          let factor = row[i] / pivot
          let target = a.baseAddress! + i * n
          for j in i..<n { target[j] -= factor * row[j] }
        }
      }
      return true
    }
    var result = [Double](repeating: 0, count: block * block)
    guard isRegular else { return result }
    for i in 0..<block {
      for j in i..<block {
        let value = matrix[(first + i) * n + first + j]
        (result[i * block + j], result[j * block + i]) = (value, value)
      }
    }
    return result
  }

  /// The last `block` x `block` part of the inverse; infinite where the matrix is singular.
  static func inverseOfLastBlock(lower matrix: inout [Double], count n: Int, block: Int) -> [Double] {
    var result = [Double](repeating: 0, count: block * block)
    guard factor(lower: &matrix, count: n) else {
      for a in 0..<block { result[a * block + a] = .infinity }
      return result
    }
    let first = n - block
    // The inverse of the last block's factor, a column at a time.
    var inverse = [Double](repeating: 0, count: block * block)
    for c in 0..<block {
      for i in c..<block {
        var sum = i == c ? 1.0 : 0
        for j in c..<max(i, c) { sum -= matrix[(first + i) * n + first + j] * inverse[j * block + c] }
        inverse[i * block + c] = sum / matrix[(first + i) * n + first + i]
      }
    }
    for a in 0..<block {
      for b in 0..<block {
        for i in max(a, b)..<block { result[a * block + b] += inverse[i * block + a] * inverse[i * block + b] }
      }
    }
    return result
  }

  /// The inverse; nil if the matrix is not positive definite.
  static func inverse(_ matrix: [Double], count n: Int) -> [Double]? {
    guard n > 0 else { return [] }
    // Unknowns of very different size: the diagonal is scaled to one.
    let scales = (0..<n).map { matrix[$0 * n + $0] > 0 ? 1 / matrix[$0 * n + $0].squareRoot() : 0 }
    guard !scales.contains(0) else { return nil }
    var scaled = matrix
    for i in 0..<n { for j in 0..<n { scaled[i * n + j] *= scales[i] * scales[j] } }
    var result = inverseOfLastBlock(lower: &scaled, count: n, block: n)
    guard result.allSatisfy(\.isFinite) else { return nil }
    for i in 0..<n { for j in 0..<n { result[i * n + j] *= scales[i] * scales[j] } }
    return result
  }
}
