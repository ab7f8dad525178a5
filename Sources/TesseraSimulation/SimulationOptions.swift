import Foundation
import TesseraNumerics

/// What a user may ask of any specimen; nil keeps the specimen's own default. `Simulation.init(specimen:options:)` turns
/// it into a simulation, and refuses what makes no sense for the specimen.
public struct SimulationOptions: Sendable, Codable, Equatable {
  /// Width and height of the image in pixels.
  public var width, height: Int?
  /// Side of a pixel in nm.
  public var pixelSize: Double?
  /// Standard deviation of a column in pixels.
  public var probe: Double?
  /// Incident electrons per square Angstrom; infinity for no shot noise.
  public var dose: Double?
  /// Detected counts in the brightest pixel; infinity for no shot noise.
  public var counts: Double?
  /// See `ImageModel`.
  public var scatteredFraction, noise, jitter, contamination, background: Double?
  /// See `ImageModel`; in pixels.
  public var drift, tilt: Point?
  /// Fraction of the vacancy sublattice's nodes that lack one atom, and every atom. One number alone is split 4 : 1.
  public var vacancies: [Double]?
  /// Fraction of nodes with the other sublattice's atoms.
  public var antisites: Double?
  /// Fraction of the dopant sublattice's nodes, by element.
  public var dopants: [String: Double]?
  /// Root mean square random displacement in pixels.
  public var displacement: Double?
  /// Turn of the specimen, or twist of a bilayer, in degrees.
  public var angle: Double?
  /// By how much the twist of `bilayer` grows along +x, in degrees per nm, and the strain of its second layer along x.
  public var twistGradient, heterostrain: Double?
  /// Variant of the specimen (`bilayer`: s22, mos2).
  public var kind: String?
  /// Crystal of a specimen that is made of one (`grains`, `amorphous-crystal`, `strained`, `wedge`), by its specimen's name.
  public var crystal: String?
  /// Plane group of `plane-group`, by its short or full symbol: `p31m`, `p2mm`.
  public var group: String?
  /// Kind of the strain field of `strained`: uniform, gradient, step, turn, dislocation.
  public var field: String?
  /// The strain e of the field, see `StrainField.magnitude`: -0.2 ... 0.2.
  public var strain: Double?
  /// Atoms per column at the thick end of `wedge`.
  public var thickness: Int?
  /// Saturation of the intensity of `wedge` with the number of atoms: 0 ... 0.2, see `Wedge.saturation`.
  public var saturation: Double?
  /// Number of grains of `grains`: see `Polycrystal`.
  public var grains: Int?
  /// Turn of each grain of `grains` against the one before, in degrees.
  public var misorientation: Double?
  /// Fraction of the image's area that the ordered phase of `pom` covers.
  public var phase: Double?
  /// The patches of `motifs`; their noise is the image's.
  public var motifs: MotifPatches?
  /// Number of a published parameter set (`bilayer` s22: 0 ... 8).
  public var parameterCase: Int?
  /// Seed of every random draw.
  public var seed: UInt64 = 1

  /// Options that keep every default of the specimen.
  public init() {}
}

/// Options that only some specimens know.
enum SpecificOption: CaseIterable {
  case vacancies, defects, displacement, angle, kind, crystal, field, grains, group, motifs, phase, thickness, twist
}

extension SimulationOptions {
  /// Throws if an option is set that the specimen does not know, so that nothing asked for is silently left out.
  func refuseAll(except known: Set<SpecificOption>, for specimen: String) throws(ParameterError) {
    let given: [(SpecificOption, String, Bool)] = [
      (.vacancies, "vacancies", vacancies != nil && !known.contains(.defects)),
      (.defects, "antisites", antisites != nil), (.defects, "dopants", dopants != nil),
      (.displacement, "displacement", displacement != nil), (.angle, "angle", angle != nil),
      (.kind, "kind", kind != nil), (.kind, "case", parameterCase != nil), (.crystal, "crystal", crystal != nil),
      (.field, "field", field != nil), (.field, "strain", strain != nil), (.grains, "grains", grains != nil),
      (.grains, "misorientation", misorientation != nil), (.motifs, "motifs", motifs != nil),
      (.group, "group", group != nil), (.phase, "phase", phase != nil),
      (.twist, "twist gradient", twistGradient != nil), (.twist, "heterostrain", heterostrain != nil),
      (.thickness, "thickness", thickness != nil), (.thickness, "saturation", saturation != nil),
    ]
    for (option, name, isSet) in given where isSet && !known.contains(option) {
      throw ParameterError("\(setting(name)) does not apply to the specimen \(specimen)")
    }
  }

  var angleInRadians: Double? { angle.map { $0 * .pi / 180 } }

  /// The defects asked for; what is not mentioned stays.
  func defects(startingWith defaults: PointDefects) throws(ParameterError) -> PointDefects {
    var defects = defaults
    if let vacancies {
      try require(
        vacancies.count == 1 || vacancies.count == 2, setting("vacancies"), is: "\(vacancies.count) numbers",
        mustBe: "one fraction or two")
      let both = vacancies.count == 2
      defects.singleVacancies = both ? vacancies[0] : 0.8 * vacancies[0]
      defects.fullVacancies = both ? vacancies[1] : 0.2 * vacancies[0]
    }
    defects.antisites = antisites ?? defects.antisites
    defects.dopants = dopants ?? defects.dopants
    return defects
  }
}
