import CJPEG

/// A JPEG image, grey or colour. Its compression loses detail, which the reader says.
struct JPEGReader: FormatReader {
  static let signature: [UInt8] = [0xFF, 0xD8, 0xFF]

  let datasets: [DatasetDescription]
  let warnings = ["JPEG compression changes pixel values; prefer the file that the microscope wrote"]
  private let path: String

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    path = file.path
    var info = tessera_jpeg_info()
    var message = [CChar](repeating: 0, count: 256)
    guard tessera_jpeg_read(path, &info, nil, nil, &message) == 0 else { throw Self.failure(path, message) }
    // A block of 8 x 8 pixels takes at least a bit for each channel.
    let pixels = Int(info.width) * Int(info.height)
    guard pixels <= options.pixelLimit, pixels / 64 <= file.count * 8 else {
      throw FormatError(
        in: path, "claims \(info.width) x \(info.height) pixels, but is too short for them; export it again")
    }
    datasets = [
      DatasetDescription(
        index: 0, name: "image", shape: [Int(info.height), Int(info.width)], type: .uint8,
        channels: Int(info.channels), colour: info.channels == 3 ? .rgb : .grey)
    ]
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    try withoutActuallyEscaping(body) { body in
      let sink = RowSink(body)
      var info = tessera_jpeg_info()
      var message = [CChar](repeating: 0, count: 256)
      let status = tessera_jpeg_read(path, &info, { RowSink.take($0, $1, $2) }, sink.context, &message)
      if let failure = sink.failure { throw failure }
      guard status == 0 else { throw Self.failure(path, message) }
      guard info.warnings == 0 else {
        throw FormatError(in: path, "is a damaged JPEG image (some of its data are missing); export it again")
      }
    }
  }

  private static func failure(_ path: String, _ message: [CChar]) -> FormatError {
    FormatError(in: path, "is a damaged JPEG image (\(plainText(message))); export it again")
  }
}
