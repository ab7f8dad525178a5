import CTIFF

/// A little-endian TIFF in which the pixels of all pages follow one another and the directories come last.
///
/// libtiff writes a directory behind each page. ImageJ, however, reads only the first directory of a stack and takes the
/// other pages to lie right behind the first, and tifffile does so for some stacks. Hence our own layout: the same file
/// is right for readers that follow the directories and for those that do not.
/// Source: TIFF revision 6.0 (1992), section 2; BigTIFF for more than 4 GB; ij.io.TiffDecoder.
final class ContiguousTIFF {
  /// The value of a tag.
  enum Value {
    case short([UInt16])
    /// 32 bits, or 64 in a BigTIFF.
    case long(Int)
    case longs([Int])
    case ascii(String)
    case rational(Double)
    case double(Double)
  }

  private let output: OutputBytes
  private let isLarge: Bool
  /// The tags of each.
  private var pages: [[(tag: Int32, value: Value)]] = []
  private var pageStart: Int

  /// - Parameters:
  ///   - path: the file to create; messages speak of `result`, the name that it will have.
  ///   - isLarge: whether offsets have 64 bits (BigTIFF).
  init(path: String, for result: String, isLarge: Bool) throws(FormatError) {
    output = try OutputBytes(path: path, for: result)
    self.isLarge = isLarge
    // The offset of the first directory is filled in at the end.
    let header: [UInt8] =
      isLarge
      ? [0x49, 0x49, 43, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] : [0x49, 0x49, 42, 0, 0, 0, 0, 0]
    try output.write(header)
    pageStart = header.count
  }

  /// Adds pixels to the page that is being written.
  func write(_ bytes: RawSpan) throws(FormatError) { try output.write(bytes) }

  /// Ends a page. Where the pixels lie is added to its tags.
  ///
  /// - Parameter tiles: the bytes of each of its packed tiles, in order; empty where the page is one strip.
  func endPage(_ tags: [(tag: Int32, value: Value)], tiles: [Int] = []) {
    let size = output.count - pageStart
    precondition(tiles.isEmpty || tiles.reduce(0, +) == size, "the tiles of a page are all that was written of it")
    var place = pageStart
    let offsets = tiles.map { bytes in
      defer { place += bytes }
      return place
    }
    let pixels: [(tag: Int32, value: Value)] =
      tiles.isEmpty
      ? [(TIFFTAG_STRIPOFFSETS, .long(pageStart)), (TIFFTAG_STRIPBYTECOUNTS, .long(size))]
      : [(TIFFTAG_TILEOFFSETS, .longs(offsets)), (TIFFTAG_TILEBYTECOUNTS, .longs(tiles))]
    pages.append((tags + pixels).sorted { $0.tag < $1.tag })
    pageStart = output.count
  }

  /// Writes the directories and ends the file.
  func close() throws(FormatError) {
    // Directories begin on even bytes.
    if !output.count.isMultiple(of: 2) { try output.write([0]) }
    let first = output.count
    for (index, tags) in pages.enumerated() {
      try output.write(directory(tags, at: output.count, isLast: index == pages.count - 1))
    }
    try output.overwrite(isLarge ? bytes(first, 8) : bytes(first, 4), at: isLarge ? 8 : 4)
    try output.close()
  }

  /// A directory, followed by those of its values that do not fit into its entries.
  private func directory(
    _ tags: [(tag: Int32, value: Value)], at start: Int, isLast: Bool
  ) -> [UInt8] {
    let (offsetSize, countSize, entrySize) = isLarge ? (8, 8, 20) : (4, 2, 12)
    let tableSize = countSize + tags.count * entrySize + offsetSize
    var table = bytes(tags.count, countSize)
    var values: [UInt8] = []
    for (tag, value) in tags {
      let (type, count, data) = stored(value)
      table += bytes(Int(tag), 2) + bytes(type, 2) + bytes(count, offsetSize)
      if data.count <= offsetSize {
        table += data + [UInt8](repeating: 0, count: offsetSize - data.count)
      } else {
        table += bytes(start + tableSize + values.count, offsetSize)
        values += data + [UInt8](repeating: 0, count: data.count % 2)
      }
    }
    let size = tableSize + values.count
    return table + bytes(isLast ? 0 : start + size, offsetSize) + values
  }

  /// Type number, count and bytes of a value.
  private func stored(_ value: Value) -> (type: Int, count: Int, data: [UInt8]) {
    switch value {
    case .short(let numbers): return (3, numbers.count, numbers.flatMap { bytes(Int($0), 2) })
    case .long(let number): return stored(.longs([number]))
    case .longs(let numbers):
      let size = isLarge ? 8 : 4
      return (isLarge ? 16 : 4, numbers.count, numbers.flatMap { bytes($0, size) })
    case .ascii(let text):
      let data = Array(text.utf8) + [0]
      return (2, data.count, data)
    case .rational(let number):
      // The denominator is the power of two that leaves the numerator 31 bits.
      var (numerator, denominator) = (max(0, number), 1.0)
      while numerator < 1_073_741_824 && denominator < 1_073_741_824 {
        (numerator, denominator) = (numerator * 2, denominator * 2)
      }
      return (5, 1, bytes(Int(min(numerator.rounded(), 4_294_967_295)), 4) + bytes(Int(denominator), 4))
    case .double(let number): return (12, 1, bytes(Int(bitPattern: UInt(number.bitPattern)), 8))
    }
  }

  /// The lowest bytes of a number, the least significant first.
  private func bytes(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
