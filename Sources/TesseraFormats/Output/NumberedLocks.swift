import Foundation
import TesseraHDF5

/// Locks with numbers, told between the programs that have one file open: which parts of a common work are being done. The kernel
/// releases them when the program ends, however it ends; they work on network shares with locks (NFS from version 4 on).
package final class NumberedLocks: Sendable {
  private let descriptor: Int32
  private let path: String

  /// - Throws: `FormatError` where the file cannot be opened or made.
  package init(at path: String) throws(FormatError) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw FormatError(
        .cannotWrite, "\(path): cannot be opened (\(String(cString: strerror(errno)))); name another folder")
    }
  }

  /// Takes a lock.
  ///
  /// - Parameters:
  ///   - number: of the lock, 0 or more.
  ///   - waits: whether it waits for another program that has it.
  /// - Returns: false where another program has it.
  /// - Throws: `FormatError` where the file system knows no such locks.
  package func take(_ number: Int, waits: Bool = false) throws(FormatError) -> Bool {
    while true {
      if set(number, Int(F_WRLCK), waits: waits) { return true }
      switch errno {
      case EINTR: continue
      case EACCES, EAGAIN: return false
      default:
        throw FormatError(
          .cannotWrite,
          "\(path): this file system has no locks (\(String(cString: strerror(errno)))), without which several runs cannot share the "
            + "work; let one run do all")
      }
    }
  }

  /// Gives a lock back.
  package func giveBack(_ number: Int) { _ = set(number, Int(F_UNLCK), waits: false) }

  /// Locks of an open file (Linux 3.15), which belong to its descriptor and not, as those of POSIX, to the process; their numbers in
  /// `fcntl.h` are behind `_GNU_SOURCE`.
  private static let (setLock, setLockAndWait): (Int32, Int32) = (37, 38)

  private func set(_ number: Int, _ kind: Int, waits: Bool) -> Bool {
    var lock = Foundation.flock()
    (lock.l_type, lock.l_whence) = (Int16(kind), Int16(SEEK_SET))
    (lock.l_start, lock.l_len, lock.l_pid) = (off_t(number), 1, 0)
    return withUnsafeMutablePointer(to: &lock) {
      fcntl(descriptor, waits ? Self.setLockAndWait : Self.setLock, UnsafeMutableRawPointer($0))
    } == 0
  }

  deinit { close(descriptor) }
}
