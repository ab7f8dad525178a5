import ArgumentParser
import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TesseraStructure

/// `tessera strain`: strain maps of an image.
struct StrainCommand: ImageCommand {
  static let configuration = CommandConfiguration(
    commandName: "strain",
    abstract: "Measures strain and rotation of a crystal, from columns or by geometric phase analysis.",
    discussion: """
      EXAMPLE
        tessera strain scan.tif --reference 40,40,200,200

      writes the folder scan.strain with strain.tif (pages exx, eyy, exy and rotation; one value per pixel), strain-error.tif, \
      summary.json, figures and report.html, and with strain.csv if the strain is measured from columns. exx is positive where the \
      crystal is stretched along x; the rotation is positive from +x (right) towards +y (down). docs/strain.md explains the \
      conventions. Without --output the folder is NAME.strain.
      """)

  @Argument(help: ArgumentHelp("Image files to analyse.", valueName: "image"), completion: .file())
  var inputs: [String]

  @OptionGroup(title: "Input") var image: InputOptions
  @OptionGroup(title: "Columns") var columns: ColumnOptions
  @OptionGroup(title: "Strain") var strain: StrainOptions
  @OptionGroup(title: "Patterns") var patterns: PatternOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var threads: ThreadOptions

  func methodRun() throws -> MethodRun<StrainMethod> {
    MethodRun(resultName: "strain", output: output, columns: columns, models: [patterns.patterns.path]) { micrograph in
      var method = try strain.method(for: micrograph)
      columns.apply(to: &method.preparation, &method.finder)
      method.patterns = patterns.patterns
      return method
    }
  }
}

extension StrainMethod.Route: ExpressibleByArgument {}
extension PhaseMask.Shape: ExpressibleByArgument {}

/// How strain is measured.
struct StrainOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Method: columns, gpa (geometric phase analysis), both, or auto (the method whose options are given; otherwise columns "
        + "if the columns share a lattice, else gpa).",
      valueName: "name"))
  var method = StrainMethod.Route.auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Unstrained reference: mean (average of the image), lattice (the fitted lattice), x,y,w,h (a rectangle in pixels; in nm "
        + "with nm at the end), class:NAME (columns of a class) or vectors:ux,uy,vx,vy (lattice vectors in pixels, or with nm "
        + "at the end). (default: mean)", valueName: "what"), completion: .list(["mean", "lattice"]),
    transform: ReferenceArgument.init(typed:))
  var reference = ReferenceArgument(kind: .mean)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Direction of exx: x, u or v (a lattice vector of the reference), or an angle in degrees from +x towards +y, -3600 to 3600. "
        + "(default: x)", valueName: "axis"), completion: .list(["x", "u", "v"]), transform: AxisArgument.init(typed:))
  var axis = AxisArgument(axis: .x)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "columns: standard deviation of the averaging window, in column spacings, 0.5 to 100. (default: chosen, about 1)",
      valueName: "spacings"), transform: number(0.5...100))
  var radius: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "gpa: first Bragg vector in cycles per pixel, below 0.5 along each axis, or in 1/nm with /nm at the end. (default: chosen from the image)",
      valueName: "x,y"), transform: BraggArgument.init(typed:))
  var g1: BraggArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "gpa: second Bragg vector, in the same units. (default: chosen from the image)", valueName: "x,y"),
    transform: BraggArgument.init(typed:))
  var g2: BraggArgument?

  @Option(
    help: ArgumentHelp("gpa: shape of the mask around each reflection. (default: gaussian)", valueName: "name"))
  var mask: PhaseMask.Shape?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "gpa: width of the mask as a fraction of the shorter |g|, above 0.01 and at most 0.5; the standard deviation of a Gaussian, the radius "
        + "of a Hann window. (default: 0.1 for gaussian, 0.25 for hann)",
      valueName: "fraction"), transform: number(above: 0.01, to: 0.5))
  var maskRadius: Double?

  func validate() throws {
    if method == .both && radius != nil {
      throw ValidationError(
        "--method both takes the resolution from --mask-radius; leave out --radius")
    }
    if method == .gpa && radius != nil {
      throw ValidationError("--radius applies to columns; use --mask-radius with --method gpa")
    }
    if method == .columns && usesPhases {
      throw ValidationError(
        "--g1, --g2, --mask and --mask-radius do not apply to --method columns; leave out these options")
    }
    if method == .auto && radius != nil && usesPhases {
      throw ValidationError(
        "--radius applies to columns, but --g1, --g2, --mask and --mask-radius apply to gpa; choose one method with --method"
      )
    }
  }

  /// Whether an option of the phases is given.
  private var usesPhases: Bool { g1 != nil || g2 != nil || mask != nil || maskRadius != nil }

  func method(for micrograph: Micrograph) throws -> StrainMethod {
    var settings = StrainMethod()
    // An option of one method asks for it.
    settings.route = method != .auto ? method : usesPhases ? .gpa : radius != nil ? .columns : .auto
    settings.columns.radius = radius
    settings.phase.mask.shape = mask ?? .gaussian
    settings.phase.mask.radius = maskRadius
    settings.phase.g1 = try g1?.frequency(in: micrograph)
    settings.phase.g2 = try g2?.frequency(in: micrograph)
    settings.reference = try reference.reference(in: micrograph)
    settings.axis = axis.axis
    return settings
  }
}

