import TesseraImaging

/// An MRC file (`.mrc`, `.mrcs`, `.rec`): an image or a stack, of modes 0, 1, 2, 4, 6 and 12, in either byte order.
///
/// Source: Cheng et al., MRC2014, J. Struct. Biol. 192 (2015) 146, table 1; FEI extended headers as mrcfile lists them.
/// Lengths in the header are in Ångström.
struct MRCReader: FormatReader {
  let datasets: [DatasetDescription]
  let metadata: MetadataTree
  let acquisition: [String: String]
  let warnings: [String]
  private let file: FileBytes
  private let array: StoredArray

  private static let modes: [Int: ScalarType] = [
    0: .int8, 1: .int16, 2: .float32, 4: .complex64, 6: .uint16, 12: .float16,
  ]

  /// By the word `MAP` where the standard wants it; files older than it by a header that makes sense.
  static func recognizes(_ head: [UInt8]) -> Bool {
    guard head.count >= 1024 else { return false }
    if head[208..<212].elementsEqual("MAP ".utf8) { return true }
    return [false, true].contains { order in
      let numbers = (0..<16).map { integer(head, at: 4 * $0, bigEndian: order) }
      return (1...1 << 20).contains(numbers[0]) && (1...1 << 20).contains(numbers[1])
        && (1...1 << 20).contains(numbers[2])
        && modes[numbers[3]] != nil && numbers[7...9].allSatisfy { (0...1 << 20).contains($0) }
        && Set(head[64..<76]).count > 1 && axesMakeSense(head, bigEndian: order)
    }
  }

  private static func axesMakeSense(_ head: [UInt8], bigEndian: Bool) -> Bool {
    (0..<3).map { integer(head, at: 64 + 4 * $0, bigEndian: bigEndian) }.sorted() == [1, 2, 3]
  }

  private static func integer(_ bytes: [UInt8], at offset: Int, bigEndian: Bool) -> Int {
    let value = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + (bigEndian ? 3 - $1 : $1)]) << UInt32(8 * $1) }
    return Int(Int32(bitPattern: value))
  }

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    self.file = file
    let head = try file.bytes(at: 0, count: 1024)
    // The machine stamp tells the order; where it is missing, the mode is small in one order only.
    let isBigEndian =
      head[212] == 0x11 || head[212] != 0x44 && !(0...200).contains(Self.integer(head, at: 12, bigEndian: false))
    let header = MRCHeader(head, bigEndian: isBigEndian)
    var warnings: [String] = []

    guard var type = Self.modes[header.mode] else {
      throw FormatError(
        in: file.path, "is an MRC file of mode \(header.mode), which is not read; convert it to mode 1 or 2")
    }
    if header.mode == 0 && header.holdsUnsignedBytes { type = .uint8 }
    if header.mode == 0 && header.leavesSignOpen {
      warnings.append(
        "holds bytes, and its header does not say whether they are signed (no statistics, no flag of IMOD): they are read as "
          + "signed, -128 to 127, as the standard wants; if bright columns come out dark, save the image as 16 bits (mode 1 or 6)"
      )
    }
    guard header.width > 0, header.height > 0, header.count > 0, header.extendedSize >= 0 else {
      throw FormatError(
        in: file.path, "claims \(header.width) x \(header.height) x \(header.count) pixels; the header is damaged")
    }
    let shape = (header.count > 1 ? [header.count] : []) + [header.height, header.width]
    guard
      let array = StoredArray(offset: 1024 + header.extendedSize, type: type, isBigEndian: isBigEndian, shape: shape)
    else { throw FormatError(in: file.path, "claims an impossible shape \(shape); the header is damaged") }
    try array.check(in: file)
    self.array = array

    let extended = MRCExtendedHeader(file, header, bigEndian: isBigEndian)
    var size = header.nanometresPerPixel
    if let pixel = extended.nanometresPerPixel, size == nil || extended.isPreferred { size = pixel }
    if let size, size.x == 0.1, size.y == 0.1 {
      warnings.append("states exactly 1 Å per pixel, which many programs write when they do not know the size")
    }
    var axes = [
      DatasetAxis(name: "y", size: header.height, scale: size?.y ?? 1, units: size == nil ? "" : "nm"),
      DatasetAxis(name: "x", size: header.width, scale: size?.x ?? 1, units: size == nil ? "" : "nm"),
    ]
    if header.count > 1 { axes.insert(DatasetAxis(name: "frame", size: header.count), at: 0) }
    datasets = [DatasetDescription(index: 0, name: "image", shape: shape, type: type, axes: axes)]
    metadata = .group(header.entries + extended.entries)
    acquisition = extended.facts
    self.warnings = warnings
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    try array.stream(frame: frame, from: file, body)
  }
}
