import TesseraImaging
import TesseraNumerics

/// What all tiles of a fit read while they compute one step.
struct FitScene: Sendable {
  let columns: [GaussianColumn]
  let starts: [Point]
  let image: Raster<Float>
  /// Image minus model.
  let residual: Raster<Float>
  /// Zero where nothing was measured, else one over the local noise factor.
  let measured: Raster<Float>
  /// The variance of a pixel of model intensity m is `constantVariance + gain m`, and never below `leastVariance`.
  let constantVariance, gain, leastVariance: Double
  let shape: ColumnFit.Shape
  /// Degree of the polynomial by which each tile corrects its background; nil: the background is held.
  let backgroundDegree: Int?
  /// Half sides of a column's window, in standard deviations.
  let windowRadius: Double
  /// Bounds of a column's standard deviation, in pixels.
  let widths: ClosedRange<Double>
  /// Median height of all columns: what half a column at the border is expected to have, within two fifths.
  let typicalAmplitude: Double
  /// No column is higher than this.
  let largestAmplitude: Double
  /// What all other tiles know of the common width, for a shared shape.
  var widthInformation = 0.0

  /// A column after a change of its unknowns, within the bounds of the fit.
  /// - Parameter change: height, x, y, then 1 / sigma² or p, q, r; none for a shared shape.
  func advanced(_ old: GaussianColumn, from start: Point, by change: SIMD8<Double>) -> GaussianColumn {
    guard change.sum().isFinite else { return old }
    var column = old
    let sigma = column.sigma
    let limit = 0.5 * sigma
    column.centre += Point(max(-limit, min(limit, change[1])), max(-limit, min(limit, change[2])))
    // A column that leaves its own peak has lost it: it stays at the rim and the finder judges it by its amplitude.
    let offset = column.centre - start
    let leash = FitBounds.leash * sigma
    if offset.length > leash { column.centre = start + offset * (leash / offset.length) }
    column.amplitude = min(
      max(old.amplitude + change[0], 0.05 * old.amplitude), min(largestAmplitude, 5 * old.amplitude + typicalAmplitude))
    if !isCut(column) {
      switch shape {
      case .shared: break
      case .round:
        let inverse = min(max(column.p + change[3], 0.5 * column.p), 2 * column.p)
        (column.p, column.q, column.r) = (inverse, 0, inverse)
      case .elliptical:
        let bound = 0.5 * max(column.p, column.r)
        column.p += max(-bound, min(bound, change[3]))
        column.q += max(-bound, min(bound, change[4]))
        column.r += max(-bound, min(bound, change[5]))
      }
      column.clampWidths(widths)
    }
    return column
  }

  /// A common width after a step of 1 / sigma², in pixels. It grows in small steps, as wider columns on a lower background
  /// look much alike and a long step would not come back.
  func sharedSigma(_ old: Double, step: Double) -> Double {
    let inverse = 1 / (old * old)
    let next = 1 / min(max(inverse + step, 0.87 * inverse), 1.4 * inverse).squareRoot()
    return min(max(next, widths.lowerBound), widths.upperBound)
  }

  /// The distance of a column from the nearest border of the image, in pixels; negative outside.
  func rim(of column: GaussianColumn) -> Double {
    min(
      column.centre.x, column.centre.y, Double(image.width - 1) - column.centre.x,
      Double(image.height - 1) - column.centre.y)
  }

  /// The weight of the height expected of half a column at the border.
  var priorWeight: Double { 1 / (0.16 * typicalAmplitude * typicalAmplitude) }

  /// Whether the border cuts a column so much that it does not show its own width.
  func isCut(_ column: GaussianColumn) -> Bool { rim(of: column) < 1.5 * column.sigma }
}

/// The weights of the pixels that a tile's columns reach, and the residual times these weights.
final class TilePixels {
  /// The first pixel in the coordinates of the image.
  let x, y: Int
  let width, height: Int
  /// The tile's own square, in the coordinates of this rectangle: where its background is. In the rest of the rectangle stand
  /// columns that the tile does not know, and a background there would seem far better known than it is.
  let square: PixelRectangle
  let weights: UnsafeMutablePointer<Float>
  let weighted: UnsafeMutablePointer<Float>
  let scratch = GaussianWindow.Scratch()

