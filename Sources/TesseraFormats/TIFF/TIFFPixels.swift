import CTIFF

/// Reads the pixels of one TIFF page. Uncompressed data are read here; libtiff unpacks everything else.
struct TIFFPixels {
  let page: TIFFPage
  let file: FileBytes

  /// Largest number of bytes that one compressed byte is believed to stand for.
  private static let largestRatio = 1 << 16
  /// The same for Deflate (RFC 1951: 258 bytes for two bits) and LZW (4,096 bytes for twelve bits).
  private static let knownRatios = [8: 1040, 32946: 1040, 5: 4096]
  /// Most bytes of one row of a packed page, and of a tile: each is unpacked as a whole.
  private static let largestPiece = 1 << 27

  /// Gives `body` the rows of the page, interleaved and little-endian.
  func stream(_ body: (RawSpan) throws -> Void) throws {
    if page.compression == 1 && page.bits.isMultiple(of: 8) && page.tile == nil && !page.isPlanar && !page.isBitReversed
    {
      return try streamStrips(body)
    }
    try checkSize()
    let codec = try TIFFCodec(page: page, in: file)
    if page.isPlanar {
      try give(try interleavedPlanes(codec), to: body)
    } else if page.tile != nil {
      for first in stride(from: 0, to: page.height, by: page.tile!.height) {
        try give(finished(try codec.tileBand(from: first, plane: 0)), to: body)
      }
    } else {
      let band = max(1, (1 << 20) / max(1, page.storedRowSize))
      for first in stride(from: 0, to: page.height, by: band) {
        let rows = min(band, page.height - first)
        try give(finished(try codec.rows(first..<first + rows, plane: 0)), to: body)
      }
    }
  }

  /// Strips of whole bytes, read where they lie.
  private func streamStrips(_ body: (RawSpan) throws -> Void) throws {
    let offsets = page.directory.integers(TIFFTag.stripOffsets) ?? []
    let strips = (page.height + page.rowsPerStrip - 1) / page.rowsPerStrip
    guard offsets.count >= strips else {
      throw FormatError(in: file.path, "lists \(offsets.count) of \(strips) strips of its image; export it again")
    }
    // Strips that lie over each other are a lie about the size of the image.
    guard let size = checkedProduct([page.storedRowSize, page.height]), size <= file.count else {
      throw FormatError(
        in: file.path,
        "claims \(page.width) x \(page.height) pixels, but has only \(file.count) bytes; copy or export it again")
    }
    let isBigEndian = TIFFDirectory.byteOrder(of: try file.head(4))?.isBigEndian ?? false
    for index in 0..<strips {
      let rows = min(page.rowsPerStrip, page.height - index * page.rowsPerStrip)
      let samples = page.bits / 8 / page.storedType.size * page.samples
      guard
        let strip = StoredArray(
          offset: offsets[index], type: page.storedType, isBigEndian: isBigEndian, shape: [rows, page.width],
          channels: samples)
      else { throw FormatError(in: file.path, "has an impossible image size; export it again") }
      try strip.check(in: file, named: "pixel data")
      try strip.stream(frame: 0, from: file) { try page.palette == nil ? body($0) : give(coloured($0), to: body) }
    }
  }

  /// Throws when the packed data cannot possibly give so many pixels.
  private func checkSize() throws {
    let tag = page.tile == nil ? TIFFTag.stripByteCounts : TIFFTag.tileByteCounts
    let packed = (page.directory.integers(tag) ?? []).reduce(0) { min($0 + max(0, $1), file.count) }
    let planes = page.isPlanar ? page.samples : 1
    let size = checkedProduct([page.storedRowSize, page.height, planes]) ?? .max
    guard packed > 0, size / (Self.knownRatios[page.compression] ?? Self.largestRatio) <= packed else {
      throw FormatError(
        in: file.path,
        "claims \(page.width) x \(page.height) pixels, but holds \(packed) bytes for them; export it again")
    }
    guard page.storedRowSize <= Self.largestPiece else {
      throw FormatError(
        in: file.path,
        "has packed rows of \(page.storedRowSize) bytes, more than \(Self.largestPiece); save it uncompressed")
    }
    if let tile = page.tile {
      let tileSize = checkedProduct([tile.width, tile.height, page.isPlanar ? 1 : page.samples, page.bits]) ?? .max
      guard tileSize / 8 <= Self.largestPiece else {
        throw FormatError(
          in: file.path,
          "has tiles of \(tile.width) x \(tile.height) pixels, \(tileSize / 8) bytes each and more than "
            + "\(Self.largestPiece); save it in strips")
      }
    }
  }

