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
    if let format = all.first(where: { $0.recognizes(head) }) { return format }
    if let stranger = UnsupportedFormat.name(of: head) {
      throw FormatError(
        in: file.path, "is \(stranger), which is not read; export it from its program as TIFF or HDF5 (.emd, .hspy)")
    }
    throw FormatError(
      in: file.path, "is in no format that is read (see `tessera info --help`); export it as TIFF")
  }
}

/// Formats of the field that are known by their signature, but not read: named so that a user knows what to do.
enum UnsupportedFormat {
  private static let signatures: [(name: String, bytes: [UInt8])] = [
    ("a PDF document", Array("%PDF".utf8)),
    ("a GIF image", Array("GIF8".utf8)),
    ("a web page or XML text", Array("<".utf8)),
    ("a gzip archive", [0x1F, 0x8B]),
    ("an old Microsoft Office or binary compound document", [0xD0, 0xCF, 0x11, 0xE0]),
    ("a Merlin detector file (.mib)", Array("MQ1,".utf8)),
    ("a NanoMegas block file (.blo)", [0x02, 0x01, 0x02, 0x0B]),
    ("a Digital Surf surface (.sur)", Array("DIGITAL SURF".utf8)),
    ("a Digital Surf surface (.sur)", Array("DSCOMPRESSED".utf8)),
    ("an SMV diffraction image", Array("{\nHEADER_BYTES".utf8)),
    ("an SMV diffraction image", Array("{ HEADER_BYTES".utf8)),
    ("a TVIPS movie (.tvips)", [0, 1, 0, 0, 1, 0, 0, 0]),
    ("a TVIPS movie (.tvips)", [0, 1, 0, 0, 2, 0, 0, 0]),
    ("a Bruker composite file (.bcf)", Array("AAMVHFSS".utf8)),
    ("an EDAX spectrum image (.spd)", Array("MAPSPECTRA_DATA".utf8)),
    ("a Zeiss CZI file", Array("ZISRAWFILE".utf8)),
    ("a FITS image", Array("SIMPLE  =".utf8)),
    ("a MATLAB file", Array("MATLAB 5.0".utf8)),
  ]

  static func name(of head: [UInt8]) -> String? {
    signatures.first { head.starts(with: $0.bytes) }?.name
  }
}
