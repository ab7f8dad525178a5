import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension MotifMethod {
  /// Lattice and vacant nodes.
  /// - Parameters:
  ///   - mayAdd: whether columns may be added that the pixels show at nodes of the lattice.
  ///   - patterns: in which nothing is vacant but nodes of the pattern's own lattice; nil where none are known.
  func crystalStage(
    of found: ColumnFinder.Found, in prepared: Preparation.Prepared, calibration: Calibration?, mayAdd: Bool,
    patterns: SitePatterns?
  ) -> CrystalStage {
    let seenCount = found.sites.count
    let crystal =
      mayAdd ? completed(found, in: prepared, patterns) : crystals(of: found, in: prepared, patterns)
    let (found, grains) = (crystal.found, crystal.grains)
    let (empty, patternChoices) = vacancies(of: crystal, by: patterns)
    let index = PlanarIndex(found.sites.positions)
    let largeCell = largeCell(of: grains, index: index)
    let modulation = largeCell.flatMap {
      modulationFinder.modulation(of: $0, positions: found.sites.positions, spacing: index.medianSpacing ?? 0)
    }
    let (sites, occupancies, vacant) = occupied(crystal, empty: empty)
    let undecided = (crystal.nodes.map { $0.undecided + $0.columns.count } ?? 0) + empty.count - vacant.count
    return CrystalStage(
      found: found, grains: grains, vacant: vacant, addedCount: max(0, found.sites.count - seenCount),
      undecidedCount: undecided, modulation: modulation,
      hasLargeCell: largeCell != nil,
      sites: sites, occupancies: occupancies,
      choices: [.lattice(of: grains)]
        + (modulation.map { [.modulation($0, grains: grains, calibration: calibration)] } ?? [])
        + (grains == nil ? [] : [.vacantNodes(vacant.count, undecided: undecided, added: crystal.addedCount)])
        + patternChoices,
      warnings: grains?.boundarySentences(
        positions: found.sites.positions, jumps: ScanJumps(of: prepared.image)) ?? [])
  }

  /// The stage of two layers that lie on each other: their columns share no nodes, so nothing is vacant among them.
  func layeredStage(of found: ColumnFinder.Found, layers: LayerPair) -> CrystalStage {
    let text = Text.degrees(layers.twist)
    return CrystalStage(
      found: found, grains: nil, vacant: [], layers: layers, sites: found.sites,
      choices: [.init("lattice", "none", "two hexagonal layers lie on each other, twisted by \(text)")],
      warnings: [
        "two hexagonal layers lie on each other, twisted by \(text): the columns share no lattice, and no node of one is vacant; "
          + "the command moire maps the stackings"
      ])
  }

  /// Columns, the crystals that they form, and what stands at the empty nodes of these.
  private struct Crystals {
    var found: ColumnFinder.Found
    /// Nil where the columns share no lattice.
    var grains: Grains?
    var nodes: VacantNodes.Outcome?
    /// How many columns were added at nodes of a first lattice.
    var addedCount = 0
  }

  /// The crystals that columns form, and their empty nodes.
  private func crystals(
    of found: ColumnFinder.Found, in prepared: Preparation.Prepared, _ patterns: SitePatterns?
  ) -> Crystals {
    let positions = found.sites.positions
    let grains = grainFinder.crystals(
      of: positions, heights: found.sites.sites.map(\.amplitude),
      patterns: patterns?.phases(at: positions) ?? positions.map { _ in 0 }, width: prepared.image.width,
      height: prepared.image.height)
    let nodes = grains.map {
      vacantNodes.outcome(
        in: $0, columns: found.sites, background: found.background, residual: found.residual,
        isMeasured: prepared.isMeasured)
    }
    return Crystals(found: found, grains: grains, nodes: nodes)
  }

  /// The same in a second round with further columns: the lattice foretells those that are too faint beside their neighbours to be found
  /// without it.
  private func completed(
    _ found: ColumnFinder.Found, in prepared: Preparation.Prepared, _ patterns: SitePatterns?
  ) -> Crystals {
    let first = crystals(of: found, in: prepared, patterns)
    guard let faint = first.nodes, !faint.columns.isEmpty else { return first }
    let joint = finder.refitted(found, adding: faint.columns, heightErrors: faint.heightErrors, in: prepared)
    var second = crystals(of: joint, in: prepared, patterns)
    second.addedCount = faint.columns.count
    return second
  }

  /// The vacant nodes, less those of a lattice in the pattern of another, and what a run's record says of the patterns.
  private func vacancies(
    of crystal: Crystals, by patterns: SitePatterns?
  ) -> (vacant: [VacantNode], choices: [RunRecord.Choice]) {
    let vacant = crystal.nodes?.vacant ?? []
    guard let patterns else { return (vacant, []) }
    let positions = crystal.found.sites.positions
    let isForeign = patterns.foreign(
      vacant, columns: positions, grainOfColumn: crystal.grains?.labels ?? positions.map { _ in 0 })
    let foreign = isForeign.count { $0 }
    let choice = patterns.choice(
      ending: foreign > 0
        ? "; \(foreign) empty node\(foreign == 1 ? "" : "s") of a lattice in the pattern of another "
          + "\(foreign == 1 ? "is" : "are") not vacant" : "")
    return (zip(vacant, isForeign).filter { !$1 }.map(\.0), [choice])
  }

  /// Columns and then vacant nodes as sites, and what each holds of its sublattice. An empty node is not vacant where the heights of its
  /// sublattice scatter so that it is more likely one of their tail.
  private func occupied(
    _ crystal: Crystals, empty: [VacantNode]
  ) -> (sites: Sites, occupancies: [NodeOccupancy?], vacant: [VacantNode]) {
    let found = crystal.found
    let all =
      crystal.grains.map {
        occupancyFinder.occupancies(of: found.sites, accuracies: found.accuracies, vacant: empty, in: $0)
      } ?? []
    let ofEmpty = all.dropFirst(found.sites.count)
    let isVacant = ofEmpty.map { ($0?.probability ?? 1) >= Self.leastVacancy }
    let vacant = all.isEmpty ? empty : zip(empty, isVacant).filter(\.1).map(\.0)
    var sites = Sites(found.sites.sites + vacant.map(\.site))
    let occupancies = all.prefix(found.sites.count) + zip(ofEmpty, isVacant).filter(\.1).map(\.0)
    for (site, occupancy) in occupancies.enumerated() where occupancy?.kind == .partial {
      sites.sites[site].kind = .partial
    }
    return (sites, Array(occupancies), vacant)
  }

  /// The least probability at which a node is called vacant rather than undecided.
  private static let leastVacancy = 0.5

  /// Two hexagonal layers; nil where the image does not show two.
  /// - Parameter near: whether layers are sought whose peaks touch.
  func layers(in image: Raster<Float>, calibration: Calibration?, near: Bool) -> LayerPair? {
    var layers = MoireFinder()
    (layers.triesNearLayers, layers.seeksHiddenLayers, layers.mapper) = (near, false, nil)
    let moire = try? layers.moire(in: image, pixel: MoireMethod.pixel(of: calibration))
    guard let moire, let twist = moire.twist, moire.presence.sharedShare > Self.leastBilayerShare else { return nil }
    return LayerPair(twist: twist, isWhole: moire.presence.isWhole)
  }

  /// Where two layers lie in less than this part of the image, most columns are those of one lattice.
  private static let leastBilayerShare = 0.5

  /// The only lattice, if its cell is longer than a lattice's usually is; nil else.
  private func largeCell(of grains: Grains?, index: PlanarIndex) -> Lattice? {
    guard let grains, grains.grains.count == 1, let lattice = grains.lattice, let spacing = index.medianSpacing,
      max(lattice.grid.u.length, lattice.grid.v.length) > grainFinder.latticeFinder.reach * spacing
    else { return nil }
    return lattice
  }
}
