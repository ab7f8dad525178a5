import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

/// A simulated specimen, its true columns and what the finder makes of it.
private func findColumns(
  _ specimen: String, width: Int = 512, configure: (inout SimulationOptions) -> Void = { _ in }
) throws -> (truth: [TrueSite], found: ColumnFinder.Found) {
  var options = SimulationOptions()
  (options.width, options.height, options.seed) = (width, width, 5)
  configure(&options)
  let simulated = try Simulation(specimen: specimen, options: options).run()
  let prepared = try Preparation().prepared(simulated.micrograph)
  return (simulated.sites, try ColumnFinder().found(in: prepared, name: specimen))
}

private func inner(_ columns: [ImagedColumn], _ width: Int, margin: Double) -> [ImagedColumn] {
  columns.filter { !inner([$0.position], width, margin: margin).isEmpty }
}

private func inner(_ points: [Point], _ width: Int, margin: Double = 4) -> [Point] {
  points.filter { min($0.x, $0.y, Double(width - 1) - $0.x, Double(width - 1) - $0.y) > margin }
}

struct `Column finding` {
  /// A hexagonal lattice of one column per cell, some pixels apart, in an image of 256 x 256 pixels.
  @Test(arguments: [(6.0, 3.0), (8, 2), (8, 4)])
  func `finds dense columns of few counts, of which none stands above the noise by itself`(
    spacing: Double, counts: Double
  ) throws {
    let side = 256
    var random = RandomSource(seed: 900)
    let rows = -1...Int(256 / (0.866 * spacing)) + 1
    let columns = rows.flatMap { j in
      (-1...Int(256 / spacing) + 1).map { i in
        Point(spacing * (Double(i) + (j % 2 == 0 ? 0 : 0.5)), 0.866 * spacing * Double(j))
      }
    }
    var image = Raster<Float>(width: side, height: side, filling: 0.05)
    for y in 0..<side {
      for x in 0..<side {
        for column in columns where abs(column.x - Double(x)) < spacing && abs(column.y - Double(y)) < spacing {
          let d = column - Point(Double(x), Double(y))
          image[x, y] += Float(exp(-d.squaredLength / (2 * pow(spacing / 5, 2))))
        }
      }
    }
    let noisy = image.map { Float(random.poisson(counts * Double($0))) }
    let found = try ColumnFinder().found(
      in: Preparation().prepared(Micrograph(name: "dense", pixels: noisy)), name: "dense")
    let score = SiteScore(inner(found.sites.positions, side), truth: inner(columns, side))
    #expect(score.f1 > 0.98, "\(score)")
  }

  @Test(.slow) func `finds the columns of a monolayer with vacancies and places them near the limit of the counts`()
    throws
  {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (512, 512, 5)
    let made = try Simulation(specimen: "mose2", options: options).run()
    let found = try ColumnFinder().found(in: Preparation().prepared(made.micrograph), name: "mose2")
    let columns = made.sites.filter { !$0.isVacant }.map(\.position)
    // No row of columns lies on this margin, where chance would count one of a pair.
    let score = SiteScore(inner(found.sites.positions, 512, margin: 6), truth: inner(columns, 512, margin: 6))
    #expect(score.f1 > 0.995)
    // The errors stated are the bound of the counts with neighbours and heights unknown; n columns have 2 n offsets,
    // whose root mean square has a standard error of (4 n)^-½, here 1.6 %.
    let places = zip(found.sites.positions, found.positionErrors).filter { !inner([$0.0], 512, margin: 6).isEmpty }
    let stated = Statistics.mean(places.map { $0.1.squaredLength }).squareRoot()
    #expect(abs(score.rms / stated - 1) < 3 / (4 * Double(places.count)).squareRoot(), "\(score.rms), \(stated)")
    // A column alone, of h counts in its brightest pixel, has 2π σ² h of them, each of which tells the place to σ: its
    // bound is (2π h)^-½ per axis. Neighbours 3.46 σ away drown the tails beyond half of that, which hold
    // (1 + r² / 2) exp(-r² / 2) of the information.
    let weights = inner(made.scene.columns, 512, margin: 6).map(\.weight)
    let alone = (2 * Statistics.mean(weights.map { weights.max()! / (2 * .pi * 20 * $0) })).squareRoot()
    let half = 1.73
    let drowned = (1 + half * half / 2) * exp(-half * half / 2)
    #expect(score.rms > alone && score.rms < alone / (1 - drowned).squareRoot(), "\(score.rms), \(alone)")
  }

