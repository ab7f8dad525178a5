/// A file format, recognised by what the file begins with and not by its name.
struct FileFormat: Sendable {
  /// As `tessera info` names it.
  let name: String
  /// Whether the first bytes (4096, or all of a shorter file) are of this format.
  let recognizes: @Sendable ([UInt8]) -> Bool
  let open: @Sendable (FileBytes, ReadingOptions) throws -> any FormatReader

  /// All formats that are read, in the order in which they are tried: those with a signature first.
  static let all: [FileFormat] = [
    FileFormat(name: "NPY", recognizes: { $0.starts(with: NPYReader.signature) }, open: { try NPYReader($0, $1) }),
    FileFormat(name: "NPZ", recognizes: { $0.starts(with: ZipArchive.signature) }, open: { try NPZReader($0, $1) }),
    FileFormat(name: "TIFF", recognizes: TIFFReader.recognizes, open: { try TIFFReader($0, $1) }),
    FileFormat(name: "PNG", recognizes: { $0.starts(with: PNGReader.signature) }, open: { try PNGReader($0, $1) }),
    FileFormat(name: "JPEG", recognizes: { $0.starts(with: JPEGReader.signature) }, open: { try JPEGReader($0, $1) }),
    FileFormat(name: "BMP", recognizes: BitmapReader.recognizes, open: { try BitmapReader($0, $1) }),
    FileFormat(name: "HDF5", recognizes: HDF5File.recognizes, open: { try HDF5Reader($0, $1) }),
    FileFormat(name: "DigitalMicrograph", recognizes: DMTagParser.recognizes, open: { try DMReader($0, $1) }),
    FileFormat(name: "TIA series", recognizes: TIASeriesReader.recognizes, open: { try TIASeriesReader($0, $1) }),
    FileFormat(name: "TIA document", recognizes: TIADocumentReader.recognizes, open: { try TIADocumentReader($0, $1) }),
    FileFormat(name: "MRC", recognizes: MRCReader.recognizes, open: { try MRCReader($0, $1) }),
    FileFormat(name: "text", recognizes: TextMatrixReader.recognizes, open: { try TextMatrixReader($0, $1) }),
  ]

  /// The format of a file, or a sentence that says what it is instead.
  static func of(_ file: FileBytes) throws(FormatError) -> FileFormat {
    guard file.count > 0 else {
      throw FormatError(in: file.path, "is empty; copy or export it again")
    }
    let head = try file.head(4096)
    if let fact = StandIn.fact(of: head, name: fileName(file.path)) { throw FormatError(in: file.path, fact) }
    if let format = all.first(where: { $0.recognizes(head) }) { return format }
    if let archive = UnsupportedFormat.archive(of: head) {
      throw FormatError(in: file.path, "is packed with \(archive); unpack it first")
    }
    if let stranger = UnsupportedFormat.name(of: head) {
      throw FormatError(
        in: file.path, "is \(stranger), which is not read; export it from its program as TIFF or HDF5 (.emd, .hspy)")
    }
    // An HDF5 file may begin with a large block of another program, such as MATLAB's.
    for place in HDF5File.largeBlocks where file.holds(8, at: place) {
      if try file.bytes(at: place, count: 8) == HDF5File.signature {
        return all.first { $0.name == "HDF5" }!
      }
    }
    if head.count >= 16, head.allSatisfy({ $0 == 0 }) {
      throw FormatError(
        in: file.path,
        "begins with \(head.count) zeros, as a file does whose copying or downloading did not end; copy it again")
    }
    if file.count <= 1 << 24, !head.contains(0), (try? SiteTableFile(path: file.path))?.holdsPlaces == true {
      throw SiteTableFile.isNoImage(file.path)
    }
    throw FormatError(
      in: file.path, "has an unsupported format (`tessera help info` lists the formats); export the image as TIFF")
  }
}
