import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `PolygonMethod` found in one image.
public struct PolygonResult: MethodResult {
  /// The settings that gave the result.
  public var settings: PolygonMethod
  /// The input, the choices, the times and the warnings that led to the result.
  public var record: RunRecord
  /// The columns, walls and middles of polygons together, and what led to them.
  public var finding: ColumnFinder.Found
  /// The units with their fillings.
  public var net: PolygonFinder.Net
  /// What the maps of symmetry say, a number of sides each.
  package var symmetries: [UnitSymmetry.Outcome]
  package var groups: FillingGroups.Outcome
  /// Nil where there were too few columns to compare.
  var random: RandomPolygons.Comparison?
  /// Number of sides of the units that windows are made of: the commonest, unless it is set.
  public var codedSides: Int
  /// Indices in `net.units` of the units with `codedSides` sides, rising.
  public var coded: [Int]
  /// Units counted as in `coded`.
  public var configurations: UnitConfigurations.Outcome

  /// Counts, shares of the fillings, entropies and the ordered phase.
  public var summary: PolygonSummary { PolygonSummary(of: self) }

  /// The number of polygons, the shares of their fillings and the entropy of windows of four, in one sentence.
  public var sentences: [String] {
    let units = net.units
    let shares = PolygonalUnit.Filling.allCases.compactMap { kind -> String? in
      let share = Double(units.count { $0.filling == kind }) / Double(max(1, units.count))
      return share > 0 ? "\(Number.percent(share)) \(kind.rawValue)" : nil
    }
    var sentence = "\(units.count) \(units.count == 1 ? "polygon" : "polygons") (\(kinds))"
    if doubtfulCount > 0 { sentence += ", of which \(doubtfulCount) are not sure (those that are: \(sureKinds))" }
    sentence += ": \(shares.joined(separator: ", "))"
    if let entropy = configurations.level2.overlapping?.entropy {
      sentence +=
        "; level 2 has \(Text.fixed(entropy.plugIn, 3)) nats, random fillings \(Text.fixed(entropy.randomLattice, 3))"
    } else {
      sentence += "; no squares of four units, so there are no codes"
    }
    if let phase = configurations.phase {
      sentence += "; an ordered phase on \(Number.percent(phase.areaFraction)) of the image"
    }
    return [sentence]
  }

  /// `1505 of 5 sides`, the commonest first.
  var kinds: String { Self.kinds(of: net.units) }

  /// The same of the units whose number of sides is sure.
  var sureKinds: String { Self.kinds(of: net.units.filter(\.isRegularlyBonded)) }

  /// Columns of the image that are part of the net, and that stand in the middle of a polygon.
  var wallCount: Int { finding.sites.columnCount - middleCount }
  var middleCount: Int { zip(net.isWall, finding.sites.sites).count { !$0 && $1.kind != .outside } }

  /// Units with a corner whose number of bonds the net does not have elsewhere.
  var doubtfulCount: Int { net.units.count { !$0.isRegularlyBonded } }

  private static func kinds(of units: [PolygonalUnit]) -> String {
    let sides = Dictionary(grouping: units, by: \.sides).mapValues(\.count)
    return sides.isEmpty
      ? "none"
      : sides.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) of \($0.key) sides" }
        .joined(separator: ", ")
  }

  var disagreeing: Int { net.units.count { $0.agrees == false } }

  var polygonChoices: [RunRecord.Choice] {
    var list: [RunRecord.Choice] = [
      .init(
        "walls", "\(wallCount)", "columns less the \(middleCount) that stand in the middle of a polygon"),
      .init(
        "bond", "\(Text.fixed(net.bond, 2)) px",
        "median length in the graph of neighbours of the walls (relative neighbourhood graph, slack \(NeighbourNet.slack))"
      ),
      .init(
        "units with codes", "\(coded.count) of \(codedSides) sides",
        settings.polygons.sides == nil ? "the commonest polygon" : "as set"),
    ]
    for outcome in symmetries {
      list.append(
        .init(
          "\(outcome.sides)-fold maxima", "above \(Text.fixed(outcome.threshold, 2))",
          "95 % of the map elsewhere is lower; \(Number.percent(outcome.chance)) of other places would agree by chance")
      )
    }
    let means = groups.groups.map { "\($0.filling.rawValue) \(Text.fixed($0.mean, 2))" }.joined(separator: ", ")
    list.append(
      .init(
        "groups of fillings", means.isEmpty ? "none" : means,
        "mean heights over the wall; their number has the least Bayesian information criterion"))
    return list
  }

  var polygonWarnings: [String] {
    var warnings: [String] = []
    if let random, !random.isStructure {
      warnings.append(
        "the polygons are hardly more regular than those of columns at random places (regularity "
          + "\(Text.fixed(random.regularity, 3)), random \(Text.fixed(random.randomRegularity, 3)); \(Number.percent(random.share)) have "
          + "\(random.sides) sides, random \(Number.percent(random.randomShare))): they need not be a structure")
    }
    let tested = net.units.count { $0.agrees != nil }
    if tested > 0 && disagreeing * 10 > tested {
      warnings.append(
        "\(disagreeing) of \(tested) polygons have no maximum of the map of their symmetry: look at the column agrees of units.csv"
      )
    }
    if doubtfulCount * 10 > net.units.count {
      warnings.append(
        "\(doubtfulCount) of \(net.units.count) polygons have a corner with another number of bonds than corners of this net usually have: a "
          + "column that is missing, found twice or displaced turns hexagons into pentagons and squares; see the column sure of units.csv"
      )
    }
    if Set(groups.groups.map(\.filling)).count == 1, let group = groups.groups.first {
      warnings.append(
        "the middles of the polygons are all alike (\(Text.fixed(group.mean, 2)) of a wall column on average), so they are named by "
          + "comparison with nothing and with the wall alone")
    }
    let doubtful = net.units.count { $0.fillingProbability < 0.9 }
    if doubtful * 10 > net.units.count {
      warnings.append(
        "the filling of \(doubtful) of \(net.units.count) polygons is uncertain (probability below 0.9), which blurs codes and entropies"
      )
    }
    if configurations.windows.level2.isEmpty {
      warnings.append(
        "no four polygons of \(codedSides) sides stand at the corners of a square, so there are no codes and no entropy"
      )
    } else if configurations.level2.overlapping == nil {
      warnings.append(
        "every square of four polygons holds one that is partly filled, so there are no codes and no entropy")
    }
    return warnings
  }

  /// Writes `units.csv`, `codes.csv` and, without classes, `sites.csv`.
  public func write(to files: ResultFiles) throws {
    let tables = PolygonTables(result: self)
    try files.write(tables.units, as: "units.csv")
    try files.write(tables.codes, as: "codes.csv")
    let sites = SiteTable(
      sites: finding.sites, accuracies: finding.accuracies, probabilities: finding.proposed?.probabilities,
      calibration: micrograph.calibration)
    try files.write(sites.csv, as: "sites.csv")
  }

  /// The fillings on the micrograph, their shares, and the windows with their entropies.
  public func report() -> ReportDocument { PolygonChapter(result: self).document }
}
