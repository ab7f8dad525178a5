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
    case tiff, omeTIFF, png, npy, mrc, hyperSpy

    /// By the extension of a path, whatever its case.
    public init(path: String) throws(FormatError) {
      let name = fileName(path).lowercased()
      switch name.split(separator: ".").last.map(String.init) ?? "" {
      case "tif", "tiff": self = name.hasSuffix(".ome.tif") || name.hasSuffix(".ome.tiff") ? .omeTIFF : .tiff
      case "png": self = .png
      case "npy": self = .npy
      case "mrc", "mrcs": self = .mrc
      case "hspy", "h5", "hdf5": self = .hyperSpy
      default:
        throw FormatError(
          .cannotWrite, "\(path): no format has this extension; use .tif, .ome.tif, .png, .npy, .mrc or .hspy")
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
  ///
  /// - Parameter progress: is told the part of the frames that is done, 0 ... 1.
  public func run(
    on file: ImageFile, to path: String, replacing: Bool = false, progress: (Double) throws -> Void = { _ in }
  ) throws -> [String] {
    try withoutActuallyEscaping(progress) { try convert(file, to: path, replacing, $0) }
  }

  /// Writes one image that is at hand, such as a mean, and returns what the user should know.
  public func write(_ micrograph: Micrograph, to path: String, replacing: Bool = false) throws -> [String] {
    let target = try Target(path: path)
    try AtomicOutput.checkPlace(path, replacing: replacing)
    var micrograph = micrograph
    micrograph.calibration = calibration ?? micrograph.calibration
    try write(ImageStack(micrograph), micrograph.pixels, target, to: path, replacing)
    return micrograph.warnings + loss(target, micrograph.calibration)
  }

  private func convert(
    _ file: ImageFile, to path: String, _ replacing: Bool, _ progress: @escaping (Double) throws -> Void
  ) throws -> [String] {
    let target = try Target(path: path)
    try AtomicOutput.checkPlace(path, replacing: replacing)
    if isRaw {
      guard target == .npy else {
        throw FormatError(
          .cannotWrite, "\(path): stored values as they are go into NumPy files only; use a name with .npy")
      }
      return try writeStoredValues(of: file, to: path, replacing)
    }

    let description = try file.dataset(at: dataset ?? file.defaultDataset)
    let isWhole = description.type == .uint8 || description.type == .uint16
    let isShort = isWhole && description.channels == 1 && target != .npy
    let first: Micrograph
    let stack: ImageStack
    switch frames {
    case .all where description.frameCount > 1 && target != .png && description.isImage:
      first = try file.read(dataset: dataset, frame: 0)
      stack = self.stack(0...description.frameCount - 1, of: file, first, isShort: isShort, progress)
    case .each(let range):
      guard target != .png else {
        throw FormatError(.cannotWrite, "\(path): a PNG file holds one image; choose one with --frame, or write .tif")
      }
      first = try file.read(dataset: dataset, frame: range.lowerBound)
      _ = try file.read(dataset: dataset, frame: range.upperBound)
      stack = self.stack(range, of: file, first, isShort: isShort, progress)
    case .all:
      first = try file.read(dataset: dataset)
      stack = self.stack(0...0, of: file, first, isShort: isShort, progress)
    case .one(let frame):
      first = try file.read(dataset: dataset, frame: frame)
      stack = self.stack(frame...frame, of: file, first, isShort: isShort, progress)
    case .mean(let range):
      first = try file.read(dataset: dataset, meanOf: range)
      stack = self.stack(0...0, of: file, first, isShort: false, progress)
    }
    try write(stack, first.pixels, target, to: path, replacing)
    return first.warnings + loss(target, first.calibration)
  }

  /// Frames of a file as a stack. The first is at hand already.
  private func stack(
    _ range: ClosedRange<Int>, of file: ImageFile, _ first: Micrograph, isShort: Bool,
    _ progress: @escaping (Double) throws -> Void
  ) -> ImageStack {
    ImageStack(
      count: range.count, width: first.width, height: first.height, calibration: calibration ?? first.calibration,
      name: first.name, isShort: isShort
    ) { index in
      try progress(Double(index) / Double(range.count))
      return index == 0 ? first.pixels : try file.read(dataset: dataset, frame: range.lowerBound + index).pixels
    }
  }

  private func write(
    _ stack: ImageStack, _ first: Raster<Float>, _ target: Target, to path: String, _ replacing: Bool
  ) throws {
    switch target {
    case .tiff: try TIFFWriter.write(stack, to: path, replacing: replacing)
    case .omeTIFF: try TIFFWriter.write(stack, as: .openMicroscopy, to: path, replacing: replacing)
    case .mrc: try MRCWriter.write(stack, to: path, replacing: replacing)
    case .hyperSpy: try HyperSpyWriter.write(stack, to: path, replacing: replacing)
    case .png:
      try PNGWriter.write(
        stretching: first, bits: pngBits, calibration: stack.calibration, to: path, replacing: replacing)
    case .npy: try NPYWriter.write(stack, to: path, replacing: replacing)
    }
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
