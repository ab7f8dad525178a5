import TesseraNumerics

/// Pixels that stand at the top of the detector's or the export's range, where the image no longer tells how bright the
/// specimen is.
public struct Saturation: Sendable, Equatable {
  /// The largest value, at which pixels pile up.
  public var value: Float
  /// Share of the finite pixels that have it, 0 ... 1.
  public var share: Double

  /// Fewer pixels are single outlying ones.
  private static let (fewest, leastShare) = (20, 0.001)
  /// So many times more pixels have the largest value than lie in as wide a step below it.
  private static let pile = 3.0

  /// Nil where no more pixels have the largest value than the values below it lead one to expect.
  public init?(of image: Raster<Float>) {
    var (top, low) = (-Float.infinity, Float.infinity)
    for value in image.values where value.isFinite { (top, low) = (max(top, value), min(low, value)) }
    guard low < top else { return nil }
    // A step: a hundredth of the range, but at least the gap to the next value that occurs.
    var next = low
    for value in image.values where value.isFinite && value < top { next = max(next, value) }
    let step = max(top - next, (top - low) / 100)
    var (count, at, below) = (0, 0, 0)
    for value in image.values where value.isFinite {
      count += 1
      if value == top { at += 1 } else if value >= top - step * 1.5 { below += 1 }
    }
    let share = Double(at) / Double(count)
    guard at >= Self.fewest, share >= Self.leastShare, Double(at) > Self.pile * Double(below) else { return nil }
    (self.value, self.share) = (top, share)
  }

  /// Whether the saturated pixels are islands, as bright columns are, and not the sea around dark ones: they form more pieces than the
  /// rest of the image does.
  public func areIslands(in image: Raster<Float>) -> Bool {
    pieces(image) { $0 >= value } > pieces(image) { $0 < value }
  }

  /// The number of 4-connected pieces of four pixels or more.
  private func pieces(_ image: Raster<Float>, where holds: (Float) -> Bool) -> Int {
    var sets = DisjointSets(image.count)
    let inside = image.values.map(holds)
    var sizes = [Int](repeating: 0, count: image.count)
    for index in inside.indices where inside[index] {
      if index % image.width > 0 && inside[index - 1] { sets.unite(index, index - 1) }
      if index >= image.width && inside[index - image.width] { sets.unite(index, index - image.width) }
    }
    for index in inside.indices where inside[index] { sizes[sets.find(index)] += 1 }
    return sizes.count { $0 >= 4 }
  }
}
