import Foundation
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// What the sites say about the crystal, and how large a patch must be.
struct CrystalStage {
  /// The image without its slow background.
  var flat: Raster<Float>
  var spectrum: PowerSpectrum
  var estimate: PatchSize.Estimate
  var side: Int
  /// Of the patches' side.
  var basis: ZernikeBasis
  var lattice: Lattice?
  /// Nil unless there are several.
  var grains: Grains?
  /// The grain of each site, from 1; empty unless there are several.
  var grainOfSite: [Int]
  /// Columns, then vacant nodes.
  var sites: Sites
  /// The lattice node of each site; nil off the lattice.
  var nodes: [Lattice.Node?]
  var imageSize: (width: Int, height: Int)
  var warnings: [String]
}

/// Classes, and whether there are any.
struct ClassesStage {
  var classes: Classes
  var structure: StructureKind
  var components: Int
}

extension Analysis {
  /// Patch size, lattice and vacant nodes.
  func crystal(
    _ found: ColumnFinder.Found, _ prepared: Preparation.Prepared, name: String
  ) throws -> CrystalStage {
    let image = prepared.image
    let spacing = found.sites.meanSpacing ?? 8 * found.scale
    let flat = found.flattened(image)
    let spectrum = PowerSpectrum(of: flat)
    let estimate = patchSize.estimate(of: spectrum, spacing: spacing)
    var warnings: [String] = []
    if estimate.side == nil && patchSide == nil {
      warnings.append("the power spectrum has no dominant ring (no lattice), so patches are three mean spacings wide")
    }
    let wanted = patchSide ?? estimate.oddSide ?? (2 * Int(1.5 * spacing) + 1)
    let side = max(wanted, patchSide == nil ? 13 : 5) | 1
    let limit = min(image.width, image.height) / 2
    if patchSide == nil && side > limit {
      throw DataError(
        "\(name): patches would need \(side) pixels, and the image has only \(image.width) x \(image.height); a larger "
          + "field, or a smaller --patch-size, is needed")
    }
    try require(side <= limit, "patch size", is: side, mustBe: "at most half the image, \(limit) pixels")
    let positions = found.sites.positions
    let heights = found.sites.sites.map(\.amplitude)
    var grainFinder = grainFinder
    grainFinder.latticeFinder = latticeFinder
    let foundGrains = grainFinder.grains(
      of: positions, heights: heights, width: image.width, height: image.height)
    let grains = foundGrains.grains.count > 1 && foundGrains.indexedShare >= 0.5 ? foundGrains : nil
    let lattice =
      grains?.grains[0].lattice
      ?? latticeFinder.vectors(of: positions, heights: heights, width: image.width, height: image.height)
      .flatMap { Lattice(indexing: positions, heights: heights, u: $0.u, v: $0.v) }
      .flatMap { $0.indexedShare >= 0.5 ? $0 : nil }
    let vacant: [(site: Site, node: Lattice.Node, grain: Int)] =
      if let grains {
        vacantNodes.nodes(
          of: grains, positions: positions, width: image.width, height: image.height, isMeasured: prepared.isMeasured)
      } else {
        lattice.map {
          vacantNodes.nodes(
            of: $0, positions: positions, width: image.width, height: image.height, isMeasured: prepared.isMeasured
          ).map { ($0.site, $0.node, 1) }
        } ?? []
      }
    return CrystalStage(
      flat: flat, spectrum: spectrum, estimate: estimate, side: side, basis: try descriptor.basis(side: side),
      lattice: lattice, grains: grains, grainOfSite: grains.map { $0.labels + vacant.map(\.grain) } ?? [],
      sites: Sites(found.sites.sites + vacant.map(\.site)),
      nodes: (grains?.nodes ?? lattice?.nodes ?? positions.map { _ in nil }) + vacant.map(\.node),
      imageSize: (image.width, image.height), warnings: warnings)
  }

  /// Moments of the patches of the image without its slow background, and the features that are formed of them.
  func features(
    of stage: CrystalStage, found: ColumnFinder.Found, isMeasured: Raster<Bool>
  ) -> (ZernikeMoments, Matrix<Float>) {
    let patches = Patches(of: stage.flat, around: stage.sites.positions, side: stage.side, measured: isMeasured)
    var moments = stage.basis.moments(of: patches)
    if isolatesPatches {
      moments = PatchIsolation.isolated(
        moments, of: stage.sites, outside: found.outside, inside: stage.imageSize, basis: stage.basis)
    }
    return (moments, descriptor.features(from: moments))
  }

