import Foundation
import TesseraNumerics

/// A Gaussian of unit height on the pixels of a rectangle, drawn row by row:
///
///     G(x, y) = exp(-(p dx² + 2 q dx dy + r dy²) / 2) = T(x, y) exp(-r dy² / 2),   T(x, y + 1) = T(x, y) exp(-q dx).
///
/// Two tables along x and one exponential a row are all that a window costs, which leaves multiplications and
/// additions on four pixels at a time. Pointers, because these loops are most of what a fit does: a bounds check a load
/// would double them. Whoever makes a window sees that the rectangle lies in the raster and that four pixels behind the
/// last one may be read.
struct GaussianWindow {
  /// Where in the raster: first column and row, numbers of both.
  let x, y, width, height: Int
  private let dx, dy: Float
  private let q, r: Double
  private let scratch: Scratch

  /// The tables that windows of one thread share; one window is in use at a time.
  final class Scratch {
    fileprivate var row: UnsafeMutablePointer<Float>
    fileprivate var step: UnsafeMutablePointer<Float>
    private var capacity = 256

    init() {
      row = .allocate(capacity: capacity)
      step = .allocate(capacity: capacity)
    }

    deinit {
      row.deallocate()
      step.deallocate()
    }

    fileprivate func reserve(_ count: Int) {
      guard count > capacity else { return }
      row.deallocate()
      step.deallocate()
      capacity = 2 * count
      row = .allocate(capacity: capacity)
      step = .allocate(capacity: capacity)
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
    (q, r) = (shape.q, shape.r)
    self.scratch = scratch
    let padded = (width + 3) & ~3
    scratch.reserve(padded)
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
    for j in 0..<height {
      let dy = Double(self.dy) + Double(j)
      let height = Float(factor * exp(-0.5 * r * dy * dy))
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
      advance()
    }
  }

  /// Adds up the moments Σ w G² dxⁱ dyʲ (i + j <= 4), Σ w G dxⁱ dyʲ (i + j <= 3) and Σ v G dxⁱ dyʲ (i + j <= 2).
  /// - Parameters:
  ///   - weights, weighted: the rasters w and v, with rows of `stride` pixels.
  ///   - square, plain, score: room for 15, 10 and 6 sums in the order of `Moment.index`; overwritten.
  func moments(
    weights: UnsafePointer<Float>, weighted: UnsafePointer<Float>, stride: Int, square: UnsafeMutablePointer<Double>,
    plain: UnsafeMutablePointer<Double>, score: UnsafeMutablePointer<Double>
  ) {
    square.update(repeating: 0, count: 15)
    plain.update(repeating: 0, count: 10)
    score.update(repeating: 0, count: 6)
    for j in 0..<height {
      let w = weights + (y + j) * stride + x
      let v = weighted + (y + j) * stride + x
      var (s0, s1, s2, s3, s4) = (Four.zero, Four.zero, Four.zero, Four.zero, Four.zero)
      var (p0, p1, p2, p3) = (Four.zero, Four.zero, Four.zero, Four.zero)
      var (r0, r1, r2) = (Four.zero, Four.zero, Four.zero)
      var dx = Four(self.dx, self.dx + 1, self.dx + 2, self.dx + 3)
      var i = 0
      while i < width {
        let g = Self.load(scratch.row, i)
        var t = Self.load(w, i) * g
        var s = t * g
        var u = Self.load(v, i) * g
        s0 += s
        p0 += t
        r0 += u
        s *= dx
        t *= dx
        u *= dx
        s1 += s
        p1 += t
        r1 += u
        s *= dx
        t *= dx
        s2 += s
        p2 += t
        r2 += u * dx
        s *= dx
        s3 += s
        p3 += t * dx
        s4 += s * dx
        dx += 4
        i += 4
      }
      let dy = Double(self.dy) + Double(j)
      let e = exp(-0.5 * r * dy * dy)
      Moment.add(row: (s0.sum, s1.sum, s2.sum, s3.sum, s4.sum), dy: dy, factor: e * e, degree: 4, to: square)
      Moment.add(row: (p0.sum, p1.sum, p2.sum, p3.sum, 0), dy: dy, factor: e, degree: 3, to: plain)
      Moment.add(row: (r0.sum, r1.sum, r2.sum, 0, 0), dy: dy, factor: e, degree: 2, to: score)
      advance()
    }
  }

  /// Adds up the moments Σ w G dxⁱ dyʲ (i + j <= 4); `sums` is overwritten.
  func moments(weights: UnsafePointer<Float>, stride: Int, sums: UnsafeMutablePointer<Double>) {
    sums.update(repeating: 0, count: 15)
    for j in 0..<height {
      let w = weights + (y + j) * stride + x
      var (s0, s1, s2, s3, s4) = (Four.zero, Four.zero, Four.zero, Four.zero, Four.zero)
      var dx = Four(self.dx, self.dx + 1, self.dx + 2, self.dx + 3)
      var i = 0
      while i < width {
        var s = Self.load(w, i) * Self.load(scratch.row, i)
        s0 += s
        s *= dx
        s1 += s
        s *= dx
        s2 += s
        s *= dx
        s3 += s
        s4 += s * dx
        dx += 4
        i += 4
      }
      let dy = Double(self.dy) + Double(j)
      Moment.add(
        row: (s0.sum, s1.sum, s2.sum, s3.sum, s4.sum), dy: dy, factor: exp(-0.5 * r * dy * dy), degree: 4, to: sums)
      advance()
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

/// Moments of a plane in the order 1, dx, dy, dx², dx dy, dy², dx³, ...: by degree, then by the power of dy.
enum Moment {
  /// Where the moment dxⁱ dyʲ stands.
  @inline(__always) static func index(_ i: Int, _ j: Int) -> Int { (i + j) * (i + j + 1) / 2 + j }

  /// Powers (i, j) of the monomials up to degree 2.
  static let powers: [(i: Int, j: Int)] = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]

  /// For each two monomials up to degree 2 the index of their product, row-major 6 x 6.
  static let products: [Int] = powers.flatMap { a in powers.map { b in index(a.i + b.i, a.j + b.j) } }

  /// Adds a row's sums of dxⁱ, times dyʲ, for i + j up to a degree.
  @inline(__always) fileprivate static func add(
    row: (Double, Double, Double, Double, Double), dy: Double, factor: Double, degree: Int,
    to sums: UnsafeMutablePointer<Double>
  ) {
    var (a, b, c, d, e) = (factor * row.0, factor * row.1, factor * row.2, factor * row.3, factor * row.4)
    // Along j each power of dx loses its highest degree.
    sums[0] += a
    sums[1] += b
    sums[3] += c
    if degree > 2 { sums[6] += d }
    if degree > 3 { sums[10] += e }
    (a, b, c, d, e) = (a * dy, b * dy, c * dy, d * dy, 0)
    sums[2] += a
    sums[4] += b
    if degree > 2 { sums[7] += c }
    if degree > 3 { sums[11] += d }
    (a, b, c) = (a * dy, b * dy, c * dy)
    sums[5] += a
    if degree > 2 { sums[8] += b }
    if degree > 3 { sums[12] += c }
    if degree > 2 {
      (a, b) = (a * dy, b * dy)
      sums[9] += a
      if degree > 3 {
        sums[13] += b
        sums[14] += a * dy
      }
    }
  }
}

extension SIMD4<Float> {
  @inline(__always) fileprivate var sum: Double {
    (Double(self[0]) + Double(self[2])) + (Double(self[1]) + Double(self[3]))
  }
}
