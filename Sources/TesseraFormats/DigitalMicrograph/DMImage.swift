/// One image of a DigitalMicrograph file: where its values are and what they mean.
struct DMImage: Sendable {
  let description: DatasetDescription
  /// All tags of the image.
  let tags: MetadataTree
  private let array: StoredArray
  private let layout: Layout

  /// How elements are stored that are not plain numbers.
  private enum Layout {
    case plain
    /// Blue, green, red, opacity, each a byte.
    case colour
    /// Half of a transform of real values: its columns of zero and negative frequency.
    case halfSpectrum
    /// The same in as many real numbers as the image has pixels.
    case packedSpectrum
  }

  init(
    _ tags: MetadataTree, _ block: DMTagParser.Block, isBigEndian: Bool, index: Int, in file: FileBytes
  ) throws(FormatError) {
    self.tags = tags
    guard case .group(let dimensions)? = tags["ImageData", "Dimensions"], (1...8).contains(dimensions.count) else {
      throw FormatError(in: file.path, "has an image without dimensions; export it again")
    }
    let sizes = dimensions.compactMap { $0.value.number.flatMap { Int(exactly: $0) } }
    let shape = Array(sizes.reversed())
    guard sizes.count == dimensions.count, let count = checkedProduct(shape), count > 0 else {
      throw FormatError(in: file.path, "claims an impossible image of \(sizes) pixels; export it again")
    }
    let code = tags["ImageData", "DataType"]?.number.flatMap { Int(exactly: $0) } ?? 0
    guard let (type, layout) = Self.types[code] else {
      throw FormatError(
        in: file.path, "unknown pixel type \(code); convert the image to real numbers and save it again")
    }
    self.layout = layout

    var stored = shape
    if layout == .halfSpectrum { stored[stored.count - 1] = shape[shape.count - 1] / 2 + 1 }
    let isSquare = shape.count == 2 && shape[0] == shape[1] && shape[0].isMultiple(of: 2)
    guard layout != .halfSpectrum && layout != .packedSpectrum || shape.count >= 2,
      layout != .packedSpectrum || isSquare,
      let array = StoredArray(
        offset: block.offset, type: layout == .packedSpectrum ? .float32 : type, isBigEndian: isBigEndian,
        shape: stored, channels: layout == .colour ? 4 : 1)
    else { throw FormatError(in: file.path, "claims an impossible image of \(sizes) pixels; export it again") }
    // Both must hold: the tag's own length, and the end of the file.
    let expected = checkedProduct(stored + [array.elementSize]) ?? .max
    let held = checkedProduct([block.count, block.fields, Self.width(of: block.code)]) ?? 0
    guard expected <= held else {
      throw FormatError(
        in: file.path, "pixel block is truncated (expected \(expected) bytes, found \(held)); re-export the file")
    }
    try array.check(in: file, named: "pixel block")
    self.array = array

    let title = tags["Name"]?.text ?? ""
    description = DatasetDescription(
      index: index, name: title.isEmpty ? "image" : title, kind: Self.kind(of: tags, dimensions: shape.count),
      shape: shape, type: type, channels: array.channels, colour: layout == .colour ? .rgb : .grey,
      axes: Self.axes(of: tags, shape))
  }

  func stream(frame: Int, from file: FileBytes, _ body: (RawSpan) throws -> Void) throws {
    switch layout {
    case .plain: try array.stream(frame: frame, from: file, body)
    case .colour:
      try array.stream(frame: frame, from: file) { pixels in
        var bytes = (0..<pixels.byteCount).map { pixels.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
        for place in stride(from: 0, to: bytes.count - 3, by: 4) { bytes.swapAt(place, place + 2) }
        try give(bytes, to: body)
      }
    case .halfSpectrum:
      let spectrum = DMHalfSpectrum(array: array, width: description.width)
      try spectrum.stream(frame: frame, from: file, body)
    case .packedSpectrum: try give(DMPackedSpectrum(array: array).values(from: file), to: body)
    }
  }

  private static let types: [Int: (ScalarType, Layout)] = [
    1: (.int16, .plain), 2: (.float32, .plain), 3: (.complex64, .plain),
    5: (.complex64, .packedSpectrum), 6: (.uint8, .plain), 7: (.int32, .plain),
    8: (.uint8, .colour), 9: (.int8, .plain), 10: (.uint16, .plain), 11: (.uint32, .plain), 12: (.float64, .plain),
    13: (.complex128, .plain), 14: (.bool, .plain), 23: (.uint8, .colour), 27: (.complex64, .halfSpectrum),
    28: (.complex128, .halfSpectrum), 39: (.int64, .plain), 40: (.uint64, .plain),
  ]

  private static func width(of code: Int) -> Int {
    switch code {
    case 2, 4: 2
    case 3, 5, 6: 4
    case 7, 11, 12: 8
    default: 1
    }
  }

  /// Spectra say so in their tags; everything else follows from the axes.
  private static func kind(of tags: MetadataTree, dimensions: Int) -> DatasetDescription.Kind? {
    let format = tags["ImageTags", "Meta Data", "Format"]?.text ?? ""
    let isSpectral = format.hasPrefix("Spectrum") || tags["ImageTags", "spim"] != nil
    return isSpectral || dimensions == 1 ? .spectrum : nil
  }

  private static func axes(of tags: MetadataTree, _ shape: [Int]) -> [DatasetAxis] {
    let signal = tags["ImageTags", "Meta Data", "Signal"]?.text ?? ""
    let names = ["x", "y", shape.count == 3 ? "frame" : "z", "frame"]
    let axes = shape.reversed().enumerated().map { index, size in
      let tag = tags["ImageData", "Calibrations", "Dimension", "\(index)"]
      let scale = tag?["Scale"]?.number ?? 1
      let units = (tag?["Units"]?.text ?? "").trimmed
      var name = index < names.count ? names[index] : "axis \(index)"
      if signal == "EELS" && units == "eV" { name = "Energy loss" }
      if signal == "X-ray" && units == "keV" { name = "Energy" }
      if signal == "CL" && units == "nm" { name = "Wavelength" }
      return DatasetAxis(
        name: name, size: size, scale: scale, offset: -(tag?["Origin"]?.number ?? 0) * scale, units: units)
    }
    return axes.reversed()
  }
}
