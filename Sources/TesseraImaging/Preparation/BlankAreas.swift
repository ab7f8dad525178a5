import TesseraNumerics

/// Areas of one and the same value, as an image that was turned, shifted, masked or pasted has where nothing was measured.
///
/// A detector's pixels differ by noise. So a square of equal pixels was not measured if squares of that size elsewhere in the image hold many
/// pixels of other values, be they only a few counts: in the vacuum of an image of few counts the next square holds as few. Of an image
/// without noise, such as a simulated one, nothing is said. And blank areas are convex, as corners, bands and rectangles are, or end where the
/// image is as bright as elsewhere, as the frame around an image that was shifted and the surroundings of an aperture: where a background was
/// cut off at zero, or counts are few, the gaps between columns and the surroundings of particles are not convex, and the image fades towards them.
enum BlankAreas {
  /// Side of the smallest square of equal pixels: a part of the shorter side of the image, between two limits.
  private static let (sideShare, sides) = (1.0 / 32, 8...16)
  /// The tips of an area, narrower than such a square, go on in squares of this side.
  private static let tipSide = 3
  /// Smaller parts of an image are gaps between columns.
  private static let leastShare = 0.005
  /// An area is convex if it fills this share of its convex hull.
  private static let leastSolidity = 0.9
  /// An area of another shape was cut out if the pixels beside it differ from its value by this share of what others do.
  private static let leastDifference = 0.5
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
    let squares = Squares(side: side, in: image)
    guard let equal = squares.pixels(in: image), case let noise = noiseLevel(of: image), noise > 0 else { return nil }
    let solid = solidParts(of: equal, in: image)
    guard !solid.isEmpty else { return nil }
    let isCovered = withTips(solid, in: image)
    let rest = image.values.indices.filter { !isCovered.values[$0] && image.values[$0].isFinite }.map {
      image.values[$0]
    }
    guard rest.count > 1 else { return nil }
    let rise = Statistics.quantile(rest, 0.99) - Statistics.quantile(rest, 0.5)
    guard noise > leastNoise * Double(rise) else { return nil }
    let highest = rest.reduce(-Float.infinity) { max($0, $1) }
    let corners = [0, width - 1, (height - 1) * width, height * width - 1]
    let values = Set(solid.map { image.values[$0[0]] }).filter { value in
      // A bright particle may be saturated all over; what is blank and white begins in a corner.
      (value < highest || corners.contains { isCovered.values[$0] && image.values[$0] == value })
        && expectedOthers(than: value, inSquareOf: squares.largest[value] ?? side, image, isCovered) > fewestExpected
    }
    guard !values.isEmpty else { return nil }
    return (
      Raster(
        width: width, height: height,
        values: image.values.indices.map { isCovered.values[$0] && values.contains(image.values[$0]) }), values.sorted()
    )
  }

  /// How many pixels of other values a square would hold, by the uncovered tile of the image that has the fewest; 0 without such tiles.
  private static func expectedOthers(
    than value: Float, inSquareOf side: Int, _ image: Raster<Float>, _ isCovered: Raster<Bool>
  ) -> Double {
    let tile = min(side, largestTile)
    var fewest: Int?
    for top in stride(from: 0, through: image.height - tile, by: tile) {
      for left in stride(from: 0, through: image.width - tile, by: tile) {
        var (others, isFree) = (0, true)
        for y in top..<top + tile where isFree {
          for x in left..<left + tile {
            let index = y * image.width + x
            isFree = isFree && !isCovered.values[index]
            if image.values[index] != value { others += 1 }
          }
        }
        if isFree { fewest = min(fewest ?? others, others) }
      }
    }
    return Double(fewest ?? 0) * Double(side * side) / Double(tile * tile)
  }

  /// Connected parts of one value, large enough to be none of the gaps between columns, with a convex shape or a sharp edge.
  private static func solidParts(of pixels: Raster<Bool>, in image: Raster<Float>) -> [[Int]] {
    regions(of: pixels, in: image).filter { region in
      Double(region.count) >= leastShare * Double(image.count)
        && (Double(region.count) >= leastSolidity * hullArea(of: region, width: image.width)
          || isCut(region, from: image))
    }
  }

  /// Whether the image is as bright beside an area as elsewhere.
  ///
  /// Beside it is whatever lies within a few pixels, pixels of the area's own value included: of an image of few counts most pixels are 0, and
  /// those that are not would seem bright wherever they stand.
  private static func isCut(_ region: [Int], from image: Raster<Float>) -> Bool {
    let value = image.values[region[0]]
    var isInside = Raster(width: image.width, height: image.height, filling: false)
    for index in region { isInside.values[index] = true }
    var (isNear, edge) = (isInside, region)
    for _ in 0..<tipSide {
      var next: [Int] = []
      for index in edge {
        image.forEachNeighbour(of: index) { other in
          if !isNear.values[other] {
            isNear.values[other] = true
            next.append(other)
          }
        }
      }
      edge = next
    }
    var (sums, counts) = ((beside: 0.0, elsewhere: 0.0), (beside: 0, elsewhere: 0))
    for index in image.values.indices where !isInside.values[index] && image.values[index].isFinite {
      let difference = Double(abs(image.values[index] - value))
      (sums.elsewhere, counts.elsewhere) = (sums.elsewhere + difference, counts.elsewhere + 1)
      if isNear.values[index] { (sums.beside, counts.beside) = (sums.beside + difference, counts.beside + 1) }
    }
    guard counts.beside > 0, sums.elsewhere > 0 else { return false }
    return sums.beside / Double(counts.beside) >= leastDifference * sums.elsewhere / Double(counts.elsewhere)
  }

  /// The parts with what adjoins them in squares of `tipSide`, and so many pixels of the same value beyond.
  private static func withTips(_ parts: [[Int]], in image: Raster<Float>) -> Raster<Bool> {
    let values = Set(parts.map { image.values[$0[0]] })
    var result = Raster(width: image.width, height: image.height, filling: false)
    for index in parts.joined() { result.values[index] = true }
    let small = Squares(side: tipSide, in: image, of: values).pixels(in: image)
    for region in small.map({ regions(of: $0, in: image) }) ?? [] where region.contains(where: { result.values[$0] }) {
      for index in region { result.values[index] = true }
    }
    for _ in 0..<tipSide {
      var next: [Int] = []
      for index in result.values.indices where result.values[index] {
        image.forEachNeighbour(of: index) { other in
          if !result.values[other], image.values[other] == image.values[index] { next.append(other) }
        }
      }
      for index in next { result.values[index] = true }
    }
    return result
  }

  /// Connected pixels of one value.
  private static func regions(of pixels: Raster<Bool>, in image: Raster<Float>) -> [[Int]] {
    var numbers: [Float: Int] = [:]
    let labels = image.values.indices.map { index -> Int in
      guard pixels.values[index] else { return 0 }
      let number = numbers[image.values[index]] ?? numbers.count + 1
      numbers[image.values[index]] = number
      return number
    }
    return Raster(width: image.width, height: image.height, values: labels).connectedRegions()
  }

  /// Area of the convex hull of some pixels, each a square of side 1.
  private static func hullArea(of region: [Int], width: Int) -> Double {
    // The first and the last pixel of each line are enough.
    var ends: [Int: ClosedRange<Int>] = [:]
    for index in region {
      let (x, y) = (index % width, index / width)
      let known = ends[y] ?? x...x
      ends[y] = min(known.lowerBound, x)...max(known.upperBound, x)
    }
    return ConvexHull(
      of: ends.flatMap { y, line in
        [line.lowerBound, line.upperBound + 1].flatMap { x in [0, 1].map { Point(Double(x), Double(y + $0)) } }
      }
    ).area
  }
}
