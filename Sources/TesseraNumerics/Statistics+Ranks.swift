extension Statistics {
  /// The place of each value in rising order, from 0; equal values share the mean of theirs. A value that is no number is below all, at -0.5.
  /// O(n log n).
  package static func ranks(_ values: [Double]) -> [Double] {
    var ranks = [Double](repeating: -0.5, count: values.count)
    let order = values.indices.filter { !values[$0].isNaN }.sorted { values[$0] < values[$1] }
    var first = 0
    while first < order.count {
      var end = first + 1
      while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
      for place in order[first..<end] { ranks[place] = Double(first) + 0.5 * Double(end - first - 1) }
      first = end
    }
    return ranks
  }

  /// Spearman's correlation of two lists of equally many values: Pearson's of their ranks; 0 where all values of one are equal.
  package static func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "a value of each for every sample")
    let (x, y) = (ranks(a), ranks(b))
    let (meanX, meanY) = (mean(x), mean(y))
    var (xy, xx, yy) = (0.0, 0.0, 0.0)
    for (x, y) in zip(x, y) {
      xy += (x - meanX) * (y - meanY)
      xx += (x - meanX) * (x - meanX)
      yy += (y - meanY) * (y - meanY)
    }
    return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
  }
}
