import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The columns of a bilayer and what their surroundings say of its domains.
public struct MoireDomains: Sendable {
  /// The columns.
  public var finding: ColumnFinder.Found
  /// The anchor that each column lies nearest to.
  public var sites: MoireSites
  /// Side of the patches whose moments are compared, in pixels.
  public var patchSize: Int
  /// Divergences of whole domains of one stacking; nil where there are no two.
  public var divergence: DomainDivergence.Outcome?
  /// Widths of the walls between domains.
  public var walls: [DomainWalls.Wall]
  /// By which the surroundings were levelled; nil where the change of brightness is not known.
  public var brightness: BrightnessField?

  /// The mean of the corrected divergences of all pairs of one stacking, with the error that leaving out one domain after the other
  /// gives, or bootstrap samples of the sites, whichever is larger.
  func meanDivergence(of stacking: Int, in moire: Moire) -> (
    pairs: Int, plain: Double, own: Double, corrected: Moire.Measured
  )? {
    guard let divergence else { return nil }
    let pairs = divergence.pairs.filter { moire.anchors[$0.first].stacking == moire.stackings[stacking] }
    guard !pairs.isEmpty else { return nil }
    func mean(_ pairs: [DomainDivergence.Pair]) -> Double { Statistics.mean(pairs.map(\.corrected.value)) }
    let domains = Set(pairs.flatMap { [$0.first, $0.second] }).sorted()
    let without = domains.compactMap { domain -> Double? in
      let rest = pairs.filter { $0.first != domain && $0.second != domain }
      return rest.isEmpty ? nil : mean(rest)
    }
    let own = Statistics.mean(pairs.map(\.corrected.error)) / Double(domains.count).squareRoot()
    var error = own
    if without.count > 2 {
      let middle = Statistics.mean(without)
      let squares = without.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
      error = max(own, (squares * Double(without.count - 1) / Double(without.count)).squareRoot())
    }
    return (
      pairs.count, Statistics.mean(pairs.map { ($0.forward + $0.backward) / 2 }),
      Statistics.mean(pairs.map(\.splitHalf)),
      Moire.Measured(mean(pairs), error: error)
    )
  }
}

extension MoireMethod {
  /// Columns, their nearest anchors, and what the surroundings of the columns say of domains and walls.
  func domains(of moire: Moire, input: MethodInput, prepared: Preparation.Prepared, clock: inout StageClock) throws
    -> MoireDomains?
  {
    let (width, height) = (prepared.image.width, prepared.image.height)
    let name = input.micrograph.name
    var prepared = prepared
    let found = try clock.run(.sites) { try columns.columns(of: input, in: &prepared, network: nil) }
    let positions = found.sites.positions
    guard let sites = MoireSites(of: positions, in: moire, width: width, height: height) else { return nil }
    // Brightness that changes over the field would pass for a difference of domains.
    let brightness = BrightnessField(of: moire.presence)
    let surroundings = try Surroundings(of: found, in: prepared, brightness: brightness, name: name, clock: &clock)
    let features = surroundings.features
    return try clock.run(.cells) {
      let whole = moire.anchors.indices.map { sites.isWhole[$0] ? sites.members[$0] : [] }
      let kinds = moire.anchors.map { moire.stackings.firstIndex(of: $0.stacking) ?? 0 }
      return MoireDomains(
        finding: found, sites: sites, patchSize: surroundings.patchSize,
        divergence: try divergence.outcome(
          features: features, domains: whole, groups: kinds,
          offsets: zip(positions, sites.nearest).map { $0 - $1.position }, cell: moire.layers[0].lattice.constant,
          seed: input.seed),
        walls: walls.walls(of: moire, sites: sites, positions: positions, features: features, seed: input.seed),
        brightness: brightness)
    }
  }
}

/// The surroundings of the columns of a bilayer, described by features that do not change when the specimen turns.
private struct Surroundings {
  let patchSize: Int
  let features: Matrix<Float>

  /// - Parameter brightness: by which the patches are levelled; nil for not at all.
  init(
    of found: ColumnFinder.Found, in prepared: Preparation.Prepared, brightness: BrightnessField?, name: String,
    clock: inout StageClock
  ) throws {
    let crystal = CrystalStage(found: found, grains: nil, vacant: [], sites: found.sites, choices: [], warnings: [])
    var motifs = MotifMethod()
    motifs.descriptor.form = .invariant
    let method = motifs
    let patches = try clock.run(.patches) {
      let stage = try method.patchStage(around: crystal, in: prepared, name: name)
      guard let brightness else { return stage }
      return method.levelled(stage, by: brightness, around: crystal, in: prepared)
    }
    self.patchSize = patches.size
    features = try clock.run(.features) { method.descriptionStage(of: patches, crystal).features }
  }
}
