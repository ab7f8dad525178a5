import Foundation
import TesseraNumerics
import TesseraStructure
import Testing

/// A hexagonal lattice of constant `a` in pixels, turned by `angle`, after a strain.
private func lattice(_ a: Double, angle: Double, exx: Double = 0, eyy: Double = 0) -> LayerLattice {
  let (u, v) = (Point(a, 0).rotated(by: angle), Point(a, 0).rotated(by: angle + .pi / 3 * 2))
  func strained(_ p: Point) -> Point { Point(p.x * (1 + exx), p.y * (1 + eyy)) }
  let g = LatticeVectors(u: strained(u), v: strained(v)).reciprocal
  return LayerLattice(first: g.u, second: g.v)
}

struct `The twist of two lattices` {
  @Test(arguments: [-29.0, -3.1, 0, 0.4, 12, 30]) func `is the turn between them`(degrees: Double) {
    let angle = degrees * .pi / 180
    let twist = Twist(from: lattice(12, angle: 0.2), to: lattice(12, angle: 0.2 + angle), pixel: Point(1, 1))
    #expect(abs(twist.angle - angle) < 1e-12)
    #expect(max(abs(twist.exx), abs(twist.eyy), abs(twist.exy)) < 1e-12)
  }

  @Test(arguments: [-0.3, 0.05, 0.25, 0.5]) func `leaves the strain of the turned layer`(angle: Double) {
    // F = V R with V along the axes of the image: the second layer is turned first and strained after.
    let twist = Twist(
      from: lattice(12, angle: 0.2), to: lattice(12, angle: 0.2 + angle, exx: 0.004, eyy: -0.002), pixel: Point(1, 1))
    #expect(abs(twist.angle - angle) < 1e-12)
    #expect(abs(twist.exx - 0.004) < 1e-12 && abs(twist.eyy + 0.002) < 1e-12 && abs(twist.exy) < 1e-12)
  }

  @Test func `is counted from the nearest multiple of 60 degrees`() {
    let (first, second) = (lattice(12, angle: 0), lattice(12, angle: 63.0 * .pi / 180))
    let named = Twist.named(second, like: first, pixel: Point(1, 1))
    #expect(abs(Twist(from: first, to: named, pixel: Point(1, 1)).angle - 3 * .pi / 180) < 1e-12)
  }

  @Test func `is that of the specimen where pixels are not square`() {
    let (first, second) = (lattice(0.316, angle: 0.3), lattice(0.316, angle: 0.35))
    // From cycles per nm to cycles per pixel of .02 x .03 nm.
    func pixels(_ l: LayerLattice) -> LayerLattice {
      LayerLattice(
        first: Point(l.first.x * 0.02, l.first.y * 0.03), second: Point(l.second.x * 0.02, l.second.y * 0.03))
    }
    let twist = Twist(from: pixels(first), to: pixels(second), pixel: Point(0.02, 0.03))
    #expect(abs(twist.angle - 0.05) < 1e-12 && abs(twist.exx) < 1e-12)
  }
}

struct `The fit of the waves of two lattices` {
  private let pixel = Point(1, 1)

  /// Three waves of the first shell of each lattice over white noise.
  private func image(_ lattices: [LayerLattice], side: Int, noise: Double, seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    var values = [Float](repeating: 0, count: side * side)
    for y in 0..<side {
      for x in 0..<side {
        var sum = noise * random.gaussian()
        for (l, one) in lattices.enumerated() {
          for (k, g) in one.frequencies.prefix(3).enumerated() {
            let phase: Double = 2 * .pi * g.dot(Point(Double(x), Double(y)))
            sum += cos(phase + Double(3 * l + k))
          }
        }
        values[y * side + x] = Float(sum)
      }
    }
    return Raster(width: side, height: side, values: values)
  }

  @Test func `finds frequencies and amplitudes from a third of a coefficient away`() throws {
    let true1 = lattice(11.3, angle: 0.1)
    let true2 = lattice(11.3, angle: 0.1 + 0.09, exx: 0.003)
    let picture = image([true1, true2], side: 300, noise: 0, seed: 1)
    func moved(_ l: LayerLattice, by shift: Double) -> LayerLattice {
      LayerLattice(first: l.first + Point(shift, -shift), second: l.second + Point(-shift, 0))
    }
    let start = [moved(true1, by: 0.3 / 300), moved(true2, by: -0.2 / 300)]
    let found = try #require(LayerFit().fit(picture, from: start))
    for (a, b) in zip(found.lattices, [true1, true2]) {
      #expect((a.first - b.first).length < 1e-7 && (a.second - b.second).length < 1e-7)  // Pixels in single precision.
    }
    for l in 0..<2 { for k in 0..<9 { #expect(abs(found.amplitude(lattice: l, wave: k) - (k < 3 ? 1 : 0)) < 1e-4) } }
  }

  @Test(.slow) func `states errors that are about right`() throws {
    let (true1, true2) = (lattice(10, angle: 0), lattice(10, angle: 0.07))
    var squares: [Double] = []
    for seed in 1...16 {
      let picture = image([true1, true2], side: 320, noise: 4, seed: UInt64(seed))
      let found = try #require(LayerFit().fit(picture, from: [true1, true2]))
      let angle = Twist(from: found.lattices[0], to: found.lattices[1], pixel: pixel).angle
      let error = found.errors { [Twist(from: $0.lattices[0], to: $0.lattices[1], pixel: Point(1, 1)).angle] }[0]
      squares.append(pow((angle - 0.07) / error, 2))
    }
    // The mean of sixteen squares of normal numbers lies between .4 and 2 with 99 %.
    let mean = squares.reduce(0, +) / 16
    #expect(mean > 0.4 && mean < 2, "\(mean)")
  }

  @Test func `gives nothing where both lattices are one`() {
    let one = lattice(10, angle: 0)
    #expect(LayerFit().fit(image([one], side: 128, noise: 0.5, seed: 1), from: [one, one]) == nil)
  }
}
