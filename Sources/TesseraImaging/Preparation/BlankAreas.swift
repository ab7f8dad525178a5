import TesseraNumerics

/// Areas of one and the same value, as an image that was turned, shifted, masked or pasted has where nothing was measured.
///
/// A detector's pixels differ by noise. So a square of equal pixels was not measured if squares of that size elsewhere in the image hold many
/// pixels of other values, be they only a few counts: in the vacuum of an image of few counts the next square holds as few. Of an image
/// without noise, such as a simulated one, nothing is said. And blank areas are convex, as corners, bands and rectangles are: where a background was
/// cut off at zero, the gaps between columns and the surroundings of particles are not.
enum BlankAreas {
  /// Side of the smallest square of equal pixels: a part of the shorter side of the image, between two limits.
  private static let (sideShare, sides) = (1.0 / 32, 8...16)
  /// Squares are compared with tiles of at most this side, in pixels.
  private static let largestTile = 32
  /// So many pixels of another value are expected in a blank square, by the tile that has the fewest of them: chance leaves none out of e³⁰.
  private static let fewestExpected = 30.0
  /// An image with less noise, as a share of what its brightest hundredth rises above the median, was not taken by a detector.
  private static let leastNoise = 0.005

  /// Where an image is blank, and the values there; nil where it is not.
  static func areas(in image: Raster<Float>) -> (isBlank: Raster<Bool>, values: [Float])? {
    let (width, height) = (image.width, image.height)
    let side = min(max(sides.lowerBound, Int(sideShare * Double(min(width, height)))), sides.upperBound)
    let (isCorner, largest) = squares(of: side, in: image)
    guard !largest.isEmpty else { return nil }
    let isCovered = grown(convex(filled(isCorner, side: side, in: image), in: image), by: side, in: image)
    guard isCovered.contains(true) else { return nil }
    let rest = image.values.indices.filter { !isCovered[$0] && image.values[$0].isFinite }.map { image.values[$0] }
    guard rest.count > 1 else { return nil }
    let rise = Statistics.quantile(rest, 0.99) - Statistics.quantile(rest, 0.5)
    guard noiseLevel(of: image) > leastNoise * Double(rise) else { return nil }
    let highest = rest.reduce(-Float.infinity) { max($0, $1) }
    let corners = [0, width - 1, (height - 1) * width, height * width - 1]
    let values = largest.keys.filter { value in
      // A bright particle may be saturated all over; what is blank and white begins in a corner.
      (value < highest || corners.contains { isCovered[$0] && image.values[$0] == value })
        && expectedOthers(than: value, inSquareOf: largest[value] ?? side, image, isCovered) > fewestExpected
    }
    guard !values.isEmpty else { return nil }
    let blank = Set(values)
    return (
      Raster(
        width: width, height: height,
        values: image.values.indices.map { isCovered[$0] && blank.contains(image.values[$0]) }), values.sorted()
    )
  }

  /// How many pixels of other values a square would hold, by the uncovered tile of the image that has the fewest; 0 without such tiles.
  private static func expectedOthers(
    than value: Float, inSquareOf side: Int, _ image: Raster<Float>, _ isCovered: [Bool]
  ) -> Double {
    let tile = min(side, largestTile)
    var fewest: Int?
    for top in stride(from: 0, through: image.height - tile, by: tile) {
      for left in stride(from: 0, through: image.width - tile, by: tile) {
        var (others, isFree) = (0, true)
        for y in top..<top + tile where isFree {
          for x in left..<left + tile {
            let index = y * image.width + x
            isFree = isFree && !isCovered[index]
            if image.values[index] != value { others += 1 }
          }
        }
        if isFree { fewest = min(fewest ?? others, others) }
      }
    }
    return Double(fewest ?? 0) * Double(side * side) / Double(tile * tile)
  }

  /// The lower right corners of all squares of equal pixels, and the side of the largest of each value.
  private static func squares(of side: Int, in image: Raster<Float>) -> (isCorner: [Bool], largest: [Float: Int]) {
    let width = image.width
    var isCorner = [Bool](repeating: false, count: image.count)
    var above = [Int](repeating: 0, count: width)
    var largest: [Float: Int] = [:]
    for y in 0..<image.height {
      var line = [Int](repeating: 1, count: width)
      for x in 0..<width where y > 0 && x > 0 {
        let index = y * width + x
        let value = image.values[index]
        guard
          image.values[index - 1] == value, image.values[index - width] == value,
          image.values[index - width - 1] == value
        else { continue }
        line[x] = min(line[x - 1], above[x], above[x - 1]) + 1
        guard line[x] >= side else { continue }
        isCorner[index] = true
        if line[x] > largest[value] ?? 0 { largest[value] = line[x] }
      }
      above = line
    }
    return (isCorner, largest)
  }

  /// The pixels of the squares with these lower right corners.
  private static func filled(_ isCorner: [Bool], side: Int, in image: Raster<Float>) -> [Bool] {
    let width = image.width
    // Along the lines, then across them.
    var lines = isCorner
    for y in 0..<image.height {
      var left = 0
      for x in (0..<width).reversed() {
        left = isCorner[y * width + x] ? side : left - 1
        lines[y * width + x] = left > 0
      }
    }
    var isCovered = lines
    for x in 0..<width {
      var left = 0
      for y in (0..<image.height).reversed() {
        left = lines[y * width + x] ? side : left - 1
        isCovered[y * width + x] = left > 0
      }
    }
    return isCovered
  }

  /// The pixels, and those of the same value that lie within `side` steps of them.
  private static func grown(_ pixels: [Bool], by side: Int, in image: Raster<Float>) -> [Bool] {
    let width = image.width
    var isCovered = pixels
    var front = image.values.indices.filter { isCovered[$0] }
    for _ in 0..<side {
      var next: [Int] = []
      for index in front {
        let x = index % width
        for other in [index - 1, index + 1, index - width, index + width]
        where isCovered.indices.contains(other) && abs(other % width - x) <= 1 && !isCovered[other]
          && image.values[other] == image.values[index]
        {
          isCovered[other] = true
          next.append(other)
        }
      }
      front = next
    }
    return isCovered
  }
}
