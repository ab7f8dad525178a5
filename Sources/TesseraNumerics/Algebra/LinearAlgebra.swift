import COpenBLAS

/// Rows of the left matrix that one BLAS call handles; fixed, so that results do not depend on the thread count.
private let productBlock = 512

extension Matrix where Scalar == Float {
  /// `self * other`, or `self * otherᵀ` when `transposingRight`. Blocks of rows run in parallel.
  public func times(_ other: Matrix, transposingRight: Bool = false) -> Matrix {
    let (inner, width) = transposingRight ? (other.columns, other.rows) : (other.rows, other.columns)
    precondition(columns == inner, "cannot multiply \(rows) x \(columns) with inner size \(inner)")
    let result = [Float](unsafeUninitializedCapacity: rows * width) { buffer, count in
      nonisolated(unsafe) let out = buffer  // Row blocks do not overlap.
      count = rows * width
      guard rows > 0, width > 0 else { return }
      concurrentFor((rows + productBlock - 1) / productBlock) { block in
        let first = block * productBlock
        let size = min(productBlock, rows - first)
        values.withUnsafeBufferPointer { a in
          other.values.withUnsafeBufferPointer { b in
            cblas_sgemm(
              CblasRowMajor, CblasNoTrans, transposingRight ? CblasTrans : CblasNoTrans, Int32(size), Int32(width),
              Int32(inner), 1, inner > 0 ? a.baseAddress! + first * inner : nil, Int32(max(1, inner)),
              b.baseAddress, Int32(max(1, other.columns)), 0, out.baseAddress! + first * width, Int32(width))
          }
        }
      }
    }
    return Matrix(rows: rows, columns: width, values: result)
  }
}

extension Matrix where Scalar == Double {
  /// `self * other`, or `self * otherᵀ` when `transposingRight`.
  public func times(_ other: Matrix, transposingRight: Bool = false) -> Matrix {
    let (inner, width) = transposingRight ? (other.columns, other.rows) : (other.rows, other.columns)
    precondition(columns == inner, "cannot multiply \(rows) x \(columns) with inner size \(inner)")
    var result = Matrix(rows: rows, columns: width, filling: 0)
    guard rows > 0, width > 0, inner > 0 else { return result }
    cblas_dgemm(
      CblasRowMajor, CblasNoTrans, transposingRight ? CblasTrans : CblasNoTrans, Int32(rows), Int32(width),
      Int32(inner), 1, values, Int32(columns), other.values, Int32(other.columns), 0, &result.values,
      Int32(width))
    return result
  }

  /// `selfᵀ * self`, symmetric.
  public var gram: Matrix {
    var result = Matrix(rows: columns, columns: columns, filling: 0)
    guard rows > 0, columns > 0 else { return result }
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, Int32(columns), Int32(columns), Int32(rows), 1, values,
      Int32(columns), values, Int32(columns), 0, &result.values, Int32(columns))
    return result
  }

  /// Eigenvalues in rising order and eigenvectors (one per column) of a symmetric matrix; nil if LAPACK fails.
  public func symmetricEigen() -> (values: [Double], vectors: Matrix)? {
    precondition(rows == columns)
    var vectors = self
    var eigenvalues = [Double](repeating: 0, count: rows)
    guard rows > 0 else { return ([], vectors) }
    let info = LAPACKE_dsyevd(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "U")), Int32(rows), &vectors.values,
      Int32(rows), &eigenvalues)
    return info == 0 ? (eigenvalues, vectors) : nil
  }

  /// Thin singular value decomposition `self = U diag(S) Vᵀ`, values falling; nil if LAPACK fails.
  public func singularValues() -> (u: Matrix, s: [Double], vTransposed: Matrix)? {
    let k = min(rows, columns)
    var work = self
    var (u, vt) = (Matrix(rows: rows, columns: k, filling: 0), Matrix(rows: k, columns: columns, filling: 0))
    var s = [Double](repeating: 0, count: k)
    guard k > 0 else { return (u, s, vt) }
    let info = LAPACKE_dgesdd(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "S")), Int32(rows), Int32(columns), &work.values,
      Int32(columns), &s, &u.values, Int32(k), &vt.values, Int32(columns))
    return info == 0 ? (u, s, vt) : nil
  }

  /// The Moore-Penrose inverse, singular values below `tolerance` times the largest taken as zero.
  public func pseudoInverse(tolerance: Double = 1e-12) -> Matrix? {
    guard let (u, s, vt) = singularValues(), let largest = s.first, largest > 0 else { return nil }
    var scaled = vt
    for i in 0..<s.count {
      let factor = s[i] > tolerance * largest ? 1 / s[i] : 0
      for j in 0..<vt.columns { scaled[i, j] *= factor }
    }
    return scaled.transposed.times(u, transposingRight: true)
  }

  /// Solves `self * x = right` for a symmetric positive definite matrix; nil if it is not.
  public func solvedPositive(_ right: [Double]) -> [Double]? {
    precondition(rows == columns && right.count == rows)
    var (work, x) = (values, right)
    let info = LAPACKE_dposv(
      LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "U")), Int32(rows), 1, &work, Int32(rows), &x, 1)
    return info == 0 ? x : nil
  }

  /// The inverse of a symmetric positive definite matrix; nil if it is not.
  public func invertedPositive() -> Matrix? {
    precondition(rows == columns)
    var work = self
    let (n, upper) = (Int32(rows), CChar(UInt8(ascii: "U")))
    guard LAPACKE_dpotrf(LAPACK_ROW_MAJOR, upper, n, &work.values, n) == 0,
      LAPACKE_dpotri(LAPACK_ROW_MAJOR, upper, n, &work.values, n) == 0
    else { return nil }
    for i in 0..<rows { for j in 0..<i { work[i, j] = work[j, i] } }
    return work
  }
}
