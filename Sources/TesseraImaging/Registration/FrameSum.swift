import TesseraNumerics

/// The sum of registered frames of one direction of scan, on a canvas along the scanner's axes, with the number of frames
/// that cover each pixel.
struct FrameSum: Sendable {
  /// Where the canvas lies, along the scanner's axes.
  let box: PixelBox
  private(set) var values: Raster<Float>
  private(set) var coverage: Raster<Float>

  init(box: PixelBox) {
    self.box = box
    values = Raster(width: box.width, height: box.height, filling: 0)
    coverage = values
  }

  /// Adds a frame, each line put where it belongs (`displacements` along the scanner's axes).
  ///
  /// Each line is moved along itself, then each column of the canvas is read between the lines where the scan crossed its
  /// rows; both by the eight samples of `WindowedSinc`. Pixels beyond the frame's edge are not covered. O(16 pixels).
  mutating func add(_ frame: Raster<Float>, displacements: [Point]) {
    let (box, width, lines) = (box, box.width, frame.height)
    let moved = concurrentRows(width: width, height: lines, of: Float(0)) { line, row in
      let source = frame.values.span.extracting(line * frame.width..<(line + 1) * frame.width)
      WindowedSinc.shift(source, by: Double(box.x) + displacements[line].x, into: &row)
    }
    // The pixels of the canvas between the ends of each line.
    let ranges = displacements.map { displacement -> Range<Int> in
      let first = (-displacement.x).rounded(.up) - Double(box.x)
      let last = (Double(frame.width - 1) - displacement.x).rounded(.down) - Double(box.x)
      let low = Int(saturating: max(0, min(Double(width), first)))
      return low..<max(low, Int(saturating: max(0, min(Double(width), last + 1))))
    }
    let crossings = Self.crossings(of: displacements, rows: box.y..<box.y + box.height)
    let (before, after) = (values, coverage)
    let sums = concurrentRows(width: width, height: 2 * box.height, of: Float(0), band: 32) { index, row in
      let y = index / 2
      let isCoverage = index % 2 == 1
      let old = (isCoverage ? after : before).values.span.extracting(y * width..<(y + 1) * width)
      for x in 0..<width { row[x] = old[x] }
      guard let place = crossings[y] else { return }
      let below = min(lines - 1, Int(saturating: place))
      let (one, other) = (ranges[below], ranges[min(lines - 1, below + 1)])
      let low = max(one.lowerBound, other.lowerBound)
      let range = low..<max(low, min(one.upperBound, other.upperBound))
      if isCoverage {
        for x in range { row[x] += 1 }
        return
      }
      let weights = WindowedSinc.weights(at: place - Double(below))
      for tap in 0..<WindowedSinc.taps where weights[tap] != 0 {
        let line = max(0, min(lines - 1, below + tap - WindowedSinc.before))
        let (weight, source) = (weights[tap], moved.values.span.extracting(line * width..<(line + 1) * width))
        for x in range { row[x] += weight * source[x] }
      }
    }
    for y in 0..<box.height {
      let start = 2 * y * width
      values.values.replaceSubrange(y * width..<(y + 1) * width, with: sums.values[start..<start + width])
      coverage.values.replaceSubrange(y * width..<(y + 1) * width, with: sums.values[start + width..<start + 2 * width])
    }
  }

  /// The line, with its fraction, at which the scan crossed each row; nil where it never did. Lines that would turn back are
  /// taken to stand still.
  static func crossings(of displacements: [Point], rows: Range<Int>) -> [Double?] {
    var places: [Double] = []
    for (line, displacement) in displacements.enumerated() {
      places.append(max(Double(line) - displacement.y, places.last ?? -.infinity))
    }
    var line = 0
    return rows.map { row in
      let y = Double(row)
      while line + 1 < places.count && places[line + 1] < y { line += 1 }
      guard line + 1 < places.count, places[line] <= y else { return nil }
      let step = places[line + 1] - places[line]
      return Double(line) + (step > 0 ? (y - places[line]) / step : 0)
    }
  }
}
