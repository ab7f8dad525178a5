import ArgumentParser
import TesseraFormats
import TesseraImaging
import TesseraNumerics

/// What is done to frames before they are averaged.
enum RegisterChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case rigid, rows, none

  var mode: Registration.Mode? { Registration.Mode(rawValue: rawValue) }
}

/// `--register` and what belongs to it.
struct RegisterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Register frames before averaging them: shift each (rigid), shift each line too (rows), or none. "
        + "Alone it takes all frames. (default: rigid with --frames)"))
  var register: RegisterChoice?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Direction of the fast scan of the frames in turn: 0,90. (default: 0)", valueName: "degrees"))
  var scanAngles: NumberList?

  @Option(help: ArgumentHelp("Time between frames, in lines; for drift within them. (default: 0)", valueName: "lines"))
  var framePause: Double?

  func validate() throws {
    if register == RegisterChoice.none && (scanAngles != nil || framePause != nil) {
      throw ValidationError("--scan-angles and --frame-pause are of use with --register rigid or rows only")
    }
    if let angles = scanAngles?.values, angles.contains(where: { $0 != $0.rounded() || abs($0) > 360 }) {
      throw ValidationError("--scan-angles must be multiples of 90, such as 0,90")
    }
  }

  /// Whether anything was said about registration.
  var isGiven: Bool { register != nil || scanAngles != nil || framePause != nil }

  /// The registration asked for; nil for `none`.
  var registration: Registration? {
    guard let mode = (register ?? .rigid).mode else { return nil }
    var registration = Registration()
    registration.mode = mode
    if let scanAngles { registration.scanAngles = scanAngles.values.map { Int($0) } }
    registration.pauseLines = framePause ?? registration.pauseLines
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
      mean.warnings.append("frames are averaged as they are, because they cannot be registered (\(error))")
      return mean
    }
  }
}
