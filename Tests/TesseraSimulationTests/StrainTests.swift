import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `A strained crystal` {
  @Test(arguments: StrainField.Kind.allCases) func `has a gradient that agrees with finite differences`(
    kind: StrainField.Kind
  ) {
    var field = StrainField()
    field.kind = kind
    let placed = field.placed(on: Frame(width: 300, height: 200), burgers: Point(20, 9))
    var random = RandomSource(seed: 3)
    let h = 1e-4
    for _ in 0..<100 {
      let place = Point(300 * random.uniform(), 200 * random.uniform())
      if (place - Point(149.5, 99.5)).length < 20 { continue }  // The core of the dislocation.
      let g = placed.gradient(at: place)
      let dx = (placed.displacement(at: place + Point(h, 0)) - placed.displacement(at: place - Point(h, 0))) / (2 * h)
      let dy = (placed.displacement(at: place + Point(0, h)) - placed.displacement(at: place - Point(0, h))) / (2 * h)
      // Rounding 1e-13 over the step, and h² times the third derivative.
      #expect(abs(g.xx - dx.x) < 1e-8 && abs(g.yx - dx.y) < 1e-8)
      #expect(abs(g.xy - dy.x) < 1e-8 && abs(g.yy - dy.y) < 1e-8)
    }
  }

  /// The displacement of the site at a pixel is read off its neighbours' displacements; the truth must be its gradient.
  @Test(arguments: StrainField.Kind.allCases) func `has planes that are the gradient of its sites' displacement`(
    kind: StrainField.Kind
  ) throws {
    var options = SimulationOptions()
    (options.width, options.height, options.crystal, options.field) = (400, 320, "square", kind.rawValue)
    (options.angle, options.counts) = (11, .infinity)
    let result = try Simulation(specimen: "strained", options: options).run()
    let lattice = result.scene.lattices[0]
    let planes = try #require(result.scene.strain)
    let index = PlanarIndex(result.sites.map(\.position))
    /// Place of the site's node on the reference lattice; steps between neighbours are lattice vectors.
    func neighbour(_ site: Point, _ step: Point) -> Point? {
      let near = index.neighbours(of: site + step, within: 6)
      return near.first.map { result.sites[$0].position }
    }
    var checked = 0
    for site in result.sites.map(\.position) {
      if kind == .dislocation && (site - result.simulation.frame.centre).length < 100 { continue }
      guard let right = neighbour(site, lattice.a), let left = neighbour(site, -1 * lattice.a),
        let down = neighbour(site, lattice.b), let up = neighbour(site, -1 * lattice.b)
      else { continue }
      // F maps lattice vectors to central differences of the deformed sites.
      let (da, db) = ((right - left) / 2, (down - up) / 2)
      let area = lattice.a.cross(lattice.b)
      let (ia, ib) = (Point(lattice.b.y, -lattice.b.x) / area, Point(-lattice.a.y, lattice.a.x) / area)
      let (xx, xy) = (da.x * ia.x + db.x * ib.x - 1, da.x * ia.y + db.x * ib.y)
      let (yx, yy) = (da.y * ia.x + db.y * ib.x, da.y * ia.y + db.y * ib.y - 1)
      let (x, y) = (Int(site.x.rounded()), Int(site.y.rounded()))
      // The pixel is up to .7 from the site; third derivatives of the step and the dislocation over 24 pixels.
      let tolerance = [.uniform: 1e-6, .gradient: 1.5e-4, .step: 4e-3, .turn: 4e-3, .dislocation: 8e-3][kind]!
      #expect(abs(Double(planes.exx[x, y]) - xx) < tolerance)
      #expect(abs(Double(planes.eyy[x, y]) - yy) < tolerance)
      #expect(abs(Double(planes.exy[x, y]) - (xy + yx) / 2) < tolerance)
      #expect(abs(Double(planes.rotation[x, y]) - (yx - xy) / 2) < tolerance)
      checked += 1
    }
    #expect(checked > (kind == .dislocation ? 60 : 120))
  }

  @Test func `has the uniform strain asked for`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.field, options.strain) = (64, 64, "uniform", 0.04)
    let planes = try #require(try Simulation(specimen: "strained", options: options).run().scene.strain)
    #expect(planes.exx.values.allSatisfy { abs($0 - 0.04) < 1e-7 })
    #expect(planes.eyy.values.allSatisfy { abs($0 + 0.02) < 1e-7 })
    #expect(planes.exy.values.allSatisfy { abs($0 - 0.01) < 1e-7 })
    #expect(planes.rotation.values.allSatisfy { abs($0 - 0.02) < 1e-7 })
  }

  /// Summed around the core, the distortion is the Burgers vector.
  @Test func `closes a circuit around a dislocation with its Burgers vector`() throws {
    var options = SimulationOptions()
    (options.width, options.height, options.field, options.crystal) = (400, 400, "dislocation", "square")
    let result = try Simulation(specimen: "strained", options: options).run()
    let planes = try #require(result.scene.strain)
    #expect(planes.exx.values.contains { $0.isNaN })
    // On the deformed lattice the closed integral of 1 - F^-1 is the Burgers vector.
    var sum = Point.zero
    let radius = 150
    func add(_ x: Int, _ y: Int, _ along: Point) {
      addHalf(x, y, along / 2)
      addHalf(x + Int(along.x), y + Int(along.y), along / 2)
    }
    func addHalf(_ x: Int, _ y: Int, _ step: Point) {
      let (exx, eyy) = (Double(planes.exx[x, y]), Double(planes.eyy[x, y]))
      let (exy, rotation) = (Double(planes.exy[x, y]), Double(planes.rotation[x, y]))
      let (xx, xy, yx, yy) = (1 + exx, exy - rotation, exy + rotation, 1 + eyy)
      let determinant = xx * yy - xy * yx
      sum += step - Point(yy * step.x - xy * step.y, xx * step.y - yx * step.x) / determinant
    }
    for t in -radius..<radius {
      let (low, high) = (200 - radius, 200 + radius)
      add(200 + t, low, Point(1, 0))
      add(high, 200 + t, Point(0, 1))
      add(200 - t, high, Point(-1, 0))
      add(low, 200 - t, Point(0, -1))
    }
    // Linear elasticity lets the two sides of the cut miss each other by about b² / 20 r = .2 pixels.
    #expect((sum - Point(24, 0)).length < 0.3)
  }
}
