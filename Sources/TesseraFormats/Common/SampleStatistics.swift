/// Range, mean and deviation of stored values, gathered piece by piece. Values that are not finite are left out.
///
/// Means and squares of pieces are joined without cancellation. Source: Chan, Golub, LeVeque, Updating formulae and a
/// pairwise algorithm for computing sample variances (1979), eq. 2.1.
public struct SampleStatistics: Sendable, Equatable {
  /// Number of finite values, over all channels; a complex number is one value, its amplitude.
  public private(set) var count = 0
  /// Infinite, of the wrong sign, while `count` is 0.
  public private(set) var minimum = Double.infinity
  /// Minus infinity while `count` is 0.
  public private(set) var maximum = -Double.infinity
  /// Arithmetic mean, in the units of the stored values; 0 while `count` is 0.
  public private(set) var mean = 0.0
  private var squares = 0.0

  /// Population standard deviation; NaN of nothing.
  public var deviation: Double { count > 0 ? (squares / Double(count)).squareRoot() : .nan }

  init() {}

  mutating func add(_ bytes: RawSpan, as type: ScalarType) {
    var piece = (count: 0, sum: 0.0)
    var (low, high) = (minimum, maximum)
    SampleConversion.forEach(bytes, as: type) { value in
      guard value.isFinite else { return }
      low = min(low, value)
      high = max(high, value)
      piece.sum += value
      piece.count += 1
    }
    guard piece.count > 0 else { return }
    let middle = piece.sum / Double(piece.count)
    var around = 0.0
    SampleConversion.forEach(bytes, as: type) { value in
      if value.isFinite { around += (value - middle) * (value - middle) }
    }
    let total = Double(count + piece.count)
    let shift = middle - mean
    squares += around + shift * shift * Double(count) * Double(piece.count) / total
    mean += shift * Double(piece.count) / total
    count += piece.count
    (minimum, maximum) = (low, high)
  }
}
