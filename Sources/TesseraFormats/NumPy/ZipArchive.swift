import CZlib

/// The members of a ZIP archive, as far as `.npz` files use it: stored or deflated, no encryption, Zip64 sizes.
///
/// Source: PKWARE APPNOTE 6.3.10, sections 4.3 (records) and 4.5.3 (Zip64).
struct ZipArchive {
  struct Member {
    var name: String
    var isDeflated: Bool
    var compressedSize: Int
    var size: Int
    /// CRC-32 of the unpacked bytes.
    var checksum: UInt32
    /// Byte of the local header.
    var offset: Int
  }

  static let signature: [UInt8] = Array("PK\u{3}\u{4}".utf8)

  let members: [Member]
  private let file: FileBytes

  init(_ file: FileBytes) throws(FormatError) {
    self.file = file
    // The directory is found from the end: a record of 22 bytes, behind which a comment may stand.
    let tailCount = min(file.count, 65_557)
    let tail = try file.bytes(at: file.count - tailCount, count: tailCount)
    let mark: [UInt8] = Array("PK\u{5}\u{6}".utf8)
    guard tailCount >= 22,
      let end = stride(from: tailCount - 22, through: 0, by: -1).first(where: { tail[$0..<$0 + 4].elementsEqual(mark) })
    else {
      throw FormatError(in: file.path, "is a ZIP archive without its directory, so it is truncated; copy it again")
    }

    var cursor = ByteCursor(file, at: file.count - tailCount + end + 10)
    var count = Int(try cursor.integer(UInt16.self))
    try cursor.skip(4)
    var start = Int(try cursor.integer(UInt32.self))
    if start == 0xFFFF_FFFF || count == 0xFFFF {
      (count, start) = try Self.largeDirectory(file, before: file.count - tailCount + end)
    }
    guard (0...10_000).contains(count) else {
      throw FormatError(in: file.path, "is an archive of \(count) members; unpack it first")
    }

    cursor.offset = start
    var members: [Member] = []
    for _ in 0..<count { members.append(try Self.member(&cursor)) }
    // Members that lie over each other would unpack to any size.
    var left = file.count
    for member in members {
      guard member.compressedSize <= left else {
        throw FormatError(in: file.path, "claims more packed bytes than it has; the archive is damaged")
      }
      left -= member.compressedSize
    }
    self.members = members
  }

  /// The bytes of a member. A deflated one is unpacked in memory, at most `limit` bytes.
  func bytes(of member: Member, limit: Int) throws(FormatError) -> FileBytes {
    var cursor = ByteCursor(file, at: member.offset)
    guard try cursor.bytes(4).elementsEqual(Self.signature) else {
      throw FormatError(
        in: file.path, "has no member where its directory says (\(member.name)); the archive is damaged")
    }
    try cursor.skip(22)
    let nameCount = Int(try cursor.integer(UInt16.self))
    let extraCount = Int(try cursor.integer(UInt16.self))
    try cursor.skip(nameCount + extraCount)
    let packed = try file.bytes(at: cursor.offset, count: member.compressedSize)
    guard member.isDeflated else { return FileBytes(try checked(packed, as: member), path: file.path) }
    // Deflate shrinks at most by 1032: more is a lie, found before memory is asked for.
    guard member.size <= limit, member.size / 1032 <= member.compressedSize + 1 else {
      throw FormatError(
        in: file.path, "claims \(member.size) bytes in \(member.name), more than is allowed or possible")
    }
    guard let bytes = inflated(packed, count: member.size, windowBits: -15) else {
      throw FormatError(in: file.path, "has a damaged member (\(member.name)); save it again")
    }
    return FileBytes(try checked(bytes, as: member), path: file.path)
  }

  private func checked(_ bytes: [UInt8], as member: Member) throws(FormatError) -> [UInt8] {
    let sum = bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
    guard sum == member.checksum else {
      throw FormatError(in: file.path, "has a damaged member (\(member.name): wrong checksum); copy or save it again")
    }
    return bytes
  }

