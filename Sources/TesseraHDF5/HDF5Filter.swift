import CHDF5
import Glibc

/// The filters that pack the chunks of HDF5 datasets. The library has gzip, shuffle, checksums and often szip; h5py's `lzf`
/// is added here. Others are found where HDF5_PLUGIN_PATH names the library's plugins.
enum HDF5Filter {
  /// Numbers that the HDF Group has given to filters of other programs.
  private static let names = [
    307: "bzip2", 32000: "LZF", 32001: "Blosc", 32004: "LZ4", 32008: "Bitshuffle", 32013: "ZFP", 32015: "Zstandard",
    32026: "Blosc2",
  ]
  private static let lzf = 32000

  private static let isRegistered: Bool = {
    var filter = H5Z_class2_t()
    filter.version = H5Z_CLASS_T_VERS
    filter.id = H5Z_filter_t(lzf)
    // It refuses to pack; but without this claim the library refuses to make a dataset whose pieces are packed already.
    filter.encoder_present = 1
    filter.decoder_present = 1
    filter.filter = unpackLZF
    return H5Zregister(&filter) >= 0
  }()

  /// Tells the library of `lzf`, unless a plugin does so.
  static func register() { if H5Zfilter_avail(H5Z_filter_t(lzf)) <= 0 { _ = isRegistered } }

  /// The first filter of a dataset that the library does not have; nil if it has all.
  static func missing(in settings: hid_t) -> String? {
    for index in 0..<max(0, H5Pget_nfilters(settings)) {
      var flags: UInt32 = 0
      var valueCount = 0
      var configuration: UInt32 = 0
      let number = H5Pget_filter2(settings, UInt32(index), &flags, &valueCount, nil, 0, nil, &configuration)
      // An optional filter may have been left out of every chunk.
      if number > 0, H5Zfilter_avail(number) <= 0, flags & UInt32(H5Z_FLAG_OPTIONAL) == 0 || names[Int(number)] != nil {
        return "the filter \(names[Int(number)] ?? "number") (\(number))"
      }
    }
    return nil
  }

  /// Unpacks a chunk in place of the library's buffer; returns its size, 0 if it is damaged.
  ///
  /// The third of the filter's values is the size of a chunk.
  private static let unpackLZF: H5Z_func_t = { flags, valueCount, values, byteCount, bufferSize, buffer in
    guard flags & UInt32(H5Z_FLAG_REVERSE) != 0, valueCount >= 3, let values, let bufferSize, let buffer,
      let packed = buffer.pointee, values[2] > 0
    else { return 0 }
    let size = Int(values[2])
    // No match is longer than 264 bytes for 3 packed ones: more is a lie, and costs no memory.
    guard size <= 1 << 30, size / 100 <= byteCount + 1, let room = malloc(size) else { return 0 }
    let output = UnsafeMutableRawBufferPointer(start: room, count: size)
    guard let count = LZF.unpack(UnsafeRawBufferPointer(start: packed, count: byteCount), into: output) else {
      free(room)
      return 0
    }
    free(packed)
    buffer.pointee = room
    bufferSize.pointee = size
    return count
  }
}

/// Marc Lehmann's LZF, as h5py writes it: literal runs, and copies of what stands up to 8 KiB before.
///
/// A first byte c below 32 is followed by c + 1 literal bytes. Otherwise its three highest bits are a length (7: the next
/// byte is added), the lower five and the next byte a distance; length + 2 bytes are copied from distance + 1 before.
/// Source: liblzf 3.6, `lzf_d.c`.
enum LZF {
  /// Number of bytes written; nil if the packed bytes run out, lead before the beginning or past the end.
  static func unpack(_ packed: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
    var (place, count) = (0, 0)
    while place < packed.count {
      let control = Int(packed[place])
      place += 1
      if control < 32 {
        let length = control + 1
        guard length <= packed.count - place, length <= output.count - count else { return nil }
        for index in 0..<length { output[count + index] = packed[place + index] }
        place += length
        count += length
      } else {
        var length = control >> 5
        if length == 7 {
          guard place < packed.count else { return nil }
          length += Int(packed[place])
          place += 1
        }
        guard place < packed.count else { return nil }
        let source = count - ((control & 31) << 8 | Int(packed[place])) - 1
        place += 1
        length += 2
        guard source >= 0, length <= output.count - count else { return nil }
        // Byte by byte: a copy may overlap what it writes.
        for index in 0..<length { output[count + index] = output[source + index] }
        count += length
      }
    }
    return count
  }
}
