import Foundation

/// A series file of FEI's TIA (`.ser`): images or spectra, at 32-bit or 64-bit offsets. TIA stores the lowest row first;
/// rows are given from the top.
///
/// Source: C. Boothroyd, "FEI TIA .ser file format", as NCEM's openNCEM documents it. Little-endian throughout, SI units.
struct TIASeriesReader: FormatReader {
  let datasets: [DatasetDescription]
  let metadata: MetadataTree
  let warnings: [String]
  private let file: FileBytes
  private let elements: [StoredArray]

  private static let types: [UInt16: ScalarType] = [
    1: .uint8, 2: .uint16, 3: .uint32, 4: .int8, 5: .int16, 6: .int32, 7: .float32, 8: .float64, 9: .complex64,
    10: .complex128,
  ]
  private static let spectra = 0x4120
  private static let images = 0x4122

  static func recognizes(_ head: [UInt8]) -> Bool {
    head.starts(with: [0x49, 0x49, 0x97, 0x01]) && head.count >= 30
  }

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    try self.init(file, index: 0, name: "series")
  }

  /// A series that is one of several, as in the document of an acquisition.
  init(_ file: FileBytes, index: Int, name: String) throws {
    self.file = file
    var cursor = ByteCursor(file, at: 4)
    let isLarge = try cursor.integer(UInt16.self) > 0x0210
    let kind = Int(try cursor.integer(UInt32.self))
    _ = try cursor.integer(UInt32.self)
    let total = Int(try cursor.integer(UInt32.self))
    let valid = Int(try cursor.integer(UInt32.self))
    let table =
      isLarge ? Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) : Int(try cursor.integer(UInt32.self))
    let dimensionCount = Int(try cursor.integer(UInt32.self))
    guard kind == Self.spectra || kind == Self.images else {
      throw FormatError(in: file.path, "is a TIA series of the unknown kind \(kind); export it again")
    }
    guard valid > 0, valid <= total, valid <= 1 << 24, dimensionCount <= 16 else {
      throw FormatError(
        in: file.path, "holds \(valid) of \(total) elements; the acquisition gave nothing or the file is damaged")
    }
    let dimensions = try (0..<dimensionCount).map { _ in try TIADimension(&cursor) }

    cursor.offset = table
    var offsets: [Int] = []
    for _ in 0..<valid {
      offsets.append(
        isLarge ? Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) : Int(try cursor.integer(UInt32.self)))
    }
    let found = try offsets.map { try TIAElement(file, at: $0, isImage: kind == Self.images, Self.types) }
    let first = found[0]
    guard found.allSatisfy({ $0.array.shape == first.array.shape && $0.array.type == first.array.type }) else {
      throw FormatError(in: file.path, "holds elements of different sizes, which is not read; export them one by one")
    }
    // Elements that lie over each other are a lie about their number.
    guard let size = checkedProduct([valid, first.array.elementSize] + first.array.shape), size <= file.count else {
      throw FormatError(in: file.path, "claims \(valid) elements, more than it has bytes for; copy it again")
    }
    elements = found.map(\.array)

    let leading = Self.leadingAxes(dimensions, count: valid)
    var axes = first.axes
    if kind == Self.images {
      for place in axes.indices { axes[place] = TIACalibration.inNanometres(axes[place]) }
    }
    axes = leading + axes
    datasets = [
      DatasetDescription(
        index: index, name: name, kind: kind == Self.spectra ? .spectrum : nil, shape: axes.map(\.size),
        type: first.array.type, axes: axes)
    ]
    metadata = .group(dimensions.enumerated().map { .init("dimension_\($0)", $1.tree) })
    warnings = valid < total ? ["the acquisition stopped after \(valid) of \(total) elements"] : []
  }

  /// The axes before those of an element. A scan that is complete has its own; anything else counts its elements.
  private static func leadingAxes(_ dimensions: [TIADimension], count: Int) -> [DatasetAxis] {
    if count == 1 { return [] }
    let axes = dimensions.reversed().filter { $0.size > 1 }.map(\.axis)
    return checkedProduct(axes.map(\.size)) == count ? axes : [DatasetAxis(name: "frame", size: count)]
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    // Of spectra, a "frame" is one line of the scan: all elements are taken where the shape needs them.
    guard datasets[0].kind == .spectrum else { return try elements[frame].stream(frame: 0, from: file, body) }
    let count = datasets[0].height
    for element in elements[frame * count..<(frame + 1) * count] { try element.stream(frame: 0, from: file, body) }
  }
}

