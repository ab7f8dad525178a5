import Foundation
import TesseraImaging
import TesseraNumerics

/// The background of a fit: where it starts, how it follows the residual, and what the tiles add to it.
extension ColumnFitState {
  /// A column starts with this share of the image's range at least.
  private static let leastStart = 1e-9

  /// Local minima are sought this many spacings around: between columns there are some.
  private static let floorReach = 0.7

  private var floorWindow: Int { max(2, Int(saturating: (Self.floorReach * spacing).rounded())) }

  private var lightImage: Raster<Float> { GaussianFilter.smoothed(image, sigma: max(1, startSigma / 2)) }

  /// Edges of the background in blocks of pixels.
  struct Edges {
    /// By how much the background rises or falls within a spacing or so, in each block; zero where it does not.
    fileprivate let rise: Raster<Float>
    fileprivate let block: Int

    /// The rise at a place, 0 outside the image.
    func rise(at place: Point) -> Double {
      let (x, y) = (
        Int(saturating: (place.x / Double(block)).rounded(.down)),
        Int(saturating: (place.y / Double(block)).rounded(.down))
      )
      return rise.contains(x: x, y: y) ? Double(rise[x, y]) : 0
    }
  }

  /// Where the background has edges; nil where it has none.
  ///
  /// On the high side of an edge the local minima are those of the low side. Their local maxima put the edge back in its place (a
  /// morphological opening): the difference shows where it is. Means of blocks, small beside the distance of columns, say as much as
  /// pixels at a fraction of the work.
  var edges: Edges? {
    let block = min(max(1, floorWindow / Self.blocksOfWindow), image.width, image.height)
    let reach = (floorWindow + block - 1) / block
    let low = slidingMinimum(Binning.means(of: lightImage, factor: block), reach: reach)
    let opened = slidingMinimum(low.map { -$0 }, reach: reach)
    let fall = Raster(width: low.width, height: low.height, values: zip(low.values, opened.values).map { $1 + $0 })
    let rises = fall.values.map { Double(-$0) }
    let limit = Float(Statistics.median(rises) + Self.edgeDeviations * Statistics.robustDeviation(rises))
    let edge = fall.map { min(0, $0 + limit) }
    guard edge.values.contains(where: { $0 < 0 }) else { return nil }
    // Columns on the low side are pulled as much.
    return Edges(rise: slidingMinimum(edge, reach: reach).map { -$0 }, block: block)
  }

  /// What local maxima of the local minima exceed them by, in robust deviations over the image, where the background has an edge.
  private static let edgeDeviations = 8.0
  /// Blocks within the reach of the local minima.
  private static let blocksOfWindow = 4

  /// A column starts at this share of what stands above the background, since its neighbours' tails are part of that.
  private static let startShare = 0.9
  /// Where columns reach this share of a typical height, a pixel tells half as much of the background as one between columns ...
  private static let columnShare: Float = 0.2
  /// ... and at least this much, so that the background is known everywhere in a dense image.
  private static let leastWeight: Float = 0.02
  /// A background that moves by less than this share of a typical height rests, so that the fit of an image without noise ends.
  private static let restingHeight = 1e-5

  /// The background begins at the local minima of the lightly smoothed image; columns start with what stands above.
  mutating func startBackground() {
    let light = lightImage
    let low = slidingMinimum(light, reach: floorWindow)
    background = GaussianFilter.broadlySmoothed(low, weights: measured, sigma: max(spacing, 3 * startSigma))
    if fit.background != .smooth {
      background = Raster(
        width: image.width, height: image.height, filling: Float(Statistics.median(background.values.map(Double.init))))
    }
    for i in columns.indices {
      let (x, y) = (
        Int(saturating: columns[i].centre.x.rounded()), Int(saturating: columns[i].centre.y.rounded())
      )
      guard image.contains(x: x, y: y) else { continue }
      columns[i].amplitude = max(
        Self.leastStart * largestAmplitude, Double(light[x, y] - background[x, y]) * Self.startShare)
    }
    renderResidual()
  }

