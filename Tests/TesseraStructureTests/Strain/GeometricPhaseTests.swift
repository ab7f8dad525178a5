import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import Testing

/// An image of two crossed sine waves: the phases are known everywhere.
private struct SineLattice {
  var g1 = Point(0.071, 0.012)
  var g2 = Point(-0.009, 0.066)
  var size = 512

  var reference: LatticeVectors { LatticeVectors(u: g1, v: g2).reciprocal }

  /// - Parameter displacement: u as a function of the present place.
  func image(noise: Double = 0, seed: UInt64 = 1, displacement: (Point) -> Point = { _ in .zero }) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    var image = Raster<Float>(width: size, height: size, filling: 0)
    for y in 0..<size {
      for x in 0..<size {
        let place = Point(Double(x), Double(y))
        let origin = place - displacement(place)
        let value = cos(2 * .pi * g1.dot(origin)) + cos(2 * .pi * g2.dot(origin))
        image[x, y] = Float(2 + value + (noise > 0 ? noise * random.gaussian() : 0))
      }
    }
    return image
  }

  func settings(_ change: (inout GeometricPhase) -> Void = { _ in }) -> GeometricPhase {
    var settings = GeometricPhase()
    (settings.g1, settings.g2) = (g1, g2)
    change(&settings)
    return settings
  }
}

struct `Geometric phase analysis` {
  private let lattice = SineLattice()

  @Test func `finds both reflections of a lattice`() throws {
    let outcome = try GeometricPhase().outcome(of: lattice.image())
    let found = outcome.reflections.map(\.frequency)
    for g in [lattice.g1, lattice.g2] {
      // A hundredth of a coefficient of 1 / 512.
      #expect(found.contains { ($0 - g).length < 4e-4 || ($0 + g).length < 4e-4 })
    }
    #expect(outcome.isAutomatic)
  }

  /// A second phase with longer vectors and more contrast would be taken otherwise.
  @Test func `keeps to the lattice of the columns that it is compared with`() throws {
    let other = SineLattice(g1: Point(0.041, -0.013), g2: Point(0.011, 0.043)).image()
    var image = lattice.image()
    for k in image.values.indices { image.values[k] += 2 * other.values[k] }
    let free = try GeometricPhase().outcome(of: image).reflections
    #expect(free.allSatisfy { $0.frequency.length < 0.05 })
    let bound = try GeometricPhase().outcome(of: image, lattice: lattice.reference).reflections.map(\.frequency)
    for g in [lattice.g1, lattice.g2] {
      #expect(bound.contains { ($0 - g).length < 4e-4 || ($0 + g).length < 4e-4 })
    }
    // Finer than anything in the image.
    let foreign = LatticeVectors(u: Point(2.1, 0.1), v: Point(-0.2, 2.2))
    let found = Result { try GeometricPhase().outcome(of: image, lattice: foreign).reflections }
    #expect(throws: DataError.self) { try found.get() }
  }

  @Test func `of an unstrained lattice is zero`() throws {
    let field = try lattice.settings().outcome(of: lattice.image()).field
    let map = field.map(source: .gpa, reference: try StrainReference.lattice.vectors(in: field))
    for (name, mean, deviation) in map.planes.statistics {
      // What the taper at the edges lets through of the other reflections, a tenth of the noise of a good micrograph.
      #expect(abs(mean) < 5e-5 && deviation < 2e-4, "\(name): \(mean), \(deviation)")
    }
    #expect(map.planes.knownShare > 0.5)
  }

