import Synchronization
import TesseraNumerics

/// An HDF5 file: the images that one of the field's conventions describes, or else every array in it.
struct HDF5Reader: FormatReader {
  let datasets: [DatasetDescription]
  let metadata: MetadataTree
  let acquisition: [String: String]
  let warnings: [String]
  let formatName: String?
  private let file: any HDF5Source
  private let images: [HDF5Image]

  /// What a convention finds in a file.
  struct Contents {
    var format: String
    var images: [HDF5Image]
    var acquisition: [String: String] = [:]
    var metadata: [MetadataTree.Entry] = []
    var warnings: [String] = []
  }

  /// Those with the clearest signs first; each is a function of the file and its tree, nil if they are missing.
  private static let conventions: [@Sendable (any HDF5Source, HDF5Node, ReadingOptions) throws -> Contents?] = [
    VeloxConvention.contents, HyperSpyConvention.contents, DigitalMicrographConvention.contents,
    BerkeleyConvention.contents, NeXusConvention.contents,
    PlainConvention.contents,
  ]

  init(_ bytes: FileBytes, _ options: ReadingOptions) throws {
    file = try openHDF5(path: bytes.path)
    let root = try file.tree()
    var contents: Contents?
    for convention in Self.conventions where contents == nil {
      contents = try convention(file, root, options)
    }
    let problems = root.all.compactMap(\.problem)
    guard var contents, !contents.images.isEmpty else { throw Self.nothing(in: bytes.path, problems) }
    try Self.limitSparseArrays(of: &contents, in: bytes.path, options)
    contents.warnings += Self.warnings(about: problems)
    for index in contents.images.indices { contents.images[index].description.index = index }
    images = contents.images
    datasets = contents.images.map(\.description)
    formatName = contents.format
    acquisition = contents.acquisition
    warnings = contents.warnings
    metadata = .group(contents.metadata + [.init("contents", root.metadata)])
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    try images[dataset].stream(frame: frame, from: file, body)
  }

  /// What a file without an image holds instead.
  private static func nothing(in path: String, _ problems: [HDF5Problem]) -> FormatError {
    let serious = problems.filter(\.holdsNumbers)
    let facts = (serious.isEmpty ? problems : serious).prefix(3).map(\.fact).joined(separator: "; ")
    return FormatError(
      in: path, "is an HDF5 file without an array of numbers that can be read\(facts.isEmpty ? "" : ": \(facts)")")
  }

  /// Arrays that somebody may miss.
  private static func warnings(about problems: [HDF5Problem]) -> [String] {
    let missed = problems.filter(\.holdsNumbers).map { "\($0.fact)" }
    return missed.count > 8 ? missed.prefix(8) + ["\(missed.count - 8) more arrays are left out"] : missed
  }

  /// Part of the pixel limit that the values of an array may fill of which the file holds next to nothing: all of its frames
  /// together, and so that even of a damaged file they are gone through in seconds.
  private static let sparseShare = 8

  /// Where nothing was written, a file of some bytes may claim any number of values.
  private static func limitSparseArrays(
    of contents: inout Contents, in path: String, _ options: ReadingOptions
  ) throws(FormatError) {
    var refused: [String] = []
    contents.images.removeAll { image in
      guard image.arrays.contains(where: \.isSparse) else { return false }
      let count = checkedProduct(image.description.shape) ?? .max
      guard count > options.pixelLimit / Self.sparseShare else { return false }
      let held = image.arrays.reduce(0) { $0 + $1.storedSize }
      refused.append(
        "\(image.array.path) claims \(count) values, of which the file holds \(held) bytes; "
          + "raise \(setting("max pixels")) to read it"
      )
      return true
    }
    for image in contents.images where image.arrays.contains(where: { $0.storedSize == 0 }) {
      contents.warnings.append("\(image.array.path) was never written: its values are the file's fill value")
    }
    if contents.images.isEmpty, let sentence = refused.first { throw FormatError(in: path, sentence) }
    contents.warnings += refused
  }
}

extension HDF5Source {
  /// The values of a short one-dimensional array as numbers; empty if it is something else.
  func numbers(of array: HDF5Array, limit: Int = 1 << 16) -> [Double] {
    guard array.shape.count == 1, (1...limit).contains(array.shape[0]), array.channels == 1,
      let bytes = try? values(of: array, start: [0], count: array.shape)
    else { return [] }
    var numbers: [Double] = []
    SampleConversion.forEach(bytes.span.bytes, as: array.type) { numbers.append($0) }
    return numbers
  }
}

/// An array of an HDF5 file, or several alike, with the roles of its axes.
struct HDF5Image: Sendable {
  var description: DatasetDescription
  let array: HDF5Array
  /// All arrays of a series, one for each index of its first axis; just the array where it stands alone.
  let arrays: [HDF5Array]
  /// The file's axes in the order frames, rows, columns; single frames may be left out of the description's shape.
  let order: [Int]

  /// Small frames that were read together.
  private let block = FrameBlock()

  /// Memory for a band of rows, or for small frames read together, in bytes.
  private static let bandSize = 1 << 22

  /// - Parameters:
  ///   - order: axes of the file, the slowest first in the result; all of them, in order, if nil.
  ///   - axes: one for each axis of the file.
  init(
    _ array: HDF5Array, name: String, kind: DatasetDescription.Kind? = nil, order: [Int]? = nil,
    axes: [DatasetAxis]? = nil,
    dropsSingleFrame: Bool = false
  ) {
    self.array = array
    arrays = [array]
    let order = order ?? Array(array.shape.indices)
    self.order = order
    var shape = order.map { array.shape[$0] }
    var sorted = axes.map { axes in order.map { axes[$0] } }
    if dropsSingleFrame {
      while shape.count > 2 && shape[0] == 1 {
        shape.removeFirst()
        sorted?.removeFirst()
      }
    }
    description = DatasetDescription(
      index: 0, name: name, kind: kind, shape: shape, type: array.type, channels: array.channels,
      colour: array.channels >= 3 ? .rgb : .grey, axes: sorted)
  }