  /// The layout of the sites that have features, NaN for the others, at the end of its first stage and at its own. The last
  /// stage draws neighbours together: that parts classes, and tears a continuum into clumps that are none.
  func layoutStages(
    of features: Matrix<Float>, rows: [Int], seed: UInt64
  ) throws -> (spread: Layout, final: Layout) {
    var embedding = embedding
    embedding.search.count = min(embedding.search.count, rows.count - 1)
    let movie = try embedding.movie(of: features.selecting(rows: rows), seed: seed)
    func placed(_ part: Layout) -> Layout {
      var points = [Point](repeating: Point(.nan, .nan), count: features.rows)
      for (k, row) in rows.enumerated() { points[row] = part.points[k] }
      return Layout(points: points)
    }
    return (placed(movie.stageEnds.first ?? movie.final), placed(movie.final))
  }

  /// Standard deviation of a feature that the noise of the pixels alone causes, at least.
  func featureNoise(_ found: ColumnFinder.Found, _ image: Raster<Float>, basis: ZernikeBasis) -> Double {
    let model = zip(image.values, found.residual.values).map { Double($0 - $1) }
    let variance = max(0, found.constantVariance + found.gain * Statistics.mean(model))
    let gains = ZernikeTerm.all(order: basis.order).map { basis.noiseGain(of: $0) }
    return descriptor.leastNoiseShare * (variance * Statistics.mean(gains)).squareRoot()
  }

  /// Classes, found or of a given number.
  func classes(
    of features: Matrix<Float>, layout: Layout, stage: CrystalStage, noise: Double, seed: UInt64
  ) throws -> ClassesStage {
    let outcome = try classFinder.outcome(features: features, layout: layout, noise: noise)
    let drift = SpatialCorrelation.ofResiduals(
      features, labels: outcome.classes.labels, positions: stage.sites.positions, patchSide: stage.side,
      noise: outcome.noise)
    let structure = structureKind(outcome, drift: drift)
    guard let classCount else {
      if structure.kind == .continuous {
        // Borders drawn through a continuum would be accidents of the noise.
        var one = Classes(grouping: outcome.classes.labels.map { $0 > 0 ? 0 : -1 })
        one.names = ["continuum"]
        return ClassesStage(classes: one, structure: structure, components: outcome.components)
      }
      return ClassesStage(classes: outcome.classes, structure: structure, components: outcome.components)
    }
    let fitted = try ClassFitter(count: classCount).classes(of: features, layout: layout, noise: noise, seed: seed)
    return ClassesStage(classes: fitted, structure: structure, components: outcome.components)
  }

  private func structureKind(_ outcome: ClassFinder.Outcome, drift: Double) -> StructureKind {
    let percent = Int((100 * outcome.explained).rounded())
    if outcome.excess > 3 && outcome.explained < 0.75 && drift > 0.3 {
      return StructureKind(
        kind: .continuous, explained: outcome.explained,
        reason: "the motifs change gradually: classes explain only \(percent) % of their variance beyond the noise")
    }
    return StructureKind(
      kind: .discrete, explained: outcome.explained,
      reason: outcome.classes.count == 1
        ? "all sites have one motif within the noise"
        : "\(outcome.classes.count) classes explain \(percent) % of the variance of the motifs beyond the noise")
  }

  /// The mean patch of each class, rebuilt from its mean moments.
  func classAverages(of classes: Classes, _ moments: ZernikeMoments) -> [Raster<Float>] {
    (1..<max(1, classes.count + 1)).map { label in
      let mean = moments.mean(of: classes.members(of: label)) ?? [Float](repeating: 0, count: moments.values.columns)
      return zernikeReconstruction(of: mean, side: moments.side)
    }
  }

