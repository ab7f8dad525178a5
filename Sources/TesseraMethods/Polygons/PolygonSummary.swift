import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What a script wants of the polygonal units of an image. Entropies in nats.
public struct PolygonSummary: Sendable, Encodable {
  public struct Counts: Sendable, Encodable {
    public var columns, walls, middles, units: Int
    /// Units of each number of sides.
    public var sides: [String: Int]
    /// Faces that are no units: triangles, those of more than twelve sides, and those that the border cuts.
    public var triangles, openings, cutByBorder: Int
    /// Units where the map of n-fold symmetry has a maximum, where it has none, and where it could not be asked.
    public var agreeing, disagreeing, untested: Int
  }

  /// A share of units, with its interval of 95 %.
  public struct Share: Sendable, Encodable {
    public var count: Int
    public var share: Double
    public var interval: [Double]
    /// Mean height of the group over the wall's; null where no group has this name.
    @Explicit public var amplitude: Double?
  }

  /// The entropies of one level: of the overlapping windows, and `disjoint` of the disjoint ones.
  public struct Level: Sendable, Encodable {
    public var windows, leftOut: Int
    public var plugIn, corrected, randomLattice, randomLatticeDeviation, pValue, logWindows, independent,
      maximum: Double
    /// Share of the windows in the six commonest types, of level 2.
    public var sixCommonest: Double?
    /// Types whose false discovery rate is .01 at most.
    public var significantTypes: Int
    @Explicit public var disjoint: ConfigurationEntropy?

    init?(of level: UnitConfigurations.Level, rate: Double, isSecond: Bool) {
      guard let statistics = level.overlapping else { return nil }
      let entropy = statistics.entropy
      (windows, leftOut) = (entropy.windows, level.leftOut)
      (plugIn, corrected) = (entropy.plugIn, entropy.corrected)
      (randomLattice, randomLatticeDeviation) = (entropy.randomLattice, entropy.randomLatticeDeviation)
      (pValue, logWindows) = (entropy.pValue, entropy.logWindows)
      (independent, maximum) = (entropy.independent, entropy.maximum)
      sixCommonest = isSecond ? statistics.codes.prefix(6).reduce(0) { $0 + $1.fraction } : nil
      significantTypes = statistics.codes.count { $0.qValue <= rate }
      disjoint = level.disjoint?.entropy
    }
  }

  public struct Entropy: Sendable, Encodable {
    @Explicit public var level2: Level?
    @Explicit public var level3: Level?
  }

  public struct Phase: Sendable, Encodable {
    public var areaFraction: Double
    @Explicit public var areaNm2: Double?
    public var units: Int
    public var types: [Int]
    /// The two commonest types of the disjoint windows inside, their numbers and ratio.
    public var commonestTypes, commonestCounts: [Int]
    @Explicit public var ratio: Double?
    /// Null where it has no upper end.
    @Explicit public var ratioInterval: [Double]?
  }

  public struct Symmetry: Sendable, Encodable {
    public var sides: Int
    /// The score that a maximum must exceed.
    public var threshold: Double
    /// The median at the units, and the share of other places that would have agreed; null where there are none.
    @Explicit public var typical: Double?
    @Explicit public var chance: Double?
  }

  public struct RandomNet: Sendable, Encodable {
    public var sides: Int
    public var share, regularity, randomShare, randomRegularity: Double
    public var isStructure: Bool
  }

  public var counts: Counts
  /// By name: empty, V, filled.
  public var filling: [String: Share]
  /// Number of sides of the units with codes, and share of filled ones among those of windows.
  public var codedSides: Int
  @Explicit public var codedFilled: Double?
  public var entropy: Entropy
  @Explicit public var phase: Phase?
  public var symmetry: [Symmetry]
  @Explicit public var randomNet: RandomNet?

  init(of result: PolygonResult) {
    let (net, units) = (result.net, result.net.units)
    counts = Counts(
      columns: net.isWall.count, walls: net.isWall.count { $0 }, middles: net.isWall.count { !$0 }, units: units.count,
      sides: Dictionary(grouping: units, by: { "\($0.sides)" }).mapValues(\.count), triangles: net.triangles,
      openings: net.openings, cutByBorder: net.cut, agreeing: units.count { $0.agrees == true },
      disagreeing: result.disagreeing, untested: units.count { $0.agrees == nil })
    let known = units.count { $0.filling != nil }
    filling = [:]
    for kind in PolygonalUnit.Filling.allCases where known > 0 {
      let count = units.count { $0.filling == kind }
      let groups = result.groups.groups.filter { $0.filling == kind }
      let mass = groups.reduce(0) { $0 + $1.share }
      filling[kind.rawValue] = Share(
        count: count, share: Double(count) / Double(known), interval: Statistics.shareInterval(count, of: known),
        amplitude: mass > 0 ? groups.reduce(0) { $0 + $1.share * $1.mean } / mass : nil)
    }
    let outcome = result.configurations
    codedSides = result.codedSides
    codedFilled = outcome.filled.isFinite ? outcome.filled : nil
    let rate = result.settings.configurations.largestRate
    entropy = Entropy(
      level2: Level(of: outcome.level2, rate: rate, isSecond: true),
      level3: Level(of: outcome.level3, rate: rate, isSecond: false))
    let calibration = result.micrograph.calibration
    phase = outcome.phase.map { phase in
      Phase(
        areaFraction: phase.areaFraction,
        areaNm2: calibration.map { phase.area * $0.nanometresPerPixelX * $0.nanometresPerPixelY },
        units: phase.units.count,
        types: phase.types, commonestTypes: phase.commonest.map(\.type), commonestCounts: phase.commonest.map(\.count),
        ratio: phase.ratio, ratioInterval: phase.ratioInterval.flatMap { $0.allSatisfy(\.isFinite) ? $0 : nil })
    }
    symmetry = result.symmetries.map {
      Symmetry(
        sides: $0.sides, threshold: $0.threshold, typical: $0.typical.isFinite ? $0.typical : nil,
        chance: $0.chance.isFinite ? $0.chance : nil)
    }
    randomNet = result.random.map {
      RandomNet(
        sides: $0.sides, share: $0.share, regularity: $0.regularity, randomShare: $0.randomShare,
        randomRegularity: $0.randomRegularity, isStructure: $0.isStructure)
    }
  }
}
