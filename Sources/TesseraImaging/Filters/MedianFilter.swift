import TesseraNumerics

/// The median of the surroundings of each pixel: a background that follows steps, where a mean would leave a seam along each of them.
///
/// The window slides along a row and a histogram follows it, so a pixel costs O(reach), not O(reach²).
/// Source: Huang, Yang & Tang, IEEE Trans. Acoust. Speech Signal Process. 27 (1979) 13.
public enum MedianFilter {
  /// Values are sorted into so many equally frequent levels: a median is right to a thousandth of the values of the image.
  private static let levelCount = 1024
  /// Values from which levels are taken, at most.
  private static let sampleLimit = 1 << 16
  /// Blocks over which a broad median is taken, across its reach.
  private static let blocksPerReach = 8

  /// The median of the square window around each pixel, of the pixels with weight only; what has none near takes that of the whole image.
  ///
  /// - Parameters:
  ///   - image: values of any unit.
  ///   - weights: of the pixels, of the image's size: 0 for those that say nothing; nil: all do.
  ///   - reach: half the side of the window in pixels, 0 or more: it has 2 `reach` + 1 pixels each way, fewer at the border.
  public static func filtered(_ image: Raster<Float>, weights: Raster<Float>? = nil, reach: Int) -> Raster<Float> {
    precondition(reach >= 0 && (weights.map { $0.count == image.count } ?? true))
    let bounds = levels(of: image, weights: weights)
    let levels = image.map { value -> Int16 in Int16(level(of: value, bounds)) }
    let middle = bounds[bounds.count / 2]
    let rows = concurrentMap(count: image.height) { y -> [Float] in
      let ys = max(0, y - reach)..<min(image.height, y + reach + 1)
      var window = SlidingHistogram(count: bounds.count)
      func move(column x: Int, by step: Int) {
        for row in ys {
          let index = row * image.width + x
          if weights.map({ $0.values[index] > 0 }) ?? true { window.add(Int(levels.values[index]), step) }
        }
      }
      for x in 0..<min(reach, image.width) { move(column: x, by: 1) }
      return (0..<image.width).map { x in
        if x + reach < image.width { move(column: x + reach, by: 1) }
        if x > reach { move(column: x - reach - 1, by: -1) }
        return window.median.map { bounds[$0] } ?? middle
      }
    }
    return Raster(width: image.width, height: image.height, values: rows.flatMap { $0 })
  }

  /// The same for a wide window at a cost independent of its width: of the means of blocks, interpolated between them. For a reach above
  /// about 16 pixels; a step is blurred over a block, an eighth of the reach.
  public static func broadlyFiltered(
    _ image: Raster<Float>, weights: Raster<Float>? = nil, reach: Double
  ) -> Raster<Float> {
    let factor = max(1, Int(saturating: reach / Double(blocksPerReach)))
    let narrow = max(1, Int(saturating: (reach / Double(factor)).rounded()))
    guard factor > 1, image.width >= 4 * factor, image.height >= 4 * factor else {
      return filtered(image, weights: weights, reach: narrow)
    }
    let (small, weight) = GaussianFilter.blockMeans(image, weights: weights, factor: factor)
    return GaussianFilter.interpolated(
      filtered(small, weights: weights == nil ? nil : weight, reach: narrow), factor: factor, width: image.width,
      height: image.height)
  }

  /// Rising values, as many of the image between each two and the next.
  private static func levels(of image: Raster<Float>, weights: Raster<Float>?) -> [Float] {
    let step = max(1, image.count / sampleLimit)
    let sample = stride(from: 0, to: image.count, by: step).compactMap { index -> Float? in
      let value = image.values[index]
      return value.isFinite && weights.map({ $0.values[index] > 0 }) ?? true ? value : nil
    }.sorted()
    guard !sample.isEmpty else { return [0] }
    var bounds: [Float] = []
    for level in 0..<levelCount {
      let value = sample[min(sample.count - 1, (2 * level + 1) * sample.count / (2 * levelCount))]
      if bounds.last != value { bounds.append(value) }
    }
    return bounds
  }

  /// The number of the last bound that a value reaches, 0 for less than all.
  private static func level(of value: Float, _ bounds: [Float]) -> Int {
    var (low, high) = (0, bounds.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if bounds[middle] <= value { low = middle } else { high = middle }
    }
    return low
  }
}

/// Counts of levels from which values are added and taken, and their median.
private struct SlidingHistogram {
  private var counts: [Int32]
  private var total = 0
  /// A level, and how many values lie below it.
  private var place = 0, below = 0

  init(count: Int) { counts = [Int32](repeating: 0, count: count) }

  @inline(__always) mutating func add(_ level: Int, _ step: Int) {
    counts[level] += Int32(step)
    total += step
    if level < place { below += step }
  }

  /// Nil of an empty window.
  var median: Int? {
    mutating get {
      guard total > 0 else { return nil }
      while below > total / 2 {
        place -= 1
        below -= Int(counts[place])
      }
      while below + Int(counts[place]) <= total / 2 {
        below += Int(counts[place])
        place += 1
      }
      return place
    }
  }
}
