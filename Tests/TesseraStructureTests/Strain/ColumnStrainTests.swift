import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

/// Columns of a crystal with a displacement field, without an image.
struct StrainedColumns {
  var positions: [Point] = []
  let u, v: Point
  let size = 400

  /// - Parameter basis: places of the columns of a cell, in units of u and v.
  init(
    u: Point = Point(24, 3), v: Point = Point(-9, 22), basis: [Point] = [.zero, Point(0.36, 0.31)],
    displacement: (Point) -> Point = { _ in .zero }
  ) {
    (self.u, self.v) = (u, v)
    for i in -40...40 {
      for j in -40...40 {
        for place in basis {
          let ideal = Point(200, 200) + u * (Double(i) + place.x) + v * (Double(j) + place.y)
          let now = ideal + displacement(ideal)
          if now.x >= 0 && now.y >= 0 && now.x < Double(size) && now.y < Double(size) { positions.append(now) }
        }
      }
    }
  }

  func lattice() throws -> Lattice {
    let heights = [Double](repeating: 1, count: positions.count)
    return try #require(LatticeIndexer(u: u, v: v).lattice(of: positions, heights: heights))
  }

  func fit(_ settings: ColumnStrain = ColumnStrain(), errors: Point? = nil) throws -> LocalLatticeFit {
    try settings.fit(
      of: positions, covariances: errors.map { error in positions.map { _ in PlanarCovariance(errors: error) } },
      lattice: lattice())
  }

  var reference: LatticeVectors { LatticeVectors(u: u, v: v) }
}

struct `Strain from columns` {
  /// Largest difference of the known pixels of a plane from a value.
  private func worst(_ plane: Raster<Float>, from value: Double) -> Double {
    plane.values.filter(\.isFinite).map { abs(Double($0) - value) }.max() ?? .infinity
  }

  @Test func `leaves out columns whose place has no known error`() throws {
    var crystal = StrainedColumns()
    let lattice = try crystal.lattice()
    var covariances = crystal.positions.map { _ in PlanarCovariance(errors: Point(1e-7, 1e-7)) }
    for index in stride(from: 0, to: crystal.positions.count, by: 37) {
      crystal.positions[index] += Point(3, -2)
      covariances[index] = PlanarCovariance(errors: Point(.nan, .nan))
    }
    let fit = try ColumnStrain().fit(of: crystal.positions, covariances: covariances, lattice: lattice)
    let strains = fit.strains(at: crystal.positions, from: crystal.reference).compactMap(\.self)
    #expect(strains.count > crystal.positions.count / 2)
    for strain in strains {
      #expect(abs(strain.gradient.exx) < 1e-12 && abs(strain.gradient.rotation) < 1e-12)
      #expect(strain.errors.x.isFinite)
    }
  }

  @Test func `of a pure stretch is exact`() throws {
    let crystal = StrainedColumns { Point(0.02 * ($0.x - 200), 0) }
    for strain in try crystal.fit().strains(at: crystal.positions, from: crystal.reference).compactMap(\.self) {
      // Sums of a few dozen numbers below 400, rounded to 1e-16 of their size, over lengths of 20.
      #expect(abs(strain.gradient.exx - 0.02) < 1e-12 && abs(strain.gradient.eyy) < 1e-12)
      #expect(abs(strain.gradient.exy) < 1e-12 && abs(strain.gradient.rotation) < 1e-12)
    }
    let map = try crystal.fit().field(width: 400, height: 400).map(source: .columns, reference: crystal.reference)
    #expect(map.planes.knownShare > 0.9)
    #expect(worst(map.planes.exx, from: 0.02) < 1e-7)  // Single precision.
    #expect(map.errors == nil)
  }

  @Test(arguments: [-0.1, 0.04]) func `of a pure rotation is exact and positive from x towards y`(angle: Double) throws
  {
    let crystal = StrainedColumns { ($0 - Point(200, 200)).rotated(by: angle) - ($0 - Point(200, 200)) }
    let strains = try crystal.fit().strains(at: crystal.positions, from: crystal.reference).compactMap(\.self)
    #expect(strains.count > 300)
    for strain in strains {
      #expect(abs(strain.gradient.rotation - sin(angle)) < 1e-12 && abs(strain.gradient.exy) < 1e-12)
      #expect(abs(strain.gradient.exx - (cos(angle) - 1)) < 1e-12)
    }
  }

