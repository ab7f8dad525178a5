import CHDF5

/// An HDF5 file by hand: groups, arrays of 16 bits, and attributes, by their paths. Groups are made as they are needed.
final class HDF5Builder {
  private let file: hid_t

  init(_ path: String) {
    tessera_h5_quiet()
    file = tessera_h5_create(path)
  }

  deinit { H5Fclose(file) }

  /// Calls `body` with the group of a path such as `a/b`.
  private func group(_ path: String, _ body: (hid_t) -> Void) {
    var groups = [file]
    for name in path.split(separator: "/") {
      let parent = groups[groups.count - 1]
      let exists = H5Lexists(parent, String(name), 0) > 0
      groups.append(exists ? H5Gopen2(parent, String(name), 0) : H5Gcreate2(parent, String(name), 0, 0, 0))
    }
    body(groups[groups.count - 1])
    for group in groups.dropFirst().reversed() { H5Gclose(group) }
  }

  func array(_ path: String, _ shape: [Int], attributes: [String: String] = [:], _ values: [UInt16]) {
    let parts = path.split(separator: "/")
    group(parts.dropLast().joined(separator: "/")) { parent in
      let space = H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil)
      let dataset = H5Dcreate2(parent, String(parts.last!), tessera_h5_uint16(), space, 0, 0, 0)
      if !values.isEmpty { H5Dwrite(dataset, tessera_h5_uint16(), 0, 0, 0, values) }
      for (name, text) in attributes.sorted(by: { $0.key < $1.key }) { set(name, text, of: dataset) }
      H5Dclose(dataset)
      H5Sclose(space)
    }
  }

  func text(_ path: String, _ name: String, _ value: String) { group(path) { set(name, value, of: $0) } }

  func number(_ path: String, _ name: String, _ value: Double) {
    group(path) { object in
      let space = H5Screate(H5S_SCALAR)
      let attribute = H5Acreate2(object, name, tessera_h5_float64(), space, 0, 0)
      H5Awrite(attribute, tessera_h5_native_double(), [value])
      H5Aclose(attribute)
      H5Sclose(space)
    }
  }

  private func set(_ name: String, _ value: String, of object: hid_t) {
    let (type, space) = (tessera_h5_text(), H5Screate(H5S_SCALAR))
    let attribute = H5Acreate2(object, name, type, space, 0, 0)
    value.withCString { text in _ = withUnsafePointer(to: text) { H5Awrite(attribute, type, $0) } }
    H5Aclose(attribute)
    H5Sclose(space)
    H5Tclose(type)
  }
}
