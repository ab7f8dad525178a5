import TesseraNumerics

/// Where the specimen was while each line of a frame was scanned.
///
/// A place p of the specimen appears in line k at p + d(k), with d in pixels along the x and y of the specimen:
///
///     d(k) = shift + rate (k − (H − 1)/2) + (error of line k, given along and across the lines).
struct FramePath: Sendable, Equatable {
  /// Quarter turns from the specimen's +x to the direction of the fast scan, from +x towards +y.
  var quarterTurns = 0
  /// Displacement at the middle line.
  var shift = Point.zero
  /// Displacement a line: drift within the frame.
  var rate = Point.zero
  /// Errors of the lines: x along the line, y from line to line. Empty for none.
  var lineErrors: [Point] = []

  /// Displacements of `lines` lines along the scanner's axes: x along the line, y from line to line.
  func scanned(lines: Int) -> [Point] {
    let (shift, rate) = (shift.turned(quarters: -quarterTurns), rate.turned(quarters: -quarterTurns))
    let middle = Double(lines - 1) / 2
    return (0..<lines).map { line -> Point in
      let even = shift + rate * (Double(line) - middle)
      return lineErrors.isEmpty ? even : even + lineErrors[line]
    }
  }

  /// The same along x and y of the specimen.
  func displacements(lines: Int) -> [Point] { scanned(lines: lines).map { $0.turned(quarters: quarterTurns) } }
}

/// A rectangle of whole pixels of the specimen.
struct PixelBox: Sendable, Equatable {
  var x, y, width, height: Int

  /// The pixels that lie, as seen in a frame of this size, in the box after turning the axes: the scanner's axes start at
  /// the corner of the frame and are turned about its middle.
  func turned(quarters: Int, frameWidth: Int, frameHeight: Int) -> PixelBox {
    let middle = Point(Double(frameWidth - 1), Double(frameHeight - 1)) / 2
    let corners = [Point(Double(x), Double(y)), Point(Double(x + width - 1), Double(y + height - 1))].map {
      middle + ($0 - middle).turned(quarters: quarters)
    }
    let low = Point(min(corners[0].x, corners[1].x), min(corners[0].y, corners[1].y))
    let high = Point(max(corners[0].x, corners[1].x), max(corners[0].y, corners[1].y))
    return PixelBox(
      x: Int(saturating: low.x.rounded()), y: Int(saturating: low.y.rounded()),
      width: Int(saturating: (high.x - low.x).rounded()) + 1,
      height: Int(saturating: (high.y - low.y).rounded()) + 1)
  }
}
