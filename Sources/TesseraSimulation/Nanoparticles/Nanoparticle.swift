import Foundation
import TesseraImaging
import TesseraNumerics

/// What counts as one particle of the truth: a crystal, or several that lie over each other.
package struct Nanoparticle: Sendable {
  package var crystals: [Nanocrystal]
  package var kind: ParticleClass
  /// Radius in nm of a circle around `centre` that holds it.
  package var reach: Double
  package var centre: SIMD2<Double> {
    didSet {
      let step = centre - oldValue
      for index in crystals.indices {
        crystals[index].centre.x += step.x
        crystals[index].centre.y += step.y
      }
    }
  }

  /// A particle of a class, its centre at the origin.
  ///
  /// - Parameters:
  ///   - material: what it is made of.
  ///   - diameter: about that of a circle of the area of its outline, in nm; an agglomeration has crystals of 0.6 to 0.85 of it.
  ///   - kind: what is to be seen of it: decides how crystals lie, and how many there are.
  ///   - fiveFold: share of the faulted particles that are five-fold twins, in a cubic material, 0 ... 1.
  ///   - random: source of the random draws, which moves on.
  package static func random(
    _ material: ParticleMaterial, diameter: Double, kind: ParticleClass, fiveFold: Double, random: inout RandomSource
  ) -> Nanoparticle {
    if kind == .fault, fiveFold > 0, material.stacking == .cubic, random.uniform() < fiveFold {
      let crystals = Nanocrystal.fiveFold(material, diameter: diameter, random: &random)
      return Nanoparticle(crystals: crystals, kind: kind, reach: crystals[0].body.reach, centre: .zero)
    }
    guard kind == .agglomeration else {
      let view: Nanocrystal.View = kind == .fault ? .faulted : kind == .noFault ? .perfect : .tilted
      let crystal = Nanocrystal.random(material, diameter: diameter, view: view, random: &random)
      return Nanoparticle(crystals: [crystal], kind: kind, reach: crystal.body.reach, centre: .zero)
    }
    let count = 2 + random.index(below: 3)
    var crystals: [Nanocrystal] = []
    for _ in 0..<count {
      let views: [Nanocrystal.View] = [.tilted, .tilted, .perfect]
      var crystal = Nanocrystal.random(
        material, diameter: diameter * (0.6 + 0.25 * random.uniform()), view: views[random.index(below: 3)],
        random: &random)
      if let before = crystals.randomElement(using: &random) {
        let angle = 2 * Double.pi * random.uniform()
        // Each covers a good part of another.
        let distance = (0.45 + 0.25 * random.uniform()) * (before.body.reach + crystal.body.reach)
        crystal.centre = before.centre + [distance * cos(angle), distance * sin(angle), 0]
      }
      crystals.append(crystal)
    }
    let middle = crystals.reduce(SIMD3<Double>.zero) { $0 + $1.centre } / Double(count)
    for index in crystals.indices { crystals[index].centre -= middle }
    let reach = crystals.map { ($0.centre * $0.centre).sum().squareRoot() + $0.body.reach }.max() ?? 0
    return Nanoparticle(crystals: crystals, kind: kind, reach: reach, centre: .zero)
  }
}
