import CPNG
import TesseraImaging
import TesseraNumerics

/// A PNG image: 8 or 16 bits a sample, grey or colour; palettes and lower depths are expanded by libpng.
///
/// PNG knows no specimen scale; one that this program has written is found in a text of its own.
struct PNGReader: FormatReader {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
  /// Keyword of the text with the width and height of a pixel in nm, separated by a space.
  static let pixelSizeKey = "PixelSizeNanometres"

  let datasets: [DatasetDescription]
  let metadata: MetadataTree
  private let path: String
  private let isGreyPalette: Bool
  private let storedChannels: Int

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    path = file.path
    // Sizes are checked before libpng sees them, which asks for the memory of a row and of other parts as they claim.
    let (bits, texts, hasColour) = try Self.chunks(of: file, options)
    // Deflate gives at most 1032 bytes for one: a header beyond that lies.
    guard bits / 8 / 1040 <= file.count else {
      throw FormatError(in: path, "claims \(bits / 8) bytes of pixels, but is too short for them; export it again")
    }
    var info = tessera_png_info()
    var message = [CChar](repeating: 0, count: 128)
    guard tessera_png_read(path, &info, nil, nil, &message) == 0 else { throw Self.failure(path, message) }
    metadata = .group(texts.map { .init($0.key, .text($0.text)) })
    storedChannels = Int(info.channels)
    isGreyPalette = !hasColour && storedChannels >= 3
    let channels = isGreyPalette ? 1 : storedChannels
    var dataset = DatasetDescription(
      index: 0, name: "image", shape: [Int(info.height), Int(info.width)], type: info.bits == 16 ? .uint16 : .uint8,
      channels: channels, colour: channels >= 3 ? .rgb : .grey)
    let sizes = metadata[Self.pixelSizeKey]?.text?.split(separator: " ").compactMap { Double($0) } ?? []
    if sizes.count == 2, let calibration = Calibration(x: sizes[0], y: sizes[1]) {
      dataset.calibration = calibration
      for (axis, size) in zip(0..<2, [sizes[1], sizes[0]]) {
        (dataset.axes[axis].scale, dataset.axes[axis].units) = (size, "nm")
      }
    }
    datasets = [dataset]
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    try withoutActuallyEscaping(body) { body in
      let sink = RowSink { row in try isGreyPalette ? give(firstChannel(of: row), to: body) : body(row) }
      var info = tessera_png_info()
      var message = [CChar](repeating: 0, count: 128)
      let status = tessera_png_read(path, &info, { RowSink.take($0, $1, $2) }, sink.context, &message)
      if let failure = sink.failure { throw failure }
      guard status == 0 else { throw Self.failure(path, message) }
    }
  }

  private func firstChannel(of row: RawSpan) -> [UInt8] {
    var grey: [UInt8] = []
    for place in stride(from: 0, to: row.byteCount, by: storedChannels) {
      grey.append(row.unsafeLoad(fromByteOffset: place, as: UInt8.self))
    }
    return grey
  }

  private static func failure(_ path: String, _ message: [CChar]) -> FormatError {
    FormatError(in: path, "is a damaged PNG image (\(plainText(message))); export it again")
  }

  /// The stored bits of all pixels, the texts before the image data, and whether a palette, if there is one, holds colours.
  private static func chunks(of file: FileBytes, _ options: ReadingOptions) throws(FormatError) -> (
    bits: Int, texts: [(key: String, text: String)], hasColour: Bool
  ) {
    var cursor = ByteCursor(file, at: 8, bigEndian: true)
    let (length, kind) = (try cursor.integer(UInt32.self), try cursor.text(4))
    let (width, height) = (Int(try cursor.integer(UInt32.self)), Int(try cursor.integer(UInt32.self)))
    let (depth, colour) = (Int(try cursor.integer(UInt8.self)), Int(try cursor.integer(UInt8.self)))
    // Samples a pixel by the code of the colour type: grey, none, colours, palette, grey and colours with opacity.
    guard length == 13, kind == "IHDR", colour < 7, case let samples = [1, 0, 3, 1, 2, 0, 4][colour], samples > 0 else {
      throw FormatError(in: file.path, "is a damaged PNG image (its header is not one); export it again")
    }
    guard let pixels = checkedProduct([width, height]), pixels <= options.pixelLimit,
      let bits = checkedProduct([pixels, samples * depth])
    else {
      throw FormatError(in: file.path, "claims \(width) x \(height) pixels, more than \(setting("max pixels")) allows")
    }
    cursor.offset = 33
    var texts: [(key: String, text: String)] = []
    var hasColour = true
    while texts.count < 1000, file.holds(12, at: cursor.offset) {
      let count = Int(try cursor.integer(UInt32.self))
      let kind = try cursor.text(4)
      let next = cursor.offset + count + 4
      guard kind == "IDAT" || next <= file.count else {
        throw FormatError(
          in: file.path, "ends in the middle of a part that claims \(count) bytes; copy or export it again")
      }
      if kind == "IDAT" || kind == "IEND" { break }
      if kind == "PLTE", count <= 768 {
        let palette = Array(try cursor.bytes(count))
        hasColour = stride(from: 0, to: count - 2, by: 3).contains { place in
          Set(palette[place..<place + 3]).count > 1
        }
      }
      if kind == "tEXt", count <= 1 << 16 {
        let parts = try cursor.bytes(count).split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { texts.append((plainText(parts[0]), plainText(parts[1]))) }
      }
      cursor.offset = next
    }
    return (bits, texts, hasColour)
  }
}
