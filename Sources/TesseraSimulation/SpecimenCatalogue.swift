import Foundation
import TesseraNumerics

extension Simulation {
  /// Names of the specimens, as `simulate` takes them.
  public static let specimenNames =
    Crystal.named.map(\.name) + [
      "motifs", "bilayer", "stm-vacancies", "quasiperiodic", "pom", "grains", "two-lattices", "three-phases", "twin",
      "stacking-fault", "inversion", "mose2-mirror-twin", "mose2-2h-3r", "amorphous-crystal", "plane-group", "strained",
      "wedge", "amorphous",
      "single-atoms", "noise",
    ]

  /// A named specimen with its defaults, changed where the options say so.
  public init(specimen name: String, options: SimulationOptions = SimulationOptions()) throws(ParameterError) {
    self.init(name: name, specimen: Disordered(), seed: options.seed)
    switch name {
    case "motifs": try setMotifs(options)
    case "bilayer": try setBilayer(options)
    case "stm-vacancies": try setVacancyField(options)
    case "quasiperiodic": try setQuasiperiodic(options)
    case "pom": try setPentagonalOxide(options)
    case "grains": try setGrains(options)
    case "two-lattices": try setTwoLattices(options)
    case "three-phases": try setThreePhases(options)
    case "twin": try setFault(.twin, options)
    case "stacking-fault": try setFault(.stackingFault, options)
    case "inversion": try setDomains(.inversion, options)
    case "mose2-mirror-twin": try setDomains(.mirror, options)
    case "mose2-2h-3r": try setStackings(options)
    case "amorphous-crystal": try setAmorphousCrystal(options)
    case "plane-group": try setPlaneGroup(options)
    case "strained": try setStrained(options)
    case "wedge": try setWedge(options)
    case "amorphous": try options.refuseAll(except: [], for: name)
    case "single-atoms": try setSingleAtoms(options)
    case "noise": try setNoise(options)
    default: try setCrystal(name, options)
    }
    frame.width = options.width ?? frame.width
    frame.height = options.height ?? frame.height
    frame.nanometresPerPixel = options.pixelSize ?? frame.nanometresPerPixel
    try setImaging(options)
    try frame.check()
    try imaging.check()
  }

  private mutating func setCrystal(_ name: String, _ options: SimulationOptions) throws(ParameterError) {
    guard let crystal = Crystal.named.first(where: { $0.name == name }) else {
      throw ParameterError("specimen must be one of \(Self.specimenNames.joined(separator: ", ")), but is \(name)")
    }
    try options.refuseAll(except: [.defects, .displacement, .angle], for: name)
    imaging.columnSigma = crystal.columnSigma
    specimen = CrystalSpecimen(
      crystal, angle: options.angleInRadians ?? 0,
      defects: try options.defects(startingWith: crystal.usualDefects),
      displacement: options.displacement ?? 0)
  }

