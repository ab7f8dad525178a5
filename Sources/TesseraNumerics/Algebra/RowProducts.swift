import COpenBLAS

/// Scalar products of rows: `result[i * rightRows + j] = left[i] · right[j]`, one BLAS call on the caller's thread.
///
/// - Parameters:
///   - left: rows of `inner` numbers, row-major.
///   - right: rows of `inner` numbers, row-major.
///   - inner: numbers of a row, 1 or more.
///   - result: room for (rows of `left`) x (rows of `right`) numbers; more is left alone.
package func rowProducts(
  _ left: Span<Float>, _ right: Span<Float>, inner: Int, into result: inout MutableSpan<Float>
) {
  precondition(inner > 0 && left.count.isMultiple(of: inner) && right.count.isMultiple(of: inner))
  let (rows, columns) = (left.count / inner, right.count / inner)
  precondition(result.count >= rows * columns)
  guard rows > 0, columns > 0 else { return }
  left.withUnsafeBufferPointer { a in
    right.withUnsafeBufferPointer { b in
      result.withUnsafeMutableBufferPointer { c in
        cblas_sgemm(
          CblasRowMajor, CblasNoTrans, CblasTrans, Int32(rows), Int32(columns), Int32(inner), 1, a.baseAddress,
          Int32(inner), b.baseAddress, Int32(inner), 0, c.baseAddress, Int32(columns))
      }
    }
  }
}