  /// Images of equal shape, type and axes as one, with an axis before theirs. There must be one at least.
  init(series images: [HDF5Image], name: String, axis: DatasetAxis) {
    let first = images[0]
    (array, order, arrays) = (first.array, first.order, images.map(\.array))
    var axis = axis
    axis.size = images.count
    let whole = first.description
    description = DatasetDescription(
      index: 0, name: name, kind: whole.kind == .image ? nil : whole.kind, shape: [images.count] + whole.shape,
      type: whole.type, channels: whole.channels, colour: whole.colour, axes: [axis] + whole.axes)
  }

  func stream(frame: Int, from file: any HDF5Source, _ body: (RawSpan) throws -> Void) throws {
    let count = description.frameCount / arrays.count
    try stream(frame: frame % count, of: arrays[frame / count], from: file, body)
  }

  private func stream(
    frame: Int, of array: HDF5Array, from file: any HDF5Source, _ body: (RawSpan) throws -> Void
  ) throws {
    if array.storedSize == 0 { return try streamFill(of: array, body) }
    var start = [Int](repeating: 0, count: array.shape.count)
    var count = [Int](repeating: 1, count: array.shape.count)
    var remainder = frame
    for axis in order.dropLast(2).reversed() {
      start[axis] = remainder % array.shape[axis]
      remainder /= array.shape[axis]
    }
    let column = order[order.count - 1]
    count[column] = array.shape[column]
    guard order.count > 1 else { return try give(try file.values(of: array, start: start, count: count), to: body) }

    let row = order[order.count - 2]
    let height = array.shape[row]
    let rowSize = array.shape[column] * array.elementSize
    if let values = smallFrame(at: start, size: height * rowSize, of: array, from: file) {
      return try give(values, to: body)
    }
    // Whole chunks, so that none is unpacked twice.
    let step = max(1, array.chunk?[row] ?? 1)
    let band = max(step, Self.bandSize / rowSize / step * step)
    var first = 0
    while first < height {
      start[row] = first
      count[row] = min(band, height - first)
      let values = try file.values(of: array, start: start, count: count)
      try give(row < column ? values : transposed(values, rows: count[row]), to: body)
      first += count[row]
    }
  }

  /// A frame out of a block that is read at once: asking the child process for each small one would take most of the time.
  /// Nil where frames are large, do not lie one behind the other, or where the block cannot be read: it may be another
  /// frame's damage.
  private func smallFrame(
    at start: [Int], size: Int, of array: HDF5Array, from file: any HDF5Source
  ) -> [UInt8]? {
    guard order.count > 2, size <= Self.bandSize / 2 else { return nil }
    let run = order[order.count - 3]
    guard order.suffix(3) == [run, run + 1, run + 2] else { return nil }
    let depth = array.chunk?[run] ?? 1
    var number = Self.bandSize / size
    if number > depth { number -= number % max(1, depth) }
    var first = start
    first[run] -= start[run] % number
    var count = [Int](repeating: 1, count: start.count)
    count[run] = min(number, array.shape[run] - first[run])
    (count[run + 1], count[run + 2]) = (array.shape[run + 1], array.shape[run + 2])
    let place = (start[run] - first[run]) * size
    return block.values(of: array, start: first, count: count, part: place..<place + size, from: file)
  }

  /// The frame of an array that was never written.
  private func streamFill(of array: HDF5Array, _ body: (RawSpan) throws -> Void) throws {
    let count = order.suffix(2).reduce(1) { $0 * array.shape[$1] }
    let piece = min(count, max(1, Self.bandSize / array.elementSize))
    var values = array.fill
    values.reserveCapacity(piece * array.elementSize)
    while values.count < piece * array.elementSize {
      values += values.prefix(min(values.count, piece * array.elementSize - values.count))
    }
    for first in stride(from: 0, to: count, by: piece) {
      let size = min(piece, count - first) * array.elementSize
      try give(size == values.count ? values : Array(values.prefix(size)), to: body)
    }
  }

  /// Columns that lie one after the other, as rows.
  private func transposed(_ values: [UInt8], rows: Int) -> [UInt8] {
    let size = array.elementSize
    let columns = values.count / rows / size
    var result = [UInt8](repeating: 0, count: values.count)
    for y in 0..<rows {
      for x in 0..<columns {
        for index in 0..<size { result[(y * columns + x) * size + index] = values[(x * rows + y) * size + index] }
      }
    }
    return result
  }
}

/// The block of frames that was read last, or that could not be read.
private final class FrameBlock: Sendable {
  /// Values are nil where reading failed: what is damaged is tried once.
  private let held = Mutex<(path: String, start: [Int], values: [UInt8]?)?>(nil)

  /// Part of a block of values, which is read unless it is the one that is held; nil if it cannot be read.
  func values(
    of array: HDF5Array, start: [Int], count: [Int], part: Range<Int>, from file: any HDF5Source
  ) -> [UInt8]? {
    let known = held.withLock { held in held?.path == array.path && held?.start == start ? held : nil }
    if let known { return known.values.map { Array($0[part]) } }
    let values = try? file.values(of: array, start: start, count: count)
    held.withLock { $0 = (array.path, start, values) }
    return values.map { Array($0[part]) }
  }
}