  private mutating func setMotifs(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.motifs], for: name)
    if options.width != nil || options.height != nil {
      throw ParameterError(
        "\(setting("size")) does not apply to the specimen motifs; set \(setting("patch size")) and \(setting("patches")) instead"
      )
    }
    let sheet = MotifSheet(options.motifs ?? MotifPatches())
    specimen = sheet
    frame = sheet.frame(nanometresPerPixel: frame.nanometresPerPixel)
    imaging.columnSigma = sheet.motifs.sigma * (options.pixelSize ?? frame.nanometresPerPixel)
    imaging.counts = nil
  }

  private mutating func setBilayer(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.angle, .kind, .twist], for: name)
    var bilayer = Bilayer()
    bilayer.kind = try choice(options.kind, "the \(setting("kind")) of bilayer") ?? bilayer.kind
    frame.nanometresPerPixel = bilayer.latticeConstant / 12
    imaging.columnSigma = bilayer.latticeConstant / 8
    if let number = options.parameterCase {
      guard let values = BilayerCase(number), bilayer.kind == .s22 else {
        throw ParameterError("\(setting("case")) of an s22 bilayer must be between 0 and 8, but is \(number)")
      }
      (bilayer.twist, bilayer.intensityRatio) = (values.twist, values.intensityRatio)
      bilayer.largestJump = values.largestJump
      imaging.columnSigma = bilayer.latticeConstant * values.sigma
      (imaging.noise, imaging.counts) = (values.noise, nil)
    }
    bilayer.twist = options.angleInRadians ?? bilayer.twist
    bilayer.twistGradient = (options.twistGradient ?? 0) * .pi / 180
    bilayer.heterostrain = options.heterostrain ?? 0
    specimen = bilayer
  }

  private mutating func setVacancyField(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.vacancies, .displacement, .angle], for: name)
    var field = VacancyField()
    field.vacancies = options.vacancies?.reduce(0, +) ?? field.vacancies
    field.displacement = options.displacement ?? field.displacement
    field.angle = options.angleInRadians ?? field.angle
    frame.nanometresPerPixel = field.latticeConstant / 24
    imaging.columnSigma = field.latticeConstant / 5  // A tunnelling tip sees broad bumps.
    specimen = field
  }

  private mutating func setQuasiperiodic(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.displacement, .angle], for: name)
    var tiling = Quasiperiodic()
    tiling.displacement = options.displacement ?? tiling.displacement
    tiling.angle = options.angleInRadians ?? tiling.angle
    frame.nanometresPerPixel = 0.02
    specimen = tiling
  }

  private mutating func setPentagonalOxide(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.displacement, .angle, .phase], for: name)
    var oxide = PentagonalOxide()
    oxide.displacement = options.displacement ?? oxide.displacement
    oxide.angle = options.angleInRadians ?? oxide.angle
    oxide.phase = options.phase ?? oxide.phase
    frame.nanometresPerPixel = 0.02
    specimen = oxide
  }

  private mutating func setStrained(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.defects, .displacement, .angle, .crystal, .field], for: name)
    var strained = StrainedCrystal()
    strained.crystal = try crystal(options.crystal) ?? strained.crystal
    strained.field.kind = try choice(options.field, setting("field")) ?? strained.field.kind
    strained.field.magnitude = options.strain ?? strained.field.magnitude
    strained.angle = options.angleInRadians ?? strained.angle
    strained.defects = try options.defects(startingWith: strained.defects)
    strained.displacement = options.displacement ?? strained.displacement
    imaging.columnSigma = strained.crystal.columnSigma
    specimen = strained
  }

  private mutating func setSingleAtoms(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [], for: name)
    // A field of 15 nm seen through a probe of 0.2 nm, as such specimens are taken.
    frame = Frame(width: 512, height: 512, nanometresPerPixel: 0.0293)
    imaging.columnSigma = 0.09
    imaging.counts = 40
    specimen = SingleAtomField()
  }

  private mutating func setWedge(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [.displacement, .angle, .crystal, .thickness], for: name)
    var wedge = Wedge()
    wedge.crystal = try crystal(options.crystal) ?? wedge.crystal
    wedge.thickness = options.thickness ?? wedge.thickness
    wedge.saturation = options.saturation ?? wedge.saturation
    wedge.angle = options.angleInRadians ?? wedge.angle
    wedge.displacement = options.displacement ?? wedge.displacement
    imaging.columnSigma = wedge.crystal.columnSigma
    // A column of fifteen gold atoms scatters about a quarter of the probe at its middle: .031 square Angstrom an atom.
    (imaging.dose, imaging.counts, imaging.scatteredFraction) = (1e4, nil, 0.25)
    specimen = wedge
  }

  private mutating func setNoise(_ options: SimulationOptions) throws(ParameterError) {
    try options.refuseAll(except: [], for: name)
    var empty = Disordered()
    empty.density = 0
    imaging.background = 1
    specimen = empty
  }

  private mutating func setImaging(_ options: SimulationOptions) throws(ParameterError) {
    if let probe = options.probe { imaging.columnSigma = probe * frame.nanometresPerPixel }
    if options.dose != nil && options.counts != nil {
      throw ParameterError(
        "give either \(setting("dose")) or \(setting("counts")): each sets the number of detected electrons")
    }
    if let dose = options.dose { (imaging.dose, imaging.counts) = (dose.isInfinite ? nil : dose, nil) }
    if let counts = options.counts { (imaging.counts, imaging.dose) = (counts.isInfinite ? nil : counts, nil) }
    imaging.scatteredFraction = options.scatteredFraction ?? imaging.scatteredFraction
    imaging.noise = options.noise ?? imaging.noise
    imaging.jitter = options.jitter ?? imaging.jitter
    imaging.contamination = options.contamination ?? imaging.contamination
    imaging.background = options.background ?? imaging.background
    imaging.drift = options.drift ?? imaging.drift
    imaging.tilt = options.tilt ?? imaging.tilt
  }

  func crystal(_ name: String?) throws(ParameterError) -> Crystal? {
    guard let name else { return nil }
    if let crystal = Crystal.named.first(where: { $0.name == name }) { return crystal }
    let known = Crystal.named.map(\.name).joined(separator: ", ")
    throw ParameterError("\(setting("crystal")) must be one of \(known), but is \(name)")
  }

  func choice<Kind: RawRepresentable<String> & CaseIterable>(
    _ word: String?, _ what: String
  ) throws(ParameterError) -> Kind? {
    guard let word else { return nil }
    if let kind = Kind(rawValue: word) { return kind }
    let known = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    throw ParameterError("\(what) must be one of \(known), but is \(word)")
  }
}

extension Crystal {
  /// The defects that a specimen of the crystal's name has unless others are asked for.
  fileprivate var usualDefects: PointDefects {
    switch self {
    case .mose2: .seleniumVacancies
    case .ws2FeTe: .ironAndTellurium
    default: PointDefects()
    }
  }

  /// Crystals that are specimens by themselves.
  package static let named: [Crystal] = [
    .mose2, .mos2, .ws2FeTe, .res2, .graphene, .srtio3, .si110, .fcc110, .square, .hexagonal, .p4m,
  ]
}
