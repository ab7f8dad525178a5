import Foundation
import TesseraNumerics

/// A Gaussian of unit height on the pixels of a rectangle, drawn row by row:
///
///     G(x, y) = exp(-(p dx² + 2 q dx dy + r dy²) / 2) = T(x, y) exp(-r dy² / 2),   T(x, y + 1) = T(x, y) exp(-q dx).
///
/// Two tables along x and a recurrence along y are all that a window costs, which leaves multiplications and
/// additions on four pixels at a time. Pointers, because these loops are most of what a fit does: a bounds check a load
/// would double them. Whoever makes a window sees that the rectangle lies in the raster and that four pixels behind the
/// last one may be read.
struct GaussianWindow {
  /// Where in the raster: first column and row, numbers of both.
  let x, y, width, height: Int
  private let dx, dy: Float
  private let p, q, r: Double
  private let scratch: Scratch

  /// The tables that windows of one thread share; one window is in use at a time.
  final class Scratch {
    fileprivate var row: UnsafeMutablePointer<Float>
    fileprivate var step: UnsafeMutablePointer<Float>
    fileprivate var heights: UnsafeMutablePointer<Float>
    fileprivate let sums = UnsafeMutablePointer<SIMD4<Float>>.allocate(capacity: 31)
    private var capacity = 256

    init() {
      row = .allocate(capacity: 3 * capacity)
      (step, heights) = (row + capacity, row + 2 * capacity)
      sums.initialize(repeating: .zero, count: 31)
    }

    deinit {
      row.deallocate()
      sums.deallocate()
    }

    fileprivate func reserve(_ count: Int) {
      guard count > capacity else { return }
      row.deallocate()
      capacity = 2 * count
      row = .allocate(capacity: 3 * capacity)
      (step, heights) = (row + capacity, row + 2 * capacity)
    }
  }

  /// The part of a rectangle of half sides `reach` around a centre that lies in a raster; nil if none does.
  /// - Parameters:
  ///   - centre: in the coordinates of the raster.
  ///   - middle: of the rectangle, if that is not the centre.
  ///   - shape: the inverse covariance (p, q, r), in 1 / pixels².
  init?(
    centre: Point, middle: Point? = nil, shape: (p: Double, q: Double, r: Double), reach: Point, rasterWidth: Int,
    rasterHeight: Int,
    scratch: Scratch
  ) {
    let middle = middle ?? centre
    let (left, top) = (max(0, (middle.x - reach.x).rounded(.up)), max(0, (middle.y - reach.y).rounded(.up)))
    let right = min(Double(rasterWidth - 1), (middle.x + reach.x).rounded(.down))
    let bottom = min(Double(rasterHeight - 1), (middle.y + reach.y).rounded(.down))
    guard left <= right, top <= bottom else { return nil }
    (x, y) = (Int(left), Int(top))
    (width, height) = (Int(right) - x + 1, Int(bottom) - y + 1)
    let (dx0, dy0) = (left - centre.x, top - centre.y)
    (dx, dy) = (Float(dx0), Float(dy0))
    (p, q, r) = (shape.p, shape.q, shape.r)
    self.scratch = scratch
    let padded = (width + 3) & ~3
    scratch.reserve(max(padded, height))
    // The exponential of a quadratic along a row follows from pixel to pixel by two multiplications.
    var value = exp(-0.5 * shape.p * dx0 * dx0 - shape.q * dx0 * dy0)
    var ratio = exp(-shape.p * (dx0 + 0.5) - shape.q * dy0)
    let ratioFactor = exp(-shape.p)
    for i in 0..<width {
      scratch.row[i] = Float(value)
      value *= ratio
      ratio *= ratioFactor
    }
    for i in width..<padded { scratch.row[i] = 0 }
    if shape.q != 0 {
      var step = exp(-shape.q * dx0)
      let stepFactor = exp(-shape.q)
      for i in 0..<padded {
        scratch.step[i] = Float(step)
        step *= stepFactor
      }
    }
  }

