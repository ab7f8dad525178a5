import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

struct `Single atoms` {
  private func found(
    _ specimen: String, options: SimulationOptions = SimulationOptions(),
    _ change: (inout ColumnFinder) -> Void = { _ in }
  ) throws -> (columns: ColumnFinder.Found, truth: [Point]) {
    let simulated = try Simulation(specimen: specimen, options: options).run()
    let prepared = try Preparation().prepared(simulated.micrograph)
    var finder = ColumnFinder()
    change(&finder)
    return (try finder.found(in: prepared, name: specimen), simulated.sites.map(\.position))
  }

  @Test(.slow) func `on an amorphous support are found without being asked for`() throws {
    let (columns, truth) = try found("single-atoms")
    #expect(columns.route == .atoms)
    let index = PlanarIndex(columns.sites.positions)
    let seen = truth.count { !index.neighbours(of: $0, within: 4).isEmpty }
    let real = PlanarIndex(truth)
    let right = columns.sites.positions.count { !real.neighbours(of: $0, within: 4).isEmpty }
    #expect(Double(seen) > 0.8 * Double(truth.count))
    #expect(Double(right) > 0.8 * Double(columns.sites.count))
  }

  /// A narrow probe and many counts show the support's own atoms, whose numbers scatter more than a Gaussian random field:
  /// its clusters rise nearly five local deviations high, the atoms seventeen and more. Without the share of the strongest
  /// spots, one place in five would be texture.
  @Test(.slow, arguments: [UInt64(1), 2]) func `are told from a grainy support`(seed: UInt64) throws {
    var options = SimulationOptions()
    (options.probe, options.counts, options.seed) = (2.2, 120, seed)
    let (columns, truth) = try found("single-atoms", options: options)
    #expect(columns.route == .atoms)
    let score = SiteScore(columns.sites.positions, truth: truth, tolerance: 4)
    #expect(score.precision > 0.93 && score.recall > 0.93)
    let (all, _) = try found("single-atoms", options: options) { $0.contrastThreshold = 0 }
    #expect(all.sites.count > columns.sites.count)
  }

  @Test(.slow) func `are not seen in a crystal`() throws {
    #expect(try found("graphene").columns.route != .atoms)
    #expect(try found("mose2").columns.route != .atoms)
  }

  @Test func `are sought at the scale that is given`() throws {
    let (columns, _) = try found("single-atoms") { ($0.route, $0.scale) = (.atoms, 5) }
    #expect(columns.scale == 5 && columns.route == .atoms)
    #expect(columns.scaleReason == "given")
  }

  /// Sixty spots in noise of deviation 1 on a hexagonal lattice whose columns stay far below it, and show in the spectrum alone.
  private func faintLattice(onLattice: Bool) throws -> ColumnFinder.Found {
    let (side, spacing, count) = (512, 12.0, 60)
    var random = RandomSource(seed: 11)
    let waves = [0, 1, 2].map { k in
      let angle = 0.2 + Double(k) * .pi / 3
      return Point(cos(angle), sin(angle)) * (1 / spacing)
    }
    // The cell of these planes: where all three waves are at their crests.
    let distance = spacing / (3.0.squareRoot() / 2)
    let cell = [0, 1].map { k in
      let angle = 0.2 - .pi / 6 + Double(k) * .pi / 3
      return Point(cos(angle), sin(angle)) * distance
    }
    var spots: [Point] = []
    while spots.count < count {
      var place = Point(20 + 470 * random.uniform(), 20 + 470 * random.uniform())
      if onLattice {
        let (i, j) = ((random.uniform() * 60).rounded() - 10, (random.uniform() * 60).rounded() - 30)
        place = cell[0] * i + cell[1] * j
      }
      let inside = min(place.x, place.y) > 15 && max(place.x, place.y) < 495
      if inside && spots.allSatisfy({ ($0 - place).length > 15 }) { spots.append(place) }
    }
    var image = Raster(width: side, height: side, filling: Float(0))
    for y in 0..<side {
      for x in 0..<side {
        let at = Point(Double(x), Double(y))
        let lattice = waves.reduce(0) { $0 + 0.06 * cos(2 * .pi * $1.dot(at)) }
        image.values[y * side + x] = Float(100 + lattice + random.gaussian())
      }
    }
    for spot in spots {
      for y in Int(spot.y) - 10...Int(spot.y) + 10 {
        for x in Int(spot.x) - 10...Int(spot.x) + 10 {
          let d = Point(Double(x), Double(y)) - spot
          image.values[y * side + x] += Float(4 * exp(-d.dot(d) / (2 * 2.2 * 2.2)))
        }
      }
    }
    let prepared = try Preparation().prepared(Micrograph(name: "spots", pixels: image))
    return try ColumnFinder().found(in: prepared, name: "spots")
  }

  @Test func `are told from the lattice of their support, which shows in the spectrum alone`() throws {
    let beside = try faintLattice(onLattice: false)
    #expect(beside.route == .atoms)
    #expect((55...65).contains(beside.sites.count))
    // On the lattice they are the strongest of its columns.
    #expect(try faintLattice(onLattice: true).route != .atoms)
  }
}
