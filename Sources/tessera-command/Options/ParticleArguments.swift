import ArgumentParser
import Foundation
import TesseraSimulation

/// Reads a number within limits; `number` is an option here.
private let limits: @Sendable (ClosedRange<Double>) -> @Sendable (String) throws -> Double = { number($0) }

/// What `simulate nanoparticles` alone takes.
struct ParticleArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "nanoparticles: material, one of \(ParticleMaterial.all.map(\.name).joined(separator: ", ")). (default: Au)",
      valueName: "material"), completion: .list(ParticleMaterial.all.map(\.name)))
  var material: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "nanoparticles: thickness of the carbon film in nm, 0 to 100. (default: 5)", valueName: "nm"),
    transform: limits(0...100))
  var film: Double?

  @Option(
    help: ArgumentHelp(
      "nanoparticles: range of diameters in nm, A..B, within 1 to 50. (default: 3..7)", valueName: "range"),
    transform: DiameterRange.init(typed:))
  var diameter: DiameterRange?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "nanoparticles: number of particles, 0 to 1000; fewer where there is no room. (default: 10)", valueName: "n"))
  var number: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "nanoparticles: fraction of the faulted particles of a cubic material that are five-fold twins, 0 to 1. (default: 0)",
      valueName: "fraction"),
    transform: limits(0...1))
  var fiveFold: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("nanoparticles: accelerating voltage in kV, 20 to 1000. (default: 300)", valueName: "kV"),
    transform: limits(20...1000))
  var voltage: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("nanoparticles: spherical aberration in mm, -5 to 5. (default: 0.8)", valueName: "mm"),
    transform: limits(-5...5))
  var cs: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "nanoparticles: defocus in nm, positive for underfocus, -2000 to 2000. (default: 50)", valueName: "nm"),
    transform: limits(-2000...2000))
  var defocus: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "nanoparticles: standard deviation of the defocus in nm, 0 to 100. (default: 4)", valueName: "nm"),
    transform: limits(0...100))
  var focalSpread: Double?

  var options: ParticleOptions {
    var options = ParticleOptions()
    (options.material, options.film, options.number) = (material, film, number)
    (options.diameters, options.fiveFold) = (diameter?.range, fiveFold)
    (options.voltage, options.sphericalAberration) = (voltage, cs)
    (options.defocus, options.focalSpread) = (defocus, focalSpread)
    return options
  }
}

/// Diameters: `3..7`, or `5` for all.
struct DiameterRange: Sendable {
  let range: ClosedRange<Double>

  init(typed text: String) throws {
    let parts = text.components(separatedBy: "..").map { Double($0) }
    guard (1...2).contains(parts.count), let low = parts[0], let high = parts[parts.count - 1], low >= 1, high <= 50,
      low <= high
    else {
      throw ValidationError("one diameter between 1 and 50 nm, or two with .. between them, such as 3..7, is needed")
    }
    range = low...high
  }
}
