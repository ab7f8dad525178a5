import Foundation
import TesseraImaging
import TesseraNumerics

/// The lattice vectors of a crystal from place to place, on the nodes of a grid over its image.
///
/// Both ways to measure strain give one: the local fit of columns (`ColumnStrain`) and the gradients of geometric phases
/// (`GeometricPhase`). Strain follows when a reference is chosen.
public struct LatticeField: Sendable {
  /// Vectors at one place, and how sure they are.
  struct Local: Sendable, Equatable {
    var vectors: LatticeVectors
    var spread: VectorSpread
  }

  /// Size of the image in pixels.
  let width, height: Int
  /// Nodes a row, and rows.
  let columns, rows: Int
  /// Pixels between nodes; the first lies on the first pixel's centre.
  let step: Point
  /// Row-major; nil where the lattice is unknown.
  var locals: [Local?]
  /// The lattice that the field departs from: the one fitted to all columns, or that of the Bragg vectors found.
  public let nominal: LatticeVectors
  /// Width over which a sharp step of the strain rises from 12 to 88 % of its height, in pixels: 2.355 times the standard
  /// deviation of the Gaussian that the true strain is seen through.
  public let resolution: Double
  /// Whether errors are known.
  let hasErrors: Bool

  /// Standard deviation of the Gaussian with this resolution, in pixels.
  public var blur: Double { resolution / Self.gaussianWidth }

  /// Full width at half maximum of a Gaussian in standard deviations, 2 √(2 ln 2); over as much its integral rises from 12 to 88 %.
  package static let gaussianWidth = 2 * (2 * log(2.0)).squareRoot()

  /// Whether the lattice is known at any pixel: at the four nodes around one.
  public var isKnownSomewhere: Bool {
    locals.indices.contains { index in
      index % columns + 1 < columns && index + columns < locals.count && locals[index] != nil
        && locals[index + 1] != nil
        && locals[index + columns] != nil && locals[index + columns + 1] != nil
    }
  }

  /// Share of the nodes where the lattice is known, 0 ... 1.
  var knownShare: Double { Double(locals.count { $0 != nil }) / Double(max(1, locals.count)) }

  func place(column: Int, row: Int) -> Point { Point(Double(column) * step.x, Double(row) * step.y) }

  /// The share of each node in the mean over the known ones at the places that `isWanted` accepts; nil where none is known.
  func shares(where isWanted: (Point) -> Bool = { _ in true }) -> [Double]? {
    var shares = [Double](repeating: 0, count: locals.count)
    var count = 0.0
    for row in 0..<rows {
      for column in 0..<columns {
        let node = row * columns + column
        guard locals[node] != nil, isWanted(place(column: column, row: row)) else { continue }
        shares[node] = 1
        count += 1
      }
    }
    return count > 0 ? shares.map { $0 / count } : nil
  }

  /// The mean vectors of the nodes, each with its share.
  func mean(_ shares: [Double]) -> LatticeVectors {
    var (u, v) = (Point.zero, Point.zero)
    for (local, share) in zip(locals, shares) {
      guard let local, share > 0 else { continue }
      u += local.vectors.u * share
      v += local.vectors.v * share
    }
    return LatticeVectors(u: u, v: v)
  }

  /// The node nearest to a place; nil where the lattice is unknown there.
  func nearestNode(to place: Point) -> Int? {
    let (column, row) = (Int(saturating: (place.x / step.x).rounded()), Int(saturating: (place.y / step.y).rounded()))
    guard column >= 0, row >= 0, column < columns, row < rows else { return nil }
    return locals[row * columns + column] == nil ? nil : row * columns + column
  }
}

extension LatticeField {
  /// Nodes at the rim of the columns see them on one side only and share their noise with fewer others. Propagated column by column the
  /// errors of the means are 1.22-1.36 times those of noise that is alike everywhere; for phases they are .95-1.1 times those.
  private static func rimFactor(_ source: StrainSource) -> Double {
    source == .columns ? columnRimFactor : 1
  }
  /// About the middle of the range that propagation gives for columns.
  private static let columnRimFactor = 1.3

