import TesseraNumerics

/// For each shift within a reach, in rows from the shift (-reach, -reach): Σ of products, and number of pairs, of pixels that both
/// belong to a pattern.
struct PairSums: Sendable {
  private(set) var products, pairs: [Double]

  private static let tile = 512
  /// So many tiles are summed at once; what each holds goes with the square of the reach, and that of a large image may be a thousand pixels.
  private static let tilesAtOnce = 16

  /// The sums of two halves of the pixels: the fields of a chessboard with fields of `block` pixels, by the first pixel of a pair.
  static func ofHalves(
    of image: Raster<Float>, where isInside: Raster<Bool>, mean: Float, reach: Int, block: Int
  ) -> [PairSums] {
    let (across, down) = ((image.width + tile - 1) / tile, (image.height + tile - 1) / tile)
    let side = 2 * reach + 1
    let none = [Double](repeating: 0, count: side * side)
    var result = [PairSums(products: none, pairs: none), PairSums(products: none, pairs: none)]
    for start in stride(from: 0, to: across * down, by: tilesAtOnce) {
      let parts = concurrentMap(count: min(tilesAtOnce, across * down - start)) {
        offset -> [(products: [Float], pairs: [Float])] in
        let (x, y) = ((start + offset) % across * tile, (start + offset) / across * tile)
        return Tile(x..<min(image.width, x + tile), y..<min(image.height, y + tile), in: isInside, reach: reach)?
          .sums(of: image, where: isInside, mean: mean, block: block) ?? []
      }
      for part in parts {
        for (half, sums) in part.enumerated() {
          for index in none.indices {
            result[half].products[index] += Double(sums.products[index])
            result[half].pairs[index] += Double(sums.pairs[index].rounded())
          }
        }
      }
    }
    return result
  }

  /// The first pixels of pairs that lie in a part of the image, and all that they are paired with.
  private struct Tile: Sendable {
    /// Where the first pixels lie, and where the others do.
    let inner, outer: (x: Range<Int>, y: Range<Int>)
    let reach: Int
    /// Whether all others are first pixels, too.
    private let isWhole: Bool

    /// The smallest that holds the pixels of the pattern in a part of the image; nil where there are none.
    init?(_ x: Range<Int>, _ y: Range<Int>, in isInside: Raster<Bool>, reach: Int) {
      let pixels = isInside.values.span
      var (left, right, top, bottom) = (x.upperBound, x.lowerBound, y.upperBound, y.lowerBound)
      for v in y {
        for u in x where pixels[v * isInside.width + u] {
          (left, right, top, bottom) = (min(left, u), max(right, u + 1), min(top, v), v + 1)
        }
      }
      guard left < right else { return nil }
      self.reach = reach
      inner = (left..<right, top..<bottom)
      let around = (
        x: max(0, left - reach)..<min(isInside.width, right + reach),
        y: max(0, top - reach)..<min(isInside.height, bottom + reach)
      )
      isWhole = around.x.clamped(to: x) == around.x && around.y.clamped(to: y) == around.y
      outer = isWhole ? inner : around
    }

    /// Size along one axis of a periodic transform in which no pair within the reach goes round the edge: beside the pixels there is room for
    /// a reach, unless no pixel is farther than that from the first ones anyway.
    private func size(_ inner: Range<Int>, _ outer: Range<Int>) -> Int {
      let before = outer.lowerBound > inner.lowerBound - reach ? outer.upperBound - inner.lowerBound + reach : 0
      let after = outer.upperBound < inner.upperBound + reach ? inner.upperBound - outer.lowerBound + reach : 0
      return smoothSize(max(outer.count, before, after))
    }

    /// The sums of both halves.
    func sums(
      of image: Raster<Float>, where isInside: Raster<Bool>, mean: Float, block: Int
    ) -> [(products: [Float], pairs: [Float])] {
      let (width, height) = (size(inner.x, outer.x), size(inner.y, outer.y))
      let transform = FourierTransform(width: width, height: height)
      /// The pixels of some rows and columns, of one half or of both; `asMask`: 1 for each.
      @Sendable func spectrum(_ part: (x: Range<Int>, y: Range<Int>), half: Int?, asMask: Bool) -> Spectrum {
        var result = Raster<Float>(width: width, height: height, filling: 0)
        for y in part.y {
          for x in part.x where isInside.values[y * image.width + x] {
            guard half == nil || (x / block + y / block) % 2 == half else { continue }
            let place = (y - outer.y.lowerBound) * width + x - outer.x.lowerBound
            result.values[place] = asMask ? 1 : image.values[y * image.width + x] - mean
          }
        }
        return transform.spectrum(of: result)
      }
      let first = concurrentMap(count: 4) { spectrum(inner, half: $0 % 2, asMask: $0 > 1) }
      let others = concurrentMap(count: 2) {
        isWhole ? first[2 * $0].adding(first[2 * $0 + 1]) : spectrum(outer, half: nil, asMask: $0 > 0)
      }
      let side = 2 * reach + 1
      let all = concurrentMap(count: 4) { index -> [Float] in
        let sums = transform.image(of: others[index / 2].correlated(with: first[index]))
        return (0..<side * side).map { place in
          sums[(place % side - reach + width) % width, (place / side - reach + height) % height]
        }
      }
      return [(all[0], all[2]), (all[1], all[3])]
    }
  }
}
