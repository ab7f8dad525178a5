import Foundation
import TesseraImaging
import TesseraNumerics

/// Nanoparticles on a film of amorphous carbon, laid out at random.
public struct ParticleField: Sendable, Codable, Equatable {
  /// Names of `ParticleMaterial.all`, one for all particles.
  public var material = "Au"
  /// Thickness of the film in nm: 0 ... 100.
  public var film = 5.0
  /// Diameters in nm, drawn evenly: 1 ... 50.
  public var diameters = 3.0...7.0
  /// Particles that are tried; fewer where they do not fit. 0 ... 1000.
  public var number = 10
  /// Share of the particles of each class: fault, no-fault, misoriented, agglomeration.
  public var shares = [0.25, 0.3, 0.35, 0.1]
  /// Share of the particles that touch one before.
  public var touching = 0.2
  /// Share of the faulted particles that are five-fold twins; without effect in a material of hexagonal stacking.
  public var fiveFold = 0.0

  /// Ten gold particles, 3 to 7 nm in diameter, on a carbon film of 5 nm.
  public init() {}

  /// Room between particles that do not touch, in nm.
  private static let gap = 0.6
  /// Attempts to find a place for a particle.
  private static let attempts = 60

  /// The particles of a frame; those whose middle lies in it.
  package func particles(in frame: Frame, random: inout RandomSource) -> [Nanoparticle] {
    let material = ParticleMaterial(named: material)!
    let size = SIMD2(Double(frame.width), Double(frame.height)) * frame.nanometresPerPixel
    var placed: [Nanoparticle] = []
    for _ in 0..<number {
      let diameter = diameters.lowerBound + (diameters.upperBound - diameters.lowerBound) * random.uniform()
      var particle = Nanoparticle.random(
        material, diameter: diameter, kind: kind(&random), fiveFold: fiveFold, random: &random)
      let wantsPartner = random.uniform() < touching && particle.kind != .agglomeration
      for attempt in 0..<Self.attempts {
        let partners = placed.filter { $0.kind != .agglomeration }
        if wantsPartner, attempt < Self.attempts / 2, let partner = partners.randomElement(using: &random) {
          Self.bring(&particle, toTouch: partner, from: 2 * .pi * random.uniform())
        } else {
          particle.centre = size * SIMD2(random.uniform(), random.uniform())
        }
        let isInside =
          particle.centre.x >= 0 && particle.centre.y >= 0 && particle.centre.x < size.x
          && particle.centre.y < size.y
        let isFree = placed.allSatisfy { other in
          let step = other.centre - particle.centre
          return (step * step).sum().squareRoot() > other.reach + particle.reach + Self.gap
            || !Self.outlinesMeet(other, particle, gap: wantsPartner ? 0 : Self.gap)
        }
        guard isInside, isFree else { continue }
        for index in particle.crystals.indices {
          particle.crystals[index].centre.z = film + particle.crystals[index].body.reach
        }
        placed.append(particle)
        break
      }
    }
    return placed
  }

  private func kind(_ random: inout RandomSource) -> ParticleClass {
    let kinds: [ParticleClass] = [.fault, .noFault, .misoriented, .agglomeration]
    var rest = random.uniform() * shares.reduce(0, +)
    for (kind, share) in zip(kinds, shares) {
      rest -= share
      if rest < 0 { return kind }
    }
    return .misoriented
  }

  /// Moves a particle along a line until its outline touches that of another.
  private static func bring(_ particle: inout Nanoparticle, toTouch other: Nanoparticle, from angle: Double) {
    let direction = SIMD2(cos(angle), sin(angle))
    var (near, far) = (0.0, other.reach + particle.reach)
    for _ in 0..<8 {
      let middle = (near + far) / 2
      particle.centre = other.centre + direction * middle
      if outlinesMeet(other, particle, gap: 0) { near = middle } else { far = middle }
    }
    particle.centre = other.centre + direction * far
  }

