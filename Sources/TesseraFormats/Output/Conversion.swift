import TesseraImaging
import TesseraNumerics

/// Writes images of one file into another format, chosen by the name of the new file. The calibration is kept wherever
/// the format has a place for it.
public struct Conversion: Sendable {
  /// Which frames of a stack are written.
  public enum Frames: Sendable, Equatable {
    /// All, as a stack; the first alone into a format of single images.
    case all
    case one(Int)
    /// The mean of these, both ends included.
    case mean(ClosedRange<Int>)
    /// These, one after the other.
    case each(ClosedRange<Int>)
  }

  /// The formats that are written.
  public enum Target: String, Sendable, CaseIterable {
    case tiff, png, npy

    /// By the extension of a path, whatever its case.
    public init(path: String) throws(FormatError) {
      let name = fileName(path).lowercased()
      switch name.split(separator: ".").last.map(String.init) ?? "" {
      case "tif", "tiff": self = .tiff
      case "png": self = .png
      case "npy": self = .npy
      default:
        throw FormatError(.cannotWrite, "\(path): no format is written under this name; use .tif, .png or .npy")
      }
    }
  }

  /// Index into the file's datasets; nil takes the first image.
  public var dataset: Int?
  public var frames = Frames.all
  /// Stored values in their own type and shape instead of single-precision images; only into NumPy files.
  public var isRaw = false
  /// Bits a sample of a PNG image: 8 or 16.
  public var pngBits = 8
  /// Replaces the file's calibration.
  public var calibration: Calibration?

  public init() {}

  /// Writes `path` and returns what the user should know.
  public func run(on file: ImageFile, to path: String, replacing: Bool = false) throws -> [String] {
    let target = try Target(path: path)
    try AtomicOutput.checkPlace(path, replacing: replacing)
    if isRaw {
      guard target == .npy else {
        throw FormatError(
          .cannotWrite, "\(path): stored values as they are go into NumPy files only; use a name with .npy")
      }
      return try writeStoredValues(of: file, to: path, replacing)
    }

    let index = dataset ?? file.defaultDataset
    let description = try file.dataset(at: index)
    let range: ClosedRange<Int>? =
      switch frames {
      case .all where description.frameCount > 1 && target != .png: 0...description.frameCount - 1
      case .each(let range): range
      default: nil
      }
    let read = { (frame: Int) in try file.read(dataset: dataset, frame: frame) }
    if let range, target != .png {
      return try writeStack(range, read, description.type, target, to: path, replacing)
    }
    let micrograph =
      switch frames {
      case .all: try file.read(dataset: dataset)
      case .one(let frame): try read(frame)
      case .mean(let range): try file.read(dataset: dataset, meanOf: range)
      case .each: throw FormatError(.cannotWrite, "\(path): holds one image only; choose one frame, or write .tif")
      }
    let isMean = if case .mean = frames { true } else { false }
    try write(micrograph, isMean ? .float32 : description.type, target, to: path, replacing)
    return micrograph.warnings + loss(target, micrograph.calibration)
  }

  private func write(
    _ micrograph: Micrograph, _ type: ScalarType, _ target: Target, to path: String, _ replacing: Bool
  ) throws {
    let calibration = calibration ?? micrograph.calibration
    switch target {
    case .tiff where type == .uint8 || type == .uint16:
      let levels = micrograph.pixels.map { UInt16($0) }
      try TIFFWriter.write([levels], calibration: calibration, to: path, replacing: replacing)
    case .tiff: try TIFFWriter.write([micrograph.pixels], calibration: calibration, to: path, replacing: replacing)
    case .png:
      try PNGWriter.write(
        stretching: micrograph.pixels, bits: pngBits, calibration: calibration, to: path, replacing: replacing)
    case .npy:
      try NPYWriter.write(
        micrograph.pixels.values, shape: [micrograph.height, micrograph.width], to: path, replacing: replacing)
    }
  }

  /// Frame by frame, so that memory does not grow with the stack.
  private func writeStack(
    _ range: ClosedRange<Int>, _ read: (Int) throws -> Micrograph, _ type: ScalarType, _ target: Target,
    to path: String, _ replacing: Bool
  ) throws -> [String] {
    let first = try read(range.lowerBound)
    let calibration = calibration ?? first.calibration
    let isShort = type == .uint8 || type == .uint16
    if target == .tiff {
      try TIFFWriter.stream(
        pageCount: range.count, pageBytes: first.pixels.count * (isShort ? 2 : 4), calibration: calibration, to: path,
        replacing: replacing
      ) { writer in
        for frame in range {
          let pixels = frame == range.lowerBound ? first.pixels : try read(frame).pixels
          if isShort { try writer.append(pixels.map { UInt16($0) }) } else { try writer.append(pixels) }
        }
      }
    } else {
      try NPYWriter.stream(
        type: .float32, shape: [range.count, first.height, first.width], to: path, replacing: replacing
      ) { emit in
        for frame in range {
          let pixels = frame == range.lowerBound ? first.pixels : try read(frame).pixels
          try emit(pixels.values.span.bytes)
        }
      }
    }
    return first.warnings + loss(target, calibration)
  }

  private func writeStoredValues(of file: ImageFile, to path: String, _ replacing: Bool) throws -> [String] {
    let index = dataset ?? file.defaultDataset
    let description = try file.dataset(at: index)
    var shape = description.shape
    let range: Range<Int>
    switch frames {
    case .all: range = 0..<description.frameCount
    case .one(let frame):
      range = frame..<frame + 1
      shape = Array(shape.suffix(2))
    case .each(let frames):
      range = frames.lowerBound..<frames.upperBound + 1
      shape = [frames.count] + shape.suffix(2)
    case .mean:
      throw FormatError(.cannotWrite, "\(path): a mean is not a stored value; leave out --raw, or choose --frame")
    }
    if description.channels > 1 { shape.append(description.channels) }
    try NPYWriter.stream(type: description.type, shape: shape, to: path, replacing: replacing) { emit in
      for frame in range { try file.forEachPiece(dataset: index, frame: frame, emit) }
    }
    return file.warnings + loss(.npy, description.calibration)
  }

  private func loss(_ target: Target, _ calibration: Calibration?) -> [String] {
    target == .npy && calibration != nil
      ? ["NumPy files hold no pixel size: it is lost; give --pixel-size when reading"] : []
  }
}
