import Foundation

/// Order statistics and moments of plain arrays. Values that are not finite must be removed first.
public enum Statistics {
  /// The value below which a `fraction` (0 ... 1) of the values lies, interpolated linearly; NaN of nothing.
  @inlinable public static func quantile<Value: BinaryFloatingPoint>(_ values: [Value], _ fraction: Double) -> Value {
    guard values.count > 64 else { return quantile(sorted: values.sorted(), fraction) }
    let place = max(0, min(1, fraction)) * Double(values.count - 1)
    let below = Int(place)
    var part = values
    select(below, in: &part)
    let next = part[(below + 1)...].min() ?? part[below]
    return part[below] + Value(place - Double(below)) * (next - part[below])
  }

  /// Puts the value of this rank, counted from zero, in its place, smaller ones before and larger ones behind. O(count) on
  /// average. Source: Hoare, "Find" (Algorithm 65), Commun. ACM 4 (1961) 321, with the median of three as pivot.
  @inlinable package static func select<Value: BinaryFloatingPoint>(_ rank: Int, in values: inout [Value]) {
    values.withUnsafeMutableBufferPointer { values in
      var (low, high) = (0, values.count - 1)
      while low < high {
        let (a, b, c) = (values[low], values[low + (high - low) / 2], values[high])
        let pivot = max(min(a, b), min(max(a, b), c))
        var (i, j) = (low, high)
        while i <= j {
          while values[i] < pivot { i += 1 }
          while pivot < values[j] { j -= 1 }
          if i <= j {
            values.swapAt(i, j)
            i += 1
            j -= 1
          }
        }
        if rank <= j { high = j } else if rank >= i { low = i } else { return }
      }
    }
  }

  /// The same for values in rising order.
  @inlinable public static func quantile<Value: BinaryFloatingPoint>(sorted: [Value], _ fraction: Double) -> Value {
    guard !sorted.isEmpty else { return .nan }
    let place = max(0, min(1, fraction)) * Double(sorted.count - 1)
    let below = Int(place)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + Value(place - Double(below)) * (sorted[above] - sorted[below])
  }

  /// The value in the middle, for an even number of values the mean of the two in the middle; NaN of nothing.
  @inlinable public static func median<Value: BinaryFloatingPoint>(_ values: [Value]) -> Value { quantile(values, 0.5) }

  /// The median of the absolute values of a normal distribution about 0, times this, is its standard deviation: 1 / 0.6745, its third quartile.
  @inlinable public static var deviationOfMedian: Double { 1.4826 }

  /// `deviationOfMedian` times the median distance from the median: the standard deviation of a normal distribution, robustly.
  @inlinable public static func robustDeviation<Value: BinaryFloatingPoint>(_ values: [Value]) -> Value {
    let middle = median(values)
    return Value(deviationOfMedian) * median(values.map { abs($0 - middle) })
  }

  /// The mean of exponentially distributed values, such as powers of noise, from their median, which is ln 2 times that: a few
  /// large ones of another kind hardly move it. NaN of nothing.
  public static func meanOfExponential(_ values: [Float]) -> Double { Double(median(values)) / log(2.0) }

  /// Arithmetic mean; NaN of nothing.
  @inlinable public static func mean<Value: BinaryFloatingPoint>(_ values: [Value]) -> Double {
    values.isEmpty ? .nan : values.reduce(0) { $0 + Double($1) } / Double(values.count)
  }

  /// Population standard deviation (divided by the count); NaN of nothing.
  @inlinable public static func deviation<Value: BinaryFloatingPoint>(_ values: [Value]) -> Double {
    let middle = mean(values)
    let squares = values.reduce(0) { $0 + (Double($1) - middle) * (Double($1) - middle) }
    return values.isEmpty ? .nan : (squares / Double(values.count)).squareRoot()
  }

  /// The square of the distance of two places with equally many coordinates.
  package static func squaredDistance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// Largest eigenvalue that the second moments of white noise of unit variance reach, in tables of many rows and columns:
  /// (1 + √(columns / rows))². Source: Marchenko & Pastur, Math. USSR Sb. 1 (1967) 457.
  @inlinable public static func noiseEdge(columns: Int, rows: Int) -> Double {
    let root = 1 + (Double(columns) / Double(rows)).squareRoot()
    return root * root
  }

  /// Wilson's interval of 95 % for a share, `count` of `all` (one or more). Source: J. Am. Stat. Assoc. 22 (1927) 209.
  public static func shareInterval(_ count: Int, of all: Int) -> [Double] {
    let (n, p, z) = (Double(all), Double(count) / Double(all), 1.959964)
    let middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    return [max(0, middle - half), min(1, middle + half)]
  }

  /// The interval of 95 % of the mean of some shares, by Wilson's interval of each: the squares of the distances of their ends from the
  /// shares add up. Never narrower than chance allows, also where all shares are 1. Source: Zou & Donner, Statistics in Medicine 27 (2008) 1693.
  /// - Parameter shares: each a count of one or more; one share at least.
  public static func meanShareInterval(_ shares: [(count: Int, all: Int)]) -> (low: Double, high: Double) {
    var (mean, below, above) = (0.0, 0.0, 0.0)
    for (count, all) in shares {
      let (share, ends) = (Double(count) / Double(all), shareInterval(count, of: all))
      mean += share
      below += (share - ends[0]) * (share - ends[0])
      above += (ends[1] - share) * (ends[1] - share)
    }
    let n = Double(shares.count)
    return (max(0, (mean - below.squareRoot()) / n), min(1, (mean + above.squareRoot()) / n))
  }

  /// Of each p-value the smallest false discovery rate at which it counts as a discovery, among `tests` tests (those given, or more).
  /// Source: Benjamini & Hochberg, J. R. Stat. Soc. B 57 (1995) 289.
  public static func falseDiscoveryRates(_ p: [Double], tests: Int? = nil) -> [Double] {
    let total = Double(tests ?? p.count)
    let order = p.indices.sorted { (p[$0], $0) < (p[$1], $1) }
    var q = [Double](repeating: 1, count: p.count)
    var least = 1.0
    for (rank, place) in order.enumerated().reversed() {
      least = min(least, p[place] * total / Double(rank + 1))
      q[place] = least
    }
    return q
  }

  /// P(X ≥ count) of a Poisson law.
  public static func poissonTail(_ count: Int, mean: Double) -> Double {
    guard count > 0 else { return 1 }
    guard mean > 0 else { return 0 }
    // The terms from `count` on, or one less those below where these are fewer and not nearly all.
    var (term, sum, k) = (exp(Double(count) * log(mean) - mean - lgamma(Double(count) + 1)), 0.0, Double(count))
    if Double(count) > mean {
      while term > 1e-18 * sum || sum == 0 {
        sum += term
        k += 1
        term *= mean / k
        if term == 0 { break }
      }
      return min(1, sum)
    }
    while k > 0 {
      term *= k / mean
      k -= 1
      sum += term
      if term < 1e-18 * sum { break }
    }
    return max(0, min(1, 1 - sum))
  }
}
