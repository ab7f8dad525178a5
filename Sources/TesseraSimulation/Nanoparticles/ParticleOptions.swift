import TesseraNumerics

/// What a user may ask of simulated nanoparticles; nil keeps the default.
public struct ParticleOptions: Sendable, Equatable {
  /// See `ParticleField`; lengths in nm.
  public var material: String?
  /// Thickness of the carbon film, in nm: 0 ... 100.
  public var film: Double?
  /// Diameters of the particles, in nm: within 1 ... 50.
  public var diameters: ClosedRange<Double>?
  /// Number of particles that are tried: 0 ... 1000.
  public var number: Int?
  /// Share of the faulted particles of a cubic material that are five-fold twins: 0 ... 1.
  public var fiveFold: Double?
  /// See `TransmissionOptics`.
  public var voltage, sphericalAberration, defocus, focalSpread: Double?

  /// Options that keep every default of the simulation.
  public init() {}
}

extension ParticleSimulation {
  /// Name of this simulation among the specimens.
  public static let name = "nanoparticles"

  /// - Throws: `ParameterError` for numbers out of range, and for options that nanoparticles do not know.
  public init(_ options: ParticleOptions, _ general: SimulationOptions) throws(ParameterError) {
    self.init()
    try general.refuseAll(except: [], for: Self.name)
    let others: [(String, Bool)] = [
      ("probe", general.probe != nil), ("counts", general.counts != nil),
      ("scattered fraction", general.scatteredFraction != nil), ("noise", general.noise != nil),
      ("jitter", general.jitter != nil), ("contamination", general.contamination != nil),
      ("background", general.background != nil), ("drift", general.drift != nil), ("tilt", general.tilt != nil),
    ]
    for (name, isSet) in others where isSet {
      throw ParameterError("\(setting(name)) does not apply to the specimen \(Self.name)")
    }
    field.material = options.material ?? field.material
    field.film = options.film ?? field.film
    field.diameters = options.diameters ?? field.diameters
    field.number = options.number ?? field.number
    field.fiveFold = options.fiveFold ?? field.fiveFold
    optics.voltage = options.voltage ?? optics.voltage
    optics.sphericalAberration = options.sphericalAberration ?? optics.sphericalAberration
    optics.defocus = options.defocus ?? optics.defocus
    optics.focalSpread = options.focalSpread ?? optics.focalSpread
    optics.dose = general.dose ?? optics.dose
    frame.width = general.width ?? frame.width
    frame.height = general.height ?? frame.height
    frame.nanometresPerPixel = general.pixelSize ?? frame.nanometresPerPixel
    seed = general.seed
    try check()
  }
}

extension ParticleOptions {
  /// Throws if an option of nanoparticles is set for another specimen.
  public func refuse(for specimen: String) throws(ParameterError) {
    let given: [(String, Bool)] = [
      ("material", material != nil), ("film", film != nil), ("diameter", diameters != nil), ("number", number != nil),
      ("five fold", fiveFold != nil), ("voltage", voltage != nil), ("cs", sphericalAberration != nil),
      ("defocus", defocus != nil),
      ("focal spread", focalSpread != nil),
    ]
    for (name, isSet) in given where isSet {
      throw ParameterError("\(setting(name)) does not apply to the specimen \(specimen), only to nanoparticles")
    }
  }
}
