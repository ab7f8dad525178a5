import CHDF5

/// Shape and type of an HDF5 dataset of numbers.
package struct HDF5Array: Sendable {
  package let path: String
  /// Slowest first, as stored.
  package let shape: [Int]
  package let type: ScalarType
  /// Values an element: 3 or 4 for colours, otherwise 1.
  package let channels: Int
  package let isBigEndian: Bool
  /// Sizes of a chunk along each axis; nil if the values are in one piece.
  package let chunk: [Int]?
  /// Bytes that the file holds of the values, packed; 0 where none was ever written.
  package let storedSize: Int
  /// Bytes of the element that stands where nothing was written, little-endian.
  package let fill: [UInt8]

  package var elementSize: Int { type.size * channels }
  /// Bytes of an unpacked chunk; 0 if the values are in one piece.
  var chunkSize: Int { chunk.flatMap { checkedProduct($0 + [elementSize]) } ?? 0 }
  package var summary: String { "[\(shape.map { "\($0)" }.joined(separator: " x ")) \(type.rawValue)]" }

  /// Largest number of bytes that one packed byte is believed to stand for.
  private static let largestRatio = 100_000

  /// Whether most values cannot be in the file: it holds less of them than any compression leaves.
  package var isSparse: Bool {
    (checkedProduct(shape + [elementSize]) ?? .max) / Self.largestRatio > storedSize || storedSize == 0
  }

  init(
    path: String, shape: [Int], type: ScalarType, channels: Int, isBigEndian: Bool, chunk: [Int]?, storedSize: Int,
    fill: [UInt8]
  ) {
    (self.path, self.shape, self.type) = (path, shape, type)
    (self.channels, self.isBigEndian, self.chunk) = (channels, isBigEndian, chunk)
    (self.storedSize, self.fill) = (storedSize, fill)
  }

  /// Why a dataset is no array that is read.
  struct Refusal: Error {
    /// What the dataset does, to follow its name: `holds texts`.
    let fact: String
    /// Whether there are numbers in it, so that somebody may miss them.
    var holdsNumbers = true
  }

  /// - Parameter path: of the dataset, from the root of the file.
  init(_ dataset: hid_t, path: String) throws(Refusal) {
    self.path = path
    let (type, space, settings) = (H5Dget_type(dataset), H5Dget_space(dataset), H5Dget_create_plist(dataset))
    defer {
      H5Tclose(type)
      H5Sclose(space)
      H5Pclose(settings)
    }
    guard type >= 0, space >= 0, settings >= 0 else { throw Refusal(fact: "is damaged") }
    guard let (scalar, channels, isBigEndian) = Self.scalar(type) else { throw Self.strange(type) }
    let rank = Int(H5Sget_simple_extent_ndims(space))
    guard rank > 0 else { throw Refusal(fact: "holds a single value or none", holdsNumbers: false) }
    guard rank <= 16 else { throw Refusal(fact: "has \(rank) axes, more than are read") }
    var sizes = [hsize_t](repeating: 0, count: rank)
    guard H5Sget_simple_extent_dims(space, &sizes, nil) == Int32(rank) else { throw Refusal(fact: "is damaged") }
    let shape = sizes.map { Int(clamping: $0) }
    guard !shape.contains(0) else { throw Refusal(fact: "holds no values", holdsNumbers: false) }
    guard let bytes = checkedProduct(shape + [scalar.size, channels]) else {
      throw Refusal(fact: "claims an impossible shape \(shape)")
    }
    guard H5Pget_external_count(settings) == 0 else {
      throw Refusal(fact: "keeps its values in another file, which is not read; copy them into one file")
    }
    if let filter = HDF5Filter.missing(in: settings) {
      throw Refusal(fact: "is packed with \(filter), which is not read; save it with gzip")
    }

    (self.shape, self.type, self.channels, self.isBigEndian) = (shape, scalar, channels, isBigEndian)
    fill = Self.fill(settings, type, size: scalar.size * channels, swapped: isBigEndian ? scalar.swappedSize : 1)
    let layout = H5Pget_layout(settings)
    if layout == H5D_VIRTUAL {
      if let source = HDF5VirtualSources.missing(of: settings, in: dataset) {
        throw Refusal(
          fact: "is put together from other files, of which \(source) is not there; copy it beside this one")
      }
      // Its values are in other arrays, which the library finds.
      (chunk, storedSize) = (nil, bytes)
      return
    }
    storedSize = Int(clamping: H5Dget_storage_size(dataset))
    var chunk = [hsize_t](repeating: 0, count: rank)
    let isChunked = layout == H5D_CHUNKED && H5Pget_chunk(settings, Int32(rank), &chunk) == Int32(rank)
    self.chunk = isChunked ? chunk.map { Int(clamping: $0) } : nil
    // The library takes memory for a whole chunk: none is larger than the array, but for the last along each axis, and
    // none that is written is packed better than anything can be.
    guard
      storedSize == 0
        || chunkSize <= max(1 << 26, bytes << min(rank, 8)) && chunkSize / Self.largestRatio <= storedSize
    else { throw Refusal(fact: "claims chunks of \(chunkSize) bytes, but holds \(storedSize); it is damaged") }
  }

  /// What a type is that is no number.
  private static func strange(_ type: hid_t) -> Refusal {
    switch H5Tget_class(type) {
    case H5T_STRING: Refusal(fact: "holds texts", holdsNumbers: false)
    case H5T_COMPOUND: Refusal(fact: "holds records of several values", holdsNumbers: false)
    case H5T_REFERENCE: Refusal(fact: "holds references", holdsNumbers: false)
    case H5T_VLEN: Refusal(fact: "holds lists of different lengths", holdsNumbers: false)
    case H5T_ARRAY: Refusal(fact: "holds arrays as elements", holdsNumbers: false)
    case H5T_INTEGER, H5T_FLOAT: Refusal(fact: "holds numbers of \(8 * H5Tget_size(type)) bits, which are not read")
    default: Refusal(fact: "holds values that are no numbers", holdsNumbers: false)
    }
  }

  /// The value of what was never written; zero where the file does not say.
  private static func fill(_ settings: hid_t, _ type: hid_t, size: Int, swapped: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: size)
    let status = bytes.withUnsafeMutableBytes { H5Pget_fill_value(settings, type, $0.baseAddress!) }
    if status < 0 { bytes = [UInt8](repeating: 0, count: size) }
    swapBytes(&bytes, size: swapped)
    return bytes
  }

  /// Number type, values an element and byte order of a type; nil for what is no number.
  static func scalar(_ type: hid_t) -> (ScalarType, channels: Int, isBigEndian: Bool)? {
    let size = Int(H5Tget_size(type))
    let isBigEndian = H5Tget_order(type) == H5T_ORDER_BE
    switch H5Tget_class(type) {
    case H5T_INTEGER:
      guard H5Tget_precision(type) == 8 * size else { return nil }
      return ScalarType(bits: 8 * size, signed: H5Tget_sign(type) == H5T_SGN_2).map { ($0, 1, isBigEndian) }
    case H5T_FLOAT:
      let scalar: ScalarType? = [2: .float16, 4: .float32, 8: .float64][size]
      return scalar.map { ($0, 1, isBigEndian) }
    case H5T_ENUM:
      // NumPy's truth values are an enumeration of FALSE and TRUE.
      return size == 1 ? (H5Tget_nmembers(type) == 2 ? .bool : .uint8, 1, false) : nil
    case H5T_COMPOUND: return compound(type, size: size)
    default: return nil
    }
  }

  /// Two floats side by side are a complex number, three or four equal integers a colour.
  private static func compound(_ type: hid_t, size: Int) -> (ScalarType, channels: Int, isBigEndian: Bool)? {
    let count = Int(H5Tget_nmembers(type))
    guard (2...4).contains(count) else { return nil }
    var members: [(ScalarType, isBigEndian: Bool)] = []
    for index in 0..<count {
      let member = H5Tget_member_type(type, UInt32(index))
      defer { H5Tclose(member) }
      guard H5Tget_class(member) == H5T_INTEGER || H5Tget_class(member) == H5T_FLOAT,
        let (scalar, _, isBigEndian) = scalar(member),
        Int(H5Tget_member_offset(type, UInt32(index))) == index * scalar.size
      else { return nil }
      members.append((scalar, isBigEndian))
    }
    guard members.allSatisfy({ $0 == members[0] }), size == count * members[0].0.size else { return nil }
    switch (count, members[0].0) {
    case (2, .float32): return (.complex64, 1, members[0].isBigEndian)
    case (2, .float64): return (.complex128, 1, members[0].isBigEndian)
    case (3...4, .uint8), (3...4, .uint16): return (members[0].0, count, members[0].isBigEndian)
    default: return nil
    }
  }
}

