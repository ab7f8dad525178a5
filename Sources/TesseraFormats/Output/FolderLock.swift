import Foundation
import TesseraHDF5

/// A folder in which one program works at a time. The kernel releases the lock when the program ends, however it ends.
public final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Throws: `FormatError` where another program holds the lock.
  public init(of folder: String) throws(FormatError) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FormatError(.cannotWrite, "\(folder): cannot be opened (\(String(cString: strerror(errno)))); name another")
    }
    // File systems that know no locks (some network shares) let everyone in.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      close(descriptor)
      throw FormatError(
        .cannotWrite, "\(folder): another run works in this folder; wait for its end, or name another folder")
    }
  }

  deinit { close(descriptor) }
}
