import TesseraNumerics

/// A shape on the pixel grid around (0, 0), as runs of neighbouring pixels; the order of the runs is that of the cut.
struct PixelRuns: Sendable, Equatable {
  struct Run: Sendable, Equatable {
    var y: Int
    var x: Range<Int>
  }
  private(set) var runs: [Run] = []
  /// The number of pixels.
  private(set) var count = 0

  /// A square; of an even side the centre lies half a pixel before (0, 0).
  init(square side: Int) {
    let first = -(side / 2)
    for y in first..<first + side { runs.append(Run(y: y, x: first..<first + side)) }
    count = side * side
  }

  /// The pixels whose centre lies nearer than `radius` to a place.
  init(disc radius: Double, around centre: Point) {
    let reach = Int(saturating: radius + 1)
    for y in -reach...reach {
      let inside = (-reach...reach).filter {
        (Point(Double($0), Double(y)) - centre).squaredLength < radius * radius
      }
      guard let first = inside.first, let last = inside.last else { continue }
      runs.append(Run(y: y, x: first..<last + 1))
      count += inside.count
    }
  }

  /// The pixels in the order of the cut.
  var pixels: [(x: Int, y: Int)] { runs.flatMap { run in run.x.map { ($0, run.y) } } }

  /// Reads the shape around a place of an image whose edge was repeated `border` times, shifted by the place's
  /// fraction of a pixel. Writes `count` values; up to 16 multiplications each.
  func cut(
    _ image: Span<Float>, width: Int, at place: Subpixel, border: Int, into output: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(output.count >= count)
    var next = 0
    for run in runs {
      let length = run.x.count
      let line = UnsafeMutableBufferPointer(rebasing: output[next..<next + length])
      line.initialize(repeating: 0)
      var target = line.mutableSpan
      for (row, verticalWeight) in place.verticalWeights where verticalWeight != 0 {
        let start = (place.y + border + run.y + row) * width + place.x + border + run.x.lowerBound
        for (column, horizontalWeight) in place.horizontalWeights where horizontalWeight != 0 {
          let weight = verticalWeight * horizontalWeight
          let source = image.extracting(start + column..<start + column + length)
          for i in 0..<length { target[i] += weight * source[i] }
        }
      }
      next += length
    }
  }
}
