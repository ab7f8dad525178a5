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
    VeloxConvention.contents, HyperSpyConvention.contents, BerkeleyConvention.contents, NeXusConvention.contents,
    PlainConvention.contents,
  ]

  init(_ bytes: FileBytes, _ options: ReadingOptions) throws {
    file = try openHDF5(path: bytes.path)
    let root = try file.tree()
    var contents: Contents?
    for convention in Self.conventions where contents == nil {
      contents = try convention(file, root, options)
    }
    guard var contents, !contents.images.isEmpty else {
      throw FormatError(in: bytes.path, "is an HDF5 file without an array of numbers that can be read")
    }
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
  private let series: [HDF5Array]
  /// The file's axes in the order frames, rows, columns; single frames may be left out of the description's shape.
  let order: [Int]

  /// Memory for a band of rows, in bytes.
  private static let bandSize = 1 << 22

  /// - Parameters:
  ///   - order: axes of the file, the slowest first in the result; all of them, in order, if nil.
  ///   - axes: one for each axis of the file.
  init(
    _ array: HDF5Array, name: String, kind: DatasetDescription.Kind? = nil, order: [Int]? = nil, axes: [Axis]? = nil,
    dropsSingleFrame: Bool = false
  ) {
    self.array = array
    series = [array]
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
  init(series images: [HDF5Image], name: String, axis: Axis) {
    let first = images[0]
    (array, order, series) = (first.array, first.order, images.map(\.array))
    var axis = axis
    axis.size = images.count
    let whole = first.description
    description = DatasetDescription(
      index: 0, name: name, kind: whole.kind == .image ? nil : whole.kind, shape: [images.count] + whole.shape,
      type: whole.type, channels: whole.channels, colour: whole.colour, axes: [axis] + whole.axes)
  }

  func stream(frame: Int, from file: any HDF5Source, _ body: (RawSpan) throws -> Void) throws {
    let count = description.frameCount / series.count
    try stream(frame: frame % count, of: series[frame / count], from: file, body)
  }

  private func stream(
    frame: Int, of array: HDF5Array, from file: any HDF5Source, _ body: (RawSpan) throws -> Void
  ) throws {
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