  private static func member(_ cursor: inout ByteCursor) throws(FormatError) -> Member {
    let path = cursor.file.path
    guard try cursor.bytes(4).elementsEqual(Array("PK\u{1}\u{2}".utf8)) else {
      throw FormatError(in: path, "has a damaged archive directory; copy it again")
    }
    try cursor.skip(4)
    let flags = try cursor.integer(UInt16.self)
    let method = try cursor.integer(UInt16.self)
    guard flags & 1 == 0, method == 0 || method == 8 else {
      throw FormatError(in: path, "is encrypted or packed by the unknown method \(method); save it with numpy.savez")
    }
    try cursor.skip(4)
    let checksum = try cursor.integer(UInt32.self)
    var compressedSize = Int(try cursor.integer(UInt32.self))
    var size = Int(try cursor.integer(UInt32.self))
    let nameCount = Int(try cursor.integer(UInt16.self))
    let extraCount = Int(try cursor.integer(UInt16.self))
    let commentCount = Int(try cursor.integer(UInt16.self))
    try cursor.skip(8)
    var offset = Int(try cursor.integer(UInt32.self))
    let name = try cursor.text(nameCount)
    let end = cursor.offset + extraCount
    while cursor.offset + 4 <= end {
      let tag = try cursor.integer(UInt16.self)
      let next = cursor.offset + 2 + Int(try cursor.integer(UInt16.self))
      if tag == 1 {
        // Only the fields that did not fit stand here, in this order.
        if size == 0xFFFF_FFFF { size = Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) }
        if compressedSize == 0xFFFF_FFFF { compressedSize = Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) }
        if offset == 0xFFFF_FFFF { offset = Int(truncatingIfNeeded: try cursor.integer(UInt64.self)) }
      }
      cursor.offset = next
    }
    cursor.offset = end
    try cursor.skip(commentCount)
    guard size >= 0, compressedSize >= 0, offset >= 0 else {
      throw FormatError(in: path, "has a damaged archive directory; copy it again")
    }
    return Member(
      name: name, isDeflated: method == 8, compressedSize: compressedSize, size: size,
      checksum: checksum, offset: offset)
  }

  /// Count and start from the Zip64 end record, which a locator of 20 bytes before the ordinary one points to.
  private static func largeDirectory(
    _ file: FileBytes, before end: Int
  ) throws(FormatError) -> (count: Int, start: Int) {
    var cursor = ByteCursor(file, at: max(0, end - 12))
    cursor.offset = Int(truncatingIfNeeded: try cursor.integer(UInt64.self))
    try cursor.skip(32)
    let count = Int(truncatingIfNeeded: try cursor.integer(UInt64.self))
    try cursor.skip(8)
    return (count, Int(truncatingIfNeeded: try cursor.integer(UInt64.self)))
  }
}

/// Unpacks deflated bytes into exactly `count` bytes; nil if they are damaged or give another number.
///
/// - Parameter windowBits: as in zlib: -15 raw deflate, 15 zlib, 47 zlib or gzip.
func inflated(_ packed: [UInt8], count: Int, windowBits: Int32) -> [UInt8]? {
  guard packed.count <= Int(UInt32.max), count <= Int(UInt32.max) else { return nil }
  var stream = z_stream()
  guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
  defer { inflateEnd(&stream) }
  var packed = packed
  var isComplete = false
  let result = [UInt8](unsafeUninitializedCapacity: max(count, 1)) { output, filled in
    packed.withUnsafeMutableBufferPointer { input in
      // zlib holds both pointers only during the call.
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      stream.next_out = output.baseAddress
      stream.avail_out = UInt32(count)
      isComplete = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0
      filled = count - Int(stream.avail_out)
    }
  }
  return isComplete ? result : nil
}
