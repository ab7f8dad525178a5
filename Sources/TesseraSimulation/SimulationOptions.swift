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
  /// Variant of the specimen (`bilayer`: s22, mos2).
  public var kind: String?
  /// Number of a published parameter set (`bilayer` s22: 0 ... 8).
  public var parameterCase: Int?
  public var seed: UInt64 = 1

  public init() {}
}

extension Simulation {
  /// Names of the specimens, as `simulate` takes them.
  public static let specimenNames = ["mose2", "mos2", "square", "hexagonal", "p4m", "bilayer"]

  /// A named specimen with its defaults, changed where the options say so.
  public init(specimen name: String, options: SimulationOptions = SimulationOptions()) throws(ParameterError) {
    self.init(name: name, specimen: CrystalSpecimen(.square), seed: options.seed)
    switch name {
    case "mose2": try setCrystal(.mose2, options, defects: .seleniumVacancies)
    case "mos2": try setCrystal(.mos2, options)
    case "square": try setCrystal(.square, options)
    case "hexagonal": try setCrystal(.hexagonal, options)
    case "p4m": try setCrystal(.p4m, options)
    case "bilayer": try setBilayer(options)
    default:
      throw ParameterError(
        "specimen must be one of \(Self.specimenNames.joined(separator: ", ")), but is \(name)")
    }
    frame.width = options.width ?? frame.width
    frame.height = options.height ?? frame.height
    frame.nanometresPerPixel = options.pixelSize ?? frame.nanometresPerPixel
    try setImaging(options)
    try frame.check()
    try imaging.check()
  }

  private mutating func setCrystal(
    _ crystal: Crystal, _ options: SimulationOptions, defects: PointDefects = PointDefects()
  ) throws(ParameterError) {
    var defects = defects
    if let vacancies = options.vacancies {
      try require(
        vacancies.count == 1 || vacancies.count == 2, "vacancies", is: vacancies, mustBe: "one or two fractions")
      let both = vacancies.count == 2
      defects.singleVacancies = both ? vacancies[0] : 0.8 * vacancies[0]
      defects.fullVacancies = both ? vacancies[1] : 0.2 * vacancies[0]
    }
    defects.antisites = options.antisites ?? defects.antisites
    defects.dopants = options.dopants ?? defects.dopants
    specimen = CrystalSpecimen(
      crystal, angle: (options.angle ?? 0) * .pi / 180, defects: defects, displacement: options.displacement ?? 0)
  }

  private mutating func setBilayer(_ options: SimulationOptions) throws(ParameterError) {
    var bilayer = Bilayer()
    if let word = options.kind {
      guard let kind = Bilayer.Kind(rawValue: word) else {
        throw ParameterError("kind of bilayer must be one of s22, mos2, but is \(word)")
      }
      bilayer.kind = kind
    }
    frame.nanometresPerPixel = bilayer.latticeConstant / 12
    imaging.columnSigma = bilayer.latticeConstant / 8
    if let number = options.parameterCase {
      guard let values = BilayerCase(number), bilayer.kind == .s22 else {
        throw ParameterError("case of an s22 bilayer must be 0 ... 8, but is \(number)")
      }
      (bilayer.twist, bilayer.intensityRatio) = (values.twist, values.intensityRatio)
      bilayer.largestJump = values.largestJump
      imaging.columnSigma = bilayer.latticeConstant * values.sigma
      (imaging.noise, imaging.counts) = (values.noise, nil)
    }
    if let angle = options.angle { bilayer.twist = angle * .pi / 180 }
    specimen = bilayer
  }

  private mutating func setImaging(_ options: SimulationOptions) throws(ParameterError) {
    if let probe = options.probe { imaging.columnSigma = probe * frame.nanometresPerPixel }
    if options.dose != nil && options.counts != nil {
      throw ParameterError("give either a dose or counts: each says how many electrons are detected")
    }
    if let dose = options.dose { (imaging.dose, imaging.counts) = (dose.isInfinite ? nil : dose, nil) }
    if let counts = options.counts { imaging.counts = counts.isInfinite ? nil : counts }
    imaging.scatteredFraction = options.scatteredFraction ?? imaging.scatteredFraction
    imaging.noise = options.noise ?? imaging.noise
    imaging.jitter = options.jitter ?? imaging.jitter
    imaging.contamination = options.contamination ?? imaging.contamination
    imaging.background = options.background ?? imaging.background
    imaging.drift = options.drift ?? imaging.drift
    imaging.tilt = options.tilt ?? imaging.tilt
  }
}
