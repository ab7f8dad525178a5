import TesseraNumerics

/// Euclidean distances to the nearest pixel of a set, exact, O(pixels).
///
/// Source: Felzenszwalb & Huttenlocher, Theory of Computing 8 (2012) 415: squared distances along columns, then the lower
/// envelope of parabolas along rows.
package enum DistanceTransform {
  /// Infinite everywhere if the set is empty.
  package static func distances(toWhere isTarget: Raster<Bool>) -> Raster<Float> {
    let (width, height) = (isTarget.width, isTarget.height)
    // Larger than any squared distance in the image.
    let far = Double((width + height) * (width + height))
    guard isTarget.values.contains(true) else { return isTarget.map { _ in Float.infinity } }
    let columns = concurrentMap(count: width) { x in
      envelope((0..<height).map { isTarget.values[$0 * width + x] ? 0 : far })
    }
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      let squares = envelope((0..<width).map { columns[$0][y] })
      for x in 0..<width { row[x] = Float(squares[x].squareRoot()) }
    }
  }

  /// The least of (p − q)² + value(q) over all q, for each p.
  private static func envelope(_ values: [Double]) -> [Double] {
    let count = values.count
    var (parabolas, starts) = ([Int](), [Double]())
    for q in 0..<count {
      var start = -Double.infinity
      while let last = parabolas.last {
        start = (values[q] + Double(q * q) - values[last] - Double(last * last)) / Double(2 * (q - last))
        if start > starts[starts.count - 1] { break }
        parabolas.removeLast()
        starts.removeLast()
        start = -.infinity
      }
      parabolas.append(q)
      starts.append(start)
    }
    var result = [Double](repeating: 0, count: count)
    var k = 0
    for p in 0..<count {
      while k + 1 < parabolas.count && starts[k + 1] < Double(p) { k += 1 }
      let offset = Double(p - parabolas[k])
      result[p] = offset * offset + values[parabolas[k]]
    }
    return result
  }
}
