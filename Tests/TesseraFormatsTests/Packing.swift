import CHDF5
import CZlib

/// Wrappers of data that carry checksums: what is damaged inside them reaches the parser behind.
enum Packing {
  /// Packed by zlib (window bits 15) or as a bare stream of Deflate (-15).
  static func deflated(_ bytes: [UInt8], windowBits: Int32 = 15) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(&stream, 6, Z_DEFLATED, windowBits, 8, 0, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    return [UInt8](unsafeUninitializedCapacity: bytes.count + bytes.count / 8 + 64) { output, count in
      let capacity = output.count
      input.withUnsafeMutableBufferPointer { input in
        (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
        (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(capacity))
        _ = deflate(&stream, Z_FINISH)
      }
      count = capacity - Int(stream.avail_out)
    }
  }

  static func checksum(_ data: [UInt8]) -> UInt32 { UInt32(crc32(0, data, UInt32(data.count))) }

  /// A ZIP archive of one member.
  static func zip(_ name: String, _ data: [UInt8], isDeflated: Bool) -> [UInt8] {
    let packed = isDeflated ? deflated(data, windowBits: -15) : data
    let facts: [UInt8] =
      bytes(UInt16(0)) + bytes(UInt16(isDeflated ? 8 : 0)) + bytes(UInt32(0)) + bytes(checksum(data))
      + bytes(UInt32(packed.count)) + bytes(UInt32(data.count)) + bytes(UInt16(name.utf8.count)) + bytes(UInt16(0))
    let local: [UInt8] = Array("PK\u{3}\u{4}".utf8) + bytes(UInt16(20)) + facts + Array(name.utf8) + packed
    let directory: [UInt8] =
      Array("PK\u{1}\u{2}".utf8) + bytes(UInt16(20)) + bytes(UInt16(20)) + facts + [UInt8](repeating: 0, count: 10)
      + bytes(UInt32(0)) + Array(name.utf8)
    return local + directory + Array("PK\u{5}\u{6}".utf8) + bytes(UInt32(0)) + bytes(UInt16(1)) + bytes(UInt16(1))
      + bytes(UInt32(directory.count)) + bytes(UInt32(local.count)) + bytes(UInt16(0))
  }

  /// A PNG image with this header (13 bytes) and these rows, each behind its filter byte.
  static func png(header: [UInt8], rows: [UInt8]) -> [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    for (kind, content) in [("IHDR", header), ("IDAT", deflated(rows)), ("IEND", [])] {
      let named = Array(kind.utf8) + content
      file += bytes(UInt32(content.count)).reversed() + named + bytes(checksum(named)).reversed()
    }
    return file
  }
}

/// HDF5 files as other programs write them, made through the library.
enum HDF5Example {
  /// A packed, chunked array of 40 x 30 in a group with attributes.
  ///
  /// - Parameter isLatest: with the newest format of the library: checksums, other indices of chunks and groups.
  static func chunked(at path: String, isLatest: Bool) {
    let access = tessera_h5_access()
    if isLatest { H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) }
    let overwrite: UInt32 = 2  // H5F_ACC_TRUNC, a macro that Swift does not see.
    let file = H5Fcreate(path, overwrite, 0, access)
    let group = H5Gcreate2(file, "scan", 0, 0, 0)
    let settings = tessera_h5_dataset_settings()
    H5Pset_chunk(settings, 2, [16, 16])
    H5Pset_shuffle(settings)
    H5Pset_deflate(settings, 6)
    write((0..<1200).map { UInt16($0 * 7) }, shape: [40, 30], named: "image", in: group, tessera_h5_uint16(), settings)
    write((0..<30).map { Double($0) * 0.5 }, shape: [30], named: "x", in: group, tessera_h5_float64(), 0)
    H5Pclose(settings)
    H5Gclose(group)
    H5Fclose(file)
    H5Pclose(access)
  }

  /// As Velox writes: an image of 8 x 6 x 1 with JSON beside it.
  static func velox(at path: String, json: [UInt8]) {
    let file = tessera_h5_create(path)
    let data = H5Gcreate2(file, "Data", 0, 0, 0)
    let images = H5Gcreate2(data, "Image", 0, 0, 0)
    let image = H5Gcreate2(images, "0123", 0, 0, 0)
    write((0..<48).map { UInt16($0) }, shape: [8, 6, 1], named: "Data", in: image, tessera_h5_uint16(), 0)
    let text = json + [0]
    let byte = H5Tcopy(tessera_h5_uint16())
    H5Tset_size(byte, 1)
    write(text, shape: [text.count, 1], named: "Metadata", in: image, byte, 0)
    H5Tclose(byte)
    for group in [image, images, data] { H5Gclose(group) }
    H5Fclose(file)
  }

  /// Lengths of a chunk along each axis; empty where there are none.
  static func chunkSizes(of name: String, at path: String) -> [Int] {
    let file = tessera_h5_open(path)
    let dataset = H5Dopen2(file, name, 0)
    let settings = H5Dget_create_plist(dataset)
    var sizes = [hsize_t](repeating: 0, count: 8)
    let rank = H5Pget_chunk(settings, 8, &sizes)
    H5Pclose(settings)
    H5Dclose(dataset)
    H5Fclose(file)
    return sizes.prefix(Int(max(0, rank))).map { Int($0) }
  }

  private static func write<Value: BitwiseCopyable>(
    _ values: [Value], shape: [Int], named name: String, in group: hid_t, _ type: hid_t, _ settings: hid_t
  ) {
    let space = H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil)
    let dataset = H5Dcreate2(group, name, type, space, 0, settings, 0)
    H5Dwrite(dataset, type, 0, 0, 0, values)
    H5Dclose(dataset)
    H5Sclose(space)
  }
}
