import CHDF5

/// Writes HDF5 files in HyperSpy's layout, which HyperSpy opens with named axes in nm.
///
/// Source: RosettaSciIO, hspy format, version 3.1. The values are uncompressed, a chunk a frame (of a large frame a band
/// of rows), as HyperSpy expects where it is to read them lazily; nothing in the file depends on the time.
public enum HyperSpyWriter {
  /// Writes an image, or a stack with a navigation axis `frame`, in the stack's own type.
  ///
  /// - Parameters:
  ///   - stack: one image or more, in the order in which they are written.
  ///   - path: of the file.
  ///   - replacing: whether an existing file gives way.
  /// - Throws: `FormatError` where the file exists or cannot be written; what reading a frame throws.
  public static func write(_ stack: ImageStack, to path: String, replacing: Bool = false) throws {
    try AtomicOutput.file(at: path, replacing: replacing) { temporary in
      tessera_h5_quiet()
      let file = tessera_h5_create(temporary)
      guard file >= 0 else {
        throw FormatError(.cannotWrite, "\(path): cannot be written; check the folder and the free space")
      }
      let isWritten: Bool
      do {
        isWritten = try fill(file, with: stack)
      } catch {
        H5Fclose(file)
        throw error
      }
      // A full disk may show only when the library empties its buffers.
      guard H5Fclose(file) >= 0, isWritten else {
        throw FormatError(.inputOutput, "\(path): cannot be written completely; check the free space")
      }
    }
  }

  private static func fill(_ file: hid_t, with stack: ImageStack) throws -> Bool {
    set("HyperSpy", "file_format", of: file)
    set("3.1", "file_format_version", of: file)
    return try group("Experiments", in: file) { experiments in
      try group("__unnamed__", in: experiments) { experiment in
        var axes: [(name: String, size: Int, scale: Double, isSignal: Bool)] = [
          ("y", stack.height, stack.calibration?.nanometresPerPixelY ?? 1, true),
          ("x", stack.width, stack.calibration?.nanometresPerPixelX ?? 1, true),
        ]
        if stack.count > 1 { axes.insert(("frame", stack.count, 1, false), at: 0) }
        for (index, axis) in axes.enumerated() {
          group("axis-\(index)", in: experiment) { group in
            set("UniformDataAxis", "_type", of: group)
            set(axis.name, "name", of: group)
            set(axis.isSignal && stack.calibration != nil ? "nm" : "", "units", of: group)
            set(axis.scale, "scale", of: group)
            set(0.0, "offset", of: group)
            set(axis.size, "size", of: group)
            set(!axis.isSignal, "navigate", of: group)
            set(false, "is_binned", of: group)
          }
        }
        group("metadata", in: experiment) { metadata in
          group("General", in: metadata) { set(stack.name, "title", of: $0) }
          group("Signal", in: metadata) { set("", "signal_type", of: $0) }
        }
        group("original_metadata", in: experiment) { _ in }
        group("learning_results", in: experiment) { _ in }
        return try writeFrames(of: stack, axes.map { hsize_t($0.size) }, in: experiment)
      }
    }
  }

  private static func writeFrames(of stack: ImageStack, _ sizes: [hsize_t], in group: hid_t) throws -> Bool {
    let type =
      switch stack.type {
      case .uint16: tessera_h5_uint16()
      case .int32: tessera_h5_int32()
      case .uint32: tessera_h5_uint32()
      default: tessera_h5_float32()
      }
    let settings = tessera_h5_dataset_settings()
    let chunk = chunkSizes(width: stack.width, height: stack.height, elementSize: stack.type.size)
    H5Pset_chunk(settings, Int32(sizes.count), [hsize_t](repeating: 1, count: sizes.count - 2) + chunk)
    let space = H5Screate_simple(Int32(sizes.count), sizes, nil)
    let dataset = H5Dcreate2(group, "data", type, space, 0, settings, 0)
    defer {
      H5Dclose(dataset)
      H5Sclose(space)
      H5Pclose(settings)
    }
    guard dataset >= 0 else { return false }
    let rowSize = stack.width * stack.type.size
    var row = 0
    var isWritten = true
    try stack.emitFrames { bytes in
      // A piece is some rows of one frame.
      let rows = bytes.byteCount / rowSize
      let leading = sizes.count - 2
      let start = [hsize_t](repeating: hsize_t(row / stack.height), count: leading) + [hsize_t(row % stack.height), 0]
      let part = [hsize_t](repeating: 1, count: leading) + [hsize_t(rows), hsize_t(stack.width)]
      let memory = H5Screate_simple(Int32(part.count), part, nil)
      defer { H5Sclose(memory) }
      let isSelected = H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nil, part, nil) >= 0
      let status = bytes.withUnsafeBytes { H5Dwrite(dataset, type, memory, space, 0, $0.baseAddress) }
      isWritten = isWritten && isSelected && status >= 0
      row += rows
    }
    return isWritten
  }

  /// Rows and columns of a chunk of at most 32 MiB; the format's limit is 4 GiB.
  private static func chunkSizes(width: Int, height: Int, elementSize: Int) -> [hsize_t] {
    let columns = max(1, min(width, 1 << 20))
    return [hsize_t(max(1, min(height, (1 << 25) / (columns * elementSize)))), hsize_t(columns)]
  }

  private static func group<Value>(_ name: String, in parent: hid_t, _ fill: (hid_t) throws -> Value) rethrows -> Value
  {
    let group = H5Gcreate2(parent, name, 0, 0, 0)
    defer { H5Gclose(group) }
    return try fill(group)
  }

  private static func set(_ value: String, _ name: String, of object: hid_t) {
    let type = tessera_h5_text()
    defer { H5Tclose(type) }
    value.withCString { text in
      withUnsafePointer(to: text) { set(name, of: object, stored: type, memory: type, $0) }
    }
  }

  private static func set(_ value: Double, _ name: String, of object: hid_t) {
    withUnsafePointer(to: value) {
      set(name, of: object, stored: tessera_h5_float64(), memory: tessera_h5_native_double(), $0)
    }
  }

  private static func set(_ value: Int, _ name: String, of object: hid_t) {
    withUnsafePointer(to: Int64(value)) {
      set(name, of: object, stored: tessera_h5_int64(), memory: tessera_h5_native_int64(), $0)
    }
  }

  private static func set(_ value: Bool, _ name: String, of object: hid_t) {
    let type = tessera_h5_truth()
    defer { H5Tclose(type) }
    withUnsafePointer(to: Int8(value ? 1 : 0)) { set(name, of: object, stored: type, memory: type, $0) }
  }

  private static func set(
    _ name: String, of object: hid_t, stored: hid_t, memory: hid_t, _ value: UnsafeRawPointer
  ) {
    let space = H5Screate(H5S_SCALAR)
    let attribute = H5Acreate2(object, name, stored, space, 0, 0)
    H5Awrite(attribute, memory, value)
    H5Aclose(attribute)
    H5Sclose(space)
  }
}
