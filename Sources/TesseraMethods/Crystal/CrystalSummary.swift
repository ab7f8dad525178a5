import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `summary.json` says of the crystals of an image. Lengths in pixels unless the name says otherwise.
public struct CrystalSummary: Sendable, Encodable {
  /// One grain and its lattice.
  public struct GrainSummary: Sendable, Encodable {
    /// Number of columns in the grain.
    public var sites: Int
    /// Direction of the shortest lattice vector in degrees from +x towards +y, 0 up to the period of the lattice (60,
    /// 90 or 180).
    public var orientationDegrees: Double
    /// Lattice vectors in pixels, each as x, y.
    public var u, v: [Double]
    /// For each letter of a sublattice its place in the cell, in units of u and v.
    public var sublattices: [String: [Double]]
    /// Root mean square distance of the columns from their nodes, in pixels.
    public var deviation: Double
  }
  /// Displacements from the centres of cages in one grain.
  public struct DisplacementSummary: Sendable, Encodable {
    /// Number of the grain, from 1.
    public var grain: Int
    /// Letters of the sublattice that is displaced, and of the one that forms the cages.
    public var centre, cage: String
    /// Number of columns whose displacement was measured.
    public var count: Int
    /// Each as x, y in pixels: the mean displacement before any mean is removed, its standard errors, the robust
    /// standard deviations over the grain, and the median standard errors of one displacement.
    public var mean, meanError, scatter, typicalError: [Double]
    /// The mean displacement as x, y in nm; nil without a calibration.
    public var meanNanometres: [Double]?
    /// Share of the displacements that chance alone would not give in 99.73 % of the cases, 0 ... 1; NaN where no error
    /// is known.
    public var significantShare: Double
    /// Whether the mean over the grain was taken off each displacement.
    public var removedMean: Bool
  }
  /// Bonds between first neighbours of two sublattices.
  public struct BondSummary: Sendable, Encodable {
    /// Letters of both sublattices, such as `A-B`.
    public var pair: String
    /// Number of bonds.
    public var count: Int
    /// Mean length and standard deviation of the lengths, in pixels.
    public var mean, deviation: Double
    /// Mean length in nm; nil without a calibration.
    public var meanNanometres: Double?
  }

  /// Number of columns found.
  public var columns: Int
  /// In the order of their numbers, which begin at 1.
  public var grains: [GrainSummary]
  /// The cores of all grains, with their Burgers vectors.
  public var dislocations: [Dislocation]
  /// One entry per grain in which a sublattice is enclosed by another.
  public var displacements: [DisplacementSummary]
  /// One entry per pair of sublattices between which bonds were found.
  public var bonds: [BondSummary]
  /// Nil if atoms were not counted.
  public var counting: CountSummary?

  init(of result: CrystalResult) {
    let calibration = result.micrograph.calibration
    columns = result.finding.sites.columnCount
    func pair(_ point: Point) -> [Double] { [point.x, point.y] }
    grains = result.grains.grains.map { grain in
      GrainSummary(
        sites: result.columnCount(of: grain), orientationDegrees: grain.orientation * 180 / .pi,
        u: pair(grain.lattice.grid.u),
        v: pair(grain.lattice.grid.v),
        sublattices: Dictionary(
          zip(grain.lattice.basisLetters, grain.lattice.basis.map(pair)), uniquingKeysWith: { $1 }),
        deviation: grain.lattice.deviation)
    }
    dislocations = result.dislocations
    displacements = result.displacements.map { map in
      DisplacementSummary(
        grain: map.grain, centre: map.centre, cage: map.cage, count: map.vectors.count, mean: pair(map.mean),
        meanError: pair(map.meanError), scatter: pair(map.scatter), typicalError: pair(map.typicalError),
        meanNanometres: calibration.map { pair($0.nanometres(map.mean)) }, significantShare: map.significantShare,
        removedMean: map.removedMean)
    }
    bonds = result.survey.pairs.indices.compactMap { k in
      let bonds = result.survey.bonds.filter { $0.pair == k }
      guard !bonds.isEmpty else { return nil }
      return BondSummary(
        pair: result.survey.pairs[k].name, count: bonds.count, mean: Statistics.mean(bonds.map(\.length)),
        deviation: Statistics.deviation(bonds.map(\.length)),
        meanNanometres: calibration.map { c in Statistics.mean(bonds.map { c.nanometres($0.vector).length }) })
    }
    counting = result.counts.map { CountSummary(of: $0) }
  }
}

extension CrystalResult {
  /// Numbers of grains, dislocations, displacements and bonds, without the values of single columns.
  public var summary: CrystalSummary { CrystalSummary(of: self) }
}
