import ArgumentParser
import TesseraFormats
import TesseraImaging
import TesseraNumerics

/// `--register`: a mode of the registration, or none.
struct RegisterArgument: ExpressibleByArgument, Sendable {
  /// Nil: frames are averaged as they are.
  let mode: Registration.Mode?

  init(mode: Registration.Mode?) { self.mode = mode }

  init?(argument: String) {
    guard Self.allValueStrings.contains(argument) else { return nil }
    mode = Registration.Mode(rawValue: argument)
  }

  static var allValueStrings: [String] { Registration.Mode.allCases.map(\.rawValue) + ["none"] }
}

/// `--register` and what belongs to it.
struct RegisterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Registration of frames before averaging: rigid (shifts each frame), rows (also shifts each scan line) or none. "
        + "Without --frames, all frames of the stack are averaged. (default: rigid with --frames)", valueName: "mode"))
  var register: RegisterArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Fast-scan directions of successive frames in degrees, multiples of 90: 0,90, for example. (default: 0)",
      valueName: "list"), transform: NumberList.scanAngles(typed:))
  var scanAngles: NumberList?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Pause between two frames, in scan-line times; used to correct the drift within frames; 0 to 1000000. (default: "
        + "\(short(Registration().pauseLines)))", valueName: "lines"), transform: number(0...1e6))
  var framePause: Double?

  @Flag(help: "Frames of a camera, which sees all lines at once: no drift within a frame is corrected.")
  var camera = false

  func validate() throws {
    if let register, register.mode == nil, scanAngles != nil || framePause != nil || camera {
      throw ValidationError(
        "--scan-angles, --frame-pause and --camera apply to --register rigid and --register rows only")
    }
    if camera, register?.mode == .rows || scanAngles != nil || framePause != nil {
      throw ValidationError(
        "--camera says that frames are not scanned line by line; leave out --register rows, --scan-angles and --frame-pause"
      )
    }
  }

  /// Whether anything was said about registration.
  var isGiven: Bool { register != nil || scanAngles != nil || framePause != nil || camera }

  /// The registration asked for; nil for `none`.
  var registration: Registration? {
    guard let mode = (register ?? RegisterArgument(mode: .rigid)).mode else { return nil }
    var registration = Registration()
    registration.mode = mode
    if let scanAngles { registration.scanAngles = scanAngles.values.map { Int($0) } }
    registration.pauseLines = framePause ?? registration.pauseLines
    registration.correctsDrift = !camera
    return registration
  }

  /// The mean of frames of a file; nil takes all. Without `--register`, frames that cannot be registered are averaged as
  /// they are, with a warning.
  func mean(of file: ImageFile, dataset: Int?, frames: ClosedRange<Int>?) throws -> Micrograph {
    guard let registration else {
      let count = try file.dataset(at: dataset ?? file.defaultDataset).frameCount
      return try file.read(dataset: dataset, meanOf: frames ?? 0...max(0, count - 1))
    }
    let bar = ProgressBar()
    defer { bar.finish() }
    guard !isGiven, let frames else {
      return try file.read(dataset: dataset, registering: frames, by: registration) { bar.report("register", $0) }
    }
    if frames.count == 1 { return try file.read(dataset: dataset, frame: frames.lowerBound) }
    do {
      return try file.read(dataset: dataset, registering: frames, by: registration) { bar.report("register", $0) }
    } catch let error as DataError {
      var mean = try file.read(dataset: dataset, meanOf: frames)
      mean.warnings.append("the frames could not be registered and are averaged as they are (\(error))")
      return mean
    }
  }
}
