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
    if file.count <= 1 << 24, !head.contains(0), (try? SiteTableFile(path: file.path))?.holdsPlaces == true {
      throw FormatError(
        in: file.path, "is a table of sites, not an image; `tessera convert` writes it as .xyz, .cif, .csv or .txt")
    }
    throw FormatError(
      in: file.path, "has an unsupported format (`tessera help info` lists the formats); export the image as TIFF")
  }
}

/// Formats of the field that are known by their signature, but not read: named so that a user knows what to do.
enum UnsupportedFormat {
  /// HyperSpy's `.zspy` and other Zarr stores are folders or archives of packed pieces. HyperSpy packs them with Blosc and
  /// Zstandard, which would need two more libraries.
  static let zarrSentence =
    "is a Zarr store (.zspy), whose pixels are packed with Blosc, which is not read; save it from HyperSpy as .hspy"

  /// Whether a file of this name makes the folder or archive that holds it a Zarr store.
  static func isZarrMark(_ name: String) -> Bool { [".zgroup", ".zarray", "zarr.json"].contains(fileName(name)) }

  /// Name, place and bytes of each signature.
  private static let signatures: [(name: String, place: Int, bytes: [UInt8])] = [
    ("a PDF document", 0, Array("%PDF".utf8)),
    ("a GIF image", 0, Array("GIF8".utf8)),
    ("a web page or XML text", 0, Array("<".utf8)),
    ("an old Microsoft Office or binary compound document", 0, [0xD0, 0xCF, 0x11, 0xE0]),
    ("a Merlin detector file (.mib)", 0, Array("MQ1,".utf8)),
    ("a NanoMegas block file (.blo)", 0, Array("IMGBLO".utf8)),
    ("a Digital Surf surface (.sur)", 0, Array("DIGITAL SURF".utf8)),
    ("a Digital Surf surface (.sur)", 0, Array("DSCOMPRESSED".utf8)),
    ("an SMV diffraction image", 0, Array("{\nHEADER_BYTES".utf8)),
    ("an SMV diffraction image", 0, Array("{\r\nHEADER_BYTES".utf8)),
    ("an SMV diffraction image", 0, Array("{ HEADER_BYTES".utf8)),
    ("a TVIPS movie (.tvips)", 0, [0, 1, 0, 0, 1, 0, 0, 0]),
    ("a TVIPS movie (.tvips)", 0, [0, 1, 0, 0, 2, 0, 0, 0]),
    ("a Bruker composite file (.bcf)", 0, Array("AAMVHFSS".utf8)),
    ("an EDAX spectrum image (.spd)", 0, Array("MAPSPECTRA_DATA".utf8)),
    ("a JEOL Analysis Station file", 4, Array("JED-2200".utf8)),
    ("a JEOL Analysis Station file", 4, Array("PTTDFILE".utf8)),
    ("a Renishaw WiRE file (.wdf)", 0, Array("WDF1".utf8)),
    ("a Zeiss CZI file", 0, Array("ZISRAWFILE".utf8)),
    ("a FITS image", 0, Array("SIMPLE  =".utf8)),
    ("a MATLAB file", 0, Array("MATLAB 5.0".utf8)),
  ]

  /// The program that packed a file; nil if it is no archive.
  static func archive(of head: [UInt8]) -> String? {
    let archives: [(name: String, bytes: [UInt8])] = [
      ("gzip", [0x1F, 0x8B]), ("bzip2", Array("BZh".utf8)), ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]),
      ("Zstandard", [0x28, 0xB5, 0x2F, 0xFD]), ("7-Zip", [0x37, 0x7A, 0xBC, 0xAF]),
    ]
    return archives.first { head.starts(with: $0.bytes) }?.name
  }

  static func name(of head: [UInt8]) -> String? {
    signatures.first { head.dropFirst($0.place).starts(with: $0.bytes) }?.name
  }
}
