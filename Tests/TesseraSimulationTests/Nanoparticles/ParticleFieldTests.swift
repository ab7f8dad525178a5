import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TestSupport
import Testing

@Suite("Nanoparticles on a film") struct ParticleFieldTests {
  private let frame = Frame(width: 300, height: 300, nanometresPerPixel: 0.1)

  private func particles(seed: UInt64, _ change: (inout ParticleField) -> Void) -> [Nanoparticle] {
    var field = ParticleField()
    (field.number, field.diameters) = (12, 3...6)
    change(&field)
    var random = RandomSource(seed: seed)
    return field.particles(in: frame, random: &random)
  }

  /// Which particles the beam passes at each node of a net.
  private func covers(_ particles: [Nanoparticle], step: Double = 0.1) -> [[Int]] {
    var covers: [[Int]] = []
    for y in stride(from: -5.0, through: 35, by: step) {
      for x in stride(from: -5.0, through: 35, by: step) {
        let here = particles.indices.filter { number in
          let particle = particles[number]
          let way = SIMD2(x, y) - particle.centre
          return (way * way).sum().squareRoot() < particle.reach
            && particle.crystals.contains { $0.thickness(atX: x, y: y) > 0 }
        }
        if !here.isEmpty { covers.append(here) }
      }
    }
    return covers
  }

  @Test(arguments: 1...3) func `keep apart, unless they are to touch`(seed: UInt64) {
    let apart = particles(seed: seed) { $0.touching = 0 }
    #expect(apart.count >= 8)
    #expect(covers(apart).allSatisfy { $0.count == 1 })
    for particle in apart { #expect((0..<30).contains(particle.centre.x) && (0..<30).contains(particle.centre.y)) }
    let touching = particles(seed: seed) { ($0.touching, $0.shares) = (1, [0, 1, 1, 0]) }
    let places = covers(touching)
    // They meet at their outlines only.
    #expect(Double(places.count { $0.count > 1 }) < 0.01 * Double(places.count))
    let gaps = touching.indices.map { number in
      touching.indices.filter { $0 != number }.map { other in
        let way = touching[number].centre - touching[other].centre
        return (way * way).sum().squareRoot() - touching[number].reach - touching[other].reach
      }.min() ?? .infinity
    }
    // Outlines lie within the reaches: most of the particles have a neighbour as near as that.
    #expect(gaps.count { $0 < 0.1 } > gaps.count / 2)
  }

  @Test func `lie on the film, under the beam that it meets first`() {
    for particle in particles(seed: 4, { $0.film = 12 }) {
      for crystal in particle.crystals { #expect(crystal.centre.z == 12 + crystal.body.reach) }
    }
  }

  @Test func `are of the classes that are asked for`() {
    let kinds: [ParticleClass] = [.fault, .noFault, .misoriented, .agglomeration]
    for (number, kind) in kinds.enumerated() {
      let particles = particles(seed: 5) { field in field.shares = (0..<4).map { $0 == number ? 0.3 : 0 } }
      #expect(!particles.isEmpty && particles.allSatisfy { $0.kind == kind })
      #expect(particles.allSatisfy { (kind == .agglomeration ? 2...4 : 1...1).contains($0.crystals.count) })
    }
  }

  @Test func `are five-fold twins as often as is asked for, of cubic crystals`() {
    func crystals(_ material: String, _ share: Double) -> [Int] {
      particles(seed: 7) { field in
        (field.material, field.shares, field.fiveFold) = (material, [1, 0, 0, 0], share)
      }.map(\.crystals.count)
    }
    #expect(crystals("Au", 1).allSatisfy { $0 == 5 } && crystals("Au", 0).allSatisfy { $0 == 1 })
    #expect(Set(crystals("Au", 0.5)) == [1, 5])
    #expect(crystals("CdSe", 1).allSatisfy { $0 == 1 })
  }

  @Test func `of several crystals lie over each other`() {
    for particle in particles(seed: 6, { $0.shares = [0, 0, 0, 1] }) {
      for (number, crystal) in particle.crystals.enumerated() {
        let isCovered = particle.crystals.enumerated().contains { other in
          let way = other.element.centre - crystal.centre
          return other.offset != number
            && (way.x * way.x + way.y * way.y).squareRoot() < 0.71 * (other.element.body.reach + crystal.body.reach)
        }
        #expect(isCovered)
      }
    }
  }

  @Test func `are as many as fit, or none`() {
    #expect(particles(seed: 7) { $0.number = 0 }.isEmpty)
    let crowd = particles(seed: 7) { ($0.number, $0.diameters) = (60, 7...7) }
    #expect((8..<60).contains(crowd.count))
  }

  @Test func `have the projection that their atoms have`() throws {
    var field = ParticleField()
    (field.number, field.diameters, field.material) = (5, 3...5, "CdSe")
    let thickness = try field.projection(in: frame, seed: 8)
    let (image, mask) = try field.atoms(in: frame, seed: 8)
    #expect(mask.values.map { $0 > 0 } == thickness.values.map { $0 > 0.25 })
    #expect(image.values.allSatisfy { $0 >= 0 && $0.isFinite })
    let total = image.values.reduce(0, +)
    let beside = zip(image.values, thickness.values).reduce(Float(0)) { $0 + ($1.1 > 0 ? 0 : $1.0) }
    #expect(total > 0 && beside < 0.03 * total)
  }
}