  init(of tile: FitTile, in scene: FitScene) {
    let image = scene.image
    var (left, right) = (Double(tile.x.lowerBound), Double(tile.x.upperBound - 1))
    var (top, bottom) = (Double(tile.y.lowerBound), Double(tile.y.upperBound - 1))
    for index in tile.columns {
      let column = scene.columns[index]
      let reach = column.reach(scene.windowRadius)
      left = min(left, column.centre.x - reach.x)
      right = max(right, column.centre.x + reach.x)
      top = min(top, column.centre.y - reach.y)
      bottom = max(bottom, column.centre.y + reach.y)
    }
    x = max(0, Int(left.rounded(.up)))
    y = max(0, Int(top.rounded(.up)))
    width = min(image.width - 1, Int(right.rounded(.down))) - x + 1
    height = min(image.height - 1, Int(bottom.rounded(.down))) - y + 1
    square = PixelRectangle(
      x: tile.x.lowerBound - x, y: tile.y.lowerBound - y, width: tile.x.count, height: tile.y.count)
    // Four more: kernels read four pixels at a time.
    weights = .allocate(capacity: width * height + 4)
    weighted = .allocate(capacity: width * height + 4)
    (weights + width * height).initialize(repeating: 0, count: 4)
    (weighted + width * height).initialize(repeating: 0, count: 4)
    let (constant, gain) = (Float(scene.constantVariance), Float(scene.gain))
    let least = Float(scene.leastVariance)
    let leasts = SIMD4(repeating: least)
    for row in 0..<height {
      let from = (y + row) * image.width + x
      let pixels = image.values.span.extracting(from..<from + width)
      let residual = scene.residual.values.span.extracting(from..<from + width)
      let measured = scene.measured.values.span.extracting(from..<from + width)
      let (w, v) = (weights + row * width, weighted + row * width)
      for i in stride(from: 0, to: width & ~3, by: 4) {
        @inline(__always) func four(_ line: Span<Float>) -> SIMD4<Float> {
          SIMD4(line[i], line[i + 1], line[i + 2], line[i + 3])
        }
        let r = four(residual)
        let variance = constant + gain * (four(pixels) - r)
        let weight = four(measured) / variance.replacing(with: leasts, where: variance .< leasts)
        UnsafeMutableRawPointer(w + i).storeBytes(of: weight, as: SIMD4<Float>.self)
        UnsafeMutableRawPointer(v + i).storeBytes(of: weight * r, as: SIMD4<Float>.self)
      }
      for i in width & ~3..<width {
        w[i] = measured[i] / max(least, constant + gain * (pixels[i] - residual[i]))
        v[i] = w[i] * residual[i]
      }
    }
  }

  /// The weight of the pixel at a place in the rectangle's own coordinates; nil outside.
  func weight(at place: Point) -> Double? {
    let (u, v) = (place.x.rounded(), place.y.rounded())
    guard u >= 0, v >= 0, u < Double(width), v < Double(height) else { return nil }
    return Double(weights[Int(v) * width + Int(u)])
  }

  /// The window of a column in the rectangle; nil outside.
  /// - Parameter origin: the rectangle's first pixel.
  func window(of column: GaussianColumn, in scene: FitScene, origin: Point) -> GaussianWindow? {
    GaussianWindow(
      centre: column.centre - origin, shape: (column.p, column.q, column.r), reach: column.reach(scene.windowRadius),
      rasterWidth: width, rasterHeight: height, scratch: scratch)
  }

  /// Writes the moments Σ w G dxⁱ dyʲ (i + j <= 4) of a column over the pixels of the tile's square.
  func moments(
    of column: GaussianColumn, in scene: FitScene, depth: Double, onSquare sums: UnsafeMutablePointer<Double>
  ) {
    let corner = Point(Double(x + square.x), Double(y + square.y))
    let window = GaussianWindow(
      centre: column.centre - corner, shape: (column.p, column.q, column.r), reach: column.reach(scene.windowRadius),
      rasterWidth: square.width, rasterHeight: square.height, scratch: scratch)
    guard let window else { return sums.update(repeating: 0, count: 15) }
    window.moments(weights: weights + square.y * width + square.x, stride: width, depth: depth, sums: sums)
  }

  var rectangle: PixelRectangle { PixelRectangle(x: x, y: y, width: width, height: height) }

  deinit {
    weights.deallocate()
    weighted.deallocate()
  }

  /// The sums Σ w XⁱYʲ (i + j <= 2) and Σ w r XⁱYʲ (i + j <= 1) over the pixels of the tile's square, (X, Y) counted
  /// from a centre in units of a length.
  func backgroundSums(centre: Point, unit: Double) -> (square: [Double], score: [Double]) {
    var (squares, scores) = ([Double](repeating: 0, count: 6), [Double](repeating: 0, count: 3))
    let step = Float(1 / unit)
    for row in square.y..<square.y + square.height {
      let first = row * width + square.x
      let (w, v) = (UnsafeRawPointer(weights + first), UnsafeRawPointer(weighted + first))
      var dx = SIMD4<Float>(0, 1, 2, 3) * step + Float((Double(x + square.x) - centre.x) / unit)
      var (w0, w1, w2, v0, v1) = (
        SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero, SIMD4<Float>.zero
      )
      for i in stride(from: 0, to: square.width, by: 4) {
        var weight = w.loadUnaligned(fromByteOffset: 4 * i, as: SIMD4<Float>.self)
        var value = v.loadUnaligned(fromByteOffset: 4 * i, as: SIMD4<Float>.self)
        if i + 4 > square.width {
          for lane in square.width - i..<4 { (weight[lane], value[lane]) = (0, 0) }
        }
        w0 += weight
        v0 += value
        weight *= dx
        w1 += weight
        v1 += value * dx
        w2 += weight * dx
        dx += 4 * step
      }
      let dy = (Double(y + row) - centre.y) / unit
      let (a, b, c) = (Double(w0.sum()), Double(w1.sum()), Double(w2.sum()))
      squares[0] += a
      squares[1] += b
      squares[2] += a * dy
      squares[3] += c
      squares[4] += b * dy
      squares[5] += a * dy * dy
      scores[0] += Double(v0.sum())
      scores[1] += Double(v1.sum())
      scores[2] += Double(v0.sum()) * dy
    }
    return (squares, scores)
  }
}
