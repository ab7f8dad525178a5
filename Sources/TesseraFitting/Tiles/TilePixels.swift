import TesseraImaging
import TesseraNumerics

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
    x = max(0, Int(saturating: left.rounded(.up)))
    y = max(0, Int(saturating: top.rounded(.up)))
    width = min(image.width - 1, Int(saturating: right.rounded(.down))) - x + 1
    height = min(image.height - 1, Int(saturating: bottom.rounded(.down))) - y + 1
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