/// Reads attributes and small datasets as metadata.
enum HDF5Value {
  private static let elementLimit = 4096

  /// - Parameter read: reads values of a type into memory; its result is negative if it fails.
  static func read(
    _ type: hid_t, _ space: hid_t, _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) -> MetadataTree? {
    let count = Int(H5Sget_simple_extent_npoints(space))
    guard count >= 1, count <= elementLimit else { return nil }
    let values: [MetadataTree]? =
      switch H5Tget_class(type) {
      case H5T_STRING: texts(type, space, count, read)?.map { .text($0) }
      default: numbers(type, count, read)
      }
    guard let values else { return nil }
    return count == 1 ? values[0] : .list(values)
  }

  private static func texts(
    _ type: hid_t, _ space: hid_t, _ count: Int, _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) -> [String]? {
    if H5Tis_variable_str(type) > 0 {
      var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
      return pointers.withUnsafeMutableBytes { buffer -> [String]? in
        guard read(type, buffer.baseAddress!) >= 0 else { return nil }
        // The library allocates each text and takes it back here; all end with a zero.
        defer { H5Dvlen_reclaim(type, space, 0, buffer.baseAddress) }
        return buffer.bindMemory(to: UnsafeMutablePointer<CChar>?.self).map { $0.map { String(cString: $0) } ?? "" }
      }
    }
    let size = Int(H5Tget_size(type))
    guard size > 0, size <= 1 << 20, size * count <= 1 << 22 else { return nil }
    var bytes = [UInt8](repeating: 0, count: size * count)
    guard bytes.withUnsafeMutableBytes({ read(type, $0.baseAddress!) }) >= 0 else { return nil }
    return (0..<count).map { plainText(bytes[$0 * size..<($0 + 1) * size].prefix { $0 != 0 }) }
  }