  /// Cells of the lattice, or Voronoi cells of the commonest class where there is none.
  func cells(of stage: CrystalStage, classes: Classes) throws -> Cells? {
    let positions = stage.sites.positions
    guard let lattice = stage.lattice else {
      guard positions.count >= 4 else { return nil }
      return try VoronoiCells().cells(
        of: positions, labels: classes.labels, chosen: classes.members(of: 1), width: stage.imageSize.width,
        height: stage.imageSize.height)
    }
    if let grains = stage.grains {
      return try LatticeCells().cells(
        of: positions, labels: classes.labels, grains: grains, nodes: stage.nodes, grainOfSite: stage.grainOfSite)
    }
    return try LatticeCells().cells(
      of: positions, labels: classes.labels, lattice: lattice, nodes: stage.nodes)
  }

  /// Strain from the places of the columns; nil where they share no lattice, or match it nowhere.
  func strain(
    of stage: CrystalStage, found: ColumnFinder.Found, classes: Classes, name: String
  ) throws -> StrainMap? {
    let positions = found.sites.positions
    guard let lattice = stage.lattice, ColumnStrain.obstacle(in: positions) == nil else { return nil }
    let fit = try strain.fit(
      of: positions, covariances: found.trustedErrors.map(PlanarCovariance.init(errors:)), lattice: lattice, name: name
    )
    let field = fit.field(width: stage.imageSize.width, height: stage.imageSize.height)
    guard field.isKnownSomewhere else { return nil }
    let reference = try strainReference.vectors(in: field) { wanted in
      positions.indices.filter { site in
        let label = classes.labels[site]
        return label > 0 && (classes.names[label - 1] == wanted || String(label) == wanted)
      }.map { positions[$0] }
    }
    return field.map(method: .columns, reference: reference)
  }

  func choices(
    _ found: ColumnFinder.Found, _ stage: CrystalStage, _ outcome: ClassesStage, _ moments: ZernikeMoments,
    _ strain: StrainMap?
  ) -> [AnalysisResult.Choice] {
    func rounded(_ value: Double, _ digits: Int = 2) -> String { String(format: "%.\(digits)f", value) }
    var list: [AnalysisResult.Choice] = [
      .init(
        "scale", "\(rounded(found.scale)) px", found.scaleReason),
      .init(
        "method", found.route.rawValue,
        finder.route != .auto
          ? "given" : "columns rise to \(rounded(found.signalToNoise, 1)) times the noise at that scale"),
      .init(
        "patch size", "\(stage.side) px",
        patchSide != nil
          ? "given"
          : stage.estimate.planeSpacing.map {
            "twice the plane spacing of \(rounded($0)) px, the first ring of the power spectrum "
              + "(\(rounded(stage.estimate.contrast, 0)) times its surroundings)"
          } ?? "three mean spacings; the power spectrum has no dominant ring"),
      .init(
        "Zernike order", "\(moments.order)",
        moments.order < descriptor.maxOrder
          ? "the highest that patches of this size support"
          : descriptor.maxOrder == ZernikeDescriptor().maxOrder ? "the papers' default" : "given"),
      .init(
        "features", descriptor.form == .full ? "full" : "invariant",
        descriptor.form == .full ? "motifs that are turned are different motifs" : "turned motifs are the same motif"),
    ]
    if let lattice = stage.lattice {
      let (u, v) = (lattice.grid.u, lattice.grid.v)
      list.append(
        .init(
          "lattice", "u (\(rounded(u.x)), \(rounded(u.y))) v (\(rounded(v.x)), \(rounded(v.y))) px",
          (stage.grains.map { "of the largest of \($0.grains.count) grains, " } ?? "")
            + "shared by \(Int((100 * lattice.indexedShare).rounded())) % of the columns; \(lattice.basis.count) columns a cell"
        ))
    } else {
      list.append(.init("lattice", "none", "no translation carries most columns onto columns of their kind"))
    }
    list.append(
      strain.map {
        .init(
          "strain", "resolution \(rounded($0.resolution, 1)) px",
          "from the places of the columns, against \(strainReference.sentence)")
      } ?? .init("strain", "none", "it needs columns that share a lattice; see tessera strain --method gpa"))
    list.append(
      .init(
        "classes", "\(outcome.classes.count)",
        classCount != nil
          ? "given" : "\(outcome.structure.reason); \(outcome.components) feature components carry more than noise"))
    return list
  }
}
