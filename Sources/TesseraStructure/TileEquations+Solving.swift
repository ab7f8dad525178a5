import TesseraNumerics

/// What a tile's unknowns should do, all at once.
struct TileSolution: Sendable {
  /// Of the columns, whitened: count x size.
  var columns: [Double]
  /// Of the unknowns that all columns share.
  var shared: [Double]
  /// The shared unknowns' information once the columns have been eliminated, row-major.
  var information: [Double]
}

extension TileEquations {
  /// The step of all unknowns.
  /// - Parameter damping: Levenberg's and Marquardt's factor: each unknown's own information is multiplied by one plus this,
  ///   which shortens above all the directions in which columns, widths and background can hardly be told apart.
  func solution(damping: Double) -> TileSolution {
    var columns = solved(score, damping: damping)
    let responses = couplings.map { solved($0, damping: damping) }
    let matrix = schur(of: responses, damping: damping)
    let rights = (0..<shared).map { sharedScore[$0] - dot(couplings[$0], columns) }
    var result = [Double](repeating: 0, count: shared)
    if let inverse = SmallSystem.inverse(matrix, count: shared) {
      for t in 0..<shared { for u in 0..<shared { result[t] += inverse[t * shared + u] * rights[u] } }
    }
    for t in 0..<shared { for i in columns.indices { columns[i] -= result[t] * responses[t][i] } }
    return TileSolution(columns: columns, shared: result, information: matrix)
  }

  /// Solves (1 + damping + off-diagonal blocks) x = b for the whitened columns by conjugate gradients.
  func solved(_ b: [Double], damping: Double = 0, tolerance: Double = 1e-4, limit: Int = 40) -> [Double] {
    if pairs.isEmpty { return damping == 0 ? b : b.map { $0 / (1 + damping) } }
    var (x, r) = ([Double](repeating: 0, count: b.count), b)
    var direction = b
    var product = [Double](repeating: 0, count: b.count)
    var norm = dot(r, r)
    let goal = tolerance * tolerance * norm
    for _ in 0..<limit where norm > goal {
      multiply(direction, diagonal: 1 + damping, into: &product)
      let curvature = dot(direction, product)
      guard curvature > 1e-9 * dot(direction, direction) else { break }
      let step = norm / curvature
      for i in x.indices {
        x[i] += step * direction[i]
        r[i] -= step * product[i]
      }
      let next = dot(r, r)
      let ratio = next / norm
      for i in x.indices { direction[i] = r[i] + ratio * direction[i] }
      norm = next
    }
    return x
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double {
    let (a, b) = (a.span, b.span)
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }

  private func multiply(_ x: [Double], diagonal: Double, into y: inout [Double]) {
    for i in x.indices { y[i] = diagonal * x[i] }
    let size = size
    // Pointers: this loop is run some ten times a step for each shared unknown.
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        blocks.withUnsafeBufferPointer { blocks in
          for (k, pair) in pairs.enumerated() {
            let block = blocks.baseAddress! + k * size * size
            let (i, j) = (pair.first * size, pair.second * size)
            for a in 0..<size {
              var sum = 0.0
              let left = x[i + a]
              for b in 0..<size {
                let value = block[a * size + b]
                sum += value * x[j + b]
                y[j + b] += value * left
              }
              y[i + a] += sum
            }
          }
        }
      }
    }
  }

  /// The shared unknowns' matrix once the columns have been eliminated.
  /// - Parameter responses: `solved` of each coupling.
  func schur(of responses: [[Double]], damping: Double = 0) -> [Double] {
    var matrix = sharedMatrix
    for t in 0..<shared {
      matrix[t * shared + t] *= 1 + damping
      for u in 0..<shared { matrix[t * shared + u] -= dot(couplings[t], responses[u]) }
    }
    return matrix
  }

  /// Back from whitened to plain unknowns: L⁻ᵀ x for column `k`, of all columns' unknowns.
  func plain(_ x: [Double], column k: Int) -> [Double] { plain(Array(x[k * size..<(k + 1) * size]), factorOf: k) }

  /// L⁻ᵀ x with the factor of column `k`.
  func plain(_ x: [Double], factorOf k: Int) -> [Double] {
    var y = x
    let base = k * size * size
    for i in (0..<size).reversed() {
      for j in i + 1..<max(size, i + 1) { y[i] -= factors[base + j * size + i] * y[j] }
      y[i] /= factors[base + i * size + i]
    }
    return y
  }
}
