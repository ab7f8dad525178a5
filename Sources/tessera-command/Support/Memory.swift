import Foundation

/// How the process holds its memory.
enum Memory {
  /// Keeps what large images leave behind for the next ones. The C library would hand each back to the kernel and fetch
  /// fresh pages for the next, which took a quarter of the time of a fit.
  static func keepFreed() {
    #if canImport(Glibc)
      _ = mallopt(M_MMAP_MAX, 0)
      _ = mallopt(M_TRIM_THRESHOLD, Int32.max)
    #endif
  }
}
