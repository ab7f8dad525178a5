import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension MotifMethod {
  /// Lattice and vacant nodes. The columns of two layers on each other share no nodes, so nothing is vacant among them.
  /// - Parameters:
  ///   - mayAdd: whether columns may be added that the pixels show at nodes of the lattice.
  ///   - patterns: in which nothing is vacant but nodes of the pattern's own lattice; nil where none are known.
  func crystalStage(
    of found: ColumnFinder.Found, in prepared: Preparation.Prepared, calibration: Calibration?, mayAdd: Bool,
    patterns: SitePatterns?
  ) -> CrystalStage {
    if let twist = twist(in: prepared.image, calibration: calibration, near: seeksNearLayers) {
      let text = Text.degrees(twist)
      return CrystalStage(
        found: found, grains: nil, vacant: [], hasLayers: true, sites: found.sites,
        choices: [.init("lattice", "none", "two hexagonal layers lie on each other, twisted by \(text)")],
        warnings: [
          "two hexagonal layers lie on each other, twisted by \(text): the columns share no lattice, and no node of one is vacant; "
            + "the command moire maps the stackings"
        ])
    }
    let (width, height) = (prepared.image.width, prepared.image.height)
    func crystals(_ found: ColumnFinder.Found) -> (grains: Grains?, nodes: VacantNodes.Outcome?) {
      let grains = grainFinder.crystals(
        of: found.sites.positions, heights: found.sites.sites.map(\.amplitude), width: width, height: height)
      let nodes = grains.map {
        vacantNodes.outcome(
          in: $0, columns: found.sites, background: found.background, residual: found.residual,
          isMeasured: prepared.isMeasured)
      }
      return (grains, nodes)
    }
    let seenCount = found.sites.count
    var (found, added) = (found, 0)
    var (grains, nodes) = crystals(found)
    // The lattice foretells columns that are too faint beside their neighbours to be found without it.
    if mayAdd, let faint = nodes, !faint.columns.isEmpty {
      added = faint.columns.count
      found = finder.refitted(
        found, adding: faint.columns, heightErrors: faint.heightErrors, in: prepared)
      (grains, nodes) = crystals(found)
    }
    var vacant = nodes?.vacant ?? []
    var patternChoices: [RunRecord.Choice] = []
    if let patterns {
      let isForeign = patterns.foreign(
        vacant, columns: found.sites.positions, grainOfColumn: grains?.labels ?? found.sites.positions.map { _ in 0 })
      let foreign = isForeign.count { $0 }
      vacant = zip(vacant, isForeign).filter { !$1 }.map(\.0)
      let count = Set(found.sites.positions.map(patterns.pattern)).subtracting([0]).count
      patternChoices = [
        .init(
          "patterns", "\(count)",
          "those of \(patterns.source)"
            + (foreign > 0
              ? "; \(foreign) empty node\(foreign == 1 ? "" : "s") of a lattice in the pattern of another "
                + "\(foreign == 1 ? "is" : "are") not vacant" : ""))
      ]
    }
    let undecided = nodes.map { $0.undecided + $0.columns.count } ?? 0
    let index = PlanarIndex(found.sites.positions)
    let largeCell = largeCell(of: grains, index: index)
    let modulation = largeCell.flatMap {
      modulationFinder.modulation(of: $0, positions: found.sites.positions, spacing: index.medianSpacing ?? 0)
    }
    var sites = Sites(found.sites.sites + vacant.map(\.site))
    let occupancies =
      grains.map {
        occupancyFinder.occupancies(of: found.sites, accuracies: found.accuracies, vacant: vacant, in: $0)
      } ?? []
    for (site, occupancy) in occupancies.enumerated() where occupancy?.kind == .partial {
      sites.sites[site].kind = .partial
    }
    return CrystalStage(
      found: found, grains: grains, vacant: vacant, addedCount: max(0, found.sites.count - seenCount),
      undecidedCount: undecided, modulation: modulation,
      hasLargeCell: largeCell != nil,
      sites: sites, occupancies: occupancies,
      choices: [.lattice(of: grains)]
        + (modulation.map { [.modulation($0, grains: grains, calibration: calibration)] } ?? [])
        + (grains == nil ? [] : [.vacantNodes(vacant.count, undecided: undecided, added: added)])
        + patternChoices,
      warnings: [])
  }

  /// The twist of two hexagonal layers; nil where the image does not show two.
  /// - Parameter near: whether layers are sought whose peaks touch.
  func twist(in image: Raster<Float>, calibration: Calibration?, near: Bool) -> Moire.Measured? {
    var layers = MoireFinder()
    (layers.triesNearLayers, layers.mapper) = (near, nil)
    return try? layers.moire(in: image, pixel: MoireMethod.pixel(of: calibration)).twist
  }

  /// The only lattice, if its cell is longer than a lattice's usually is; nil else.
  private func largeCell(of grains: Grains?, index: PlanarIndex) -> Lattice? {
    guard let grains, grains.grains.count == 1, let lattice = grains.lattice, let spacing = index.medianSpacing,
      max(lattice.grid.u.length, lattice.grid.v.length) > grainFinder.latticeFinder.reach * spacing
    else { return nil }
    return lattice
  }
}