  private static func numbers(
    _ type: hid_t, _ count: Int, _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) -> [MetadataTree]? {
    guard let (scalar, channels, isBigEndian) = HDF5Array.scalar(type), channels == 1, !scalar.isComplex else {
      return nil
    }
    if H5Tget_class(type) == H5T_FLOAT {
      var values = [Double](repeating: 0, count: count)
      guard values.withUnsafeMutableBytes({ read(tessera_h5_native_double(), $0.baseAddress!) }) >= 0 else {
        return nil
      }
      return values.map { .number($0) }
    }
    var bytes = [UInt8](repeating: 0, count: scalar.size * count)
    guard bytes.withUnsafeMutableBytes({ read(type, $0.baseAddress!) }) >= 0 else { return nil }
    if isBigEndian { swapBytes(&bytes, size: scalar.size) }
    let isSigned = H5Tget_class(type) == H5T_INTEGER && H5Tget_sign(type) == H5T_SGN_2
    return stride(from: 0, to: bytes.count, by: scalar.size).map { start in
      let value = bytes[start..<start + scalar.size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      if scalar == .bool { return .truth(value != 0) }
      if isSigned {
        // The sign bit is moved to the top and back, which repeats it.
        let unused = Int64(64 - 8 * scalar.size)
        return .integer(Int((Int64(bitPattern: value) << unused) >> unused))
      }
      return Int(exactly: value).map { .integer($0) } ?? .number(Double(value))
    }
  }
}
