import TesseraNumerics

extension BlankAreas {
  /// An area is convex if it fills this share of its convex hull.
  private static let leastSolidity = 0.9
  /// Smaller parts of an image are gaps between columns.
  private static let leastShare = 0.005

  /// Those of the covered pixels that belong to a connected area of one value with a convex shape, large enough to be none of the gaps between columns.
  static func convex(_ isCovered: [Bool], in image: Raster<Float>) -> [Bool] {
    let width = image.width
    var isOpen = isCovered
    var result = [Bool](repeating: false, count: isCovered.count)
    var stack: [Int] = []
    for start in isOpen.indices where isOpen[start] {
      isOpen[start] = false
      stack.append(start)
      var area: [Int] = []
      while let index = stack.popLast() {
        area.append(index)
        let x = index % width
        for other in [index - 1, index + 1, index - width, index + width]
        where isOpen.indices.contains(other) && isOpen[other] && abs(other % width - x) <= 1
          && image.values[other] == image.values[start]
        {
          isOpen[other] = false
          stack.append(other)
        }
      }
      if Double(area.count) >= leastShare * Double(image.count),
        Double(area.count) >= leastSolidity * Double(hullCount(of: area, width: width))
      {
        for index in area { result[index] = true }
      }
    }
    return result
  }

  /// How many pixels the convex hull of some pixels holds: Pick's theorem, area + half of the points on the edge + 1.
  private static func hullCount(of area: [Int], width: Int) -> Int {
    // The first and the last pixel of each line are enough.
    var ends: [Int: (first: Int, last: Int)] = [:]
    for index in area {
      let (x, y) = (index % width, index / width)
      let known = ends[y] ?? (x, x)
      ends[y] = (min(known.first, x), max(known.last, x))
    }
    let points = ends.keys.sorted().flatMap { y in [(ends[y]!.first, y), (ends[y]!.last, y)] }
    let hull = half(points) + half(points.reversed())
    guard hull.count > 2 else { return area.count }
    var (twiceArea, edge) = (0, 0)
    for (number, point) in hull.enumerated() {
      let next = hull[(number + 1) % hull.count]
      twiceArea += point.0 * next.1 - next.0 * point.1
      edge += greatestCommonDivisor(abs(next.0 - point.0), abs(next.1 - point.1))
    }
    return (abs(twiceArea) + edge) / 2 + 1
  }

  /// One side of the hull of points that are sorted along an axis, without its last point (Andrew, Information Processing Letters 9 (1979) 216).
  private static func half(_ points: [(Int, Int)]) -> [(Int, Int)] {
    var chain: [(Int, Int)] = []
    for point in points {
      while chain.count > 1 {
        let (a, b) = (chain[chain.count - 2], chain[chain.count - 1])
        let turn = (b.0 - a.0) * (point.1 - a.1) - (b.1 - a.1) * (point.0 - a.0)
        guard turn <= 0 else { break }
        chain.removeLast()
      }
      chain.append(point)
    }
    return chain.isEmpty ? [] : Array(chain.dropLast())
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }
}
