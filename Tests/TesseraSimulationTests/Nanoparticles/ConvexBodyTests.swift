import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

@Suite("Bodies of nanoparticles") struct ConvexBodyTests {
  private func random(_ seed: UInt64, diameter: Double = 4) -> ConvexBody {
    var random = RandomSource(seed: seed)
    return .random(facets: ParticleMaterial.all[0].facets, diameter: diameter, random: &random)
  }

  @Test func `that are spheres have the chords of spheres`() {
    var body = random(1)
    (body.radii, body.facets) = ([2, 2, 2], [])
    #expect(abs(body.chord(through: .zero, along: [0, 0, 1]) - 4) < 1e-12)
    #expect(abs(body.chord(through: [1.2, 0, 50], along: [0, 0, 1]) - 3.2) < 1e-9)
    #expect(body.chord(through: [2.01, 0, 0], along: [0, 0, 1]) == 0)
    // Cut in half: along the cut, through it and beside it.
    body.facets = [([1, 0, 0], 0)]
    #expect(abs(body.chord(through: .zero, along: [1, 0, 0]) - 2) < 1e-12)
    #expect(abs(body.chord(through: [-0.5, 0, 0], along: [0, 1, 0]) - 2 * 3.75.squareRoot()) < 1e-9)
    #expect(body.chord(through: [0.5, 0, 0], along: [0, 1, 0]) == 0)
    #expect(body.contains([-1, 0, 0]) && !body.contains([1, 0, 0]) && !body.contains([-2.1, 0, 0]))
  }

  @Test(arguments: 1...5) func `have chords as long as what they contain`(seed: UInt64) {
    let body = random(seed)
    var source = RandomSource(seed: seed, stream: 1)
    for _ in 0..<30 {
      let direction = Rotation3D(random: &source)([0, 0, 1])
      let place = SIMD3(source.uniform() - 0.5, source.uniform() - 0.5, source.uniform() - 0.5) * 3
      let step = 0.005
      let inside = stride(from: -8.0, through: 8, by: step).count { body.contains(place + direction * $0) }
      #expect(abs(Double(inside) * step - body.chord(through: place, along: direction)) < 3 * step)
    }
  }

  @Test func `cover about the area of a disc of their diameter`() {
    var shares: [Double] = []
    for seed in 1...40 as ClosedRange<UInt64> {
      let body = random(seed)
      #expect(body.reach < 4 && body.facets.allSatisfy { $0.distance > 1 })
      let step = 0.08
      var count = 0
      for y in stride(from: -4.0, through: 4, by: step) {
        for x in stride(from: -4.0, through: 4, by: step) {
          // Seen along a row of atoms.
          if body.chord(through: [0, x, y], along: [1, 0, 0]) > 0 { count += 1 }
        }
      }
      shares.append(2 * (Double(count) * step * step / .pi).squareRoot() / 4)
    }
    #expect(shares.allSatisfy { (0.75...1.25).contains($0) })
    #expect(abs(Statistics.mean(shares) - 1) < 0.08)
  }
}

@Suite("Rotations in space") struct Rotation3DTests {
  private func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { ((a - b) * (a - b)).sum().squareRoot() }

  @Test func `turn as the right hand says`() {
    let quarter = Rotation3D(about: [0, 0, 1], by: .pi / 2)
    #expect(distance(quarter([1, 0, 0]), [0, 1, 0]) < 1e-12)
    #expect(distance(quarter.inverse([0, 1, 0]), [1, 0, 0]) < 1e-12)
    #expect(distance(quarter.after(quarter)([1, 2, 3]), [-1, -2, 3]) < 1e-12)
    let other = Rotation3D(about: [1, 0, 0], by: .pi / 2)
    #expect(distance(quarter.after(other)([0, 1, 0]), [0, 0, 1]) < 1e-12)
    #expect(distance(other.after(quarter)([1, 0, 0]), [0, 0, 1]) < 1e-12)
  }

  @Test func `bring any direction to z`() {
    var random = RandomSource(seed: 2)
    let directions = (0..<50).map { _ in Rotation3D(random: &random)([0, 0, 1]) }
    for direction in directions + [[0, 0, 1], [0, 0, -1], [1, 0, 0]] {
      #expect(distance(Rotation3D(bringingToZ: direction)(direction), [0, 0, 1]) < 1e-9)
    }
  }

  @Test func `by chance are rotations, and all alike`() {
    var random = RandomSource(seed: 3)
    var (sum, squares) = (SIMD3<Double>.zero, SIMD3<Double>.zero)
    for _ in 0..<3000 {
      let rotation = Rotation3D(random: &random)
      #expect(abs((rotation.x * rotation.y).sum()) < 1e-9 && abs((rotation.x * rotation.x).sum() - 1) < 1e-9)
      #expect(distance(rotation.inverse(rotation([1, 2, 3])), [1, 2, 3]) < 1e-9)
      sum += rotation([1, 0, 0]) / 3000
      squares += rotation([1, 0, 0]) * rotation([1, 0, 0]) / 3000
    }
    #expect(distance(sum, .zero) < 0.04 && distance(squares, SIMD3(repeating: 1.0 / 3)) < 0.04)
  }
}
