import Foundation

/// How the process holds its memory.
enum Memory {
  /// Keeps what large images leave behind for the next ones. The C library would hand each back to the kernel and fetch
  /// fresh pages for the next, which took a quarter of the time of a fit of many columns.
  static func keepFreed() {
    // glibc's own function, by name: Swift's module of the C library leaves its header out, and other libraries lack it.
    typealias Setter = @convention(c) (_ parameter: Int32, _ value: Int32) -> Int32
    guard let symbol = dlsym(nil, "mallopt") else { return }
    let set = unsafeBitCast(symbol, to: Setter.self)
    let (trimThreshold, largestNumberOfMappings): (Int32, Int32) = (-1, -4)
    _ = set(trimThreshold, .max)
    _ = set(largestNumberOfMappings, 0)
  }

  /// From this number of pixels on, what one stage leaves behind is too much to be kept for the next, whose blocks have
  /// other sizes: 2²⁴, 64 MB per image in single precision.
  private static let largeImage = 1 << 24

  /// Hands what is free back to the kernel, between two stages of the work on a large image.
  static func release(after pixels: Int) {
    typealias Trimmer = @convention(c) (_ kept: Int) -> Int32
    guard pixels >= largeImage, let symbol = dlsym(nil, "malloc_trim") else { return }
    _ = unsafeBitCast(symbol, to: Trimmer.self)(0)
  }
}
