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
  package static let gaussianWidth = 2.354820

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

  /// The mean vectors of the nodes at the places that `isWanted` accepts; nil where none is known.
  func mean(where isWanted: (Point) -> Bool = { _ in true }) -> LatticeVectors? {
    var (u, v, count) = (Point.zero, Point.zero, 0.0)
    for row in 0..<rows {
      for column in 0..<columns {
        guard let local = locals[row * columns + column], isWanted(place(column: column, row: row)) else { continue }
        u += local.vectors.u
        v += local.vectors.v
        count += 1
      }
    }
    return count > 0 ? LatticeVectors(u: u / count, v: v / count) : nil
  }

  /// The vectors at the node nearest to a place.
  func nearest(to place: Point) -> LatticeVectors? {
    let (column, row) = (Int(saturating: (place.x / step.x).rounded()), Int(saturating: (place.y / step.y).rounded()))
    guard column >= 0, row >= 0, column < columns, row < rows else { return nil }
    return locals[row * columns + column]?.vectors
  }
}
