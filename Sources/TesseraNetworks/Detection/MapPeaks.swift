import TesseraImaging
import TesseraNumerics

/// The maxima of a map from a lower bound on, as row-major indices in rising order: what a detection begins with.
enum MapPeaks {
  /// Pixels that are the largest of the square of side 2 x `reach` + 1 around them, cut off at the border.
  ///
  /// Of equal pixels that see each other (a plateau) only the first in row-major order counts, and a pixel whose whole
  /// square is equal is no maximum. Pixels that are no numbers count as below everything. Few pixels reach the bound and
  /// are as large as their direct neighbours; only of these is the square looked through.
  static func sliding(in map: Raster<Float>, reach: Int, lowerBound: Float) -> [Int] {
    let (width, height) = (map.width, map.height)
    let reach = min(max(1, reach), max(width, height))
    let rows = concurrentMap(chunksOf: 32, of: height) { lines -> [Int] in
      let pixels = map.values.span
      var found: [Int] = []
      for y in lines {
        let (top, bottom) = (max(0, y - reach), min(height - 1, y + reach))
        let row = pixels.extracting(y * width..<(y + 1) * width)
        for x in 0..<width where row[x] >= lowerBound {
          let value = row[x]
          if x > 0 && row[x - 1] >= value || x + 1 < width && row[x + 1] > value { continue }
          var isLargest = true
          var isAboveOne = false
          search: for v in top...bottom {
            for u in max(0, x - reach)...min(width - 1, x + reach) {
              let other = pixels[v * width + u]
              if other > value || (other == value && (v, u) < (y, x)) {
                isLargest = false
                break search
              }
              if other < value { isAboveOne = true }
            }
          }
          if isLargest && isAboveOne { found.append(y * width + x) }
        }
      }
      return found
    }
    return rows.flatMap { $0 }
  }

  /// The largest pixel of each block, the first in row-major order where several are equal: max-pool and max-unpool of the
  /// public code of [A23]. Blocks at the right and the lower border may be smaller; the public code leaves those out.
  static func ofBlocks(in map: Raster<Float>, side: Int, lowerBound: Float) -> [Int] {
    let (width, height) = (map.width, map.height)
    let (across, down) = ((width + side - 1) / side, (height + side - 1) / side)
    let rows = concurrentMap(count: down) { line -> [Int] in
      let pixels = map.values.span
      var best = [Int](repeating: -1, count: across)
      for y in line * side..<min(height, (line + 1) * side) {
        for x in 0..<width where pixels[y * width + x] >= lowerBound {
          let block = x / side
          if best[block] < 0 || pixels[y * width + x] > pixels[best[block]] { best[block] = y * width + x }
        }
      }
      return best.filter { $0 >= 0 }
    }
    return rows.flatMap { $0 }.sorted()
  }
}
