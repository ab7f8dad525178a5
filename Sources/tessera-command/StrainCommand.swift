import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// `tessera strain`: strain maps of an image.
struct StrainCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "strain",
    abstract: "Measures strain and rotation of a crystal, from its columns or by geometric phase analysis.",
    discussion: """
      EXAMPLE
        tessera strain scan.tif --reference 40,40,200,200

      writes scan.tessera/ with strain.tif (exx, eyy, exy, rotation; one value a pixel), strain-error.tif, summary.json, \
      figures and report.html; from columns strain.csv too. exx is positive where the crystal is stretched along x, the \
      rotation from +x (right) towards +y (down); docs/strain.md shows the conventions.
      """)

  @Argument(help: ArgumentHelp("The image file.", valueName: "image"))
  var input: String

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Strain") var strain: StrainOptions
  @OptionGroup var contrast: ContrastOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    let start = ContinuousClock.now
    let folder = output.folder(for: ChosenImage(input: input), ofSeveral: false)
    try AtomicOutput.checkPlace(folder, replacing: output.force)
    let micrograph = try image.micrograph(at: input)
    let reading = (ContinuousClock.now - start) / .seconds(1)
    var analysis = try strain.analysis(for: micrograph)
    analysis.preparation.contrast = Preparation.Contrast(rawValue: contrast.contrast.rawValue) ?? .auto
    let progress = ProgressBar()
    defer { progress.finish() }
    let known = try strain.columns()
    var result = try analysis.result(on: micrograph, columns: known) { progress.report($0, 0.9 * $1) }
    result.timings.insert(.init(stage: "read", seconds: reading), at: 0)
    progress.report("report", 0.9)
    let results = StrainFolder(result, settings: analysis, input: input)
    let summary = try results.write(to: folder, replacing: output.force, since: start)
    progress.finish()
    for warning in summary.warnings where !micrograph.warnings.contains(warning) {
      Messages.warning("\(micrograph.name): \(warning)")
    }
    if output.json { return try Messages.printJSON(summary) }
    for name in summary.methods.keys.sorted() { print(Self.sentence(of: summary.methods[name]!, input: input)) }
    print("report: \(folder)/report.html")
  }

  private static func sentence(of summary: StrainSummary, input: String) -> String {
    let parts = ["exx", "eyy", "exy", "rotation"].compactMap { name in
      summary.planes[name].map { "\(name) \(short($0.mean)) ± \(short($0.std))" }
    }
    let resolution = summary.resolutionNanometres.map { "\(short($0)) nm" } ?? "\(short(summary.resolutionPixels)) px"
    return "\(input), \(summary.method): \(parts.joined(separator: ", ")); resolution \(resolution)"
  }
}

extension StrainAnalysis.Method: ExpressibleByArgument {}
extension PhaseMask.Shape: ExpressibleByArgument {}

/// How strain is measured.
struct StrainOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "columns, gpa, both; auto: columns where they share a lattice, or the one whose options are given.",
      valueName: "name"))
  var method = StrainAnalysis.Method.auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "mean, lattice, x,y,w,h (pixels, or with nm at the end), class:NAME, or vectors:ux,uy,vx,vy.", valueName: "what"))
  var reference = ReferenceArgument(kind: .mean)

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Direction of exx: x, u, v or degrees from x.", valueName: "axis"))
  var axis = AxisArgument(axis: .x)

  @Option(help: ArgumentHelp("Columns: deviation of the weights. (default: about 1)", valueName: "spacings"))
  var radius: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("gpa: first Bragg vector, cycles a pixel, or 1/nm with /nm at the end.", valueName: "x,y"))
  var g1: BraggArgument?

  @Option(parsing: .unconditional, help: ArgumentHelp("gpa: second Bragg vector.", valueName: "x,y"))
  var g2: BraggArgument?

  @Option(help: "gpa: window around the reflections. (default: gaussian)")
  var mask: PhaseMask.Shape?

  @Option(
    help: ArgumentHelp(
      "gpa: deviation of the Gaussian, radius of Hann's window, over the shorter |g|. (default: 0.1, 0.25)",
      valueName: "fraction"))
  var maskRadius: Double?

  @Option(help: ArgumentHelp("Use the columns of this sites.csv instead of finding them.", valueName: "file"))
  var sites: String?

  func validate() throws {
    if method == .both && radius != nil {
      throw ValidationError(
        "--radius has no part in --method both, which takes the resolution of --mask-radius; leave it out")
    }
    if method == .gpa && radius != nil {
      throw ValidationError("--radius is for columns; with --method gpa use --mask-radius")
    }
    if method == .columns && usesPhases {
      throw ValidationError("--g1, --g2, --mask and --mask-radius are for --method gpa and both; leave them out")
    }
    if method == .auto && radius != nil && usesPhases {
      throw ValidationError(
        "--radius is for columns, --g1, --g2, --mask and --mask-radius are for phases; leave out one or the other")
    }
  }

  /// Whether an option of the phases is given.
  private var usesPhases: Bool { g1 != nil || g2 != nil || mask != nil || maskRadius != nil }

  func analysis(for micrograph: Micrograph) throws -> StrainAnalysis {
    var analysis = StrainAnalysis()
    // An option of one method asks for it.
    analysis.method = method != .auto ? method : usesPhases ? .gpa : radius != nil ? .columns : .auto
    analysis.columns.radius = radius
    analysis.phase.mask.shape = mask ?? .gaussian
    analysis.phase.mask.radius = maskRadius
    analysis.phase.g1 = try g1?.frequency(in: micrograph)
    analysis.phase.g2 = try g2?.frequency(in: micrograph)
    analysis.reference = try reference.reference(in: micrograph)
    analysis.axis = axis.axis
    return analysis
  }

  /// The columns of `--sites`.
  func columns() throws -> KnownColumns? { try sites.map { try KnownColumns(tableAt: $0) } }
}

