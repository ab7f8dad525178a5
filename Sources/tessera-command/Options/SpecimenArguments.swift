import ArgumentParser
import Foundation
import TesseraMethods
import TesseraNumerics
import TesseraSimulation

/// What lies under the probe.
struct SpecimenArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Fraction of nodes with vacancies: F, or F,G with one atom missing and all atoms missing; a single number is split "
        + "4 : 1. (default: 0.04,0.01 for mose2)", valueName: "fraction"), transform: NumberList.fractions(typed:))
  var vacancies: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fraction of nodes occupied by atoms of the other sublattice. (default: 0)", valueName: "fraction"),
    transform: number(0...1))
  var antisites: Double?

  @Option(
    help: ArgumentHelp(
      "Fraction of nodes occupied by foreign atoms, for each element: W:0.02 or W:0.02,V:0.01, for example. (default: none)",
      valueName: "list"), transform: DopantList.init(typed:))
  var dopants: DopantList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Root-mean-square random displacement of the columns in pixels, 0 to 1000. (default: 0)", valueName: "pixels"),
    transform: number(0...1000))
  var displacement: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Rotation of the crystal, or twist of a bilayer, in degrees from +x towards +y, -3600 to 3600.",
      valueName: "degrees"), transform: number(-3600...3600))
  var angle: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "bilayer: growth of the twist along +x in degrees per nm, -1 to 1. (default: 0)", valueName: "degrees"),
    transform: number(-1...1))
  var twistGradient: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "bilayer: strain of the second layer along x, -0.1 to 0.1; along y it has -1/4 of it. (default: 0)",
      valueName: "fraction"), transform: number(-0.1...0.1))
  var heterostrain: Double?

  @Option(
    help: ArgumentHelp("bilayer: kind, s22 or mos2. (default: s22)", valueName: "kind"),
    completion: .list(["s22", "mos2"]))
  var kind: String?

  @Option(
    name: .customLong("case"),
    parsing: .unconditional,
    help: ArgumentHelp("bilayer s22: number of the published parameter set, 0 to 8.", valueName: "n"))
  var parameterCase: Int?

  @Option(
    help: ArgumentHelp(
      "grains, strained, wedge, amorphous-crystal: specimen name of the crystal. (default: mose2; fcc110 for wedge, "
        + "hexagonal for amorphous-crystal)", valueName: "specimen"), completion: .list(Simulation.specimenNames))
  var crystal: String?

  @Option(
    help: ArgumentHelp(
      "plane-group: symbol of the plane group, one of \(PlaneGroup.allCases.map(\.rawValue).joined(separator: ", ")). "
        + "Full symbols such as p2mm are read as well. (default: \(PlaneGroupSpecimen().group.rawValue))",
      valueName: "group"), completion: .list(PlaneGroup.allCases.map(\.rawValue)))
  var group: String?

  @Option(
    help: ArgumentHelp(
      "strained: strain field, one of uniform, gradient, step, turn and dislocation. (default: gradient)",
      valueName: "field"), completion: .list(["uniform", "gradient", "step", "turn", "dislocation"]))
  var field: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("strained: magnitude of the strain, -0.2 to 0.2. (default: 0.02)", valueName: "fraction"),
    transform: number(-0.2...0.2))
  var strain: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "pom: fraction of the area with an ordered filling, 0 to 1. (default: 0)", valueName: "fraction"),
    transform: number(0...1))
  var phase: Double?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("grains: number of grains, 2 to 64. (default: 2)", valueName: "n"))
  var grains: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "grains: rotation between successive grains in degrees, -3600 to 3600. (default: 17)", valueName: "degrees"),
    transform: number(-3600...3600))
  var misorientation: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("wedge: number of atoms per column at the thick end, 1 to 200. (default: 15)", valueName: "n"))
  var thickness: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "wedge: loss of intensity per atom by channelling, 0 to 0.2. (default: 0)", valueName: "fraction"),
    transform: number(0...0.2))
  var saturation: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "motifs: number of corners of the polygon, 2 to 100. (default: \(MotifPatches().corners))", valueName: "n"))
  var corners: Int?

  @Option(
    help: ArgumentHelp(
      "motifs: number of patches of each of the two classes, 0 to 1000000. (default: \(MotifPatches().firstCount),"
        + "\(MotifPatches().secondCount))", valueName: "n1,n2"), transform: NumberList.patchCounts(typed:))
  var patches: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "motifs: side length of a patch in pixels, 1 to 4096. (default: \(MotifPatches().size))", valueName: "pixels"))
  var patchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "motifs: distance of the corners from the centre in pixels, up to 10000. (default: \(short(MotifPatches().distance)))",
      valueName: "pixels"), transform: number(-10_000...10_000))
  var distance: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "motifs: height of the central column of class 2, relative to class 1, -1000 to 1000. (default: \(MotifPatches().centreHeight))",
      valueName: "fraction"), transform: number(-1000...1000))
  var centreHeight: Double?

  func validate() throws {
    if let patchSize, !(1...4096 ~= patchSize) {
      throw ValidationError("--patch-size must be between 1 and 4096, but is \(patchSize)")
    }
  }

  func apply(to options: inout SimulationOptions) {
    options.vacancies = vacancies?.values
    options.antisites = antisites
    options.dopants = dopants?.fractions
    options.displacement = displacement
    options.angle = angle
    options.kind = kind
    (options.twistGradient, options.heterostrain) = (twistGradient, heterostrain)
    options.parameterCase = parameterCase
    options.crystal = crystal
    options.group = group
    options.field = field
    options.strain = strain
    options.phase = phase
    options.grains = grains
    options.misorientation = misorientation
    (options.thickness, options.saturation) = (thickness, saturation)
    if corners == nil && patches == nil && patchSize == nil && distance == nil && centreHeight == nil { return }
    var motifs = MotifPatches()
    motifs.corners = corners ?? motifs.corners
    if let patches = patches?.values { (motifs.firstCount, motifs.secondCount) = (Int(patches[0]), Int(patches[1])) }
    motifs.size = patchSize ?? motifs.size
    motifs.distance = distance ?? motifs.distance
    motifs.centreHeight = centreHeight ?? motifs.centreHeight
    options.motifs = motifs
  }
}
