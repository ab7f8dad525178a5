import TesseraNumerics

/// Moments of a Gaussian's pixels, all from one kernel: `scan` runs over the pixels, `PowerSums` adds up.
extension GaussianWindow {
  /// Adds up the moments Σ w G² dxⁱ dyʲ (i + j <= 4), Σ w G dxⁱ dyʲ (i + j <= 3) and Σ v G dxⁱ dyʲ (i + j <= 2) over the
  /// pixels where G is above exp(-`depth`).
  /// - Parameters:
  ///   - weights, weighted: the rasters w and v, with rows of `stride` pixels.
  ///   - moments: overwritten.
  func moments(
    weights: UnsafePointer<Float>, weighted: UnsafePointer<Float>, stride: Int, depth: Double, into moments: FitMoments
  ) {
    scratch.sums.update(repeating: .zero, count: FitMoments.count)
    let (squares, plains) = (scratch.sums, scratch.sums + FitMoments.squares)
    let scores = plains + FitMoments.plains
    var (square, plain, score) = (PowerSums(), PowerSums(), PowerSums())
    scan(stride: stride, depth: depth) { at, g, dy in
      let weight = Self.load(weights, at) * g
      square.add(weight * g, dy, degree: 4)
      plain.add(weight, dy, degree: 3)
      score.add(Self.load(weighted, at) * g, dy, degree: 2)
    } endOfStrip: { dx in
      square.move(to: squares, dx: dx, degree: 4)
      plain.move(to: plains, dx: dx, degree: 3)
      score.move(to: scores, dx: dx, degree: 2)
    }
    for k in 0..<FitMoments.count { moments.square[k] = scratch.sums[k].total }
  }

  /// The moments Σ v G dxⁱ dyʲ (i + j <= 2) over the pixels where G is above exp(-`depth`), in the order of `Moment`.
  func scores(weighted: UnsafePointer<Float>, stride: Int, depth: Double) -> SIMD8<Double> {
    let sums = scratch.sums
    sums.update(repeating: .zero, count: FitMoments.scores)
    var score = PowerSums()
    scan(stride: stride, depth: depth) { at, g, dy in
      score.add(Self.load(weighted, at) * g, dy, degree: 2)
    } endOfStrip: { dx in
      score.move(to: sums, dx: dx, degree: 2)
    }
    var result = SIMD8<Double>.zero
    for k in 0..<FitMoments.scores { result[k] = sums[k].total }
    return result
  }

  /// Adds up the moments Σ w G dxⁱ dyʲ (i + j <= 4) over the pixels where G is above exp(-`depth`); `result` is overwritten.
  func moments(weights: UnsafePointer<Float>, stride: Int, depth: Double, sums result: UnsafeMutablePointer<Double>) {
    let sums = scratch.sums
    sums.update(repeating: .zero, count: FitMoments.squares)
    var square = PowerSums()
    scan(stride: stride, depth: depth) { at, g, dy in
      square.add(Self.load(weights, at) * g, dy, degree: 4)
    } endOfStrip: { dx in
      square.move(to: sums, dx: dx, degree: 4)
    }
    for k in 0..<FitMoments.squares { result[k] = sums[k].total }
  }

  /// Runs over the pixels where G is above exp(-`depth`), four at a time, strip by strip.
  ///
  /// A strip is four columns of pixels, run down row by row, so that sums over dy stay in registers, and powers of dx, like sums
  /// over the four, are taken once a strip or a window.
  /// - Parameters:
  ///   - pixels: is given the place in a raster with rows of `stride` pixels, G and dy there.
  ///   - endOfStrip: is given the dx of the strip that has just been run through.
  @inline(__always)
  private func scan(
    stride: Int, depth: Double, pixels: (_ at: Int, _ g: Four, _ dy: Four) -> Void, endOfStrip: (_ dx: Four) -> Void
  ) {
    forEachStrip(depth: depth) { i, dx, rows, first in
      var (table, dy) = (first, Four(repeating: self.dy + Float(rows.lowerBound)))
      let step = q == 0 ? Four(repeating: 1) : Self.load(scratch.step, i)
      var at = (y + rows.lowerBound) * stride + x + i
      for j in rows {
        pixels(at, table * scratch.heights[j], dy)
        dy += 1
        table *= step
        at += stride
      }
      endOfStrip(dx)
    }
  }

  /// Calls `body` for each strip of four columns of pixels: its first column, its dx, the rows where G may be above
  /// exp(-depth), and T in the first of these.
  @inline(__always)
  private func forEachStrip(depth: Double, _ body: (_ i: Int, _ dx: Four, _ rows: Range<Int>, _ first: Four) -> Void) {
    var heights = RowFactors(r: r, dy: Double(dy))
    for j in 0..<height {
      scratch.heights[j] = Float(heights.value)
      heights.advance()
    }
    var i = 0
    while i < width {
      let dx = Four(0, 1, 2, 3) + (self.dx + Float(i))
      // The ellipse's longest chord among the four columns, about each middle that the chords have.
      let nearest = Double(max(dx[0], min(0, dx[3])))
      let reach = max(0, 2 * depth * r - (p * r - q * q) * nearest * nearest).squareRoot() / r
      let (one, two) = (-q / r * Double(dx[0]), -q / r * Double(dx[3]))
      let low = max(0, (min(one, two) - reach - Double(dy)).rounded(.up))
      let high = min(Double(height - 1), (max(one, two) + reach - Double(dy)).rounded(.down))
      if low <= high {
        var first = Self.load(scratch.row, i)
        if q != 0 { for _ in 0..<Int(low) { first *= Self.load(scratch.step, i) } }
        body(i, dx, Int(low)..<Int(high) + 1, first)
      }
      i += 4
    }
  }
}

extension SIMD4<Float> {
  @inline(__always) fileprivate var total: Double {
    (Double(self[0]) + Double(self[2])) + (Double(self[1]) + Double(self[3]))
  }
}
