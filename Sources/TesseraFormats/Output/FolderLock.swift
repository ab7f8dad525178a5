import Foundation
import TesseraHDF5

/// A folder in which one program works at a time, or several that share the work. The kernel releases the lock when the program
/// ends, however it ends.
public final class FolderLock: Sendable {
  private let descriptor: Int32

  /// - Parameters:
  ///   - folder: path of the folder, which exists.
  ///   - isShared: whether others that share the work may hold it too.
  ///   - patience: for how many seconds it is tried again while another program holds it. Where that program put another folder in its
  ///     place meanwhile, that one is locked.
  /// - Throws: `FormatError` where another program holds the lock.
  public init(of folder: String, isShared: Bool = false, patience: Double = 0) throws(FormatError) {
    let start = ContinuousClock.now
    while true {
      let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      guard opened >= 0 else {
        throw FormatError(
          .cannotWrite, "\(folder): cannot be opened (\(String(cString: strerror(errno)))); name another")
      }
      // File systems that know no locks (some network shares) let everyone in.
      let isFree = flock(opened, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 || errno != EWOULDBLOCK
      if isFree && Self.leads(folder, to: opened) {
        descriptor = opened
        return
      }
      close(opened)
      if ContinuousClock.now - start >= .seconds(patience) {
        throw FormatError(
          .cannotWrite, "\(folder): another run works in this folder; wait for its end, or name another folder")
      }
      usleep(Self.pause)
    }
  }

  /// Whether a path still leads to the folder that was opened by it.
  private static func leads(_ path: String, to descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    return stat(path, &named) == 0 && fstat(descriptor, &opened) == 0 && named.st_ino == opened.st_ino
      && named.st_dev == opened.st_dev
  }

  /// Microseconds between two tries: short beside the start of a program, long beside a system call.
  private static let pause: UInt32 = 100_000

  /// Takes the folder for this program alone; false where others still share it. The shared lock is lost either way.
  public func becomeExclusive() -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

  deinit { close(descriptor) }
}
