import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `summary.json` says of the crystals of an image. Lengths in pixels unless the name says otherwise.
public struct CrystalSummary: Sendable, Encodable {
  public struct GrainSummary: Sendable, Encodable {
    public var sites: Int
    public var orientationDegrees: Double
    public var u, v: [Double]
    public var sublattices: [String: [Double]]
    public var deviation: Double
  }
  public struct DisplacementSummary: Sendable, Encodable {
    public var grain: Int
    public var centre, cage: String
    public var count: Int
    public var mean, meanError, scatter, typicalError: [Double]
    public var meanNanometres: [Double]?
    public var significantShare: Double
    public var removedMean: Bool
  }
  public struct BondSummary: Sendable, Encodable {
    public var pair: String
    public var count: Int
    public var mean, deviation: Double
    public var meanNanometres: Double?
  }

  public var columns: Int
  public var grains: [GrainSummary]
  public var dislocations: [Dislocation]
  public var displacements: [DisplacementSummary]
  public var bonds: [BondSummary]
  public var counting: CountSummary?

  init(of result: CrystalResult) {
    let calibration = result.micrograph.calibration
    columns = result.finding.sites.count
    func pair(_ point: Point) -> [Double] { [point.x, point.y] }
    grains = result.grains.grains.map { grain in
      GrainSummary(
        sites: grain.sites.count, orientationDegrees: grain.orientation * 180 / .pi, u: pair(grain.lattice.grid.u),
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
  public var summary: CrystalSummary { CrystalSummary(of: self) }
}
