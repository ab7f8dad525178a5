import TesseraNumerics

/// Images with larger pixels.
public enum Binning {
  /// Each pixel is the mean of `factor` x `factor` pixels; a rest at the right and the lower border is left out.
  ///
  /// - Parameters:
  ///   - image: values of any unit.
  ///   - factor: 1 or more, and at most the shorter side of the image.
  public static func means(of image: Raster<Float>, factor: Int) -> Raster<Float> {
    precondition(factor >= 1 && factor <= min(image.width, image.height))
    guard factor > 1 else { return image }
    let (width, height) = (image.width / factor, image.height / factor)
    let scale = 1 / Float(factor * factor)
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      for line in 0..<factor {
        let start = (y * factor + line) * image.width
        for x in 0..<width {
          var sum: Float = 0
          for index in start + x * factor..<start + (x + 1) * factor { sum += image.values[index] }
          row[x] += sum
        }
      }
      for x in 0..<width { row[x] *= scale }
    }
  }

  /// The image of a binned one at full size again: linear between the centres of the large pixels, constant beyond the outer ones.
  public static func enlarged(_ small: Raster<Float>, factor: Int, width: Int, height: Int) -> Raster<Float> {
    guard factor > 1 else { return small }
    // Where a pixel lies between the centres of two large ones.
    @Sendable func place(_ index: Int, _ count: Int) -> (low: Int, high: Int, share: Float) {
      let position = (Float(index) + 0.5) / Float(factor) - 0.5
      let low = min(max(0, Int(position.rounded(.down))), count - 1)
      return (low, min(low + 1, count - 1), min(max(0, position - Float(low)), 1))
    }
    let columns = (0..<width).map { place($0, small.width) }
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      let line = place(y, small.height)
      let (upper, lower) = (line.low * small.width, line.high * small.width)
      for x in 0..<width {
        let (left, right, share) = columns[x]
        let above = small.values[upper + left] + share * (small.values[upper + right] - small.values[upper + left])
        let below = small.values[lower + left] + share * (small.values[lower + right] - small.values[lower + left])
        row[x] = above + line.share * (below - above)
      }
    }
  }
}
