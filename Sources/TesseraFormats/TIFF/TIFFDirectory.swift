/// The directories of a TIFF file: their tags, read by this program's own parser so that no header can do harm.
///
/// Source: Adobe, TIFF Revision 6.0, section 2; BigTIFF as libtiff and the "BigTIFF file format proposal" describe it.
struct TIFFDirectory: Sendable {
  /// Where the values of a tag are.
  struct Entry: Sendable {
    var type: Int
    var count: Int
    /// Byte of the first value.
    var offset: Int
  }

  /// Byte of the directory, by which libtiff finds it again.
  let offset: Int
  private let file: FileBytes
  private let isBigEndian: Bool
  /// A tag may be written twice (tifffile does so with descriptions).
  private let entries: [Int: [Entry]]
  /// Tags that the directory counts, also those that cannot be read.
  private let tagCount: Int

  /// Bytes a value of each type; 0 for an unknown type.
  private static let sizes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8]

  /// Whether these first bytes are of a TIFF file, classic or big, of either byte order.
  static func byteOrder(of head: [UInt8]) -> (isBigEndian: Bool, isLarge: Bool)? {
    switch head.prefix(4).map({ $0 }) {
    case [0x49, 0x49, 42, 0]: (false, false)
    case [0x4D, 0x4D, 0, 42]: (true, false)
    case [0x49, 0x49, 43, 0]: (false, true)
    case [0x4D, 0x4D, 0, 43]: (true, true)
    default: nil
    }
  }

  /// All directories of a file, in order. A chain that is broken after the first ends there, with a warning.
  static func all(of file: FileBytes) throws(FormatError) -> (directories: [TIFFDirectory], warnings: [String]) {
    guard let order = byteOrder(of: try file.head(4)) else { throw FormatError(in: file.path, "is not a TIFF file") }
    var cursor = ByteCursor(file, at: order.isLarge ? 8 : 4, bigEndian: order.isBigEndian)
    var next =
      order.isLarge ? Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) : Int(try cursor.integer(UInt32.self))
    guard next < file.count else {
      throw FormatError(
        in: file.path,
        "is truncated (its first directory is at byte \(next), but the file ends at \(file.count)); copy or export it again"
      )
    }
    var directories: [TIFFDirectory] = []
    var seen: Set<Int> = []
    // Directories that overlap could be more than anybody wants to wait for.
    var tagCount = 0
    while next != 0 {
      guard seen.insert(next).inserted, directories.count < 1_000_000, tagCount <= file.count / 12 else {
        return (
          directories, ["its chain of images runs in a circle or over itself: the \(directories.count) found are read"]
        )
      }
      do {
        cursor.offset = next
        directories.append(try TIFFDirectory(&cursor, isLarge: order.isLarge))
        tagCount += directories[directories.count - 1].tagCount
        next =
          order.isLarge
          ? Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) : Int(try cursor.integer(UInt32.self))
      } catch {
        if directories.isEmpty { throw error }
        return (directories, ["its chain of images is broken: the first \(directories.count) are read"])
      }
    }
    guard !directories.isEmpty else {
      throw FormatError(in: file.path, "is a TIFF file without an image; export it again")
    }
    return (directories, [])
  }

  private init(_ cursor: inout ByteCursor, isLarge: Bool) throws(FormatError) {
    offset = cursor.offset
    file = cursor.file
    isBigEndian = cursor.isBigEndian
    let count =
      isLarge ? Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) : Int(try cursor.integer(UInt16.self))
    guard (1...4096).contains(count) else {
      throw FormatError(in: file.path, "has a damaged image directory (\(count) tags); export it again")
    }
    tagCount = count
    var entries: [Int: [Entry]] = [:]
    let inline = isLarge ? 8 : 4
    for _ in 0..<count {
      let tag = Int(try cursor.integer(UInt16.self))
      let type = Int(try cursor.integer(UInt16.self))
      let values =
        isLarge ? Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) : Int(try cursor.integer(UInt32.self))
      let place = cursor.offset
      try cursor.skip(inline)
      let size = Self.sizes.indices.contains(type) ? Self.sizes[type] : 0
      guard size > 0, values >= 0, let bytes = checkedProduct([values, size]) else { continue }
      var entry = Entry(type: type, count: values, offset: place)
      if bytes > inline {
        cursor.offset = place
        entry.offset =
          isLarge ? Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) : Int(try cursor.integer(UInt32.self))
        cursor.offset = place + inline
        // A tag that points outside is as good as missing; what needs it says so.
        guard file.holds(bytes, at: entry.offset) else { continue }
      }
      entries[tag, default: []].append(entry)
    }
    self.entries = entries
  }

  var tags: [Int] { entries.keys.sorted() }

  func has(_ tag: Int) -> Bool { entries[tag] != nil }

  /// All values of an integer tag, or its first ones; nil if it is missing, of another type or longer than `limit`.
  func integers(_ tag: Int, limit: Int = 1 << 24, first: Int = .max) -> [Int]? {
    guard let entry = entries[tag]?.first, entry.count <= limit else { return nil }
    var cursor = ByteCursor(file, at: entry.offset, bigEndian: isBigEndian)
    let count = min(entry.count, first)
    var values: [Int] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      switch entry.type {
      case 1, 6, 7: if let value = try? cursor.integer(UInt8.self) { values.append(Int(value)) }
      case 3: if let value = try? cursor.integer(UInt16.self) { values.append(Int(value)) }
      case 4, 13: if let value = try? cursor.integer(UInt32.self) { values.append(Int(value)) }
      case 8: if let value = try? cursor.integer(Int16.self) { values.append(Int(value)) }
      case 9: if let value = try? cursor.integer(Int32.self) { values.append(Int(value)) }
      case 16, 17, 18:
        if let value = try? cursor.integer(UInt64.self) { values.append(Int(truncatingIfNeeded: value)) }
      default: return nil
      }
    }
    return values.count == count ? values : nil
  }

  func integer(_ tag: Int) -> Int? { integers(tag, first: 1)?.first }

  /// Where the block of a microscope's tag begins: such tags hold either the block or, as one number, its place.
  func block(_ tag: Int) -> ByteCursor? {
    guard let entry = entries[tag]?.first else { return nil }
    let isPlace = entry.count == 1 && (entry.type == 4 || entry.type == 13)
    guard let place = isPlace ? integer(tag) : entry.offset, place < file.count else { return nil }
    return ByteCursor(file, at: place, bigEndian: isBigEndian)
  }

  /// The first value as a real number: rational, float, double or integer; nil if missing or not finite.
  func number(_ tag: Int) -> Double? {
    guard let entry = entries[tag]?.first, entry.count > 0 else { return nil }
    var cursor = ByteCursor(file, at: entry.offset, bigEndian: isBigEndian)
    let value: Double? =
      switch entry.type {
      case 5: ratio(try? cursor.integer(UInt32.self), try? cursor.integer(UInt32.self))
      case 10: ratio(try? cursor.integer(Int32.self), try? cursor.integer(Int32.self))
      case 11: (try? cursor.float()).map { Double($0) }
      case 12: try? cursor.double()
      default: integer(tag).map { Double($0) }
      }
    return value?.isFinite == true ? value : nil
  }

  /// A text tag; of several with the same number the first that `accept` takes.
  func text(_ tag: Int, limit: Int = 1 << 24, where accept: (String) -> Bool = { _ in true }) -> String? {
    for entry in entries[tag] ?? [] where [1, 2, 7].contains(entry.type) && entry.count <= limit {
      guard let bytes = try? file.bytes(at: entry.offset, count: entry.count) else { continue }
      let text = plainText(bytes.prefix { $0 != 0 })
      if accept(text) { return text }
    }
    return nil
  }

  /// Whether a text of this tag can be read.
  func hasText(_ tag: Int, limit: Int = 1 << 24) -> Bool {
    (entries[tag] ?? []).contains { [1, 2, 7].contains($0.type) && $0.count <= limit }
  }

  /// Bytes of everything that the directory points to; several directories may point to the same.
  var valueBytes: Int {
    entries.values.joined().reduce(0) { $0 + $1.count * Self.sizes[$1.type] }
  }

  private func ratio<Value: FixedWidthInteger>(_ numerator: Value?, _ denominator: Value?) -> Double? {
    guard let numerator, let denominator, denominator != 0 else { return nil }
    return Double(numerator) / Double(denominator)
  }
}

/// The tags that this program asks for, by their numbers.
enum TIFFTag {
  static let subfileType = 254, width = 256, height = 257, bitsPerSample = 258, compression = 259, photometric = 262
  static let fillOrder = 266, description = 270, make = 271, model = 272, stripOffsets = 273, samplesPerPixel = 277,
    rowsPerStrip = 278
  static let stripByteCounts = 279, xResolution = 282, yResolution = 283, planar = 284, pageName = 285
  static let orientation = 274
  static let resolutionUnit = 296, software = 305, date = 306, colorMap = 320, tileWidth = 322, tileHeight = 323
  static let tileByteCounts = 325, sampleFormat = 339, imageDepth = 32997
}
