import Foundation
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

extension MotifMethod {
  /// The fewest sites with a patch that are laid out and sorted.
  private static let fewestPatches = 4

  /// Everything from the lattice to the layout, of columns that were found.
  /// - Parameter layers: two layers that are known to lie on each other; nil: they are sought.
  /// - Throws: `DataError` where too few columns have a whole patch.
  func arrangedStage(
    of seen: ColumnFinder.Found, in prepared: Preparation.Prepared, input: MethodInput, patterns: SitePatterns?,
    layers: LayerPair? = nil, clock: inout StageClock
  ) throws -> ArrangedStage {
    let name = input.micrograph.name
    let crystal = try clock.run(.lattice) {
      let calibration = input.micrograph.calibration
      if let found = layers ?? self.layers(in: prepared.image, calibration: calibration, near: seeksNearLayers) {
        return layeredStage(of: seen, layers: found)
      }
      return crystalStage(
        of: seen, in: prepared, calibration: calibration,
        mayAdd: input.columns == nil && seen.proposed == nil, patterns: patterns)
    }
    let patches = try clock.run(.patches) {
      let patches = try patchStage(around: crystal, in: prepared, name: name)
      guard levelsBrightness else { return patches }
      return levelled(patches, by: brightness(of: crystal, in: prepared), around: crystal, in: prepared)
    }
    let description = try clock.run(.features) { descriptionStage(of: patches, crystal) }
    let known = description.moments.existing
    guard known.count >= Self.fewestPatches else {
      throw DataError(
        "\(name): only \(known.count) of \(crystal.sites.sites.count { $0.kind != .outside }) columns have a whole patch of \(patches.size) pixels "
          + "around them; a larger field of view or a smaller \(setting("patch size")) is needed")
    }
    let layouts = try clock.run(.layout) { try layoutStage(of: description.features, rows: known, seed: input.seed) }
    return ArrangedStage(crystal: crystal, patches: patches, description: description, layouts: layouts)
  }

  /// In a net of three bonds per column, second neighbours stand so many spacings away; in other nets they are nearer.
  private static let secondNeighbours = 3.0.squareRoot()
  /// Columns count wholly up to this many of their standard deviations inside the rim of a patch (`PatchIsolation`).
  private static let rim = 0.5

  /// Side of a patch that holds a column's first and second neighbours.
  private func surroundings(of sites: Sites) -> Int? {
    let sigma = Statistics.median(sites.sites.map { ($0.sigmaMajor * $0.sigmaMinor).squareRoot() }.filter(\.isFinite))
    guard let spacing = PlanarIndex(sites.positions).medianSpacing, sigma.isFinite else { return nil }
    return 2 * Int(saturating: Self.secondNeighbours * spacing + Self.rim * sigma) + 1
  }

  /// The fewest pixels across a patch that is chosen from the image, and across one that is asked for.
  private static let smallestPatch = (chosen: 13, given: 5)
  /// A patch without a ring in the power spectrum to go by reaches so many mean spacings to each side.
  private static let reachInSpacings = 1.5
  /// The spacing of a lone column stands for so many smoothing scales.
  private static let loneSpacingInScales = 8.0

