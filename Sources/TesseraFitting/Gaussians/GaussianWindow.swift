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
  let dx, dy: Float
  let p, q, r: Double
  let scratch: Scratch

  /// The tables that windows of one thread share; one window is in use at a time.
  final class Scratch {
    var row: UnsafeMutablePointer<Float>
    var step: UnsafeMutablePointer<Float>
    var heights: UnsafeMutablePointer<Float>
    /// Sums over strips, lane by lane: of squares, of plain products and of scores, in the order of `FitMoments`.
    let sums = UnsafeMutablePointer<SIMD4<Float>>.allocate(capacity: FitMoments.count)
    private var capacity = 256

    init() {
      row = .allocate(capacity: 3 * capacity)
      (step, heights) = (row + capacity, row + 2 * capacity)
      sums.initialize(repeating: .zero, count: FitMoments.count)
    }

    deinit {
      row.deallocate()
      sums.deallocate()
    }

    func reserve(_ count: Int) {
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
  struct RowFactors {
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

  typealias Four = SIMD4<Float>

  @inline(__always) static func load(_ p: UnsafePointer<Float>, _ i: Int) -> SIMD4<Float> {
    UnsafeRawPointer(p + i).loadUnaligned(as: SIMD4<Float>.self)
  }

  @inline(__always) static func load(_ p: UnsafeMutablePointer<Float>, _ i: Int) -> SIMD4<Float> {
    UnsafeRawPointer(p + i).loadUnaligned(as: SIMD4<Float>.self)
  }

  @inline(__always) private static func store(_ value: SIMD4<Float>, _ p: UnsafeMutablePointer<Float>, _ i: Int) {
    UnsafeMutableRawPointer(p + i).storeBytes(of: value, as: SIMD4<Float>.self)
  }
}
