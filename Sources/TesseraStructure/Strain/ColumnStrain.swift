import Foundation
import TesseraNumerics

/// The lattice of an image from place to place, by the places of its columns.
///
/// At each place the columns around it are matched to lattice indices, sublattice by sublattice, and the local lattice
/// vectors follow by least squares with Gaussian weights (`LocalLatticeFit`). The displacement is never unwrapped: each
/// place matches its own neighbours anew, so a dislocation far away changes nothing. Source: A23, section 3.5 (neighbours
/// matched to a reference lattice); Galindo et al., Ultramicroscopy 107 (2007) 1186 (PPA).
public struct ColumnStrain: Sendable, Codable, Equatable {
  /// Standard deviation of the weights in mean spacings of neighbouring columns, which sets resolution and noise; nil: one
  /// spacing, or 0.6 times the longer lattice vector where that is more.
  public var radius: Double?
  /// Where no radius is given it is at least this share of the longer lattice vector, by which columns of one sublattice stand apart.
  private static let radiusInVectors = 0.6
  /// A column belongs to a node within this share of the shorter lattice vector, 0 ... 0.5.
  public var tolerance = 0.3

  /// A fit whose radius follows from the lattice.
  public init() {}

  /// A local fit to the columns of one lattice, ready to be asked at any place.
  ///
  /// - Parameters:
  ///   - positions: of the columns, in pixels, in the order of `lattice.nodes`.
  ///   - covariances: of the positions. Where some are known, a column without a finite, positive one (whose place is
  ///     not to be trusted) takes no part. Nil: unknown.
  ///   - lattice: of the columns; those without a node take no part.
  ///   - blur: standard deviation of the weights in pixels, instead of `radius`; nil: by `radius`.
  ///   - name: of the image, for messages.
  /// - Throws: `DataError` where there are too few columns, `ParameterError` for a setting outside its range.
  public func fit(
    of positions: [Point], covariances: [PlanarCovariance]?, lattice: Lattice, blur: Double? = nil,
    name: String = "image"
  ) throws -> LocalLatticeFit {
    precondition(lattice.nodes.count == positions.count, "the lattice was indexed from other columns")
    precondition(covariances.map { $0.count == positions.count } ?? true, "a covariance a column")
    if let radius {
      try require(radius >= 0.5 && radius <= 100, setting("radius"), is: radius, mustBe: "between 0.5 and 100 spacings")
    }
    try require(tolerance > 0 && tolerance < 0.5, "tolerance", is: tolerance, mustBe: "between 0 and 0.5")
    let isKnown = covariances.map { $0.map(Self.isKnown) } ?? []
    let hasErrors = isKnown.contains(true)
    let members = positions.indices.filter { lattice.nodes[$0] != nil && (!hasErrors || isKnown[$0]) }
    guard members.count >= 6 else {
      throw DataError(
        "\(name): only \(members.count) columns lie on the lattice; strain from positions needs at least 6")
    }
    let spacing = PlanarIndex(positions).medianSpacing ?? .nan
    let longer = max(lattice.grid.u.length, lattice.grid.v.length)
    let width = blur ?? radius.map { $0 * spacing } ?? max(spacing, Self.radiusInVectors * longer)
    return LocalLatticeFit(
      positions: members.map { positions[$0] }, basis: members.map { lattice.nodes[$0]!.basis },
      covariances: hasErrors ? members.map { covariances![$0] } : nil,
      nominal: LatticeVectors(u: lattice.grid.u, v: lattice.grid.v), blur: width, tolerance: tolerance)
  }

  private static func isKnown(_ c: PlanarCovariance) -> Bool {
    c.xx > 0 && c.yy > 0 && c.xx.isFinite && c.yy.isFinite && c.xx * c.yy > c.xy * c.xy
  }

  /// Why columns have no lattice to measure strain on, as a sentence; nil where their number and places are no reason.
  public static func obstacle(in positions: [Point]) -> String? {
    let n = positions.count
    if n < 12 {
      return n == 0 ? "there are no columns" : "there \(n == 1 ? "is only one column" : "are only \(n) columns")"
    }
    let mean = positions.reduce(.zero, +) / Double(n)
    let spread = positions.reduce(PlanarCovariance.zero) { $0 + PlanarCovariance(outer: $1 - mean) }
    let (half, centre) = ((spread.xx - spread.yy) / 2, (spread.xx + spread.yy) / 2)
    let narrow = centre - (half * half + spread.xy * spread.xy).squareRoot()
    return narrow < 1e-3 * centre ? "all \(n) columns lie on one line" : nil
  }
}
