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
    let stride = height
    // Columns lie one after another, so that those beside each other are read together below.
    let columns = concurrentRows(width: height, height: width, of: Float(0)) { x, column in
      var lines = Envelope(count: stride)
      for y in 0..<stride { lines.values[y] = isTarget.values[y * width + x] ? 0 : far }
      lines.transform()
      for y in 0..<stride { column[y] = Float(lines.result[y]) }
    }
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      var lines = Envelope(count: width)
      for x in 0..<width { lines.values[x] = Double(columns.values[x * stride + y]) }
      lines.transform()
      for x in 0..<width { row[x] = Float(lines.result[x].squareRoot()) }
    }
  }

  /// The least of (p − q)² + value(q) over all q, for each p.
  private struct Envelope {
    var values, result: [Double]
    private var parabolas: [Int]
    private var starts: [Double]

    init(count: Int) {
      (values, result) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
      (parabolas, starts) = ([Int](repeating: 0, count: count), [Double](repeating: 0, count: count))
    }

    mutating func transform() {
      let count = values.count
      var last = -1
      for q in 0..<count {
        var start = -Double.infinity
        while last >= 0 {
          let p = parabolas[last]
          start = (values[q] + Double(q * q) - values[p] - Double(p * p)) / Double(2 * (q - p))
          if start > starts[last] { break }
          last -= 1
          start = -.infinity
        }
        last += 1
        (parabolas[last], starts[last]) = (q, start)
      }
      var k = 0
      for p in 0..<count {
        while k < last && starts[k + 1] < Double(p) { k += 1 }
        let offset = Double(p - parabolas[k])
        result[p] = offset * offset + values[parabolas[k]]
      }
    }
  }
}
