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

  /// Pearson's correlation of two lists of equally many values, -1 ... 1; 0 where all values of one are equal.
  package static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    precondition(a.count == b.count, "a value of each for every sample")
    let (meanA, meanB) = (mean(a), mean(b))
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
  }

  /// Spearman's correlation: Pearson's of the ranks.
  package static func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double { correlation(ranks(a), ranks(b)) }
}