  /// Patches of the size that the power spectrum tells.
  func patchStage(around crystal: CrystalStage, in prepared: Preparation.Prepared, name: String) throws -> PatchStage {
    let (image, found) = (prepared.image, crystal.found)
    let spacing = found.sites.meanSpacing ?? Self.loneSpacingInScales * found.scale
    let flat = found.flattened(image)
    let spectrum = PowerSpectrum(of: flat)
    let estimate = patchSizeEstimator.estimate(of: spectrum, spacing: spacing)
    let near = crystal.hasLargeCell ? surroundings(of: found.sites) : nil
    let wanted = patchSize ?? near ?? estimate.oddSide ?? (2 * Int(saturating: Self.reachInSpacings * spacing) + 1)
    let size = max(wanted, patchSize == nil ? Self.smallestPatch.chosen : Self.smallestPatch.given) | 1
    let limit = min(image.width, image.height) / 2
    if patchSize == nil && size > limit {
      throw DataError(
        "\(name): patches would need \(size) pixels, and the image has only \(image.width) x \(image.height); a larger "
          + "field of view, or a smaller \(setting("patch size")), is needed")
    }
    try require(size <= limit, "patch size", is: size, mustBe: "at most half the image, \(limit) pixels")
    let reason =
      if patchSize != nil {
        "given"
      } else if near != nil {
        "a column with its first and second neighbours, as the cell of the lattice is so large that its planes say nothing of them"
      } else if let planes = estimate.planeSpacing {
        "twice the plane spacing of \(Text.fixed(planes, 2)) px, the first ring of the power spectrum "
          + "(\(Text.fixed(estimate.contrast, 0)) times its surroundings)"
      } else {
        "three mean spacings; the power spectrum has no dominant ring"
      }
    let jumps = ScanJumps(of: image)
    return PatchStage(
      spectrum: spectrum, estimate: estimate, size: size,
      patches: Self.patches(of: flat, around: crystal.sites, side: size, measured: prepared.isMeasured, jumps: jumps),
      jumps: jumps, basis: try descriptor.basis(side: size), choices: [.init("patch size", "\(size) px", reason)],
      warnings: (estimate.side == nil && patchSize == nil && near == nil
        ? ["the power spectrum has no dominant ring (no lattice), so patches are three mean spacings wide"] : [])
        + (jumps.jumps.isEmpty ? [] : [Self.sentence(on: jumps)]))
  }

  /// Patches cut as if the scan had not jumped.
  static func patches(
    of flat: Raster<Float>, around sites: Sites, side: Int, measured: Raster<Bool>, jumps: ScanJumps
  ) -> Patches {
    Patches(
      of: jumps.straightened(flat, empty: .nan), around: sites.positions.map(jumps.straightened), side: side,
      measured: jumps.straightened(measured, empty: false))
  }

  /// What jumps of the scan mean for the result.
  private static func sentence(on jumps: ScanJumps) -> String {
    let lines = ReportHeadline.list(jumps.jumps.map { "\($0.line)" })
    let shifts = ReportHeadline.list(jumps.jumps.map { Text.fixed($0.shift, 1) })
    let isOne = jumps.jumps.count == 1
    return
      "the scan jumps at line\(isOne ? "" : "s") \(lines), counted from 0, by \(shifts) px: motifs were sorted as if it had not, but positions and strain are "
      + "those of the image, and off there"
  }

  /// Moments of the patches, and the features that are formed of them.
  func descriptionStage(of patches: PatchStage, _ crystal: CrystalStage) -> DescriptionStage {
    let found = crystal.found
    var moments = patches.basis.moments(of: patches.patches)
    if isolatesPatches {
      let image = found.background
      func moved(_ sites: Sites) -> Sites {
        var moved = patches.brightness?.levelled(sites) ?? sites
        for index in moved.sites.indices { moved[index].position = patches.jumps.straightened(moved[index].position) }
        return moved
      }
      moments = PatchIsolation.isolated(
        moments, of: moved(crystal.sites), outside: moved(found.outside), inside: (image.width, image.height),
        basis: patches.basis)
    }
    let order = moments.order
    return DescriptionStage(
      moments: moments, features: descriptor.features(from: moments),
      choices: [
        .init(
          "Zernike order", "\(order)",
          order < descriptor.maxOrder
            ? "the highest that patches of this size support"
            : order == ZernikeDescriptor().maxOrder ? "the published default" : "given"),
        .init(
          "features", descriptor.form.rawValue,
          descriptor.form == .full
            ? "a motif and the same motif rotated count as two" : "a motif and the same motif rotated count as one"),
      ])
  }

  /// The layout of the sites that have features, NaN for the others.
  func layoutStage(of features: Matrix<Float>, rows: [Int], seed: UInt64) throws -> LayoutStage {
    var embedding = embedding
    embedding.search.count = min(embedding.search.count, rows.count - 1)
    let movie = try embedding.movie(of: features.selecting(rows: rows), seed: seed)
    func placed(_ part: Layout) -> Layout {
      var points = [Point](repeating: Point(.nan, .nan), count: features.rows)
      for (k, row) in rows.enumerated() { points[row] = part.points[k] }
      return Layout(points: points)
    }
    return LayoutStage(spread: placed(movie.stageEnds.first ?? movie.final), final: placed(movie.final))
  }

