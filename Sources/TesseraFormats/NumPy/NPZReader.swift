import TesseraNumerics

/// A NumPy archive (`.npz`): several arrays, one dataset each.
///
/// A stored member is read where it lies; a compressed one is unpacked in memory when the archive is opened, since its
/// header is compressed with it.
struct NPZReader: FormatReader {
  let datasets: [DatasetDescription]
  let warnings: [String]
  private let arrays: [NPYReader]

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    let archive = try ZipArchive(file)
    if archive.members.contains(where: { UnsupportedFormat.isZarrMark($0.name) }) {
      throw FormatError(in: file.path, UnsupportedFormat.zarrSentence)
    }
    let members = archive.members.filter { $0.name.hasSuffix(".npy") }
    guard !members.isEmpty else {
      throw FormatError(in: file.path, "is a ZIP archive without NumPy arrays; unpack it and name an image file")
    }
    var arrays: [NPYReader] = []
    var warnings: [String] = []
    // All members are held at once; what is stored takes as much as the file, what is packed may take a thousand times that.
    var allowed = options.pixelLimit
    for member in members where member.isDeflated {
      guard member.size <= allowed else {
        throw FormatError(
          in: file.path,
          "unpacks to more than \(options.pixelLimit) bytes; raise \(setting("max pixels")), or unpack the file first")
      }
      allowed -= member.size
    }
    for member in members {
      let name = String(member.name.dropLast(4))
      do {
        let bytes = try archive.bytes(of: member, limit: options.pixelLimit)
        arrays.append(try NPYReader(bytes, options, index: arrays.count, name: name))
      } catch let error as FormatError where members.count > 1 && error.description.contains("not numbers") {
        warnings.append("\(name) is left out, because it contains no numbers")
      }
    }
    self.arrays = arrays
    datasets = arrays.map { $0.datasets[0] }
    self.warnings = warnings + arrays.flatMap(\.warnings)
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    try arrays[dataset].stream(dataset: 0, frame: frame, body)
  }
}
