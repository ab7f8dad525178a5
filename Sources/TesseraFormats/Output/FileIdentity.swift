import Foundation

/// Which file a path leads to, whatever the path is called: links, hard links and another spelling in a folder that does not
/// tell capitals apart lead to the same file.
struct FileIdentity: Hashable {
  enum Kind { case file, folder, other }

  let device: UInt64
  let number: UInt64
  let kind: Kind

  /// Nil where there is nothing.
  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, number) = (UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino))
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      default: .other
      }
  }

  static func == (one: Self, other: Self) -> Bool { one.device == other.device && one.number == other.number }

  func hash(into hasher: inout Hasher) {
    hasher.combine(device)
    hasher.combine(number)
  }
}