  /// Whether two outlines come closer than `gap`, sampled every .15 nm.
  private static func outlinesMeet(_ a: Nanoparticle, _ b: Nanoparticle, gap: Double) -> Bool {
    let step = 0.15
    let around = gap > 0 ? (0..<8).map { SIMD2(cos(Double($0) * .pi / 4), sin(Double($0) * .pi / 4)) * gap } : [.zero]
    let (low, high) = (b.centre - b.reach, b.centre + b.reach)
    for y in stride(from: low.y, through: high.y, by: step) {
      for x in stride(from: low.x, through: high.x, by: step) {
        let offset = SIMD2(x, y) - a.centre
        guard (offset * offset).sum().squareRoot() < a.reach + gap,
          b.crystals.contains(where: { $0.thickness(atX: x, y: y) > 0 })
        else { continue }
        if around.contains(where: { d in a.crystals.contains { $0.thickness(atX: x + d.x, y: y + d.y) > 0 } }) {
          return true
        }
      }
    }
    return false
  }

  func check() throws(ParameterError) {
    guard ParticleMaterial(named: material) != nil else {
      let known = ParticleMaterial.all.map(\.name).joined(separator: ", ")
      throw ParameterError("\(setting("material")) must be one of \(known), but is \(material)")
    }
    try require((0...100).contains(film), setting("film"), is: film, mustBe: "between 0 and 100 nm")
    try require(
      diameters.lowerBound >= 1 && diameters.upperBound <= 50, setting("diameter"),
      is: "\(diameters.lowerBound)..\(diameters.upperBound)", mustBe: "between 1 and 50 nm")
    try require((0...1000).contains(number), setting("number"), is: number, mustBe: "between 0 and 1000")
    try require(
      shares.count == 4 && shares.allSatisfy { $0 >= 0 && $0.isFinite } && shares.contains { $0 > 0 },
      "shares of classes",
      is: "\(shares)", mustBe: "four numbers, none negative and one positive")
    try require((0...1).contains(fiveFold), setting("five fold"), is: fiveFold, mustBe: "between 0 and 1")
    try require((0...1).contains(touching), "share that touches", is: touching, mustBe: "between 0 and 1")
  }
}

extension ParticleField {
  /// The particles without a microscope: the length of the beam's way through all crystals at each pixel, in nm.
  package func projection(in frame: Frame, seed: UInt64) throws(ParameterError) -> Raster<Float> {
    try check()
    var random = RandomSource(seed: seed, stream: RandomStream.regions)
    let particles = particles(in: frame, random: &random)
    let pixel = frame.nanometresPerPixel
    return concurrentRows(width: frame.width, height: frame.height, of: Float(0)) { y, row in
      let near = particles.filter { abs($0.centre.y - Double(y) * pixel) <= $0.reach }
      for x in 0..<row.count {
        for particle in near where abs(particle.centre.x - Double(x) * pixel) <= particle.reach {
          for crystal in particle.crystals {
            row[x] += Float(crystal.thickness(atX: Double(x) * pixel, y: Double(y) * pixel))
          }
        }
      }
    }
  }

  /// The atoms of all particles, each by its atomic number to the power of 1.7 over that of the heaviest: an incoherent image before the probe
  /// blurs it. And the mask of the particles.
  package func atoms(
    in frame: Frame, seed: UInt64
  ) throws(ParameterError) -> (image: Raster<Float>, mask: Raster<Float>) {
    try check()
    var random = RandomSource(seed: seed, stream: RandomStream.regions)
    let particles = particles(in: frame, random: &random)
    let weights = ParticleMaterial(named: material)!.elements.map { pow(Double(Elements.atomicNumber(of: $0)!), 1.7) }
    let heaviest = weights.max()!
    var image = Raster<Float>(width: frame.width, height: frame.height, filling: 0)
    for crystal in particles.flatMap(\.crystals) {
      crystal.forEachAtom { element, place in
        let (x, y) = (place.x / frame.nanometresPerPixel, place.y / frame.nanometresPerPixel)
        let (left, upper) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
        guard left >= 0, upper >= 0, left + 1 < frame.width, upper + 1 < frame.height else { return }
        let (fx, fy) = (Float(x - Double(left)), Float(y - Double(upper)))
        let weight = Float(weights[element] / heaviest)
        image[left, upper] += weight * (1 - fx) * (1 - fy)
        image[left + 1, upper] += weight * fx * (1 - fy)
        image[left, upper + 1] += weight * (1 - fx) * fy
        image[left + 1, upper + 1] += weight * fx * fy
      }
    }
    return (image, try projection(in: frame, seed: seed).map { $0 > 0.25 ? 1 : 0 })
  }
}
