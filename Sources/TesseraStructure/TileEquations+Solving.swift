import TesseraNumerics

/// What a tile's unknowns should do, all at once.
struct TileSolution: Sendable {
  /// Of the columns, whitened: count x size.
  var columns: [Double]
  /// Of the unknowns that all columns share.
  var shared: [Double]
  /// The information about the last shared unknown once all others have been eliminated.
  var lastInformation = 0.0
  /// How the columns (whitened) and the other shared unknowns change with the last one, where that is given.
  var columnsByLast: [Double] = []
  var sharedByLast: [Double] = []
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
    var solution = TileSolution(columns: columns, shared: result)
    if shared > 0 { dependOnLast(&solution, matrix: matrix, responses: responses) }
    return solution
  }

  /// With the last shared unknown given, the others follow from the first rows of their equations.
  private func dependOnLast(_ solution: inout TileSolution, matrix: [Double], responses: [[Double]]) {
    let last = shared - 1
    let others = (0..<last).flatMap { t in (0..<last).map { u in matrix[t * shared + u] } }
    let inverse = SmallSystem.inverse(others, count: last) ?? [Double](repeating: 0, count: last * last)
    solution.sharedByLast = (0..<last).map { t in
      -(0..<last).reduce(0.0) { $0 + inverse[t * last + $1] * matrix[$1 * shared + last] }
    }
    solution.lastInformation =
      matrix[last * shared + last]
      + (0..<last).reduce(0.0) { $0 + matrix[last * shared + $1] * solution.sharedByLast[$1] }
    solution.columnsByLast = responses[last].map { -$0 }
    for t in 0..<last {
      for i in solution.columnsByLast.indices {
        solution.columnsByLast[i] -= solution.sharedByLast[t] * responses[t][i]
      }
    }
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
  func plain(_ x: [Double], column k: Int) -> SIMD8<Double> {
    var y = SIMD8<Double>.zero
    for i in 0..<size { y[i] = x[k * size + i] }
    return plain(y, factorOf: k)
  }

  /// L⁻ᵀ times a row of a matrix of size x size.
  func plain(_ matrix: [Double], row: Int, factorOf k: Int) -> SIMD8<Double> {
    var x = SIMD8<Double>.zero
    for i in 0..<size { x[i] = matrix[row * size + i] }
    return plain(x, factorOf: k)
  }

  /// L⁻ᵀ x with the factor of column `k`.
  func plain(_ x: SIMD8<Double>, factorOf k: Int) -> SIMD8<Double> {
    var y = x
    let base = k * size * size
    for i in (0..<size).reversed() {
      for j in i + 1..<max(size, i + 1) { y[i] -= factors[base + j * size + i] * y[j] }
      y[i] /= factors[base + i * size + i]
    }
    return y
  }
}
