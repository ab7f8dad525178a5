import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension StrainAnalysis {
  /// Columns and lattice, as far as the method wants them.
  struct CrystalStage {
    var columns: KnownColumns?
    var lattice: Lattice?
    /// Why there is no lattice of columns; nil where there is one, or none was asked for.
    var obstacle: String?
    var warnings: [String] = []
  }

  /// The strain by each method.
  struct MeasuredStage {
    var phases: GeometricPhase.Outcome?
    var maps: [StrainMap]
    var columnStrains: [LocalStrain?] = []
    var warnings: [String] = []
  }

  func crystal(in prepared: Preparation.Prepared, known: KnownColumns?, name: String) throws -> CrystalStage {
    if method == .gpa && known == nil { return CrystalStage() }
    var stage = CrystalStage(columns: known)
    if known == nil {
      do {
        let found = try finder.found(in: prepared, name: name)
        stage.columns = KnownColumns(sites: found.sites, positionErrors: found.trustedErrors)
        stage.warnings = found.warnings
      } catch let error as DataError where method == .auto {
        stage.obstacle = error.description
        return stage
      }
    }
    let sites = stage.columns?.sites ?? Sites([])
    // A table may know places alone; columns of unknown height count as alike.
    let (positions, heights) = (sites.positions, sites.sites.map { $0.amplitude.isFinite ? $0.amplitude : 1 })
    if let obstacle = ColumnStrain.obstacle(in: positions) {
      stage.obstacle = "\(name): \(obstacle)"
      return stage
    }
    stage.lattice =
      latticeFinder.vectors(
        of: positions, heights: heights, width: prepared.image.width, height: prepared.image.height
      )
      .flatMap { Lattice(indexing: positions, heights: heights, u: $0.u, v: $0.v) }
      .flatMap { $0.indexedShare >= 0.5 ? $0 : nil }
    if stage.lattice == nil { stage.obstacle = "\(name): the \(positions.count) columns share no lattice" }
    return stage
  }

  /// - Parameter isGiven: whether the columns were found before; phases then do not stand in for them.
  func measured(
    _ prepared: Preparation.Prepared, _ crystal: CrystalStage, isGiven: Bool, name: String
  ) throws -> MeasuredStage {
    let image = prepared.image
    let wantsColumns = method == .columns || method == .both
    if wantsColumns && crystal.lattice == nil {
      throw DataError(
        "\(crystal.obstacle ?? "\(name): the columns share no lattice"); strain from positions needs a lattice, "
          + "--method gpa needs reflections only")
    }
    if isGiven && method == .auto, let obstacle = crystal.obstacle {
      throw DataError("\(obstacle); give other columns, or none to have them found")
    }
    let usesPhases = method == .gpa || method == .both || crystal.lattice == nil
    let phases =
      try usesPhases
      ? phase.outcome(
        of: image, noise: pixelNoise(of: image),
        lattice: crystal.lattice.map { LatticeVectors(u: $0.grid.u, v: $0.grid.v) }, name: name) : nil
    guard method != .gpa, let lattice = crystal.lattice, let columns = crystal.columns else {
      let field = phases!.field
      let vectors = try vectors(in: field, crystal)
      let map = field.map(method: .gpa, reference: vectors, axis: axis.direction(in: vectors))
      return MeasuredStage(phases: phases, maps: [map], warnings: Self.warnings(of: map))
    }
    let covariances = columns.positionErrors.isEmpty ? nil : columns.positionErrors.map(PlanarCovariance.init(errors:))
    let fit = try self.columns.fit(
      of: columns.sites.positions, covariances: covariances, lattice: lattice,
      blur: phases.map { $0.field.blur }, name: name)
    let field = fit.field(width: image.width, height: image.height)
    guard field.isKnownSomewhere else {
      throw DataError("\(name): the columns match the lattice nowhere; try --method gpa or a larger --radius")
    }
    let vectors = try vectors(in: field, crystal)
    let direction = axis.direction(in: vectors)
    var maps = [field.map(method: .columns, reference: vectors, axis: direction)]
    if let phases {
      let same = try StrainReference.vectors(vectors).vectors(in: phases.field)
      maps.append(phases.field.map(method: .gpa, reference: same, axis: direction))
    }
    return MeasuredStage(
      phases: phases, maps: maps,
      columnStrains: fit.strains(at: columns.sites.positions, from: vectors, axis: direction),
      warnings: maps.flatMap(Self.warnings))
  }

  private func vectors(in field: LatticeField, _ crystal: CrystalStage) throws -> LatticeVectors {
    try reference.vectors(in: field) { name in
      guard let columns = crystal.columns, !(columns.classNames.isEmpty && columns.classLabels.isEmpty) else {
        throw ParameterError(
          "the reference class \(name) needs columns with classes: give the sites.csv of an analysis by --sites")
      }
      let members = columns.members(ofClass: name)
      guard !members.isEmpty else {
        let known = Set(columns.classNames.filter { !$0.isEmpty }).sorted().joined(separator: ", ")
        throw ParameterError("no column is of class \(name); the classes are \(known)")
      }
      return members.map { columns.sites.positions[$0] }
    }
  }

  /// Standard deviation of a pixel: the variance of the noise is linear in the intensity, so its mean belongs to the mean.
  private func pixelNoise(of image: Raster<Float>) -> Double {
    NoiseModel(of: image).variance(at: Statistics.mean(image.values)).squareRoot()
  }

  private static func warnings(of map: StrainMap) -> [String] {
    let share = map.planes.knownShare
    guard share < 0.5 else { return [] }
    return [
      "strain by \(map.method.name) is known on \(Int((100 * share).rounded())) % of the pixels only; elsewhere the lattice is not seen, "
        + "or the edges are too near"
    ]
  }

  func choices(_ crystal: CrystalStage, _ measured: MeasuredStage) -> [AnalysisResult.Choice] {
    func rounded(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
    func text(_ p: Point, _ digits: Int = 2) -> String { "(\(rounded(p.x, digits)), \(rounded(p.y, digits)))" }
    let map = measured.maps[0]
    var list: [AnalysisResult.Choice] = [
      .init(
        "method", measured.maps.count > 1 ? "both" : map.method.rawValue,
        method != .auto
          ? "given"
          : crystal.obstacle ?? "the columns share a lattice, and their places resolve more than phases do")
    ]
    if let lattice = crystal.lattice, map.method == .columns {
      list.append(
        .init(
          "lattice", "u \(text(lattice.grid.u)) v \(text(lattice.grid.v)) px",
          "shared by \(Int((100 * lattice.indexedShare).rounded())) % of the columns; \(lattice.basis.count) columns a cell"
        ))
    }
    if let phases = measured.phases {
      list.append(
        .init(
          "Bragg vectors",
          "g1 \(text(phases.reflections[0].frequency, 5)) g2 \(text(phases.reflections[1].frequency, 5)) px⁻¹",
          phases.isAutomatic
            ? "strong, of low order and not collinear: \(rounded(phases.reflections[0].contrast, 0)) and "
              + "\(rounded(phases.reflections[1].contrast, 0)) times their surroundings in the power spectrum" : "given"
        ))
      list.append(
        .init(
          "mask",
          "\(phase.mask.shape.rawValue), \(rounded(phase.mask.relativeRadius)) |g| = \(rounded(phases.maskRadius, 5)) px⁻¹",
          phase.mask.radius == nil ? "leaves neighbouring reflections out" : "given"))
    }
    list.append(
      .init(
        "resolution", "\(rounded(map.resolution, 1)) px",
        map.method == .gpa
          ? "12 to 88 % of a step of the strain, seen through the mask"
          : measured.phases != nil
            ? "that of the geometric phases, for comparison"
            : "12 to 88 % of a step of the strain; Gaussian weights of "
              + "\(rounded(map.resolution / 2.354820, 1)) px" + (columns.radius == nil ? "" : ", given")))
    list.append(
      .init(
        "reference", "u \(text(map.reference.u, 3)) v \(text(map.reference.v, 3)) px", reference.sentence))
    list.append(
      .init(
        "axes", "exx along \(rounded(map.axis * 180 / .pi, 2))° from +x towards +y",
        axis == .x ? "the image's" : "given"))
    return list
  }
}

extension StrainMethod {
  /// In words.
  var name: String { self == .gpa ? "geometric phase" : "positions" }
}