  /// The whole image of a page whose samples lie in planes.
  private func interleavedPlanes(_ codec: TIFFCodec) throws -> [UInt8] {
    guard page.bits.isMultiple(of: 8) else {
      throw FormatError(
        in: file.path, "stores planes of \(page.bits) bits, which is not read; export it as 8 or 16 bits")
    }
    let size = page.bits / 8
    let step = size * page.samples
    var image = [UInt8](repeating: 0, count: page.width * page.height * step)
    for plane in 0..<page.samples {
      let band = page.tile?.height ?? max(1, (1 << 20) / max(1, page.storedRowSize))
      for first in stride(from: 0, to: page.height, by: band) {
        let rows = min(band, page.height - first)
        let bytes =
          page.tile == nil
          ? try codec.rows(first..<first + rows, plane: plane)
          : try codec.tileBand(from: first, plane: plane)
        for pixel in 0..<rows * page.width {
          let target = (first * page.width + pixel) * step + plane * size
          for index in 0..<size { image[target + index] = bytes[pixel * size + index] }
        }
      }
    }
    return image
  }

  /// Whole rows as they are given out: bits unpacked, palette applied.
  private func finished(_ rows: [UInt8]) -> [UInt8] {
    let unpacked = page.bits < 16 && page.bits != 8 ? unpackedBits(rows) : rows
    return page.palette == nil ? unpacked : coloured(unpacked.span.bytes)
  }

  /// Samples of 1 to 7 bits as bytes, of 9 to 15 as 16 bits; each row starts at a byte, the highest bit comes first.
  private func unpackedBits(_ rows: [UInt8]) -> [UInt8] {
    let count = page.width * page.samples
    let mask = UInt32(1) << UInt32(page.bits) - 1
    var result: [UInt8] = []
    result.reserveCapacity(rows.count * 8 / page.bits * page.storedType.size)
    for start in stride(from: 0, to: rows.count - page.storedRowSize + 1, by: page.storedRowSize) {
      for sample in 0..<count {
        let bit = sample * page.bits
        let (first, last) = (bit / 8, (bit + page.bits - 1) / 8)
        let word = (first...last).reduce(UInt32(0)) { $0 << 8 | UInt32(rows[start + $1]) }
        let value = word >> UInt32(8 * (last + 1) - bit - page.bits) & mask
        result.append(UInt8(value & 0xFF))
        if page.bits > 8 { result.append(UInt8(value >> 8)) }
      }
    }
    return result
  }

  /// Palette indices as grey values or colours.
  private func coloured(_ indices: RawSpan) -> [UInt8] {
    guard let palette = page.palette else { return [] }
    let isGrey = page.hasGreyPalette
    var result: [UInt8] = []
    result.reserveCapacity(indices.byteCount * page.channels)
    for place in 0..<indices.byteCount {
      let index = Int(indices.unsafeLoad(fromByteOffset: place, as: UInt8.self))  // Inside by the loop's limit.
      let colour = index < palette.count ? palette[index] : [0, 0, 0]
      if isGrey { result.append(colour[0]) } else { result += colour }
    }
    return result
  }
}

extension TIFFPage {
  /// Type of a sample in the file, before a palette is applied.
  var storedType: ScalarType { palette == nil ? type : .uint8 }
}

/// One page opened by libtiff, which unpacks its strips and tiles into native byte order.
final class TIFFCodec {
  private let handle: OpaquePointer
  private let stream: TIFFStream
  private let page: TIFFPage
  private let path: String

