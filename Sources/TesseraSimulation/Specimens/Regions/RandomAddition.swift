import Foundation
import TesseraNumerics

/// Random sequential addition: places are drawn evenly, one after the other, and one that comes too close to an earlier
/// one is given up.
struct RandomAddition {
  /// Shortest distance between two places, in pixels.
  let distance: Double
  private let corner, size: Point
  private let bucket: Double
  private let columns, rows: Int
  private var buckets: [[Point]]

  /// - Parameters:
  ///   - margin: how far around the frame places lie, in pixels.
  ///   - kept: places that are there already.
  init(distance: Double, frame: Frame, margin: Double, keeping kept: [Point]) {
    self.distance = distance
    corner = Point(-margin - 0.5, -margin - 0.5)
    size = Point(Double(frame.width) + 2 * margin, Double(frame.height) + 2 * margin)
    // Not smaller than the distance, so that nine buckets hold all that is near; at most four million of them.
    bucket = max(distance, (size.x * size.y / 4e6).squareRoot(), 1)
    columns = Int(size.x / bucket) + 1
    rows = Int(size.y / bucket) + 1
    buckets = [[Point]](repeating: [], count: columns * rows)
    for place in kept { keep(place) }
  }

  /// Adds places to a part of the frame until it has as many per square pixel as asked, or until a hundred attempts for each
  /// of them were made.
  mutating func add(
    density: Double, using random: inout RandomSource, where isInside: (Point) -> Bool
  ) -> [Point] {
    let whole = density * size.x * size.y
    let wanted = Int((whole * share(where: isInside)).rounded())
    var (attempts, added): (Int, [Point]) = (0, [])
    while added.count < wanted && Double(attempts) < 100 * whole {
      attempts += 1
      let place = corner + size * Point(random.uniform(), random.uniform())
      guard isInside(place) && isFree(place) else { continue }
      keep(place)
      added.append(place)
    }
    return added
  }

  /// The share of the area that lies inside, from 256 x 256 places.
  private func share(where isInside: (Point) -> Bool) -> Double {
    let steps = 256
    var count = 0
    for y in 0..<steps {
      for x in 0..<steps where isInside(corner + size * (Point(Double(x), Double(y)) + 0.5) / Double(steps)) {
        count += 1
      }
    }
    return Double(count) / Double(steps * steps)
  }

  private func bucket(of place: Point) -> (x: Int, y: Int) {
    let cell = (place - corner) / bucket
    return (min(max(Int(cell.x), 0), columns - 1), min(max(Int(cell.y), 0), rows - 1))
  }

  private mutating func keep(_ place: Point) {
    let (x, y) = bucket(of: place)
    buckets[y * columns + x].append(place)
  }

  private func isFree(_ place: Point) -> Bool {
    let (x, y) = bucket(of: place)
    for row in max(y - 1, 0)...min(y + 1, rows - 1) {
      for column in max(x - 1, 0)...min(x + 1, columns - 1) {
        if buckets[row * columns + column].contains(where: { ($0 - place).squaredLength < distance * distance }) {
          return false
        }
      }
    }
    return true
  }
}