/// `--reference`.
struct ReferenceArgument: Sendable {
  enum Kind: Sendable, Equatable {
    case mean, lattice
    case siteClass(String)
    case numbers([Double], isVectors: Bool, isNanometres: Bool)
  }
  let kind: Kind

  init(kind: Kind) { self.kind = kind }

  init(typed argument: String) throws {
    switch argument {
    case "mean": kind = .mean
    case "lattice": kind = .lattice
    case let text where text.hasPrefix("class:") && text.count > 6: kind = .siteClass(String(text.dropFirst(6)))
    default:
      let isVectors = argument.hasPrefix("vectors:")
      var text = isVectors ? String(argument.dropFirst(8)) : argument
      let isNanometres = text.hasSuffix("nm")
      if isNanometres { text.removeLast(2) }
      guard let numbers = NumberList.numbers(in: text.replacing("nm", with: "").replacing(" ", with: "")),
        numbers.count == 4
      else {
        throw ValidationError(
          "mean, lattice, class:NAME, a rectangle such as 40,40,200,200 or vectors such as vectors:24,0,12,20.8 are possible"
        )
      }
      kind = .numbers(numbers, isVectors: isVectors, isNanometres: isNanometres)
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
}

/// `--axis`.
struct AxisArgument: Sendable {
  let axis: StrainAxis

  init(axis: StrainAxis) { self.axis = axis }

  init(typed argument: String) throws {
    switch argument {
    case "x": axis = .x
    case "u": axis = .u
    case "v": axis = .v
    default:
      guard let degrees = Double(argument), abs(degrees) <= 3600 else {
        throw ValidationError("x, u, v or an angle in degrees between -3600 and 3600 is needed, such as 30")
      }
      axis = .angle(degrees * .pi / 180)
    }
  }
}

/// `--g1 0.048,0` in cycles per pixel, or `--g1 3.5,0/nm`.
struct BraggArgument: Sendable {
  let vector: Point
  let isPerNanometre: Bool

  init(typed argument: String) throws {
    isPerNanometre = argument.hasSuffix("/nm")
    let text = isPerNanometre ? String(argument.dropLast(3)) : argument
    guard let numbers = NumberList.numbers(in: text), numbers.count == 2 else {
      throw ValidationError("two numbers are needed, such as 0.048,0 (cycles per pixel) or 3.5,0/nm")
    }
    let limit = isPerNanometre ? 1e6 : 0.5
    guard numbers.allSatisfy({ abs($0) < limit }), numbers != [0, 0] else {
      throw ValidationError(
        isPerNanometre
          ? "a Bragg vector must be below 1000000/nm along each axis and not 0,0, such as 3.5,0/nm"
          : "a Bragg vector must be below 0.5 cycles per pixel along each axis and not 0,0; write 1/nm as 3.5,0/nm")
    }
    vector = Point(numbers[0], numbers[1])
  }

  /// In cycles per pixel.
  func frequency(in micrograph: Micrograph) throws -> Point {
    guard isPerNanometre else { return vector }
    guard let calibration = micrograph.calibration else {
      throw ValidationError(
        "Bragg vectors in 1/nm need a pixel size, and \(micrograph.name) has none; add --pixel-size")
    }
    return Point(vector.x * calibration.nanometresPerPixelX, vector.y * calibration.nanometresPerPixelY)
  }
}