  /// Names of compressions that libtiff may lack.
  private static let compressions = [
    33003: "JPEG 2000", 33005: "JPEG 2000", 34676: "SGI LogLuv", 34712: "JPEG 2000", 34887: "LERC", 34925: "LZMA",
    34933: "PNG", 34934: "JPEG XR", 50000: "Zstandard", 50001: "WebP", 50002: "JPEG XL",
  ]

  init(page: TIFFPage, in file: FileBytes) throws {
    tessera_tiff_quiet()
    (self.page, path) = (page, file.path)
    stream = try TIFFStream(file, directory: page.directory.offset)
    guard let handle = stream.open() else {
      throw FormatError(in: path, "cannot be unpacked (libtiff refuses its directory); export it again")
    }
    self.handle = handle
    guard TIFFIsCODECConfigured(UInt16(truncatingIfNeeded: page.compression)) == 1 else {
      let name = Self.compressions[page.compression].map { " (\($0))" } ?? ""
      throw FormatError(
        in: path,
        "uses TIFF compression \(page.compression)\(name), which is not read; save it uncompressed or with Deflate")
    }
    guard page.compression != 7 || page.bits == 8 else {
      throw FormatError(
        in: path, "is packed as JPEG of \(page.bits) bits, which is not read; save it uncompressed or with Deflate")
    }
    if page.compression == 7 && page.photometric == 6 {
      _ = tessera_tiff_set_u32(handle, UInt32(TIFFTAG_JPEGCOLORMODE), UInt32(JPEGCOLORMODE_RGB))
    } else if page.photometric == 6 {
      throw FormatError(in: path, "stores colours as YCbCr, which is read only with JPEG compression; save it as RGB")
    }
  }

  deinit { TIFFClose(handle) }

  /// Rows of a page of strips; they must be asked for in rising order.
  func rows(_ range: Range<Int>, plane: Int) throws -> [UInt8] {
    let size = page.storedRowSize
    let lineSize = Int(TIFFScanlineSize(handle))
    guard lineSize == size else { throw damaged("its rows have \(lineSize) bytes instead of \(size)") }
    var failedRow: Int?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count * size) { buffer, count in
      for (index, row) in range.enumerated() {
        if TIFFReadScanline(handle, buffer.baseAddress! + index * size, UInt32(row), UInt16(plane)) != 1 {
          failedRow = row
          return
        }
        count += size
      }
    }
    if let failedRow { throw damaged("row \(failedRow) of \(page.height)") }
    return bytes
  }

  /// The rows that a row of tiles covers, from row `first` on, cut to the image.
  func tileBand(from first: Int, plane: Int) throws -> [UInt8] {
    guard let tile = page.tile else { return [] }
    let bits = page.bits * (page.isPlanar ? 1 : page.samples)
    guard page.bits.isMultiple(of: 8) else {
      throw FormatError(
        in: path, "stores tiles of samples of \(page.bits) bits, which is not read; save it with 8 or 16 bits")
    }
    let pixelSize = bits / 8
    let tileSize = Int(TIFFTileSize(handle))
    guard tileSize == tile.width * tile.height * pixelSize, tileSize <= 1 << 30 else {
      throw damaged("its tiles have \(tileSize) bytes")
    }
    let rows = min(tile.height, page.height - first)
    var band = [UInt8](repeating: 0, count: rows * page.width * pixelSize)
    var buffer = [UInt8](repeating: 0, count: tileSize)
    for left in stride(from: 0, to: page.width, by: tile.width) {
      let index = TIFFComputeTile(handle, UInt32(left), UInt32(first), 0, UInt16(plane))
      let read = buffer.withUnsafeMutableBytes {
        TIFFReadEncodedTile(handle, index, $0.baseAddress, tmsize_t(tileSize))
      }
      guard read == tileSize else { throw damaged("the tile at column \(left), row \(first)") }
      let columns = min(tile.width, page.width - left)
      for y in 0..<rows {
        let source = y * tile.width * pixelSize
        let target = (y * page.width + left) * pixelSize
        band.replaceSubrange(target..<target + columns * pixelSize, with: buffer[source..<source + columns * pixelSize])
      }
    }
    return band
  }

  private func damaged(_ place: String) -> FormatError {
    FormatError(in: path, "has damaged or missing pixel data (\(place)); copy or export it again")
  }
}