  @Test func `states errors that the true ones agree with`() throws {
    let (truth, found) = try findColumns("hexagonal")
    let index = PlanarIndex(truth.map(\.position))
    var pulls: [Double] = []
    for (k, place) in found.sites.positions.enumerated() where !inner([place], 512, margin: 12).isEmpty {
      let offset = place - index.points[index.nearest(1, to: place)[0]]
      pulls += [offset.x / found.positionErrors[k].x, offset.y / found.positionErrors[k].y]
    }
    // The standard error of the deviation of n pulls is (2 n)^-½, 2.4 % of 900.
    #expect(
      abs(Statistics.deviation(pulls) - 1) < 3 / (2 * Double(pulls.count)).squareRoot(),
      "\(pulls.count): \(Statistics.deviation(pulls))")
  }

  @Test(.slow) func `finds columns at two counts`() throws {
    let (truth, found) = try findColumns("mose2") { $0.counts = 2 }
    let columns = truth.filter { !$0.isVacant }.map(\.position)
    #expect(SiteScore(inner(found.sites.positions, 512), truth: inner(columns, 512)).f1 > 0.97)
  }

  @Test(.slow) func `keeps faint columns whose counts are few`() throws {
    // Titanium gives a few dozen counts here: its height is known to a third, its existence far better.
    let (truth, found) = try findColumns("srtio3", width: 768) { $0.dose = 1000 }
    let heavy = truth.filter { $0.element != "O" }.map(\.position)
    let places = inner(found.sites.positions, 768, margin: 8)
    #expect(SiteScore(places, truth: inner(heavy, 768, margin: 8)).recall > 0.99)
    #expect(SiteScore(places, truth: inner(truth.map(\.position), 768, margin: 4)).precision > 0.995)
  }

  @Test(.slow) func `keeps dumbbells apart and light columns beside heavy ones`() throws {
    for specimen in ["si110", "mos2"] {
      let (truth, found) = try findColumns(specimen)
      let columns = truth.filter { !$0.isVacant }.map(\.position)
      #expect(SiteScore(inner(found.sites.positions, 512), truth: inner(columns, 512)).f1 > 0.98, "\(specimen)")
    }
  }

  @Test(.slow) func `keeps them apart where a single column hardly rises above the noise`() throws {
    // One count in the brightest pixel: what stands clear of the noise is the dumbbell.
    let (silicon, dumbbells) = try findColumns("si110") { $0.dose = 1000 }
    #expect(SiteScore(inner(dumbbells.sites.positions, 512), truth: inner(silicon.map(\.position), 512)).f1 > 0.98)
    let (sulphide, light) = try findColumns("mos2") { $0.counts = 5 }
    #expect(SiteScore(inner(light.sites.positions, 512), truth: inner(sulphide.map(\.position), 512)).f1 > 0.98)
  }

  @Test(.slow) func `does not break a stretched column in two`() throws {
    let (truth, found) = try findColumns("square") { ($0.counts, $0.tilt) = (2, Point(6, 0)) }
    #expect(SiteScore(inner(found.sites.positions, 512), truth: inner(truth.map(\.position), 512)).f1 > 0.98)
  }

  @Test func `lists columns outside that their flanks place well`() throws {
    let (_, found) = try findColumns("mose2") { ($0.dose, $0.seed) = (1e5, 1) }
    let sigma = Statistics.median(found.sites.sites.map(\.sigmaMajor))
    func depth(_ place: Point) -> Double { max(-place.x, -place.y, place.x - 511, place.y - 511) - 0.5 }
    let outside = zip(found.sites.positions, found.positionErrors).filter { depth($0.0) > 0 }
    #expect(!outside.isEmpty)
    #expect(outside.allSatisfy { depth($0) < 1.5 * sigma && max($1.x, $1.y) <= sigma / 3 })
    // The others are kept apart: their flanks reach in.
    #expect(found.outside.positions.allSatisfy { depth($0) > 0 } && found.outside.count > 0)
  }

  @Test func `says so where there is nothing to find`() {
    #expect(throws: DataError.self) { try findColumns("noise", width: 256) }
  }

  @Test func `refuses settings outside their range`() throws {
    let prepared = try Preparation().prepared(
      Simulation(specimen: "hexagonal", options: SimulationOptions()).run().micrograph)
    var finder = ColumnFinder()
    finder.noiseThreshold = -1
    #expect(throws: ParameterError.self) { try finder.found(in: prepared, name: "test") }
  }
}

