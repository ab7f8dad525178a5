import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What a script wants of the polygonal units of an image. Entropies in nats.
public struct PolygonSummary: Sendable, Encodable {
  /// Numbers of columns and polygons.
  public struct Counts: Sendable, Encodable {
    /// Columns found; those of them that belong to walls, and those in the middle of polygons; and units.
    public var columns, walls, middles, units: Int
    /// Units of each number of sides.
    public var sides: [String: Int]
    /// The same of those whose corners all have a usual number of bonds: of the others the number of sides is not sure.
    public var sureSides: [String: Int]
    /// Faces that are no units: triangles, those of more than twelve sides, and those that the border cuts.
    public var triangles, openings, cutByBorder: Int
    /// Units where the map of n-fold symmetry has a maximum, where it has none, and where it could not be asked.
    public var agreeing, disagreeing, untested: Int
  }

  /// A share of units, with its interval of 95 %.
  public struct Share: Sendable, Encodable {
    /// Number of units with this filling.
    public var count: Int
    /// That number over all units whose filling is known, 0 ... 1.
    public var share: Double
    /// Wilson's interval of 95 % for the share: lower and upper end.
    public var interval: [Double]
    /// Mean height of the group over the wall's; null where no group has this name.
    @Explicit public var amplitude: Double?
  }

  /// The entropies of one level: of the overlapping windows, and `disjoint` of the disjoint ones.
  public struct Level: Sendable, Encodable {
    /// Number of overlapping windows with a type, and of those without because they hold a partly filled unit.
    public var windows, leftOut: Int
    /// As in `ConfigurationEntropy`: the observed entropy and its estimate that allows for types not seen; mean and
    /// standard deviation of the entropy of random fillings, and the share of these that are as low; the logarithm of
    /// the number of windows; the entropy of independent fillings of the same share; and that of types of one
    /// probability.
    public var plugIn, corrected, randomLattice, randomLatticeDeviation, pValue, logWindows, independent,
      maximum: Double
    /// Share of the windows in the six commonest types, of level 2.
    public var sixCommonest: Double?
    /// Types whose false discovery rate is .01 at most.
    public var significantTypes: Int
    /// The entropies of the disjoint windows; null where there are none.
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

  /// The entropies of both levels.
  public struct Entropy: Sendable, Encodable {
    /// Of windows of four units; null without windows.
    @Explicit public var level2: Level?
    /// Of windows of sixteen units; null without windows.
    @Explicit public var level3: Level?
  }

  /// The ordered phase: the region whose windows of sixteen are of types more frequent than independent fillings allow.
  public struct Phase: Sendable, Encodable {
    /// Area of the phase over that of the image, 0 ... 1.
    public var areaFraction: Double
    /// Area of the phase in nm²; null without a calibration.
    @Explicit public var areaNm2: Double?
    /// Number of units in the phase.
    public var units: Int
    /// Types of windows of level 3 that make up the phase, the commonest first.
    public var types: [Int]
    /// The two commonest types of the disjoint windows inside, and how many windows there are of each; fewer where
    /// there are.
    public var commonestTypes, commonestCounts: [Int]
    /// Number of the first of the two commonest types over that of the second; null where there is no second.
    @Explicit public var ratio: Double?
    /// Null where it has no upper end.
    @Explicit public var ratioInterval: [Double]?
  }

  /// The test of the units of one number of sides against the map of their symmetry.
  public struct Symmetry: Sendable, Encodable {
    /// Number of sides, which is the order of the rotation axis.
    public var sides: Int
    /// The score that a maximum must exceed.
    public var threshold: Double
    /// Median score at the units; null where there is none.
    @Explicit public var typical: Double?
    /// Share of other places that would have agreed, 0 ... 1; null where there are too few.
    @Explicit public var chance: Double?
  }

  /// The commonest kind of polygon beside random columns of the same density.
  public struct RandomNet: Sendable, Encodable {
    /// Number of sides of the commonest kind.
    public var sides: Int
    /// Share of that kind among all polygons of four or more sides and its median regularity, 0 ... 1: of the image,
    /// and of columns at random places.
    public var share, regularity, randomShare, randomRegularity: Double
    /// Whether corners are placed so regularly that chance does not explain it.
    public var isStructure: Bool
  }

  /// Numbers of columns, units and faces that are no units.
  public var counts: Counts
  /// By name: empty, V, filled.
  public var filling: [String: Share]
  /// Number of sides of the units that windows are made of.
  public var codedSides: Int
  /// Share of filled units among those of windows with a type, 0 ... 1; null without such windows.
  @Explicit public var codedFilled: Double?
  /// The entropies of windows of four and of sixteen units.
  public var entropy: Entropy
  /// Null where no type of window of sixteen is more frequent than chance gives.
  @Explicit public var phase: Phase?
  /// One entry per number of sides that could be tested.
  public var symmetry: [Symmetry]
  /// Null where there were too few columns to compare.
  @Explicit public var randomNet: RandomNet?

  init(of result: PolygonResult) {
    let (net, units) = (result.net, result.net.units)
    counts = Counts(
      columns: result.finding.sites.columnCount, walls: result.wallCount, middles: result.middleCount,
      units: units.count,
      sides: Dictionary(grouping: units, by: { "\($0.sides)" }).mapValues(\.count),
      sureSides: Dictionary(grouping: units.filter(\.isRegularlyBonded), by: { "\($0.sides)" }).mapValues(\.count),
      triangles: net.triangles,
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
