import TesseraImaging
import TesseraNumerics

/// Writes images of one file into another format, chosen by the name of the new file. The calibration is kept wherever
/// the format has a place for it.
public struct Conversion: Sendable {
  /// Which frames of a stack are written.
  public enum Frames: Sendable, Equatable {
    /// All, as a stack; the first alone into a format of single images.
    case all
    /// The frame of this index, from 0.
    case one(Int)
    /// The mean of these, both ends included.
    case mean(ClosedRange<Int>)
    /// These, one after the other.
    case each(ClosedRange<Int>)
  }

  /// The formats that are written.
  public enum Target: String, Sendable, CaseIterable {
    /// TIFF, OME-TIFF, PNG (single images of 8 or 16 bits), NumPy, MRC, and HDF5 in HyperSpy's layout.
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
          .cannotWrite,
          "\(path): no format has this extension; use .tif, .ome.tif, .png, .npy, .mrc or .hspy for images, and "
            + ".csv, .txt, .xyz or .cif for tables of sites")
      }
    }
  }

  /// Index into the file's datasets; nil takes `ImageFile.defaultDataset`.
  public var dataset: Int?
  /// Which frames are written, counted from 0.
  public var frames = Frames.all
  /// Stored values in their own type and shape instead of single-precision images; only into NumPy files.
  public var isRaw = false
  /// Bits a sample of a PNG image: 8 or 16.
  public var pngBits = 8
  /// Replaces the file's calibration.
  public var calibration: Calibration?

  /// Writes all frames of the default dataset with the file's calibration.
  public init() {}

  /// Writes `path` and returns what the user should know.
  ///
  /// - Parameters:
  ///   - file: the file that is read.
  ///   - path: of the new file; its extension names the format.
  ///   - replacing: whether an existing file gives way; otherwise it is an error.
  ///   - progress: is told the part of the frames that is done, 0 ... 1.
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

    let (description, _) = try file.choice(dataset: dataset, frame: nil)
    let count = description.frameCount
    let range: ClosedRange<Int>
    switch frames {
    case .all where count > 1 && target != .png && description.isImage: range = 0...count - 1
    case .all, .mean: range = 0...0
    case .one(let frame): range = frame...frame
    case .each(let chosen):
      guard target != .png else {
        throw FormatError(
          .cannotWrite, "\(path): a PNG file holds one image; choose one with \(setting("frame")), or write .tif")
      }
      range = chosen
    }
    let isFirstChosen = if case .all = frames { range.count == 1 } else { false }
    _ = try file.choice(dataset: description.index, frame: range.upperBound)

    let type = writtenType(of: description, target)
    if type == .int32 || type == .uint32 {
      try write(storedStack(range, of: file, description, progress), nil, target, to: path, replacing)
      let (_, said) = try file.choice(dataset: dataset, frame: isFirstChosen ? nil : range.lowerBound)
      return said + loss(target, description.calibration)
    }
    let first =
      if case .mean(let frames) = frames { try file.read(dataset: dataset, meanOf: frames) } else {
        try file.read(dataset: dataset, frame: isFirstChosen ? nil : range.lowerBound)
      }
    let stack = pixelStack(range, of: file, first, isShort: type == .uint16, progress)
    try write(stack, first.pixels, target, to: path, replacing)
    return first.warnings + loss(target, first.calibration) + rounding(of: description, to: type, first.pixels)
  }

  /// The type in which values keep all their digits, as far as the format has it: 16 bits for whole numbers of up to 16
  /// bits that are never negative, 32-bit integers as they are, single precision for everything else.
  private func writtenType(of description: DatasetDescription, _ target: Target) -> ScalarType {
    if case .mean = frames { return .float32 }
    guard description.channels == 1, target != .npy else { return .float32 }
    switch description.type {
    case .bool, .uint8, .uint16: return .uint16
    case .int32, .uint32: return [.tiff, .omeTIFF, .hyperSpy].contains(target) ? description.type : .float32
    default: return .float32
    }
  }

  /// Frames of a file as they are stored.
  private func storedStack(
    _ range: ClosedRange<Int>, of file: ImageFile, _ description: DatasetDescription,
    _ progress: @escaping (Double) throws -> Void
  ) -> ImageStack {
    let size = description.width * description.height * description.type.size
    return ImageStack(
      count: range.count, width: description.width, height: description.height,
      calibration: calibration ?? description.calibration, name: fileName(file.path), type: description.type
    ) { frame in
      try progress(Double(frame) / Double(range.count))
      var bytes: [UInt8] = []
      try file.forEachPiece(dataset: description.index, frame: range.lowerBound + frame) { piece in
        // Reserved with the first piece: a file that fails before costs no memory.
        if bytes.isEmpty { bytes.reserveCapacity(size) }
        piece.withUnsafeBytes { bytes.append(contentsOf: $0) }
      }
      guard bytes.count == size else {
        throw FormatError(
          in: file.path, "gave \(bytes.count) of \(size) bytes; the file is damaged, export it again")
      }
      return bytes
    }
  }

  /// Frames of a file as pixels. The first is at hand already.
  private func pixelStack(
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
    _ stack: ImageStack, _ first: Raster<Float>?, _ target: Target, to path: String, _ replacing: Bool
  ) throws {
    switch target {
    case .tiff: try TIFFWriter.write(stack, to: path, replacing: replacing)
    case .omeTIFF: try TIFFWriter.write(stack, as: .openMicroscopy, to: path, replacing: replacing)
    case .mrc: try MRCWriter.write(stack, to: path, replacing: replacing)
    case .hyperSpy: try HyperSpyWriter.write(stack, to: path, replacing: replacing)
    case .png:
      guard let first else { return }
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
      throw FormatError(
        .cannotWrite,
        "\(path): a mean is not a stored value; leave out \(setting("raw")), or choose one frame with \(setting("frame"))"
      )
    }
    if description.channels > 1 { shape.append(description.channels) }
    try NPYWriter.stream(type: description.type, shape: shape, to: path, replacing: replacing) { emit in
      for frame in range { try file.forEachPiece(dataset: index, frame: frame, emit) }
    }
    return file.warnings + loss(.npy, description.calibration)
  }

  /// Single precision holds whole numbers up to 2^24; what may lie above is told of wide integers, by their first image.
  private func rounding(of description: DatasetDescription, to type: ScalarType, _ first: Raster<Float>) -> [String] {
    let isWide = [.int32, .uint32, .int64, .uint64].contains(description.type)
    guard isWide, type == .float32, first.values.contains(where: { abs($0) >= 16_777_216 }) else { return [] }
    let way = description.type.size == 4 ? "write .tif or .hspy" : "use \(setting("raw")) and a .npy file"
    return ["integers above 16,777,216 are rounded to single precision; to keep every digit, \(way)"]
  }

  private func loss(_ target: Target, _ calibration: Calibration?) -> [String] {
    target == .npy && calibration != nil
      ? ["NumPy files have no place for the pixel size, which is lost; give \(setting("pixel size")) when reading"] : []
  }
}