struct `Sites of a symmetry` {
  private func found(_ specimen: String, fold: Int) throws -> (truth: [TrueSite], found: ColumnFinder.Found) {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (384, 384, 3)
    let simulated = try Simulation(specimen: specimen, options: options).run()
    var finder = ColumnFinder()
    (finder.route, finder.fold) = (.symmetry, fold)
    let prepared = try Preparation().prepared(simulated.micrograph)
    return (simulated.sites, try finder.found(in: prepared, name: specimen))
  }

  /// The rings of graphene: six atoms at one distance, and nothing in the middle to fit.
  @Test func `are the holes of a honeycomb for six turns`() throws {
    let (truth, found) = try found("graphene", fold: 6)
    let atoms = PlanarIndex(truth.map(\.position))
    let bond = Statistics.median(atoms.nearestDistances())
    for site in found.sites.sites {
      let distances = atoms.nearest(6, to: site.position).map { (truth[$0].position - site.position).length }
      #expect(distances.allSatisfy { abs($0 - bond) < 0.15 * bond })
      #expect(site.amplitude.isNaN)
    }
    // A ring has two atoms; those whose disc leaves the image are not seen.
    let inside = inner(truth.map(\.position), 384, margin: 2.2 * bond)
    #expect(abs(Double(found.sites.count) / Double(inside.count) - 0.5) < 0.05)
    #expect(found.outside.sites.count >= truth.count / 2)
  }

  @Test func `are the columns where these have the symmetry`() throws {
    let (truth, found) = try found("hexagonal", fold: 6)
    let columns = PlanarIndex(truth.map(\.position))
    for (k, site) in found.sites.sites.enumerated() {
      #expect((columns.points[columns.nearest(1, to: site.position)[0]] - site.position).length < 0.6)
      #expect(site.amplitude > 0 && found.positionErrors[k].x > 0)
    }
    let spacing = Statistics.median(columns.nearestDistances())
    #expect(found.sites.count >= inner(truth.map(\.position), 384, margin: 1.5 * spacing).count)
  }

  @Test func `need the order of the axis`() {
    #expect(throws: ParameterError.self) { try found("hexagonal", fold: 1) }
  }
}

struct `Patch size` {
  /// Plane spacings: a for a square lattice, a sqrt(3) / 2 for hexagonal ones.
  @Test(arguments: [("square", 24.0), ("hexagonal", 20.785), ("mose2", 20.785), ("graphene", 15.56)])
  func `is twice the plane spacing`(specimen: String, spacing: Double) throws {
    var options = SimulationOptions()
    (options.width, options.height) = (512, 512)
    let image = try Simulation(specimen: specimen, options: options).run().micrograph.pixels
    let estimate = PatchSize().estimate(of: PowerSpectrum(of: image), spacing: spacing)
    let side = try #require(estimate.side)
    #expect(abs(side / (2 * spacing) - 1) < 0.03)
    #expect(estimate.confidence > 0.5)
  }

  @Test func `is unknown without a lattice`() throws {
    var source = RandomSource(seed: 2)
    let noise = Raster<Float>(width: 256, height: 256, values: (0..<65_536).map { _ in Float(source.gaussian()) })
    #expect(PatchSize().estimate(of: PowerSpectrum(of: noise), spacing: 20).side == nil)
  }
}

