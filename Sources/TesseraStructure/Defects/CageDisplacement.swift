import Foundation
import TesseraNumerics

/// How far columns of one sublattice stand from the middle of the cage that their neighbours of another form.
///
///     d = p - Σ q / n,   var d = var p + Σ var q / n²,
///
/// p the column, q the n nearest columns of the cage's sublattice: four A columns around B in a perovskite along [001].
/// Columns whose cage is not whole have no displacement.
public struct CageDisplacement: Sendable, Codable, Equatable {
  /// Letters of the sublattices; nil chooses the brightest for the cage and the brightest that it encloses for the
  /// centre.
  public var centre, cage: String?
  /// Whether the mean over the grain is taken off: it holds what a mistilt and the instrument add everywhere alike, but
  /// also a polarisation that is the same everywhere.
  public var removesMean = false

  /// Displacements of the brightest enclosed sublattice in the brightest one, their mean kept.
  public init() {}

  /// One column's displacement.
  public struct Vector: Sendable, Equatable {
    /// Index of the column in the list of sites.
    public var site: Int
    /// Indices of the lattice cell of the column.
    public var cell: (i: Int, j: Int)
    /// The middle of the cage, in pixels.
    public var cageCentre: Point
    /// From there to the column, less the mean if that is removed, in pixels.
    public var displacement: Point
    /// Standard errors of x and y from those of the columns, in pixels; NaN where one is unknown.
    public var error: Point

    /// (dx/σx)² + (dy/σy)²; above 11.8 chance alone gives it in .27 % of the cases.
    public var chiSquared: Double {
      let z = displacement / error
      return z.squaredLength
    }

    public static func == (a: Vector, b: Vector) -> Bool {
      a.site == b.site && a.cell == b.cell && a.cageCentre == b.cageCentre && a.displacement == b.displacement
        && a.error == b.error
    }
  }

  /// The displacements of one grain.
  public struct Map: Sendable {
    /// Number of the grain, from 1.
    public var grain: Int
    /// Letters of the sublattice whose displacement is measured and of the one that forms the cage.
    public var centre, cage: String
    /// Columns of a whole cage.
    public var cageSize: Int
    /// One displacement for each column whose cage is whole.
    public var vectors: [Vector]
    /// Mean displacement before any mean is removed, in pixels.
    public var mean: Point
    /// Standard errors of the mean from the columns' errors; cages share columns, which is counted in.
    public var meanError: Point
    /// Standard deviations of x and y over the grain, in pixels, robust.
    public var scatter: Point
    /// Median standard errors of one displacement.
    public var typicalError: Point
    /// Whether `mean` has been subtracted from `vectors`.
    public var removedMean: Bool

    /// What χ² of two degrees of freedom exceeds by chance in 0.27 % of the cases, as often as a normal number exceeds three standard
    /// deviations: -2 ln 0.0027.
    private static let chanceLimit = 11.83

    /// Share of the displacements that chance alone would not give in 99.73 % of the cases.
    public var significantShare: Double {
      let known = vectors.filter { $0.chiSquared.isFinite }
      return known.isEmpty ? .nan : Double(known.count { $0.chiSquared > Self.chanceLimit }) / Double(known.count)
    }
  }

  /// The displacements in one grain; nil where no sublattice is enclosed by another.
  /// - Parameters:
  ///   - grain: one of the crystals of the image, with its lattice.
  ///   - number: of the grain, from 1.
  ///   - positions: of all sites of the image, in pixels.
  ///   - errors: standard errors of x and y of each site, in pixels. Where some are known, cages with a column of unknown
  ///     error are left out.
  public func map(
    of grain: Grain, number: Int, positions: [Point], errors: [Point]
  ) throws(ParameterError) -> Map? {
    let lattice = grain.lattice
    let letters = lattice.basisLetters
    for letter in [centre, cage].compactMap({ $0 }) where !letters.contains(letter) {
      throw ParameterError(
        "displacement: grain \(number) has no sublattice \(letter); it has \(letters.sorted().joined(separator: ", "))")
    }
    guard let (inner, shell) = pair(in: lattice) else { return nil }
    let partners = LatticePartners(of: lattice, positions: positions)
    // Where errors are known, a column without one (at the border, say) has no trustworthy place.
    let hasErrors = grain.sites.contains { errors[$0].squaredLength.isFinite }
    var vectors: [Vector] = []
    // Weight of each site in the mean, for the error of the mean.
    var weights: [Int: Double] = [:]
    for site in grain.sites {
      guard let node = lattice.nodes[site], node.basis == inner else { continue }
      let corners = shell.compactMap { partners.partner(of: site, by: $0) }
      guard corners.count == shell.count else { continue }
      let n = Double(corners.count)
      let middle = corners.reduce(Point.zero) { $0 + positions[$1] } / n
      let variance =
        errors[site] * errors[site] + corners.reduce(Point.zero) { $0 + errors[$1] * errors[$1] } / (n * n)
      guard !hasErrors || variance.squaredLength.isFinite else { continue }
      vectors.append(
        Vector(
          site: site, cell: (node.i, node.j), cageCentre: middle, displacement: positions[site] - middle,
          error: variance.squareRoot()))
      weights[site, default: 0] += 1
      for corner in corners { weights[corner, default: 0] -= 1 / n }
    }
    guard !vectors.isEmpty else { return nil }
    let count = Double(vectors.count)
    let mean = vectors.reduce(Point.zero) { $0 + $1.displacement } / count
    var meanVariance = Point.zero
    for site in weights.keys.sorted() { meanVariance += errors[site] * errors[site] * weights[site]! * weights[site]! }
    if removesMean { for k in vectors.indices { vectors[k].displacement -= mean } }
    return Map(
      grain: number, centre: letters[inner], cage: letters[shell[0].basis], cageSize: shell.count, vectors: vectors,
      mean: mean, meanError: meanVariance.squareRoot() / count,
      scatter: Point(
        Statistics.robustDeviation(vectors.map(\.displacement.x)),
        Statistics.robustDeviation(vectors.map(\.displacement.y))),
      typicalError: Point(
        Statistics.median(vectors.map(\.error.x).filter(\.isFinite)),
        Statistics.median(vectors.map(\.error.y).filter(\.isFinite))),
      removedMean: removesMean)
  }

  /// Corners enclose a column from three on.
  private static let fewestCorners = 3
  /// The middle of a cage is off its column by less than this share of the distance of a corner: polar displacements are a few hundredths of
  /// it, while the middle of six corners of which one is missing is a fifth off.
  private static let centring = 0.15

  /// The centre's basis column, and its cage as steps from cell (0, 0).
  private func pair(in lattice: Lattice) -> (centre: Int, shell: [Lattice.Node])? {
    let order = lattice.basisByHeight
    let cages = cage.flatMap { lattice.basisColumn(named: $0) }.map { [$0] } ?? order
    let centres = centre.flatMap { lattice.basisColumn(named: $0) }.map { [$0] } ?? order
    for cage in cages {
      for centre in centres where centre != cage {
        let shell = lattice.shell(around: centre, of: cage)
        guard shell.count >= Self.fewestCorners else { continue }
        let home = lattice.position(of: Lattice.Node(basis: centre, i: 0, j: 0))
        let offsets = shell.map { lattice.position(of: $0) - home }
        let middle = offsets.reduce(Point.zero, +) / Double(offsets.count)
        if middle.length < Self.centring * offsets[0].length { return (centre, shell) }
      }
    }
    return nil
  }
}
