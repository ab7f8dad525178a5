import TesseraNumerics

/// Euclidean distances to the nearest pixel of a set, exact, O(pixels).
///
/// Source: Felzenszwalb & Huttenlocher, Theory of Computing 8 (2012) 415: squared distances along columns, then the lower
/// envelope of parabolas along rows. Between two pixels of a row that are in the set no others of that row matter, so that each run of
/// pixels outside it is a row of its own; with runs of equal labels one pass serves all labels.
package enum DistanceTransform {
  /// Infinite everywhere if the set is empty.
  package static func distances(toWhere isTarget: Raster<Bool>) -> Raster<Float> {
    distances(in: isTarget, target: true, borderIsEdge: false)
  }

  /// The distance of each pixel to the nearest one with another label; infinite everywhere if there is but one label.
  /// - Parameters:
  ///   - labels: of the pixels.
  ///   - borderIsEdge: whether what lies beyond the border has another label.
  package static func depths(of labels: Raster<Int>, borderIsEdge: Bool = false) -> Raster<Float> {
    distances(in: labels, target: nil, borderIsEdge: borderIsEdge)
  }

  /// - Parameter target: what has no distance itself; nil: all pixels have one, to those of other values.
  private static func distances<Value: Equatable & BitwiseCopyable & Sendable>(
    in values: Raster<Value>, target: Value?, borderIsEdge: Bool
  ) -> Raster<Float> {
    let (width, height) = (values.width, values.height)
    let columns = alongColumns(values, target: target, borderIsEdge: borderIsEdge)
    return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
      var envelope = Envelope(count: width + 2)
      let (line, steps) = (
        values.values.span.extracting(y * width..<(y + 1) * width),
        columns.span.extracting(y * width..<(y + 1) * width)
      )
      var first = 0
      while first < width {
        var last = first
        while last + 1 < width, line[last + 1] == line[first] { last += 1 }
        if line[first] != target {
          envelope.begin()
          // What ends a run lies at no distance from itself.
          if first > 0 || borderIsEdge { envelope.add(at: first - 1, square: 0) }
          for x in first...last where steps[x] >= 0 {
            envelope.add(at: x, square: Double(steps[x]) * Double(steps[x]))
          }
          if last + 1 < width || borderIsEdge { envelope.add(at: last + 1, square: 0) }
          for x in first...last { row[x] = envelope.distance(at: x) }
        }
        first = last + 1
      }
    }
  }

  /// Columns whose pixels are walked through together, row by row.
  private static let band = 64

  /// The distance of each pixel to the nearest one of another value in its column; negative where there is none.
  private static func alongColumns<Value: Equatable & BitwiseCopyable & Sendable>(
    _ values: Raster<Value>, target: Value?, borderIsEdge: Bool
  ) -> [Int32] {
    let (width, height) = (values.width, values.height)
    return [Int32](unsafeUninitializedCapacity: width * height) { buffer, count in
      nonisolated(unsafe) let result = buffer  // Bands do not overlap.
      concurrentFor((width + band - 1) / band) { index in
        let pixels = values.values.span
        let across = index * band..<min(width, (index + 1) * band)
        let atBorder: Int32 = borderIsEdge ? 1 : -1
        for y in 0..<height {
          for x in across {
            let place = y * width + x
            if pixels[place] == target {
              result[place] = 0
            } else if y == 0 {
              result[place] = atBorder
            } else {
              let above = place - width
              result[place] = pixels[above] != pixels[place] ? 1 : result[above] < 0 ? -1 : result[above] + 1
            }
          }
        }
        for y in (0..<height).reversed() {
          for x in across {
            let place = y * width + x
            guard pixels[place] != target else { continue }
            let below = place + width
            let after =
              y + 1 == height
              ? atBorder : pixels[below] != pixels[place] ? 1 : result[below] < 0 ? -1 : result[below] + 1
            if after >= 0, result[place] < 0 || after < result[place] { result[place] = after }
          }
        }
      }
      count = width * height
    }
  }

  /// The least of (p − q)² + square(q) over all q, for each p.
  private struct Envelope {
    private var places: [Int]
    private var squares, starts: [Double]
    /// The last parabola, and that which is least where the envelope was asked last.
    private var last = -1, current = 0

    init(count: Int) {
      places = [Int](repeating: 0, count: count)
      (squares, starts) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    }

    mutating func begin() { (last, current) = (-1, 0) }

    /// Parabolas come in the order of their places.
    mutating func add(at q: Int, square: Double) {
      var start = -Double.infinity
      while last >= 0 {
        let p = places[last]
        start = (square + Double(q * q) - squares[last] - Double(p * p)) / Double(2 * (q - p))
        if start > starts[last] { break }
        last -= 1
        start = -.infinity
      }
      last += 1
      (places[last], squares[last], starts[last]) = (q, square, start)
    }

    /// The distance at a place, places being asked for from left to right; infinite without a parabola.
    mutating func distance(at p: Int) -> Float {
      guard last >= 0 else { return .infinity }
      while current < last && starts[current + 1] < Double(p) { current += 1 }
      let offset = Double(p - places[current])
      return Float((offset * offset + squares[current]).squareRoot())
    }
  }
}