/// What the calibration of an image axis means. The series does not say whether it counts metres or reciprocal metres, and
/// the document only names the mode of the optics, which is "Diffraction" for every scanned image.
///
/// But no two pixels are a metre apart, and no two of a diffraction pattern less than a reciprocal metre. Exactly 1 is what
/// TIA writes where it knows nothing.
enum TIACalibration {
  /// An axis in SI units as one in nm, 1/nm, or without unit.
  static func inNanometres(_ axis: DatasetAxis) -> DatasetAxis {
    var axis = axis
    let step = abs(axis.scale)
    guard step.isFinite, step > 0, step != 1 else {
      (axis.scale, axis.offset, axis.units) = (1, 0, "")
      return axis
    }
    let factor = step < 1 ? 1e9 : 1e-9
    axis.scale *= factor
    axis.offset *= factor
    axis.units = step < 1 ? "nm" : "1/nm"
    return axis
  }
}

/// An axis of a series: the scan position or the number of the element.
struct TIADimension {
  let size: Int
  let axis: DatasetAxis
  let tree: MetadataTree

  init(_ cursor: inout ByteCursor) throws(FormatError) {
    size = Int(try cursor.integer(UInt32.self))
    let offset = try cursor.double()
    let scale = try cursor.double()
    let element = Double(try cursor.integer(Int32.self))
    let description = try cursor.text(Int(try cursor.integer(UInt32.self)))
    let units = try cursor.text(Int(try cursor.integer(UInt32.self)))
    let isLength = units == "meters"
    axis = DatasetAxis(
      name: isLength ? "position" : "frame", size: size, scale: isLength ? scale * 1e9 : scale,
      offset: (offset - element * scale) * (isLength ? 1e9 : 1), units: isLength ? "nm" : units)
    tree = .group([
      .init("size", .integer(size)), .init("description", .text(description)), .init("units", .text(units)),
      .init("offset", .number(offset)), .init("delta", .number(scale)),
    ])
  }
}

/// One image or spectrum of a series.
struct TIAElement {
  let array: StoredArray
  /// In metres, or electronvolts.
  let axes: [DatasetAxis]

  init(_ file: FileBytes, at offset: Int, isImage: Bool, _ types: [UInt16: ScalarType]) throws(FormatError) {
    var cursor = ByteCursor(file, at: offset)
    var calibrations: [(offset: Double, scale: Double)] = []
    for _ in 0..<(isImage ? 2 : 1) {
      let start = try cursor.double()
      let scale = try cursor.double()
      calibrations.append((start - Double(try cursor.integer(Int32.self)) * scale, scale))
    }
    let code = try cursor.integer(UInt16.self)
    guard let type = types[code] else { throw FormatError(in: file.path, "byte \(offset): unknown data type \(code)") }
    let sizes =
      isImage
      ? [Int(try cursor.integer(UInt32.self)), Int(try cursor.integer(UInt32.self))]
      : [Int(try cursor.integer(UInt32.self))]
    let shape = isImage ? [sizes[1], sizes[0]] : sizes
    guard var array = StoredArray(offset: cursor.offset, type: type, shape: shape) else {
      throw FormatError(in: file.path, "byte \(offset): claims an impossible shape \(shape); the file is damaged")
    }
    try array.check(in: file, named: "pixel data")
    guard isImage else {
      axes = [
        DatasetAxis(
          name: "Energy", size: shape[0], scale: calibrations[0].scale, offset: calibrations[0].offset, units: "eV")
      ]
      self.array = array
      return
    }
    array.offset += (shape[0] - 1) * array.strides[0]
    array.strides[0] = -array.strides[0]
    self.array = array
    axes = [
      DatasetAxis(name: "y", size: shape[0], scale: calibrations[1].scale, offset: calibrations[1].offset),
      DatasetAxis(name: "x", size: shape[1], scale: calibrations[0].scale, offset: calibrations[0].offset),
    ]
  }
}
