import CHDF5
import Glibc

/// The arrays that a virtual dataset is put together from. The library gives fill values where one is missing, as if
/// nothing had been measured there.
enum HDF5VirtualSources {
  /// The name of the first source file that is not there; nil if all are.
  ///
  /// The library looks beside the file that holds the dataset, and for the name as it stands.
  static func missing(of settings: hid_t, in dataset: hid_t) -> String? {
    var count = 0
    guard H5Pget_virtual_count(settings, &count) >= 0 else { return "one" }
    let folder = folder(of: dataset)
    var known: Set<String> = ["."]
    for index in 0..<min(count, 1 << 16) {
      var buffer = [CChar](repeating: 0, count: 4096)
      let length = H5Pget_virtual_filename(settings, index, &buffer, buffer.count)
      guard length > 0, length < buffer.count else { return "one" }
      let name = plainText(buffer)
      // A series of files is named by a pattern; how many there are is for the library to find.
      guard !name.contains("%"), known.insert(name).inserted else { continue }
      let isThere = isFile(name) || !name.hasPrefix("/") && isFile("\(folder)/\(name)")
      if !isThere { return fileName(name) }
    }
    return nil
  }

  /// Whether a file can be read: the library would wait for ever for one that is a pipe.
  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, R_OK) == 0
  }

  private static func folder(of dataset: hid_t) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let length = H5Fget_name(dataset, &buffer, buffer.count)
    guard length > 0, length < buffer.count else { return "." }
    let path = plainText(buffer)
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
