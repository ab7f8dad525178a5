import TesseraNumerics

extension TileEquations {
  /// The step of all unknowns.
  /// - Parameter damping: Levenberg's and Marquardt's factor: each unknown's own information is multiplied by one plus this,
  ///   which shortens above all the directions in which columns, widths and background can hardly be told apart.
  func solution(damping: Double) -> TileSolution {
    // A step need not be as exact as what all later ones build on.
    var columns = solved(score, damping: damping, tolerance: 1e-2)
    let responses = responses(damping: damping)
    let matrix = schur(of: responses, damping: damping)
    let rights = (0..<shared).map { sharedScore[$0] - dot(couplings[$0], columns) }
    var result = [Double](repeating: 0, count: shared)
    if let inverse = SmallSystem.inverse(matrix, count: shared) {
      for t in 0..<shared { for u in 0..<shared { result[t] += inverse[t * shared + u] * rights[u] } }
    }
    for t in 0..<shared {
      let step = Float(result[t])
      for i in columns.indices { columns[i] -= step * responses[t][i] }
    }
    var solution = TileSolution(columns: columns, shared: result)
    if shared > 0 { dependOnLast(&solution, matrix: matrix, responses: responses) }
    return solution
  }

  /// Solves for the undamped responses, if that has not been done, for all later steps.
  mutating func keepResponses() { responses = responses(damping: 0) }

  /// How the columns answer to each shared unknown: the couplings, solved for.
  func responses(damping: Double) -> [[Float]] {
    if damping == 0, let responses { return responses }
    return couplings.map { solved($0, damping: damping) }
  }

  /// With the last shared unknown given, the others follow from the first rows of their equations.
  private func dependOnLast(_ solution: inout TileSolution, matrix: [Double], responses: [[Float]]) {
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
      let share = Float(solution.sharedByLast[t])
      for i in solution.columnsByLast.indices { solution.columnsByLast[i] -= share * responses[t][i] }
    }
  }

  /// Solves (1 + damping + off-diagonal blocks) x = b for the whitened columns by conjugate gradients.
  func solved(_ b: [Float], damping: Double = 0, tolerance: Double = 1e-3, limit: Int = 40) -> [Float] {
    if pairs.isEmpty { return damping == 0 ? b : b.map { $0 / Float(1 + damping) } }
    var (x, r) = ([Float](repeating: 0, count: b.count), b)
    var direction = b
    var product = [Float](repeating: 0, count: b.count)
    var norm = dot(r, r)
    let goal = tolerance * tolerance * norm
    for _ in 0..<limit where norm > goal {
      if lanes == 8 {
        multiply(SIMD8<Float>.self, direction, diagonal: Float(1 + damping), into: &product)
      } else {
        multiply(SIMD4<Float>.self, direction, diagonal: Float(1 + damping), into: &product)
      }
      let curvature = dot(direction, product)
      guard curvature > 1e-9 * dot(direction, direction) else { break }
      let step = Float(norm / curvature)
      for i in x.indices {
        x[i] += step * direction[i]
        r[i] -= step * product[i]
      }
      let next = dot(r, r)
      let ratio = Float(next / norm)
      for i in x.indices { direction[i] = r[i] + ratio * direction[i] }
      norm = next
    }
    return x
  }

  /// The sum of products of two vectors, four sums side by side.
  private func dot(_ a: [Float], _ b: [Float]) -> Double {
    var sums = SIMD4<Double>.zero
    a.withUnsafeBytes { a in
      b.withUnsafeBytes { b in
        for offset in stride(from: 0, to: a.count, by: 16) {
          sums +=
            SIMD4<Double>(a.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self))
            * SIMD4<Double>(b.loadUnaligned(fromByteOffset: offset, as: SIMD4<Float>.self))
        }
      }
    }
    return (sums[0] + sums[2]) + (sums[1] + sums[3])
  }

  /// - Parameter vector: what holds one column's unknowns.
  @inline(__always)
  private func multiply<Vector: SIMD>(
    _ vector: Vector.Type, _ x: [Float], diagonal: Float, into y: inout [Float]
  ) where Vector.Scalar == Float {
    for i in x.indices { y[i] = diagonal * x[i] }
    let (size, lanes) = (size, lanes)
    // Pointers: this loop is run some ten times a step for each shared unknown.
    x.withUnsafeBytes { x in
      y.withUnsafeMutableBytes { y in
        blocks.withUnsafeBytes { blocks in
          var at = 0
          for pair in pairs {
            let (i, j) = (4 * lanes * pair.first, 4 * lanes * pair.second)
            let (one, two) = (
              x.loadUnaligned(fromByteOffset: i, as: Vector.self), x.loadUnaligned(fromByteOffset: j, as: Vector.self)
            )
            var second = y.loadUnaligned(fromByteOffset: j, as: Vector.self)
            for a in 0..<size {
              let row = blocks.loadUnaligned(fromByteOffset: at, as: Vector.self)
              let sum = (row * two).sum() + y.loadUnaligned(fromByteOffset: i + 4 * a, as: Float.self)
              y.storeBytes(of: sum, toByteOffset: i + 4 * a, as: Float.self)
              second += row * one[a]
              at += 4 * lanes
            }
            y.storeBytes(of: second, toByteOffset: j, as: Vector.self)
          }
        }
      }
    }
  }

  /// The shared unknowns' matrix once the columns have been eliminated.
  /// - Parameter responses: `solved` of each coupling.
  func schur(of responses: [[Float]], damping: Double = 0) -> [Double] {
    var matrix = sharedMatrix
    for t in 0..<shared {
      matrix[t * shared + t] *= 1 + damping
      for u in 0..<shared { matrix[t * shared + u] -= dot(couplings[t], responses[u]) }
    }
    return matrix
  }

  /// Back from whitened to plain unknowns: L⁻ᵀ x for column `k`, of all columns' unknowns.
  func plain(_ x: [Float], column k: Int) -> SIMD8<Double> {
    var y = SIMD8<Double>.zero
    for i in 0..<size { y[i] = Double(x[k * lanes + i]) }
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
      y[i] *= factors[base + i * size + i]
      for j in 0..<i { y[j] -= factors[base + i * size + j] * y[i] }
    }
    return y
  }
}