  /// Standard deviation of a moment that the noise of the pixels alone causes.
  static func momentNoise(_ found: ColumnFinder.Found, _ image: Raster<Float>, basis: ZernikeBasis) -> Double {
    let model = zip(image.values, found.residual.values).map { Double($0 - $1) }
    let variance = found.noiseCorrelation * max(0, found.constantVariance + found.gain * Statistics.mean(model))
    return (variance * basis.meanNoiseGain).squareRoot()
  }

  /// Classes, found or of a given number.
  func sortingStage(
    of features: Matrix<Float>, _ layouts: LayoutStage, crystal: CrystalStage, sublattices: [Int],
    _ patches: PatchStage,
    noise: Double,
    scan: ScanErrors?, seed: UInt64
  ) throws -> SortingStage {
    let positions = crystal.sites.positions
    let outcome = try classFinder.outcome(features: features, layout: layouts.final, noise: noise)
    let drift = SpatialCorrelation.ofResiduals(
      features, labels: outcome.classes.labels, positions: positions, patchSide: patches.size,
      noise: outcome.noise)
    var structure = StructureKind(of: outcome, drift: drift, layers: crystal.layers)
    var classes = outcome.classes
    var reason = "\(structure.reason); \(outcome.components) feature components carry more than noise"
    if let classCount {
      classes = try ClassFitter(count: classCount).classes(
        of: features, layout: layouts.final, noise: noise, seed: seed)
      reason = "given"
    } else if structure.kind == .continuous {
      // Borders drawn through a continuum would be accidents of the noise.
      classes = Classes(grouping: outcome.classes.labels.map { $0 > 0 ? 0 : -1 })
      classes.names = ["continuum"]
    }
    var warnings: [String] = []
    if classCount == nil, structure.kind == .discrete,
      let cleaned = scan?.removed(
        from: classes, features: features, positions: positions, sublattices: sublattices,
        patches: patches.patches)
    {
      classes = cleaned.classes
      warnings += cleaned.warnings
    }
    if classCount == nil, structure.kind == .discrete,
      let joined = GradualClasses(features: features, positions: positions).joined(classes)
    {
      warnings.append(
        "\(classes.count - joined.count + 1) classes pass into one another gradually across the image, as thickness, tilt or brightness changes, "
          + "and were joined: there are \(joined.count) of \(classes.count); \(setting("classes")) divides them all the same"
      )
      classes = joined
    }
    if classCount == nil, structure.kind == .discrete, classes.count < outcome.classes.count {
      structure.reason += "; \(classes.count) remain without what scan lines and gradual changes make"
    }
    return SortingStage(
      layout: structure.kind == .continuous ? layouts.spread : layouts.final, classes: classes, structure: structure,
      choices: [.init("classes", "\(classes.count)", reason)], warnings: warnings)
  }

  /// Cells among whose sites are the vacant nodes (`VacantNodes`).
  static let latticeCells: LatticeCells = {
    var method = LatticeCells()
    method.emptyPlacesAreVacant = false
    return method
  }()

  /// Cells of the lattice, or Voronoi cells of the commonest class where there is none; nil in a continuum of two layers, which has
  /// neither a cell nor a class around whose columns one could be drawn.
  func cells(of crystal: CrystalStage, _ sorting: SortingStage, in image: Raster<Float>) throws -> Cells? {
    if crystal.layers != nil, sorting.structure.kind == .continuous, classCount == nil { return nil }
    let classes = sorting.classes
    // Cells tile the image: columns centred outside it are in none.
    let seen = crystal.sites.sites.indices.filter { crystal.sites[$0].kind != .outside }
    let (positions, labels) = (seen.map { crystal.sites[$0].position }, seen.map { classes.labels[$0] })
    if let grains = crystal.grains {
      let (nodes, grainOfSite) = (crystal.nodes, crystal.grainOfSite)
      return try Self.latticeCells.cells(
        of: positions, labels: labels, grains: grains, nodes: seen.map { nodes[$0] },
        grainOfSite: seen.map { grainOfSite[$0] })
    }
    guard positions.count >= Self.fewestVoronoiSites else { return nil }
    return try VoronoiCells().cells(
      of: positions, labels: labels, chosen: labels.indices.filter { labels[$0] == 1 }, width: image.width,
      height: image.height)
  }