  @Test func `along a lattice vector turns the axes`() throws {
    // A stretch by 1 % along u.
    let along = Point(24, 3) / Point(24, 3).length
    let crystal = StrainedColumns { along * (0.01 * along.dot($0 - Point(200, 200))) }
    let strains = try crystal.fit().strains(at: [Point(200, 200)], from: crystal.reference, axis: along.angle)
    let gradient = try #require(strains[0]).gradient
    #expect(abs(gradient.exx - 0.01) < 1e-12 && abs(gradient.eyy) < 1e-12 && abs(gradient.exy) < 1e-12)
  }

  @Test func `measures against what is chosen`() throws {
    // Stretched on the right of the middle, over a step of 4 pixels.
    let crystal = StrainedColumns { Point($0.x > 200 ? 0.02 * ($0.x - 200) : 0, 0) }
    let field = try crystal.fit().field(width: 400, height: 400)
    /// exx on both sides of the step.
    func sides(_ reference: StrainReference) throws -> (left: Float, right: Float) {
      let planes = field.map(source: .columns, reference: try reference.vectors(in: field)).planes
      return (planes.exx[60, 200], planes.exx[340, 200])
    }
    let left = StrainReference.region(x: 20, y: 100, width: 80, height: 200)
    let fromLeft = try sides(left)
    #expect(abs(fromLeft.left) < 1e-6 && abs(fromLeft.right - 0.02) < 1e-6)
    let right = StrainReference.region(x: 300, y: 100, width: 80, height: 200)
    let fromRight = try sides(right)
    #expect(abs(fromRight.left - (1 / 1.02 - 1)) < 1e-6 && abs(fromRight.right) < 1e-6)
    let known = StrainReference.vectors(crystal.reference)
    #expect(abs(try sides(known).left) < 1e-6)
    let mean = field.map(source: .columns, reference: try StrainReference.mean.vectors(in: field))
    #expect(abs(mean.planes.statistics[0].mean) < 2e-4)  // Nodes and pixels weigh the rim differently.
    #expect(throws: ParameterError.self) {
      try StrainReference.region(x: 500, y: 0, width: 20, height: 20).vectors(in: field)
    }
    #expect(throws: DataError.self) {
      try StrainReference.region(x: 0, y: 0, width: 1, height: 2).vectors(in: field)
    }
    let strange = LatticeVectors(u: Point(17, 0), v: Point(0, 17))
    #expect(throws: DataError.self) { try StrainReference.vectors(strange).vectors(in: field) }
  }

  /// The theory: the slope fitted with Gaussian weights is the slope averaged with the same Gaussian. The step is an error
  /// function of the lattice's spacing, so that columns sample it fairly; the widths add in squares.
  @Test(arguments: [1.0, 1.5]) func `rises over a step from 12 to 88 % within its resolution`(radius: Double) throws {
    let crystal = StrainedColumns(u: Point(10, 0), v: Point(0, 10), basis: [.zero]) { place in
      let t = (place.x - 200) / 10
      let below = erfc(-t / 2.0.squareRoot()) / 2
      return Point(0.1 * (t * below + exp(-t * t / 2) / (2 * Double.pi).squareRoot()), 0)
    }
    var settings = ColumnStrain()
    settings.radius = radius
    let field = try crystal.fit(settings).field(width: 400, height: 400)
    let map = field.map(source: .columns, reference: crystal.reference)
    let profile = (0..<400).map { Double(map.planes.exx[$0, 200]) / 0.01 }
    let low = try #require(profile.firstIndex { $0 > 0.1195 })
    let high = try #require(profile.lastIndex { $0 < 0.8805 })
    let own = 2.3548 * 10.0
    let seen = (map.resolution * map.resolution + own * own).squareRoot()
    // Whole pixels on both sides, and 1 % for the cut of the weights.
    #expect(abs(Double(high - low) + 1 - seen) < 1.5 + 0.01 * seen)
  }

  /// Ten thousand fits of one place with noise of known size against the error that is stated.
  @Test func `states errors that an ensemble confirms`() throws {
    let error = Point(0.08, 0.05)
    var crystal = StrainedColumns()
    let ideal = crystal.positions
    let place = [Point(203, 197), Point(12, 200)]
    var random = RandomSource(seed: 5)
    var deviations = [[SIMD4<Double>]](repeating: [], count: 2)
    var stated = [[SIMD4<Double>]](repeating: [], count: 2)
    for _ in 0..<60 {
      crystal.positions = ideal.map { $0 + Point(error.x * random.gaussian(), error.y * random.gaussian()) }
      for (k, strain) in try crystal.fit(errors: error).strains(at: place, from: crystal.reference).enumerated() {
        let strain = try #require(strain)
        let g = strain.gradient
        deviations[k].append(SIMD4(g.exx, g.eyy, g.exy, g.rotation))
        stated[k].append(strain.errors)
      }
    }
    for k in 0..<2 {
      for plane in 0..<4 {
        let seen = Statistics.deviation(deviations[k].map { $0[plane] })
        let wanted = Statistics.mean(stated[k].map { $0[plane] })
        // The standard deviation of 60 samples is known to 9 %.
        #expect(abs(seen / wanted - 1) < 0.27, "place \(k), plane \(plane)")
      }
    }
  }

  /// Weights that depend on the columns' errors would make the lattice too small by (0.6 / 14.5)² = 1.7e-3, less leverage.
  @Test func `is not biased by noise`() throws {
    var crystal = StrainedColumns()
    let ideal = crystal.positions
    let places = (0..<64).map { Point(60 + 40 * Double($0 % 8), 60 + 40 * Double($0 / 8)) }
    var random = RandomSource(seed: 11)
    var means: [Double] = []
    for _ in 0..<200 {
      crystal.positions = ideal.map { $0 + Point(random.gaussian(), random.gaussian()) * 0.6 }
      let strains = try crystal.fit(errors: Point(0.6, 0.6)).strains(at: places, from: crystal.reference)
      means.append(Statistics.mean(strains.compactMap { $0?.gradient.hydrostatic }))
    }
    // Four standard errors of the mean of so many.
    let error = Statistics.deviation(means) / Double(means.count).squareRoot()
    #expect(error < 1.5e-4 && abs(Statistics.mean(means)) < 4 * error)
  }

  /// Means over sixty maps of an unstrained crystal against given vectors, and against a region of the same map.
  @Test func `states the error of the mean`() throws {
    let error = 0.08
    var crystal = StrainedColumns()
    let ideal = crystal.positions
    var random = RandomSource(seed: 17)
    let references = [
      StrainReference.vectors(crystal.reference), .region(x: 40, y: 40, width: 120, height: 320), .mean,
    ]
    var means = [[[Double]]](repeating: [], count: 3)
    var stated = [[[Double]]](repeating: [], count: 3)
    for _ in 0..<60 {
      crystal.positions = ideal.map { $0 + Point(error * random.gaussian(), error * random.gaussian()) }
      let field = try crystal.fit(errors: Point(error, error)).field(width: 400, height: 400)
      for (k, reference) in references.enumerated() {
        let map = StrainMap(
          of: StrainField(field, source: .columns, against: try reference.resolved(in: field), axis: 0.4))
        means[k].append(map.spread.planes.map(\.mean))
        stated[k].append(map.spread.planes.compactMap(\.meanError))
      }
    }
    for plane in 0..<4 {
      let ratios = (0..<2).map { k in
        Statistics.deviation(means[k].map { $0[plane] }) / Statistics.mean(stated[k].map { $0[plane] })
      }
      // The standard deviation of 60 samples is known to 9 %; the factor for the rim is too large by up to a third inside.
      #expect(abs(ratios[0] - 1) < 0.3, "\(plane): \(ratios)")
      #expect(ratios[1] > 0.5 && ratios[1] < 1.3, "\(plane): \(ratios)")
    }
    // The mean against the mean is no result.
    let none = stated[2].allSatisfy { $0.isEmpty }
    #expect(none)
  }

  /// A square crystal with a dislocation in the middle, its columns and their lattice.
  private func dislocated(side: Int) throws -> (result: SimulatedMicrograph, positions: [Point], lattice: Lattice) {
    var options = SimulationOptions()
    (options.width, options.height, options.crystal, options.field) = (side, side, "square", "dislocation")
    let result = try Simulation(specimen: "strained", options: options).run()
    let (positions, truth) = (result.sites.map(\.position), result.scene.lattices[0])
    let heights = [Double](repeating: 1, count: positions.count)
    let lattice = try #require(LatticeIndexer(u: truth.a, v: truth.b).lattice(of: positions, heights: heights))
    return (result, positions, lattice)
  }

  @Test func `knows nothing in the core of a dislocation, and states what it misses around it`() throws {
    let (result, positions, lattice) = try dislocated(side: 384)
    let truth = result.scene.lattices[0]
    let errors = positions.map { _ in PlanarCovariance(errors: Point(0.02, 0.02)) }
    let fit = try ColumnStrain().fit(of: positions, covariances: errors, lattice: lattice)
    let map = fit.field(width: 384, height: 384).map(
      source: .columns, reference: LatticeVectors(u: truth.a, v: truth.b))
    let (planes, stated) = (try #require(result.scene.strain), try #require(map.errors))
    let (centre, b) = (Point(191.5, 191.5), truth.a.length)
    var (known, near, pulls) = (0, 0, [Double]())
    for y in 0..<384 {
      for x in 0..<384 {
        let distance = (Point(Double(x), Double(y)) - centre).length / b
        if distance < 1 {
          near += 1
          known += map.planes.exx[x, y].isFinite ? 1 : 0
        } else if distance < 2 {
          for (plane, (found, error)) in zip(map.planes.all, stated.all).enumerated() where found[x, y].isFinite {
            let miss = Double(found[x, y] - planes.all[plane][x, y]) / Double(error[x, y])
            if miss.isFinite { pulls.append(miss * miss) }
          }
        }
      }
    }
    #expect(Double(known) < 0.1 * Double(near), "\(known) of \(near)")
    // Errors of the positions alone would be exceeded fifty times.
    #expect(pulls.count > 1000 && Statistics.mean(pulls).squareRoot() < 2, "\(Statistics.mean(pulls).squareRoot())")
  }

  @Test func `goes around a dislocation without a seam`() throws {
    let (result, positions, lattice) = try dislocated(side: 500)
    let truth = result.scene.lattices[0]
    let fit = try ColumnStrain().fit(of: positions, covariances: nil, lattice: lattice)
    let field = fit.field(width: 500, height: 500)
    let map = field.map(source: .columns, reference: LatticeVectors(u: truth.a, v: truth.b))
    let planes = try #require(result.scene.strain)
    let centre = Point(249.5, 249.5)
    var (count, worst) = (0, 0.0)
    // The outermost columns may lie a spacing inside the image.
    for y in stride(from: 32, to: 468, by: 4) {
      for x in stride(from: 32, to: 468, by: 4) where (Point(Double(x), Double(y)) - centre).length > 5 * truth.a.length
      {
        let found = map.planes.rotation[x, y]
        #expect(found.isFinite)
        worst = max(worst, Double(abs(found - planes.rotation[x, y])))
        count += 1
      }
    }
    // At five spacings the field falls like 1 / r, and the fit sees it through a Gaussian of one spacing.
    #expect(count > 4000 && worst < 4e-3)
  }

  @Test func `leaves out what is beyond the columns`() throws {
    var crystal = StrainedColumns()
    crystal.positions.removeAll { ($0 - Point(200, 200)).length < 70 || $0.x > 330 }
    let map = try crystal.fit().field(width: 400, height: 400).map(source: .columns, reference: crystal.reference)
    #expect(map.planes.exx[200, 200].isNaN && map.planes.exx[380, 100].isNaN)
    #expect(map.planes.exx[60, 60].isFinite && map.planes.exx[300, 300].isFinite)
  }

  @Test func `says why it cannot be`() throws {
    #expect(ColumnStrain.obstacle(in: [Point(3, 4)]) == "there is only one column")
    let line = (0..<40).map { Point(10 + 9 * Double($0), 20 + 4 * Double($0)) }
    #expect(ColumnStrain.obstacle(in: line) == "all 40 columns lie on one line")
    #expect(ColumnStrain.obstacle(in: StrainedColumns().positions) == nil)
    let crystal = StrainedColumns()
    var settings = ColumnStrain()
    settings.radius = -1
    #expect(throws: ParameterError.self) { try crystal.fit(settings) }
  }
}
