import TesseraNumerics

extension BlankAreas {
  /// All squares of equal pixels with a given side.
  struct Squares {
    let side: Int
    /// Indices of their lower right corners.
    private(set) var corners: [Int] = []
    /// The side of the largest square of each value.
    private(set) var largest: [Float: Int] = [:]

    /// - Parameter values: that are looked for; nil: all.
    init(side: Int, in image: Raster<Float>, of values: Set<Float>? = nil) {
      self.side = side
      let width = image.width
      // Each pixel is the lower right corner of a square one larger than the smallest of those of its neighbours above and before.
      var above = [Int](repeating: 1, count: width)
      for y in 1..<max(1, image.height) {
        var line = [Int](repeating: 1, count: width)
        for x in 1..<max(1, width) {
          let index = y * width + x
          let value = image.values[index]
          guard
            image.values[index - 1] == value, image.values[index - width] == value,
            image.values[index - width - 1] == value
          else { continue }
          line[x] = min(line[x - 1], above[x], above[x - 1]) + 1
          guard line[x] >= side, values?.contains(value) ?? true else { continue }
          corners.append(index)
          if line[x] > largest[value] ?? 0 { largest[value] = line[x] }
        }
        above = line
      }
    }

    /// The pixels of the squares; nil where there are none.
    func pixels(in image: Raster<Float>) -> Raster<Bool>? {
      guard !corners.isEmpty else { return nil }
      var result = Raster(width: image.width, height: image.height, filling: false)
      for corner in corners { result.values[corner] = true }
      // Along the lines, then across them: a pixel belongs to a square that ends less than a side after it.
      for y in 0..<image.height { spread(&result, from: y * image.width + image.width - 1, by: -1, image.width) }
      for x in 0..<image.width {
        spread(&result, from: (image.height - 1) * image.width + x, by: -image.width, image.height)
      }
      return result
    }

    private func spread(_ pixels: inout Raster<Bool>, from last: Int, by step: Int, _ count: Int) {
      var (left, index) = (0, last)
      for _ in 0..<count {
        left = pixels.values[index] ? side : left - 1
        pixels.values[index] = left > 0
        index += step
      }
    }
  }
}
