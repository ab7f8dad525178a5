import Foundation

/// A folder for temporary files, for this user alone, for as long as the process that made it.
///
/// Its owner holds a lock on a file in it. The lock ends with the process, however that ends, so the next folder of the same kind takes
/// away those whose lock nobody holds. The number of a process would tell less: containers that share a folder number theirs alike.
package final class OwnedFolder: Sendable {
  /// Where the folder is; what the owner writes goes below it.
  package let url: URL
  /// Descriptor of the locked file; nil where the disk has no locks, and then nobody takes the folder for left behind.
  private let lock: Int32?

  /// Makes an empty folder among the temporary files of the system, and takes away those of the same kind that nobody owns any more.
  ///
  /// - Parameter kind: part of its name.
  /// - Throws: `FormatError` where the folder for temporary files cannot be written.
  package init(_ kind: String) throws(FormatError) {
    let parent = FileManager.default.temporaryDirectory
    Self.removeLeavings(kind, in: parent)
    url = parent.appendingPathComponent(Self.prefix(kind) + UUID().uuidString, isDirectory: true)
    do {
      try FileManager.default.createDirectory(
        at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw FormatError(.cannotWrite, "\(url.path): cannot be written; set TMPDIR to a folder for temporary files")
    }
    lock = Self.ownership(of: url)
  }

  deinit { if let lock { close(lock) } }

  /// Takes the folder away with all that is in it.
  package func remove() { try? FileManager.default.removeItem(at: url) }

  private static func prefix(_ kind: String) -> String { "tessera-\(kind)-" }

  private static let lockName = ".owner"

  /// Locks a new folder. The file gets its name once it is locked: who looks before finds none, and lets the folder be.
  private static func ownership(of folder: URL) -> Int32? {
    let (unnamed, named) = (folder.appendingPathComponent(lockName + ".new"), folder.appendingPathComponent(lockName))
    let file = open(unnamed.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    if flock(file, LOCK_EX | LOCK_NB) == 0, rename(unnamed.path, named.path) == 0 { return file }
    close(file)
    unlink(unnamed.path)
    return nil
  }

  /// Takes away the folders of this user and kind whose owner has ended.
  private static func removeLeavings(_ kind: String, in parent: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? []
    for name in names where name.hasPrefix(prefix(kind)) {
      let folder = parent.appendingPathComponent(name)
      var status = stat()
      // A link would lead elsewhere; the folders of others are theirs.
      guard lstat(folder.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
        continue
      }
      let file = open(folder.appendingPathComponent(lockName).path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
      guard file >= 0 else { continue }
      defer { close(file) }
      if flock(file, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(at: folder) }
    }
  }
}
