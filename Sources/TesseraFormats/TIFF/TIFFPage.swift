/// How the pixels of one TIFF directory are stored.
struct TIFFPage: Sendable {
  let directory: TIFFDirectory
  let width, height: Int
  /// Bits a stored sample: 1 to 16, 32, 64 or 128.
  let bits: Int
  let samples: Int
  /// Type of a sample as it is given out: indices of a colour palette become 8-bit colours.
  let type: ScalarType
  let compression, photometric: Int
  /// Samples lie in planes, one after the other, instead of side by side.
  let isPlanar: Bool
  /// Width and height of a tile; nil for strips.
  let tile: (width: Int, height: Int)?
  /// Rows of a strip; the last may have fewer.
  let rowsPerStrip: Int
  /// Red, green, blue of each palette index, 8 bits each; nil without a palette.
  let palette: [[UInt8]]?

  var hasGreyPalette: Bool { palette?.allSatisfy { $0[0] == $0[1] && $0[1] == $0[2] } ?? false }
  /// Channels as given out.
  var channels: Int { palette == nil ? samples : hasGreyPalette ? 1 : 3 }
  var isColour: Bool { channels >= 3 && (palette != nil || photometric == 2 || photometric == 6) }
  /// Bytes of a stored row of one plane (or of all interleaved samples).
  var storedRowSize: Int { (width * (isPlanar ? 1 : samples) * bits + 7) / 8 }
  /// The lowest bit of a byte comes first, which libtiff turns round.
  var isBitReversed: Bool { directory.integer(TIFFTag.fillOrder) == 2 }
  /// A reduced copy of another page, or a mask.
  var isSecondary: Bool { directory.integer(TIFFTag.subfileType).map { $0 & 5 != 0 } ?? false }

  init(_ directory: TIFFDirectory, in file: FileBytes) throws(FormatError) {
    self.directory = directory
    let path = file.path
    guard let width = directory.integer(TIFFTag.width), let height = directory.integer(TIFFTag.height), width > 0,
      height > 0, checkedProduct([width, height, 1024]) != nil
    else { throw FormatError(in: path, "has a TIFF directory without a valid image size; export it again") }
    (self.width, self.height) = (width, height)
    samples = directory.integer(TIFFTag.samplesPerPixel) ?? 1
    let allBits = directory.integers(TIFFTag.bitsPerSample, limit: 1024) ?? [1]
    bits = allBits.first ?? 1
    compression = directory.integer(TIFFTag.compression) ?? 1
    photometric = directory.integer(TIFFTag.photometric) ?? 1
    guard (1...1024).contains(samples), Set(allBits).count == 1 else {
      throw FormatError(
        in: path, "has \(samples) samples per pixel of \(allBits) bits, which is not read; export it as grey")
    }
    if let depth = directory.integer(TIFFTag.imageDepth), depth > 1 {
      throw FormatError(
        in: path, "stores \(depth) slices in one TIFF page (ImageDepth), which is not read; save it as a stack of pages"
      )
    }
    guard checkedProduct([width, height, samples, bits]) != nil else {
      throw FormatError(
        in: path, "claims \(width) x \(height) pixels of \(samples) samples, which no file holds; export it again")
    }
    isPlanar = directory.integer(TIFFTag.planar) == 2 && samples > 1
    let format = directory.integer(TIFFTag.sampleFormat) ?? 1
    guard let type = Self.type(format: format, bits: bits) else {
      throw FormatError(
        in: path,
        "stores samples of \(bits) bits in TIFF format \(format), which is not read; export it as 16 or 32 bits")
    }
    if let tileWidth = directory.integer(TIFFTag.tileWidth), let tileHeight = directory.integer(TIFFTag.tileHeight) {
      guard tileWidth > 0, tileHeight > 0, tileWidth <= 1 << 16, tileHeight <= 1 << 16 else {
        throw FormatError(in: path, "has impossible tiles of \(tileWidth) x \(tileHeight) pixels; export it again")
      }
      tile = (tileWidth, tileHeight)
    } else {
      tile = nil
    }
    let rows = directory.integer(TIFFTag.rowsPerStrip) ?? height
    rowsPerStrip = rows > 0 ? min(rows, height) : height
    if photometric == 3 && samples == 1 && bits <= 8 {
      palette = Self.palette(of: directory, entries: 1 << bits)
      self.type = .uint8
    } else {
      palette = nil
      self.type = type
    }
  }

  /// Bytes of the file that hold the pixels, as the directory says, with the table of their places.
  func claimedBytes(atMost limit: Int) -> Int {
    if compression == 1 && tile == nil {
      return min(limit, checkedProduct([storedRowSize, height, isPlanar ? samples : 1]) ?? limit)
    }
    let counts = directory.integers(tile == nil ? TIFFTag.stripByteCounts : TIFFTag.tileByteCounts) ?? []
    return counts.reduce(min(limit, counts.count)) { min(limit, $0 + max(0, min(limit, $1))) }
  }

  /// Whether both can be frames of one stack.
  func matches(_ other: TIFFPage) -> Bool {
    width == other.width && height == other.height && type == other.type && channels == other.channels
      && isColour == other.isColour
  }

  private static func type(format: Int, bits: Int) -> ScalarType? {
    switch (format, bits) {
    case (1, 1), (4, 1): .bool
    case (1, 2...7): .uint8
    case (1, 9...15): .uint16
    case (1, 8), (1, 16), (1, 32), (1, 64), (4, 8), (4, 16), (4, 32): ScalarType(bits: bits, signed: false)
    case (2, 8), (2, 16), (2, 32), (2, 64): ScalarType(bits: bits, signed: true)
    case (3, 16): .float16
    case (3, 32): .float32
    case (3, 64): .float64
    case (6, 64): .complex64
    case (6, 128): .complex128
    default: nil
    }
  }

  /// The colours of the indices: all reds, then all greens, then all blues, 16 bits each (8 by some old programs).
  private static func palette(of directory: TIFFDirectory, entries: Int) -> [[UInt8]]? {
    guard let map = directory.integers(TIFFTag.colorMap, limit: 3 << 8), map.count >= 3 * entries else { return nil }
    let shift = map.contains { $0 > 255 } ? 8 : 0
    return (0..<entries).map { index in
      [0, 1, 2].map { UInt8(truncatingIfNeeded: map[$0 * entries + index] >> shift) }
    }
  }
}
