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
