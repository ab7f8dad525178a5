import Foundation
import TesseraHDF5

/// A folder in which one program works at a time, or several that share the work. The kernel releases the lock when the program
/// ends, however it ends.
public final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Parameters:
  ///   - isShared: whether others that share the work may hold it too.
  ///   - patience: for how many seconds it is tried again while another program holds it.
  /// - Throws: `FormatError` where another program holds the lock.
  public init(of folder: String, isShared: Bool = false, patience: Double = 0) throws(FormatError) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FormatError(.cannotWrite, "\(folder): cannot be opened (\(String(cString: strerror(errno)))); name another")
    }
    let start = ContinuousClock.now
    // File systems that know no locks (some network shares) let everyone in.
    while flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      if ContinuousClock.now - start >= .seconds(patience) {
        close(descriptor)
        throw FormatError(
          .cannotWrite, "\(folder): another run works in this folder; wait for its end, or name another folder")
      }
      usleep(Self.pause)
    }
  }

  /// Microseconds between two tries: short beside the start of a program, long beside a system call.
  private static let pause: UInt32 = 100_000

  /// Takes the folder for this program alone; false where others still share it. The shared lock is lost either way.
  public func becomeExclusive() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  deinit { close(descriptor) }
}