/// `--reference`.
struct ReferenceArgument: ExpressibleByArgument, Sendable {
  enum Kind: Sendable, Equatable {
    case mean, lattice
    case siteClass(String)
    case numbers([Double], isVectors: Bool, isNanometres: Bool)
  }
  let kind: Kind

  init(kind: Kind) { self.kind = kind }

  init?(argument: String) {
    switch argument {
    case "mean": kind = .mean
    case "lattice": kind = .lattice
    case let text where text.hasPrefix("class:") && text.count > 6: kind = .siteClass(String(text.dropFirst(6)))
    default:
      let isVectors = argument.hasPrefix("vectors:")
      var text = isVectors ? String(argument.dropFirst(8)) : argument
      let isNanometres = text.hasSuffix("nm")
      if isNanometres { text.removeLast(2) }
      guard let list = NumberList(argument: text.replacing("nm", with: "").replacing(" ", with: "")),
        list.values.count == 4
      else { return nil }
      kind = .numbers(list.values, isVectors: isVectors, isNanometres: isNanometres)
    }
  }

  func reference(in micrograph: Micrograph) throws -> StrainReference {
    switch kind {
    case .mean: return .mean
    case .lattice: return .lattice
    case .siteClass(let name): return .siteClass(name)
    case .numbers(let n, let isVectors, let isNanometres):
      var scale = Point(1, 1)
      if isNanometres {
        guard let calibration = micrograph.calibration else {
          throw ValidationError(
            "--reference in nm needs a pixel size, and \(micrograph.name) has none; add --pixel-size")
        }
        scale = Point(1 / calibration.nanometresPerPixelX, 1 / calibration.nanometresPerPixelY)
      }
      let (first, second) = (Point(n[0], n[1]) * scale, Point(n[2], n[3]) * scale)
      return isVectors
        ? .vectors(LatticeVectors(u: first, v: second))
        : .region(x: first.x, y: first.y, width: second.x, height: second.y)
    }
  }

  var defaultValueDescription: String { "mean" }
}

/// `--axis`.
struct AxisArgument: ExpressibleByArgument, Sendable {
  let axis: StrainAxis

  init(axis: StrainAxis) { self.axis = axis }

  init?(argument: String) {
    switch argument {
    case "x": axis = .x
    case "u": axis = .u
    case "v": axis = .v
    default:
      guard let degrees = Double(argument), degrees.isFinite else { return nil }
      axis = .angle(degrees * .pi / 180)
    }
  }

  var defaultValueDescription: String { "x" }
}

/// `--g1 0.048,0` in cycles a pixel, or `--g1 3.5,0/nm`.
struct BraggArgument: ExpressibleByArgument, Sendable {
  let vector: Point
  let isPerNanometre: Bool

  init?(argument: String) {
    isPerNanometre = argument.hasSuffix("/nm")
    guard let vector = Vector(argument: isPerNanometre ? String(argument.dropLast(3)) : argument) else { return nil }
    self.vector = vector.point
  }

  /// In cycles a pixel.
  func frequency(in micrograph: Micrograph) throws -> Point {
    guard isPerNanometre else { return vector }
    guard let calibration = micrograph.calibration else {
      throw ValidationError(
        "Bragg vectors in 1/nm need a pixel size, and \(micrograph.name) has none; add --pixel-size")
    }
    return Point(vector.x * calibration.nanometresPerPixelX, vector.y * calibration.nanometresPerPixelY)
  }
}