  /// The factors exp(-r dy² / 2) of the rows, first to last: each follows from the last by two multiplications.
  private struct RowFactors {
    var value: Double
    private var ratio: Double
    private let ratioFactor: Double

    init(r: Double, dy: Double) {
      value = exp(-0.5 * r * dy * dy)
      ratio = exp(-r * (dy + 0.5))
      ratioFactor = exp(-r)
    }

    @inline(__always) mutating func advance() {
      value *= ratio
      ratio *= ratioFactor
    }
  }

  /// Moves the table on to the next row.
  @inline(__always) private func advance() {
    guard q != 0 else { return }
    var i = 0
    while i < width {
      let next = Self.load(scratch.row, i) * Self.load(scratch.step, i)
      Self.store(next, scratch.row, i)
      i += 4
    }
  }

  /// Adds `factor` times the Gaussian to the raster whose rows are `stride` pixels long.
  func add(_ factor: Double, to raster: UnsafeMutablePointer<Float>, stride: Int) {
    var rows = RowFactors(r: r, dy: Double(dy))
    for j in 0..<height {
      let height = Float(factor * rows.value)
      let line = raster + (y + j) * stride + x
      var i = 0
      while i + 4 <= width {
        Self.store(Self.load(line, i) + height * Self.load(scratch.row, i), line, i)
        i += 4
      }
      while i < width {
        line[i] += height * scratch.row[i]
        i += 1
      }
      rows.advance()
      advance()
    }
  }

  /// Adds up the moments Σ w G² dxⁱ dyʲ (i + j <= 4), Σ w G dxⁱ dyʲ (i + j <= 3) and Σ v G dxⁱ dyʲ (i + j <= 2) over the
  /// pixels where G is above exp(-`depth`).
  /// - Parameters:
  ///   - weights, weighted: the rasters w and v, with rows of `stride` pixels.
  ///   - square, plain, score: room for 15, 10 and 6 sums in the order of `Moment.index`; overwritten.
  func moments(
    weights: UnsafePointer<Float>, weighted: UnsafePointer<Float>, stride: Int, depth: Double,
    square: UnsafeMutablePointer<Double>, plain: UnsafeMutablePointer<Double>, score: UnsafeMutablePointer<Double>
  ) {
    let (squares, plains, scores) = (scratch.sums, scratch.sums + 15, scratch.sums + 25)
    scratch.sums.update(repeating: .zero, count: 31)
    forEachStrip(depth: depth) { i, dx, rows, first in
      var (s0, s1, s2, s3, s4) = (Four.zero, Four.zero, Four.zero, Four.zero, Four.zero)
      var (p0, p1, p2, p3) = (Four.zero, Four.zero, Four.zero, Four.zero)
      var (r0, r1, r2) = (Four.zero, Four.zero, Four.zero)
      var (table, dy) = (first, Four(repeating: self.dy + Float(rows.lowerBound)))
      let step = q == 0 ? Four(repeating: 1) : Self.load(scratch.step, i)
      var at = (y + rows.lowerBound) * stride + x + i
      for j in rows {
        let g = table * scratch.heights[j]
        var t = Self.load(weights, at) * g
        var s = t * g
        var u = Self.load(weighted, at) * g
        s0 += s
        p0 += t
        r0 += u
        s *= dy
        t *= dy
        u *= dy
        s1 += s
        p1 += t
        r1 += u
        s *= dy
        t *= dy
        s2 += s
        p2 += t
        r2 += u * dy
        s *= dy
        s3 += s
        p3 += t * dy
        s4 += s * dy
        dy += 1
        table *= step
        at += stride
      }
      Moment.add(s0, s1, s2, s3, s4, dx: dx, degree: 4, to: squares)
      Moment.add(p0, p1, p2, p3, .zero, dx: dx, degree: 3, to: plains)
      Moment.add(r0, r1, r2, .zero, .zero, dx: dx, degree: 2, to: scores)
    }
    for k in 0..<15 { square[k] = squares[k].total }
    for k in 0..<10 { plain[k] = plains[k].total }
    for k in 0..<6 { score[k] = scores[k].total }
  }