  /// The classes that were found, with those of vacant nodes apart; a number of classes that was asked for stays.
  func withVacancyClasses(_ sorting: SortingStage, _ crystal: CrystalStage) -> SortingStage {
    guard classCount == nil, sorting.structure.kind == .discrete, sorting.classes.count > 0 else { return sorting }
    var stage = sorting
    stage.classes =
      VacancyClasses(
        of: sorting.classes, sites: crystal.sites, occupancies: crystal.occupancies, sublattices: crystal.sublattices
      ).classes
    let more = stage.classes.count - sorting.classes.count
    guard more > 0 else { return stage }
    let text = "; vacant nodes form \(more) more"
    stage.structure.reason += text
    stage.choices = sorting.choices.map {
      $0.name == "classes" ? .init($0.name, "\(stage.classes.count)", $0.reason + text) : $0
    }
    return stage
  }

  /// The hierarchy of the cells, with what chance says of each motif-cell.
  /// - Parameters:
  ///   - sites: their heights tell the defects of one cell apart.
  ///   - labels: of the sites.
  func testedHierarchy(of cells: Cells, sites: Sites, labels: [Int], seed: UInt64) throws -> Hierarchy {
    let tree = try hierarchy.hierarchy(of: cells)
    let kinds = DefectKinds(
      of: cells, dominant: tree.dominant, heights: sites.sites.map { $0.kind == .vacant ? 0 : $0.amplitude },
      labels: labels)
    return try tested(tree, of: cells, kinds, seed: seed)
  }

  /// A hierarchy with what chance says of each motif-cell.
  func tested(_ tree: Hierarchy, of cells: Cells, _ kinds: DefectKinds, seed: UInt64) throws -> Hierarchy {
    var tree = tree
    let chances = try arrangements.chances(
      of: tree, in: cells, kinds: kinds, equivalence: hierarchy.equivalence, seed: seed)
    for node in tree.nodes.indices { tree.nodes[node].chance = chances[node] }
    return tree
  }

  /// The fewest sites that bound a Voronoi cell among them.
  static let fewestVoronoiSites = 4

  func strainStage(
    of crystal: CrystalStage, _ classes: Classes, in image: Raster<Float>, name: String
  ) throws -> StrainStage {
    let found = crystal.found
    let none = StrainStage(
      choices: [
        .init(
          "strain", "none",
          "strain from positions needs columns that share a lattice; geometric phase analysis does not")
      ])
    let positions = found.sites.positions
    guard let grains = crystal.grains, ColumnStrain.obstacle(in: positions) == nil else { return none }
    let way = GrainStrain.Setting(
      columns: strain,
      reference: { field, number in
        try strainReference.resolved(in: field) { wanted in
          positions.indices.filter { site in
            let label = classes.labels[site]
            return label > 0 && (classes.names[label - 1] == wanted || String(label) == wanted)
              && (grains.grains.count == 1 || grains.labels[site] == number)
          }.map { positions[$0] }
        }
      }, axis: { _ in 0 },
      // The report states their medians; only `strain` writes them pixel by pixel.
      keepsErrors: false)
    guard
      let measured = try GrainStrain(
        of: positions, covariances: found.trustedErrors.map(PlanarCovariance.init(errors:)), in: grains,
        size: (image.width, image.height), way, name: name)
    else { return none }
    let map = measured.map
    return StrainStage(
      map: map,
      choices: [
        .init(
          "strain", "resolution \(Text.fixed(map.resolution, 1)) px",
          "from the positions of the columns, against \(strainReference.sentence(grains: map.grainCount))")
      ], warnings: [measured.warning(grainCount: grains.grains.count), map.spread.scanWarning].compactMap { $0 })
  }
}
