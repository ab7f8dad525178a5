import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Polygonal units of the net of columns, what fills them, and how filled and empty ones are arranged ([M22] Fig. 4).
///
/// ```swift
/// let result = try PolygonMethod().result(on: micrograph)
/// print(result.net.units.count { $0.filling == .filled })
/// ```
public struct PolygonMethod: Method {
  /// How the micrograph is prepared before columns are sought.
  public var preparation = Preparation()
  /// How columns are found and fitted.
  public var finder = ColumnFinder()
  /// How a network finds columns, for the finder's route `network`; nil: with the network that comes with the program.
  public var network: NetworkFinder?
  /// Finds the walls among the columns and the polygons between them.
  public var polygons = PolygonFinder()
  /// Sorts windows of four and sixteen units into types and compares their entropies with chance.
  public var configurations = UnitConfigurations()
  /// The units of all numbers of sides, with windows of the commonest kind.
  public init() {}

  /// The paper on motifs and their hierarchies [M22], the graph from which polygons are taken, and the estimate of the
  /// entropy.
  public static let references = [
    "J. Dan, X. Zhao, S. Ning, J. Lu, K. P. Loh, Q. He, N. D. Loh and S. J. Pennycook: Learning motifs and their hierarchies in "
      + "atomic resolution microscopy. Science Advances 8 (2022) eabk1005.",
    "G. T. Toussaint: The relative neighbourhood graph of a finite planar set. Pattern Recognition 12 (1980) 261.",
    "A. Chao and T.-J. Shen: Nonparametric estimation of Shannon's index of diversity when there are unseen species in sample. "
      + "Environmental and Ecological Statistics 10 (2003) 429.",
  ]

  /// Finding the columns and testing the symmetry of the units take most of the time.
  public static let stages: [(stage: Stage, share: Double)] = [
    (.prepare, 0.05), (.sites, 0.4), (.polygons, 0.05), (.symmetry, 0.35), (.fillings, 0.1), (.codes, 0.05),
  ]

  /// - Throws: `DataError` where the image shows no columns, or no polygon of four or more sides.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> PolygonResult {
    let name = input.micrograph.name
    var prepared = try clock.run(.prepare) { try preparation.prepared(input.micrograph) }
    let found = try clock.run(.sites) { try finder.columns(of: input, in: &prepared, network: network) }
    let image = prepared.image
    let positions = found.sites.positions
    var (net, random) = try clock.run(.polygons) {
      let net = try polygons.net(of: positions, width: image.width, height: image.height)
      try Self.checkUnits(of: net, sides: polygons.sides, columns: found.sites.columnCount, name: name)
      let null = RandomPolygons(net: net, positions: positions, image: image, seed: input.seed)
      return (net, try null.comparison())
    }
    let symmetries = try clock.run(.symmetry) { try Self.testSymmetry(of: &net, in: image) }
    let groups = try clock.run(.fillings) { Self.fill(&net, found: found, prepared: prepared) }
    let kind = polygons.sides ?? net.commonestSides ?? 5
    let coded = net.units.indices.filter { net.units[$0].sides == kind }
    let outcome = try clock.run(.codes) {
      try configurations.outcome(
        centres: coded.map { net.units[$0].centre }, fillings: coded.map { net.units[$0].filling },
        imageArea: Double(image.width) * Double(image.height), seed: input.seed)
    }
    var result = PolygonResult(
      settings: self,
      record: RunRecord(
        input, prepared: prepared, choices: finder.choices(for: found, isGiven: input.columns != nil), clock: clock,
        warnings: found.warnings, isRandom: true),
      finding: found, net: net, symmetries: symmetries, groups: groups, random: random, codedSides: kind, coded: coded,
      configurations: outcome)
    result.record.choices += result.polygonChoices
    result.record.warnings += result.polygonWarnings
    return result
  }

  /// Throws where the net has no unit of the wanted kind.
  private static func checkUnits(of net: PolygonFinder.Net, sides: Int?, columns: Int, name: String) throws {
    guard net.units.isEmpty else { return }
    if let sides, let common = net.commonestSides {
      throw DataError(
        "\(name): no polygon of the net of columns has \(sides) sides; most of those with four or more have \(common)")
    }
    if net.triangles > 0 {
      throw DataError(
        "\(name): the \(columns) columns form only triangles (\(net.triangles)): there is no polygon of four or more sides"
      )
    }
    throw DataError(
      "\(name): the \(columns) columns enclose no polygon of four to \(PolygonFinder.mostSides) sides inside the image")
  }

  /// Asks the map of n-fold symmetry about the units of each number of sides.
  private static func testSymmetry(of net: inout PolygonFinder.Net, in image: Raster<Float>) throws -> [UnitSymmetry
    .Outcome]
  {
    var outcomes: [UnitSymmetry.Outcome] = []
    for sides in Set(net.units.map(\.sides)).sorted() {
      let members = net.units.indices.filter { net.units[$0].sides == sides }
      // A map takes as long as the columns of the image; what a few units say of their kind is not worth it.
      guard members.count >= 20,
        let outcome = try UnitSymmetry().outcome(
          for: members.map { net.units[$0] }, cut: net.cutCentres, in: image, bond: net.bond)
      else { continue }
      for (member, agrees) in zip(members, outcome.agrees) { net.units[member].agrees = agrees }
      outcomes.append(outcome)
    }
    return outcomes
  }

  /// Walls around a unit whose median height its filling is measured by: enough for a few per cent of noise, and some four bonds away.
  private static let wallsAround = 40

  /// Measures what stands in the middle of each unit and names it.
  private static func fill(
    _ net: inout PolygonFinder.Net, found: ColumnFinder.Found, prepared: Preparation.Prepared
  ) -> FillingGroups.Outcome {
    let heights = UnitFilling().heights(
      of: net.units, columns: found, in: prepared.image, isMeasured: prepared.isMeasured)
    let walls = found.sites.sites.indices.filter { net.isWall[$0] && found.sites[$0].amplitude.isFinite }
    let index = PlanarIndex(walls.map { found.sites[$0].position })
    for (number, heights) in heights.enumerated() {
      guard let heights, !walls.isEmpty else { continue }
      // Those around: thickness and contamination change the brightness from one end of the field to the other.
      let near = index.nearest(min(wallsAround, walls.count), to: net.units[number].centre)
      let wall = Statistics.median(near.map { found.sites[walls[$0]].amplitude })
      guard wall > 0 else { continue }
      net.units[number].amplitude = heights.middle / wall
      net.units[number].amplitudeError = heights.error / wall
    }
    let outcome = FillingGroups().outcome(of: net.units.map(\.amplitude), errors: net.units.map(\.amplitudeError))
    for (number, filling) in outcome.fillings.enumerated() {
      net.units[number].filling = filling?.filling
      net.units[number].fillingProbability = filling?.probability ?? .nan
    }
    return outcome
  }
}
