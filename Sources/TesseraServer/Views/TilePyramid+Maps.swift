import TesseraNumerics

/// Maps in colours: sample 0 is no value, and nothing is drawn there.
extension TilePyramid where Sample == UInt16 {
  /// A label map; a coarser pixel has the first label of its four.
  static func labels(_ image: Raster<UInt16>) -> TilePyramid {
    TilePyramid(levels: levels(from: image) { samples in samples.first { $0 > 0 } ?? 0 }, low: 1, high: 65535)
  }

  /// Numbers: samples 1 ... 65535 span `range`, and what is not finite is 0. A coarser pixel has the mean of its four.
  static func values(_ image: Raster<Float>, range: ClosedRange<Double>) -> TilePyramid {
    let gain = range.upperBound > range.lowerBound ? 65534 / (range.upperBound - range.lowerBound) : 0
    let samples = image.map { value -> UInt16 in
      guard value.isFinite else { return 0 }
      return UInt16(max(0, min(65534, ((Double(value) - range.lowerBound) * gain).rounded()))) + 1
    }
    let levels = levels(from: samples) { samples in
      let known = samples.filter { $0 > 0 }
      guard !known.isEmpty else { return 0 }
      return UInt16((known.reduce(UInt32(0)) { $0 + UInt32($1) } + UInt32(known.count) / 2) / UInt32(known.count))
    }
    return TilePyramid(levels: levels, low: range.lowerBound, high: range.upperBound)
  }

  private static func levels(
    from image: Raster<UInt16>, _ joined: @escaping @Sendable ([UInt16]) -> UInt16
  ) -> [Raster<UInt16>] {
    var levels = [image]
    while let last = levels.last, max(last.width, last.height) > side {
      levels.append(
        concurrentRows(width: (last.width + 1) / 2, height: (last.height + 1) / 2, of: UInt16(0)) { y, row in
          for x in 0..<row.count {
            let (right, bottom) = (min(2 * x + 1, last.width - 1), min(2 * y + 1, last.height - 1))
            row[x] = joined([last[2 * x, 2 * y], last[right, 2 * y], last[2 * x, bottom], last[right, bottom]])
          }
        })
    }
    return levels
  }
}