  /// The moments Σ v G dxⁱ dyʲ (i + j <= 2) over the pixels where G is above exp(-`depth`), in the order of `Moment`.
  func scores(weighted: UnsafePointer<Float>, stride: Int, depth: Double) -> SIMD8<Double> {
    scratch.sums.update(repeating: .zero, count: 6)
    forEachStrip(depth: depth) { i, dx, rows, first in
      var (r0, r1, r2) = (Four.zero, Four.zero, Four.zero)
      var (table, dy) = (first, Four(repeating: self.dy + Float(rows.lowerBound)))
      let step = q == 0 ? Four(repeating: 1) : Self.load(scratch.step, i)
      var at = (y + rows.lowerBound) * stride + x + i
      for j in rows {
        var u = Self.load(weighted, at) * (table * scratch.heights[j])
        r0 += u
        u *= dy
        r1 += u
        r2 += u * dy
        dy += 1
        table *= step
        at += stride
      }
      Moment.add(r0, r1, r2, .zero, .zero, dx: dx, degree: 2, to: scratch.sums)
    }
    var result = SIMD8<Double>.zero
    for k in 0..<6 { result[k] = scratch.sums[k].total }
    return result
  }

  /// Adds up the moments Σ w G dxⁱ dyʲ (i + j <= 4) over the pixels where G is above exp(-`depth`); `sums` is overwritten.
  func moments(weights: UnsafePointer<Float>, stride: Int, depth: Double, sums: UnsafeMutablePointer<Double>) {
    scratch.sums.update(repeating: .zero, count: 15)
    forEachStrip(depth: depth) { i, dx, rows, first in
      var (s0, s1, s2, s3, s4) = (Four.zero, Four.zero, Four.zero, Four.zero, Four.zero)
      var (table, dy) = (first, Four(repeating: self.dy + Float(rows.lowerBound)))
      let step = q == 0 ? Four(repeating: 1) : Self.load(scratch.step, i)
      var at = (y + rows.lowerBound) * stride + x + i
      for j in rows {
        var s = Self.load(weights, at) * (table * scratch.heights[j])
        s0 += s
        s *= dy
        s1 += s
        s *= dy
        s2 += s
        s *= dy
        s3 += s
        s4 += s * dy
        dy += 1
        table *= step
        at += stride
      }
      Moment.add(s0, s1, s2, s3, s4, dx: dx, degree: 4, to: scratch.sums)
    }
    for k in 0..<15 { sums[k] = scratch.sums[k].total }
  }

  /// Calls `body` for each strip of four columns of pixels: its first column, its dx, the rows where G may be above
  /// exp(-depth), and T in the first of these. Strips run down the rows, so that sums over y stay in registers, and powers
  /// of dx, like sums over the four, are taken once a strip or a window.
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

  private typealias Four = SIMD4<Float>

  @inline(__always) private static func load(_ p: UnsafePointer<Float>, _ i: Int) -> SIMD4<Float> {
    UnsafeRawPointer(p + i).loadUnaligned(as: SIMD4<Float>.self)
  }

  @inline(__always) private static func load(_ p: UnsafeMutablePointer<Float>, _ i: Int) -> SIMD4<Float> {
    UnsafeRawPointer(p + i).loadUnaligned(as: SIMD4<Float>.self)
  }

  @inline(__always) private static func store(_ value: SIMD4<Float>, _ p: UnsafeMutablePointer<Float>, _ i: Int) {
    UnsafeMutableRawPointer(p + i).storeBytes(of: value, as: SIMD4<Float>.self)
  }
}

extension SIMD4<Float> {
  @inline(__always) fileprivate var total: Double {
    (Double(self[0]) + Double(self[2])) + (Double(self[1]) + Double(self[3]))
  }
}
