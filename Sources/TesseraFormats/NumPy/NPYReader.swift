import TesseraNumerics

/// A NumPy array file (`.npy`): any number type, both byte orders, both storage orders.
struct NPYReader: FormatReader {
  static let signature: [UInt8] = [0x93] + Array("NUMPY".utf8)

  let datasets: [DatasetDescription]
  let warnings: [String]
  private let file: FileBytes
  private let array: StoredArray

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    try self.init(file, options, index: 0, name: "array")
  }

  /// An array that is one of several, as in an `.npz` archive.
  init(_ file: FileBytes, _ options: ReadingOptions, index: Int, name: String) throws {
    guard try file.head(6).starts(with: Self.signature) else {
      throw FormatError(in: file.path, "does not hold a NumPy array where one should be (\(name)); save it again")
    }
    let header = try NPYHeader(file)
    let shape = header.shape.isEmpty ? [1] : header.shape
    guard
      var array = StoredArray(
        offset: header.length, type: header.type, isBigEndian: header.isBigEndian, shape: shape,
        channels: header.channels)
    else { throw FormatError(in: file.path, "claims an impossible shape \(shape); the header is damaged") }
    if header.isFortranOrder {
      var step = array.elementSize
      for axis in shape.indices {
        array.strides[axis] = step
        step *= max(shape[axis], 1)  // No overflow: the initializer above has formed the same product.
      }
    }
    try array.check(in: file)

    (array, warnings) = frameAxis(of: array, options)
    self.file = file
    self.array = array
    datasets = [
      DatasetDescription(
        index: index, name: name, shape: array.shape, type: array.type, channels: array.channels,
        colour: array.channels > 1 ? .rgb : .grey)
    ]
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    try array.stream(frame: frame, from: file, body)
  }
}

/// Puts the frames first where the options say that they are last, and warns where a plain array looks so.
func frameAxis(of array: StoredArray, _ options: ReadingOptions) -> (StoredArray, warnings: [String]) {
  if let order = StoredArray.orderOfChannels(array.shape) { return (array.ordered(order), []) }
  guard array.shape.count == 3 else { return (array, []) }
  if options.frameAxis == .last { return (array.withLastAxisFirst(), []) }
  return (array, warningAboutFrameAxis(of: array.shape).map { [$0] } ?? [])
}

/// The warning for a shape such as (361, 361, 5), whose last axis is much shorter than two that are nearly equal.
func warningAboutFrameAxis(of shape: [Int]) -> String? {
  guard shape.count == 3, shape[2] * 4 <= min(shape[0], shape[1]) else { return nil }
  return
    "shape \(shape): the frames seem to lie along the last axis; if so, read the file with \(setting("frame axis", "last"))"
}