  /// Standard errors of the means of exx, eyy, exy and rotation over the field, the error of a reference in it included.
  ///
  /// By either route the noise of a displacement gradient is the gradient of white noise seen through a Gaussian G of standard
  /// deviation b: its values along x correlate as -2 b² ∂²ρ/∂x², ρ(d) = exp(-d² / 4 b²) = 4π b² (G * G)(d). So with weights w and errors
  /// e at the nodes
  ///
  ///     variance of Σ w ε = 8π b⁴ ∫ (∂f/∂x)² dA,   f = G * Σ w e δ,
  ///
  /// and of a shear or a rotation, from derivatives along both axes, the mean of both. Weights are those of the mean over the field
  /// less those of the reference, so that what both have in common drops out.
  /// - Parameters:
  ///   - errors: of the planes at the nodes; nil where unknown.
  ///   - shares: of the nodes in the reference; empty where it is exact.
  func meanErrors(
    _ errors: [SIMD4<Double>?], source: StrainSource, less shares: [Double], axis: Double
  ) -> SIMD4<Double> {
    let known = Double(errors.count { $0 != nil })
    let kernels = (Self.kernel(blur / step.x), Self.kernel(blur / step.y))
    let (padX, padY) = (kernels.0.count / 2 + 1, kernels.1.count / 2 + 1)
    let (width, height) = (columns + 2 * padX, rows + 2 * padY)
    var weighted = Raster(width: width, height: height, filling: SIMD4<Double>.zero)
    for (node, error) in errors.enumerated() {
      guard let error else { continue }
      let weight = 1 / known - (shares.isEmpty ? 0 : shares[node])
      weighted[node % columns + padX, node / columns + padY] = error * weight
    }
    let across = Self.convolved(weighted, with: kernels.0, alongX: true)
    let smooth = Self.convolved(across, with: kernels.1, alongX: false)
    // Slopes along the axis of exx and across it, in squares.
    let (ex, ey) = (Point(1, 0).rotated(by: axis), Point(0, 1).rotated(by: axis))
    let rows = concurrentMap(count: height - 2) { row -> (along: SIMD4<Double>, across: SIMD4<Double>) in
      var (along, across) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
      for x in 1..<width - 1 {
        let dx = (smooth[x + 1, row + 1] - smooth[x - 1, row + 1]) / (2 * step.x)
        let dy = (smooth[x, row + 2] - smooth[x, row]) / (2 * step.y)
        let (first, second) = (dx * ex.x + dy * ex.y, dx * ey.x + dy * ey.y)
        along += first * first
        across += second * second
      }
      return (along, across)
    }
    let (along, aside) = (
      rows.reduce(SIMD4<Double>.zero) { $0 + $1.along }, rows.reduce(SIMD4<Double>.zero) { $0 + $1.across }
    )
    let variances = SIMD4(along[0], aside[1], (along[2] + aside[2]) / 2, (along[3] + aside[3]) / 2)
    let scale = 8 * Double.pi * pow(blur, 4) / (step.x * step.y)
    return (variances * scale).squareRoot() * Self.rimFactor(source)
  }

  /// A Gaussian with the sum one, its standard deviation in nodes; cut at four of them.
  private static func kernel(_ deviation: Double) -> [Double] {
    let reach = Int(saturating: (4 * deviation).rounded(.up))
    let values = (-reach...reach).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }

  /// Nothing lies beyond the rim.
  private static func convolved(
    _ values: Raster<SIMD4<Double>>, with kernel: [Double], alongX: Bool
  ) -> Raster<SIMD4<Double>> {
    let reach = kernel.count / 2
    return concurrentRows(width: values.width, height: values.height, of: SIMD4<Double>.zero) { y, row in
      for x in 0..<row.count {
        let (place, length) = alongX ? (x, values.width) : (y, values.height)
        var sum = SIMD4<Double>.zero
        for other in max(0, place - reach)...min(length - 1, place + reach) {
          sum += (alongX ? values[other, y] : values[x, other]) * kernel[other - place + reach]
        }
        row[x] = sum
      }
    }
  }
}
