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
    if type == .uint8 { return addBytes(bytes) }
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
    (minimum, maximum) = (low, high)
    join(piece.count, mean: middle, squares: around)
  }

  /// The same from how often each of the 256 values occurs: packed files hold many more bytes than they are long, and
  /// counting these takes a fraction of the time.
  private mutating func addBytes(_ bytes: RawSpan) {
    guard bytes.byteCount > 0 else { return }
    // Four tables, because equal values that follow each other would wait for one another.
    var counts = [Int](repeating: 0, count: 4 * 256)
    let whole = bytes.byteCount / 8 * 8
    counts.withUnsafeMutableBufferPointer { counts in
      for place in stride(from: 0, to: whole, by: 8) {
        // In bounds by the loop's limit, as is every table's place.
        let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
        for part in 0..<8 { counts[(part % 4) << 8 | Int(word >> UInt64(8 * part) & 0xFF)] += 1 }
      }
      for place in whole..<bytes.byteCount {
        counts[Int(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: place, as: UInt8.self))] += 1
      }
    }
    let numbers = (0..<256).map { value in (0..<4).reduce(0) { $0 + counts[$1 << 8 | value] } }
    let middle = Double(numbers.enumerated().reduce(0) { $0 + $1.offset * $1.element }) / Double(bytes.byteCount)
    let around = numbers.enumerated().reduce(0.0) { sum, level in
      sum + Double(level.element) * (Double(level.offset) - middle) * (Double(level.offset) - middle)
    }
    minimum = min(minimum, Double(numbers.firstIndex { $0 > 0 } ?? 0))
    maximum = max(maximum, Double(numbers.lastIndex { $0 > 0 } ?? 0))
    join(bytes.byteCount, mean: middle, squares: around)
  }

  private mutating func join(_ number: Int, mean middle: Double, squares around: Double) {
    let total = Double(count + number)
    let shift = middle - mean
    squares += around + shift * shift * Double(count) * Double(number) / total
    mean += shift * Double(number) / total
    count += number
  }
}
