import COpenBLAS

/// Adds `left * right` to columns of a larger table, one BLAS call on the caller's thread:
/// `result[i * resultStride + j] += Σₖ left[i * inner + k] · right[k * rightStride + j]`, for `j` below `columns`.
///
/// - Parameters:
///   - left: rows of `inner` numbers, without gaps; their number is that of the rows of the result.
///   - inner: columns of `left` and rows of `right`, 1 or more.
///   - right: `inner` rows of `columns` numbers, which begin `rightStride` numbers apart.
///   - rightStride: distance between the beginnings of rows of `right`, `columns` or more.
///   - columns: of `right` that are read, and of the result that are added to.
///   - result: rows of `columns` numbers, which begin `resultStride` numbers apart; what lies between is left alone.
///   - resultStride: distance between the beginnings of rows of the result, `columns` or more.
package func addPlanarProduct(
  _ left: Span<Float>, inner: Int, _ right: UnsafeBufferPointer<Float>, rightStride: Int, columns: Int,
  to result: UnsafeMutableBufferPointer<Float>, resultStride: Int
) {
  precondition(inner > 0 && left.count.isMultiple(of: inner) && columns <= rightStride && columns <= resultStride)
  let rows = left.count / inner
  guard rows > 0, columns > 0 else { return }
  precondition((inner - 1) * rightStride + columns <= right.count, "the right table is too small")
  precondition((rows - 1) * resultStride + columns <= result.count, "the result is too small")
  left.withUnsafeBufferPointer { a in
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(rows), Int32(columns), Int32(inner), 1, a.baseAddress,
      Int32(inner), right.baseAddress, Int32(rightStride), 1, result.baseAddress, Int32(resultStride))
  }
}
