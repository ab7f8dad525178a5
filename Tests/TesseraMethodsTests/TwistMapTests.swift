import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `Twist and domains from place to place` {
  private func simulated(_ change: (inout SimulationOptions) -> Void) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    (options.kind, options.counts) = ("mos2", 5)
    change(&options)
    return try Simulation(specimen: "bilayer", options: options).run()
  }

  @Test(.slow) func `follow a twist that grows, and a strain`() throws {
    let image = try simulated {
      ($0.angle, $0.twistGradient, $0.heterostrain) = (7.34, 0.02, 0.005)
      ($0.width, $0.height) = (768, 768)
    }
    let truth = try #require(image.scene.twist)
    var method = MoireMethod()
    method.divergence.splits = 2
    let result = try method.result(on: image.micrograph)
    let map = try #require(result.moire.map)
    let twist = map.planes(width: 768, height: 768)[0]
    let known = twist.values.indices.filter { twist.values[$0].isFinite }
    #expect(known.count > 768 * 768 / 4)
    let offs = known.map { Double(twist.values[$0] - truth[0].values[$0]) }
    #expect(Statistics.mean(offs.map { $0 * $0 }).squareRoot() < 0.02)
    // The truth varies by more.
    #expect(Statistics.deviation(known.map { Double(truth[0].values[$0]) }) > 0.04)
    let errors = map.planes(width: 768, height: 768, isError: true)[0]
    #expect(known.allSatisfy { errors.values[$0] > 0 && errors.values[$0] < 0.1 })
  }

  @Test(.slow) func `give each column its nearest anchor`() throws {
    let image = try simulated {
      ($0.angle, $0.width, $0.height) = (5, 640, 640)
    }
    let result = try MoireMethod().result(on: image.micrograph)
    let domains = try #require(result.domains)
    let sites = domains.sites
    #expect(sites.nearest.count == domains.finding.sites.count && !sites.nearest.isEmpty)
    for (site, own) in zip(domains.finding.sites.sites, sites.nearest) {
      for anchor in result.moire.anchors {
        #expect((anchor.position - site.position).length >= own.distance - 1e-6)
      }
      if let anchor = own.anchor {
        #expect(own.stacking.map { result.moire.stackings[$0] } == result.moire.anchors[anchor].stacking)
      }
    }
    // Rigid layers: walls are about half as wide as the anchors are apart.
    #expect(!domains.walls.isEmpty)
    for wall in domains.walls { #expect((0.2...0.9).contains(wall.width.value / wall.distance)) }
  }

  @Test func `two samples of one distribution do not differ, and two of different ones do`() throws {
    var random = RandomSource(seed: 9)
    func features(_ shift: Float) -> Matrix<Float> {
      Matrix(
        rows: 800, columns: 3,
        values: (0..<800).flatMap { k in
          [Float(random.gaussian()) + (k >= 400 ? shift : 0), Float(random.gaussian()), 0.1 * Float(random.gaussian())]
        })
    }
    let halves = [Array(0..<400), Array(400..<800)]
    let places = (0..<800).map { _ in Point(100 * random.uniform(), 100 * random.uniform()) }
    func outcome(_ features: Matrix<Float>, groups: [Int] = [0, 0], places: [Point]) throws -> DomainDivergence.Outcome?
    {
      try DomainDivergence().outcome(
        features: features, domains: halves, groups: groups, offsets: places, cell: 5, seed: 1)
    }
    func corrected(_ shift: Float) throws -> DomainDivergence.Pair {
      let found = try outcome(features(shift), places: places)
      return try #require(found).pairs[0]
    }
    let same = try corrected(0)
    #expect(abs(same.corrected.value) < 4 * same.corrected.error && same.splitHalf > 0.05)
    // Normal distributions one standard deviation apart diverge by 1/2.
    let other = try corrected(1)
    #expect(other.corrected.value > 3 * other.corrected.error && (0.25...0.7).contains(other.corrected.value))
    // Domains of different stackings are not compared.
    #expect(try outcome(features(0), groups: [0, 1], places: places) == nil)
    // Domains that repeat one another are as alike as the halves of one.
    let once = features(0)
    let twice = Matrix(rows: 800, columns: 3, values: Array(once.values[..<1200]) + Array(once.values[..<1200]))
    let once400 = Array(places[..<400])
    let both = try outcome(twice, places: once400 + once400)
    let repeated = try #require(both)
    #expect(abs(repeated.pairs[0].corrected.value) < 1e-9)
  }
}