  /// Moves what the residual has in common over wide areas into a smooth background. Pixels between columns count
  /// most: on the columns, their heights have already taken up part of the background's error.
  ///
  /// Returns the root mean square of what was moved, in units of what counts as rest for a height.
  mutating func followBackground() -> Double {
    guard fit.background == .smooth else { return 0 }
    let typical = Float(Statistics.median(columns.map(\.amplitude)))
    let (image, residual, background, measured) = (image, residual, background, measured)
    let weights = concurrentRows(width: image.width, height: image.height, of: Float(0)) { y, row in
      for x in 0..<row.count {
        let i = y * row.count + x
        let height = image.values[i] - residual.values[i] - background.values[i]
        let ratio = height / (Self.columnShare * typical)
        row[x] = measured.values[i] * max(Self.leastWeight, 1 / (1 + ratio * ratio))
      }
    }
    let correction = GaussianFilter.broadlySmoothed(
      residual, weights: weights, sigma: max(2 * spacing, 6 * startSigma))
    self.background.values.withUnsafeMutableBufferPointer { background in
      self.residual.values.withUnsafeMutableBufferPointer { residual in
        // Rows do not overlap.
        nonisolated(unsafe) let (background, residual) = (background.baseAddress!, residual.baseAddress!)
        concurrentFor(image.height) { y in
          let change = correction.values.span
          for i in y * image.width..<(y + 1) * image.width {
            background[i] += change[i]
            residual[i] -= change[i]
          }
        }
      }
    }
    let known = heldErrors.filter(\.isFinite)
    let rest = max(
      Self.restingHeight * Double(typical), known.isEmpty ? 0 : Self.restingShare * Statistics.median(known))
    let square = correction.values.reduce(0.0) { $0 + Double($1 * $1) } / Double(correction.count)
    return square.squareRoot() / max(rest, 1e-30)
  }

  /// Adds the tiles' corrections, interpolated between their centres.
  mutating func correctBackground(_ corrections: [SIMD4<Double>]) {
    let (across, down, side) = (tiles.across, tiles.down, tiles.side)
    let unit = Double(side)
    let places = tiles.tiles.map(\.centre)
    /// Neighbouring tiles of a coordinate and the weight of the second.
    @Sendable func between(_ position: Int, _ centres: [Double]) -> (Int, Int, Double) {
      let here = Double(position)
      var first = min(centres.count - 1, max(0, position / side))
      if here < centres[first] && first > 0 { first -= 1 }
      let second = min(first + 1, centres.count - 1)
      guard second > first, here > centres[first] else { return (first, first, 0) }
      return (first, second, min(1, (here - centres[first]) / (centres[second] - centres[first])))
    }
    let xs = (0..<across).map { places[$0].x }
    let ys = (0..<down).map { places[$0 * across].y }
    // Where the same two tiles are next: up to the first centre, from centre to centre, behind the last.
    let cuts = [0] + xs.map { Int(saturating: $0.rounded(.up)) } + [image.width]
    let (width, height) = (image.width, image.height)
    background.values.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let pixels = buffer.baseAddress!  // Rows do not overlap.
      concurrentFor(height) { y in
        let (top, bottom, v) = between(y, ys)
        /// The correction in this row: at the centre of each tile's column, and its slope along x.
        let lines = (0..<across).map { t -> (value: Double, slope: Double) in
          let (a, b) = (corrections[top * across + t], corrections[bottom * across + t])
          let (fromTop, fromBottom) = ((Double(y) - ys[top]) / unit, (Double(y) - ys[bottom]) / unit)
          return (
            (1 - v) * (a[0] + a[2] * fromTop) + v * (b[0] + b[2] * fromBottom), ((1 - v) * a[1] + v * b[1]) / unit
          )
        }
        let row = pixels + y * width
        for part in 0...across {
          let (left, right) = (max(part - 1, 0), min(part, across - 1))
          let distance = max(xs[right] - xs[left], 1)
          // One line turns into the next: a polynomial of degree 2 in the distance from the left centre.
          let (one, two) = (lines[left], lines[right])
          let linear = one.slope + (left == right ? 0 : (two.value - two.slope * distance - one.value) / distance)
          let square = left == right ? 0 : (two.slope - one.slope) / distance
          let (first, end) = (cuts[part], max(cuts[part], cuts[part + 1]))
          let start = Float(Double(first) - xs[left])
          let (a, b, c) = (Float(one.value), Float(linear), Float(square))
          for k in 0..<end - first {
            let u = start + Float(Int32(truncatingIfNeeded: k))
            row[first + k] += a + u * (b + u * c)
          }
        }
      }
    }
  }
}

/// The smallest value in a square window around each pixel (van Herk's two passes would save little at these sizes).
private func slidingMinimum(_ image: Raster<Float>, reach: Int) -> Raster<Float> {
  let (width, height) = (image.width, image.height)
  let across = concurrentRows(width: width, height: height, of: Float(0)) { y, row in
    let line = image.values.span.extracting(y * width..<(y + 1) * width)
    for x in 0..<width {
      var low = line[x]
      for u in max(0, x - reach)...min(width - 1, x + reach) { low = min(low, line[u]) }
      row[x] = low
    }
  }
  return concurrentRows(width: width, height: height, of: Float(0)) { y, row in
    let source = across.values.span
    for x in 0..<width { row[x] = source[y * width + x] }
    for v in max(0, y - reach)...min(height - 1, y + reach) {
      let line = source.extracting(v * width..<(v + 1) * width)
      for x in 0..<width { row[x] = min(row[x], line[x]) }
    }
  }
}
