/// Small dense symmetric positive definite systems, by Cholesky's factors.
package enum SmallSystem {
  /// The lower factor in place (the upper triangle is not read); false if the matrix is not positive definite.
  package static func factor(lower matrix: inout [Double], count n: Int) -> Bool {
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
  /// - Parameters:
  ///   - matrix: `n` x `n` numbers, row-major; its upper triangle is read; overwritten.
  ///   - n: number of unknowns.
  ///   - block: number of the last unknowns that are kept, at most `n`.
  package static func complementOfLastBlock(upper matrix: inout [Double], count n: Int, block: Int) -> [Double] {
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
  package static func inverseOfLastBlock(lower matrix: inout [Double], count n: Int, block: Int) -> [Double] {
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
  package static func inverse(_ matrix: [Double], count n: Int) -> [Double]? {
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