struct `Lattices` {
  private func lattice(_ positions: [Point], _ heights: [Double]? = nil, size: Int = 512) -> Lattice? {
    let heights = heights ?? positions.map { _ in 1 }
    return LatticeFinder().vectors(of: positions, heights: heights, width: size, height: size)
      .flatMap { LatticeIndexer(u: $0.u, v: $0.v).lattice(of: positions, heights: heights) }
  }

  /// Sites of a lattice in a square field; `basis` in units of u and v, with heights.
  private func sites(u: Point, v: Point, basis: [(Point, Double)], size: Double = 512) -> ([Point], [Double]) {
    var result: ([Point], [Double]) = ([], [])
    for i in -60...60 {
      for j in -60...60 {
        for (place, height) in basis {
          let p = u * (Double(i) + place.x) + v * (Double(j) + place.y) + Point(3, 5)
          if p.x >= 0, p.y >= 0, p.x < size, p.y < size {
            result.0.append(p)
            result.1.append(height)
          }
        }
      }
    }
    return result
  }

  @Test func `are found from places and heights`() throws {
    let (u, v) = (Point(23.7, 1.2), Point(-3.1, 30.4))
    let (places, _) = sites(u: u, v: v, basis: [(.zero, 1)])
    let found = try #require(lattice(places))
    #expect(abs(found.grid.area - abs(u.cross(v))) < 1e-6)
    #expect(found.basis.count == 1 && found.indexedShare == 1 && found.deviation < 1e-9)
  }

  @Test func `of unlike columns have larger cells than of like ones`() throws {
    let (u, v) = (Point(20, 20), Point(-20, 20))
    let (places, heights) = sites(u: u, v: v, basis: [(.zero, 1), (Point(0.5, 0.5), 0.8)])
    #expect(abs(try #require(lattice(places, heights)).grid.area - 800) < 1e-6)
    #expect(abs(try #require(lattice(places)).grid.area - 400) < 1e-6)
  }

  @Test func `do not ask columns of which a flank is seen`() throws {
    var source = RandomSource(seed: 4)
    var (places, heights) = sites(u: Point(20, 2), v: Point(-3, 21), basis: [(.zero, 1), (Point(0.4, 0.5), 0.7)])
    let seen = places.indices.filter { places[$0].x <= 490 && places[$0].y <= 490 }
    for k in Set(places.indices).subtracting(seen).sorted() {
      places[k] += Point(source.uniform(), source.uniform())
      heights[k] = 4 * source.uniform()
    }
    let all = try #require(LatticeFinder().vectors(of: places, heights: heights, width: 490, height: 490))
    let inner = try #require(
      LatticeFinder().vectors(of: seen.map { places[$0] }, heights: seen.map { heights[$0] }, width: 490, height: 490))
    #expect(all.u == inner.u && all.v == inner.v && abs(all.u.cross(all.v) - 426) < 1)
  }

  @Test func `are not found in random places`() {
    var source = RandomSource(seed: 9)
    let places = (0..<900).map { _ in Point(512 * source.uniform(), 512 * source.uniform()) }
    #expect(lattice(places) == nil)
    #expect(lattice([Point(1, 1), Point(2, 2), Point(3, 3)]) == nil)
  }

  @Test func `show the nodes that lack a column, inside the crystal only`() throws {
    let (u, v) = (Point(24, 0), Point(12, 20.785))
    var (places, _) = sites(u: u, v: v, basis: [(.zero, 1)])
    let missing = [200, 240, 333].map { places[$0] }
    places.removeAll { missing.contains($0) }
    let found = try #require(lattice(places))
    let measured = Raster(width: 512, height: 512, filling: true)
    let vacant = VacantNodes().nodes(
      of: Grains(found), positions: places, width: 512, height: 512, isMeasured: measured)
    #expect(vacant.count == 3)
    #expect(missing.allSatisfy { place in vacant.contains { ($0.site.position - place).length < 1e-6 } })
    #expect(vacant.allSatisfy { $0.site.kind == .vacant })
  }
}
