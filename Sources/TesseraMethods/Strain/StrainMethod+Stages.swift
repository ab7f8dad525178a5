import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension StrainMethod {
  /// Columns and lattice, as far as the route wants them.
  struct CrystalStage {
    var columns: KnownColumns?
    var lattice: Lattice?
    /// Several crystals, where the columns share no lattice; nil where they share one, or there are none.
    var grains: Grains?
    /// Why there is no lattice of columns; nil where there is one, or none was asked for.
    var obstacle: String?
    /// What a network proposed, where one was asked.
    var proposed: ColumnFinder.Proposed?
    var warnings: [String] = []
  }

  /// The strain by each route.
  struct MeasuredStage {
    var phases: GeometricPhase.Outcome?
    var maps: [StrainMap]
    var columnStrains: [LocalStrain?] = []
    var warnings: [String] = []
  }

  /// The columns of a table or of the image; none where the route does without.
  func knownColumns(of input: MethodInput, in prepared: inout Preparation.Prepared) throws -> CrystalStage {
    if let known = input.columns { return CrystalStage(columns: known.placed(in: prepared.image)) }
    guard route != .gpa else { return CrystalStage() }
    do {
      let found = try finder.columns(of: input, in: &prepared, network: network)
      return CrystalStage(
        columns: KnownColumns(sites: found.sites, positionErrors: found.trustedErrors), proposed: found.proposed,
        warnings: found.warnings)
    } catch let error as DataError where route == .auto {
      return CrystalStage(obstacle: error.description)
    }
  }

  /// The lattice of the columns, or why there is none.
  /// - Parameter patterns: of the image; nil where it is one.
  func crystalStage(
    of columns: CrystalStage, in prepared: Preparation.Prepared, patterns: SitePatterns?, name: String
  ) -> CrystalStage {
    var stage = columns
    guard let sites = columns.columns?.sites else { return stage }
    // A table may know positions alone; columns of unknown height count as alike.
    let (positions, heights) = (sites.positions, sites.sites.map { $0.amplitude.isFinite ? $0.amplitude : 1 })
    if let obstacle = ColumnStrain.obstacle(in: positions) {
      stage.obstacle = "\(name): \(obstacle)"
      return stage
    }
    if let patterns,
      let grains = grainFinder.crystals(
        of: positions, heights: heights, patterns: patterns.phases(at: positions), width: prepared.image.width,
        height: prepared.image.height), grains.grains.count > 1
    {
      stage.grains = grains
      return stage
    }
    stage.lattice = latticeFinder.lattice(
      of: positions, heights: heights, width: prepared.image.width, height: prepared.image.height)
    if let lattice = stage.lattice, lattice.indexedShare < Self.commonShare {
      stage.warnings.append(
        "the lattice is shared by \(Number.percent(lattice.indexedShare)) of the columns only; the others may belong to a second grain or "
          + "phase, which is measured against a lattice that is not its own")
    }
    if stage.lattice == nil {
      stage.grains = grainFinder.crystals(
        of: positions, heights: heights, width: prepared.image.width, height: prepared.image.height)
      if let grains = stage.grains, grains.grains.count == 1, let one = grains.lattice {
        stage.grains = nil
        // Cells of a dozen columns are no lattice whose strain is local.
        let longest = latticeFinder.reach * (PlanarIndex(positions).medianSpacing ?? 0)
        if max(one.grid.u.length, one.grid.v.length) <= longest { stage.lattice = one }
      }
      if stage.grains == nil, stage.lattice == nil {
        stage.lattice = latticeFinder.filmLattice(
          of: positions, heights: heights, width: prepared.image.width, height: prepared.image.height)
      }
      if stage.lattice == nil { stage.obstacle = "\(name): the \(sites.columnCount) columns share no lattice" }
    }
    return stage
  }

  /// - Parameter isGiven: whether the columns were found before; phases then do not stand in for them.
  func measuredStage(
    _ prepared: Preparation.Prepared, _ crystal: CrystalStage, isGiven: Bool, name: String
  ) throws -> MeasuredStage {
    let image = prepared.image
    if route == .auto || route == .columns, let grains = crystal.grains, let columns = crystal.columns {
      return try measuredStage(prepared, columns, in: grains, crystal, name: name)
    }
    let wantsColumns = route == .columns || route == .both
    if wantsColumns && crystal.lattice == nil {
      throw DataError(
        "\(crystal.obstacle ?? "\(name): the columns share no lattice"); strain from positions needs a lattice of "
          + "three rows of columns or more, and \(setting("method", "gpa")) about seven planes in each of two directions"
      )
    }
    if isGiven && route == .auto, let obstacle = crystal.obstacle {
      throw DataError("\(obstacle); give other columns, or none to have them found")
    }
    let usesPhases = route == .gpa || route == .both || crystal.lattice == nil
    let phases: GeometricPhase.Outcome?
    do {
      phases =
        try usesPhases
        ? phase.outcome(
          of: image,
          lattice: crystal.lattice.map { LatticeVectors(u: $0.grid.u, v: $0.grid.v) }, name: name) : nil
    } catch let error as DataError where route == .auto {
      guard let obstacle = crystal.obstacle else { throw error }
      throw DataError("\(obstacle), and phases give no strain either: \(error.description)")
    }
    guard route != .gpa, let lattice = crystal.lattice, let columns = crystal.columns else {
      let field = phases!.field
      let reference = try reference(in: field, crystal)
      let map = StrainMap(
        of: StrainField(field, source: .gpa, against: reference, axis: axis.direction(in: reference.vectors)))
      return MeasuredStage(phases: phases, maps: [map], warnings: Self.warnings(of: map))
    }
    let covariances = columns.positionErrors.isEmpty ? nil : columns.positionErrors.map(PlanarCovariance.init(errors:))
    let fit = try self.columns.fit(
      of: columns.sites.positions, covariances: covariances, lattice: lattice,
      blur: phases.map { $0.field.blur }, name: name)
    let field = fit.field(width: image.width, height: image.height)
    guard field.isKnownSomewhere else {
      throw DataError(
        "\(name): the columns match the lattice nowhere; try \(setting("method", "gpa")) or a larger \(setting("radius"))"
      )
    }
    let resolved = try reference(in: field, crystal)
    let vectors = resolved.vectors
    let direction = axis.direction(in: vectors)
    var maps = [StrainMap(of: StrainField(field, source: .columns, against: resolved, axis: direction))]
    if let phases {
      let same = try StrainReference.vectors(vectors).vectors(in: phases.field)
      // The mean against a lattice that the columns gave has an error that the phases do not know.
      let isGiven = if case .vectors = reference { true } else { false }
      maps.append(
        StrainMap(
          of: StrainField(phases.field, source: .gpa, against: .init(same, areGiven: isGiven), axis: direction)))
    }
    return MeasuredStage(
      phases: phases, maps: maps,
      columnStrains: fit.strains(at: columns.sites.positions, from: vectors, axis: direction),
      warnings: maps.flatMap(Self.warnings))
  }

  /// The strain of several grains, each on its own lattice.
  private func measuredStage(
    _ prepared: Preparation.Prepared, _ columns: KnownColumns, in grains: Grains, _ crystal: CrystalStage, name: String
  ) throws -> MeasuredStage {
    let way = GrainStrain.Setting(
      columns: self.columns,
      reference: { field, grain in try reference(in: field, crystal) { grains.labels[$0] == grain } },
      axis: axis.direction(in:))
    let covariances = columns.positionErrors.isEmpty ? nil : columns.positionErrors.map(PlanarCovariance.init(errors:))
    guard
      let strain = try GrainStrain(
        of: columns.sites.positions, covariances: covariances, in: grains,
        size: (prepared.image.width, prepared.image.height), way, name: name)
    else {
      throw DataError(
        "\(name): the columns match the lattices of the \(grains.grains.count) grains nowhere; try \(setting("method", "gpa"))"
      )
    }
    return MeasuredStage(
      phases: nil, maps: [strain.map], columnStrains: strain.columnStrains,
      warnings: [strain.warning(grainCount: grains.grains.count)].compactMap { $0 } + Self.warnings(of: strain.map))
  }

  /// - Parameter isOwn: whether a column counts for a reference by class.
  private func reference(
    in field: LatticeField, _ crystal: CrystalStage, where isOwn: (Int) -> Bool = { _ in true }
  ) throws -> StrainReference.Resolved {
    try reference.resolved(in: field) { name in
      guard let columns = crystal.columns, !(columns.classNames.isEmpty && columns.classLabels.isEmpty) else {
        throw ParameterError(
          "the reference class \(name) needs columns with classes: give the sites.csv of an analysis as \(setting("sites"))"
        )
      }
      let members = columns.members(ofClass: name)
      guard !members.isEmpty else {
        let known = Set(columns.classNames.filter { !$0.isEmpty }).sorted().joined(separator: ", ")
        throw ParameterError("no column is of class \(name); the classes are \(known)")
      }
      return members.filter(isOwn).map { columns.sites.positions[$0] }
    }
  }

  /// Smaller shifts of lines, in pixels, hardly move a column, which takes up several lines.
  private static let leastJitter = 0.3

  /// What jitter of the scan adds to a map, whose noise is that of the pixels alone.
  static func scanWarnings(of image: Raster<Float>) -> [String] {
    let shifts = LineShifts(of: image)
    guard shifts.agreement >= LineShifts.leastAgreement, shifts.jitter >= leastJitter else { return [] }
    return [
      "the scan lines are shifted against one another by \(Text.fixed(shifts.jitter, 1)) px, as jitter of the scan does and no crystal: exy and "
        + "rotation contain it, and their noise does not"
    ]
  }

  /// A lattice of fewer of the columns may be that of one of two grains.
  private static let commonShare = 0.8
  /// Where so much of the map is turned further than its errors allow, it is said that it is.
  private static let turnedShare = 0.05
  /// So many pixels tell that share.
  private static let turnSample = 100_000
  /// A strain that counts where no errors are known.
  private static let notableStrain = 1e-3

  private static func warnings(of map: StrainMap) -> [String] {
    var list: [String] = []
    let share = map.planes.knownShare
    if share < 0.5 {
      list.append(
        "strain by \(map.source.name) is known on \(Int(saturating: (100 * share).rounded())) % of the pixels only; elsewhere the lattice "
          + "is not seen, or the edges are too near")
    }
    list += [map.spread.scanWarning].compactMap { $0 }
    let rotations = map.planes.rotation.values
    let step = max(1, rotations.count / turnSample)
    let turns = stride(from: 0, to: rotations.count, by: step).map { abs(rotations[$0]) }.filter(\.isFinite)
    guard !turns.isEmpty else { return list }
    let turn = Double(Statistics.quantile(turns, 1 - turnedShare))
    if turn * turn / 2 > max(map.errorMedians.first ?? notableStrain, notableStrain) {
      list.append(
        "the crystal is turned by up to \(Text.fixed(turn, 2)) rad against the reference; exx and eyy are derivatives of the displacement, "
          + "of which a rotation by θ alone makes cos θ - 1 = \(Text.fixed(100 * (cos(turn) - 1), 2)) %; measure a turned grain with a "
          + "\(setting("reference")) in it")
    }
    return list
  }

  func choices(_ crystal: CrystalStage, _ measured: MeasuredStage) -> [RunRecord.Choice] {
    let map = measured.maps[0]
    var list: [RunRecord.Choice] = [
      .init(
        "method", measured.maps.count > 1 ? "both" : map.source.rawValue,
        route != .auto
          ? "given"
          : crystal.grains.map { "the columns form \($0.grains.count) grains, and strain is measured in each" }
            ?? crystal.obstacle ?? "the columns share a lattice, and their places resolve more than phases do")
    ]
    list += crystal.proposed.map(RunRecord.Choice.network) ?? []
    if map.source == .columns, let grains = crystal.grains ?? crystal.lattice.map({ Grains($0) }) {
      list.append(.lattice(of: grains))
    }
    if let phases = measured.phases {
      list.append(
        .init(
          "Bragg vectors",
          "g1 \(Text.fixed(phases.reflections[0].frequency, 5)) g2 \(Text.fixed(phases.reflections[1].frequency, 5)) px⁻¹",
          phases.isAutomatic
            ? "strong, of low order and not collinear: \(Text.fixed(phases.reflections[0].contrast, 0)) and "
              + "\(Text.fixed(phases.reflections[1].contrast, 0)) times their surroundings in the power spectrum"
            : "given"
        ))
      list.append(
        .init(
          "mask",
          "\(phase.mask.shape.rawValue), \(Text.fixed(phase.mask.relativeRadius, 2)) |g| = \(Text.fixed(phases.maskRadius, 5)) px⁻¹",
          phase.mask.radius == nil ? "leaves neighbouring reflections out" : "given"))
    }
    list.append(
      .init(
        "resolution", "\(Text.fixed(map.resolution, 1)) px",
        map.source == .gpa
          ? "12 to 88 % of a step of the strain, seen through the mask"
          : measured.phases != nil
            ? "that of the geometric phases, for comparison"
            : "12 to 88 % of a step of the strain; Gaussian weights of "
              + "\(Text.fixed(map.resolution / LatticeField.gaussianWidth, 1)) px"
              + (columns.radius == nil ? "" : ", given")))
    list.append(
      .init(
        "reference", "u \(Text.fixed(map.reference.u, 3)) v \(Text.fixed(map.reference.v, 3)) px",
        reference.sentence(grains: map.grainCount)))
    list.append(
      .init(
        "axes", "exx along \(Text.fixed(map.axis * 180 / .pi, 2))° from +x towards +y",
        axis == .x ? "the image's" : "given"))
    return list
  }
}