  /// x = F X everywhere: u(x) = (1 - F⁻¹) x, so the gradient on the reference is F - 1 to all orders.
  @Test func `of a homogeneous strain is its gradient on the reference`() throws {
    let truth = DisplacementGradient(xx: 0.03, xy: -0.012, yx: 0.02, yy: -0.02)
    let (a, b, c, d) = (1 + truth.xx, truth.xy, truth.yx, 1 + truth.yy)
    let determinant = a * d - b * c
    let image = lattice.image { x in
      x - Point(d * x.x - b * x.y, a * x.y - c * x.x) / determinant
    }
    let field = try lattice.settings().outcome(of: image).field
    let map = field.map(source: .gpa, reference: lattice.reference)
    let means = map.planes.statistics.map(\.mean)
    let wanted = [truth.exx, truth.eyy, truth.exy, truth.rotation, truth.hydrostatic]
    // Differentiating where the atoms are now would miss exx by 9e-4.
    for (mean, value) in zip(means, wanted) { #expect(abs(mean - value) < 5e-5) }
  }

  @Test func `agrees with positions in sign`() throws {
    // Turned from +x towards +y by 0.01.
    let image = lattice.image { x in x - (x - Point(256, 256)).rotated(by: -0.01) - Point(256, 256) }
    let field = try lattice.settings().outcome(of: image).field
    let map = field.map(source: .gpa, reference: lattice.reference)
    #expect(abs(Double(map.planes.rotation[256, 256]) - sin(0.01)) < 1e-4)
  }

  /// The resolution stated is the width of a step as it is seen: strain of 1 % on one half.
  @Test(arguments: PhaseMask.Shape.allCases, [nil, 0.15]) func `rises over a step within its resolution`(
    shape: PhaseMask.Shape, radius: Double?
  ) throws {
    let image = lattice.image { Point($0.x > 256 ? 0.01 * ($0.x - 256) : 0, 0) }
    let settings = lattice.settings { ($0.mask.shape, $0.mask.radius) = (shape, radius) }
    let field = try settings.outcome(of: image).field
    let map = field.map(source: .gpa, reference: lattice.reference)
    let top = 1 / 0.99 - 1
    let profile = (0..<512).map { Double(map.planes.exx[$0, 256]) / top }
    // Where the profile crosses a level, between pixels; from the middle outwards.
    func crossing(_ level: Double, from start: Int, by step: Int) -> Double {
      var x = start
      while (profile[x] - level) * (step > 0 ? 1 : -1) < 0 { x += step }
      return Double(x - step) + Double(step) * (level - profile[x - step]) / (profile[x] - profile[x - step])
    }
    let width = crossing(0.8805, from: 256, by: 1) - crossing(0.1195, from: 256, by: -1)
    #expect(abs(width / map.resolution - 1) < 0.06, "\(width) of \(map.resolution)")
  }

  /// Deviations over the map against the errors stated, on an unstrained lattice with white noise.
  @Test(arguments: PhaseMask.Shape.allCases) func `states errors that the noise confirms`(shape: PhaseMask.Shape) throws
  {
    var ratios = [[Double]](repeating: [], count: 4)
    for seed in 1...6 as ClosedRange<UInt64> {
      let settings = lattice.settings { $0.mask.shape = shape }
      let field = try settings.outcome(of: lattice.image(noise: 0.8, seed: seed)).field
      let map = field.map(source: .gpa, reference: lattice.reference)
      let errors = try #require(map.errors)
      #expect(map.errorMedians == errors.medians)
      for (plane, pair) in zip(map.planes.all, errors.all).enumerated() {
        let wanted = Statistics.mean(pair.1.values.filter(\.isFinite))
        ratios[plane].append(Statistics.deviation(pair.0.values.filter(\.isFinite)) / wanted)
      }
    }
    // A map holds about a hundred independent places.
    for plane in ratios { #expect(abs(Statistics.mean(plane) - 1) < 0.12, "\(plane)") }
  }

  @Test func `knows nothing where there is no lattice`() throws {
    var image = lattice.image(noise: 0.3)
    let plain = SineLattice(g1: Point(0, 0), g2: Point(0, 0)).image(noise: 0.3, seed: 9)
    for y in 0..<512 { for x in 0..<200 { image[x, y] = plain[x, y] - 2 } }
    let field = try GeometricPhase().outcome(of: image).field
    let map = field.map(source: .gpa, reference: try StrainReference.mean.vectors(in: field))
    #expect(map.planes.exx[120, 256].isNaN && map.planes.exx[350, 256].isFinite)
    #expect(map.planes.exx[5, 256].isNaN && map.planes.exx[509, 256].isNaN)  // The edges.
  }

  /// The taper pulls local frequencies towards the centre of the mask, which is that of the unstrained part.
  @Test(arguments: PhaseMask.Shape.allCases) func `sees a strain up to the edge of what it knows`(
    shape: PhaseMask.Shape
  ) throws {
    let image = lattice.image { Point(0, $0.y < 256 ? 0.02 / 1.02 * ($0.y - 256) : 0) }
    let field = try lattice.settings { $0.mask.shape = shape }.outcome(of: image).field
    let map = field.map(source: .gpa, reference: lattice.reference)
    let first = try #require((0..<512).first { map.planes.eyy[256, $0].isFinite })
    let values = (first..<first + 8).map { Double(map.planes.eyy[256, $0]) }
    // Uncorrected, 0.0144; what is left is of second order in κ b.
    #expect(abs(Statistics.mean(values) - 0.02) < 1.5e-3, "\(values)")
  }

  /// Of few planes the spot in the spectrum is wider than the mask, and the frequency seen is that of the mask's centre.
  @Test(arguments: [3.0, 4.0, 20.0]) func `knows nothing of a film of few planes`(planes: Double) throws {
    var image = lattice.image(noise: 0.02)
    let half = planes / lattice.g2.length / 2
    for y in 0..<512 where abs(Double(y) - 256) > half { for x in 0..<512 { image[x, y] = 2 } }
    let found = Result { try lattice.settings().outcome(of: image).field }
    if planes > 6 {
      let map = try found.get().map(source: .gpa, reference: lattice.reference)
      #expect(map.planes.eyy[256, 256].isFinite && abs(map.planes.eyy[256, 256]) < 2e-3)
    } else {
      #expect(throws: DataError.self) { try found.get() }
    }
  }

  /// Each half of the image shows one wave strongly; the strongest two are of different halves.
  @Test func `takes both reflections from one grain`() throws {
    let turned = [lattice.g1, lattice.g2].map { $0.rotated(by: 0.3) }
    var image = lattice.image()
    for y in 0..<512 {
      for x in 0..<512 {
        let place = Point(Double(x), Double(y))
        let waves = x < 256 ? [lattice.g1, lattice.g2] : [turned[1], turned[0]]
        image[x, y] = Float(2 + cos(2 * .pi * waves[0].dot(place)) + 0.6 * cos(2 * .pi * waves[1].dot(place)))
      }
    }
    let outcome = try GeometricPhase().outcome(of: image)
    let found = outcome.reflections.map(\.frequency)
    func isAmong(_ known: [Point]) -> Bool {
      found.allSatisfy { one in known.contains { ($0 - one).length < 2e-3 || ($0 + one).length < 2e-3 } }
    }
    #expect(isAmong([lattice.g1, lattice.g2]) != isAmong(turned))
    let exx = outcome.field.map(source: .gpa, reference: outcome.field.nominal).planes.exx
    #expect(exx[100, 256].isFinite != exx[412, 256].isFinite)
  }

  @Test func `refuses images and vectors without reflections`() {
    var random = RandomSource(seed: 2)
    let noise = Raster<Float>(width: 256, height: 256, values: (0..<65_536).map { _ in Float(random.gaussian()) })
    #expect(throws: DataError.self) { try GeometricPhase().outcome(of: noise) }
    let stripes = SineLattice(g1: Point(0.08, 0.01), g2: .zero, size: 256).image(noise: 0.1)
    #expect(throws: DataError.self) { try GeometricPhase().outcome(of: stripes) }
    func settings(_ g1: Point?, _ g2: Point?) -> GeometricPhase {
      var settings = GeometricPhase()
      (settings.g1, settings.g2) = (g1, g2)
      return settings
    }
    let image = lattice.image()
    #expect(throws: ParameterError.self) { try settings(lattice.g1, nil).outcome(of: image) }
    #expect(throws: ParameterError.self) { try settings(lattice.g1, lattice.g1 * -1).outcome(of: image) }
    #expect(throws: ParameterError.self) { try settings(lattice.g1, Point(0, 0.7)).outcome(of: image) }
    #expect(throws: DataError.self) { try settings(lattice.g1, Point(0.03, 0.17)).outcome(of: image) }
    var wide = GeometricPhase()
    wide.mask.radius = 2
    #expect(throws: ParameterError.self) { try wide.outcome(of: image) }
  }
}
