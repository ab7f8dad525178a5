import CTIFF
import Foundation

/// What libtiff reads instead of the file: the same bytes, but with a header that points to one directory.
///
/// So it opens any page of a long stack at once; by itself it walks through all directories before that page.
final class TIFFStream {
  private let file: FileBytes
  private let header: [UInt8]
  private var position = 0

  /// Largest piece of memory that libtiff may take: a strip or tile, packed, and tables of their places.
  private static let memoryLimit = tmsize_t(1 << 30)

  init(_ file: FileBytes, directory: Int) throws(FormatError) {
    self.file = file
    var head = try file.head(16)
    guard let order = TIFFDirectory.byteOrder(of: head), head.count == 16 else {
      throw FormatError(in: file.path, "is not a TIFF file")
    }
    let (place, size) = order.isLarge ? (8, 8) : (4, 4)
    for index in 0..<size {
      head[place + (order.isBigEndian ? size - 1 - index : index)] = UInt8(truncatingIfNeeded: directory >> (8 * index))
    }
    header = Array(head.prefix(place + size))
  }

  /// Opens libtiff on this stream, which must outlive the handle; nil if it refuses the directory.
  func open() -> OpaquePointer? {
    tessera_tiff_open(
      file.path, Unmanaged.passUnretained(self).toOpaque(),
      { TIFFStream.of($0).read(into: $1, count: $2) },
      { _, _, _ in -1 },
      { TIFFStream.of($0).seek(to: $1, from: $2) },
      { _ in 0 },
      { UInt64(TIFFStream.of($0).file.count) },
      Self.memoryLimit)
  }

  private static func of(_ context: thandle_t?) -> TIFFStream {
    Unmanaged<TIFFStream>.fromOpaque(context!).takeUnretainedValue()
  }

  private func read(into target: UnsafeMutableRawPointer?, count: tmsize_t) -> tmsize_t {
    let wanted = max(0, min(Int(count), file.count - position))
    guard let target, wanted > 0, var bytes = try? file.bytes(at: position, count: wanted) else { return 0 }
    if position < header.count {
      for index in position..<min(header.count, position + wanted) { bytes[index - position] = header[index] }
    }
    target.copyMemory(from: bytes, byteCount: wanted)
    position += wanted
    return tmsize_t(wanted)
  }

  private func seek(to offset: toff_t, from origin: Int32) -> toff_t {
    let offset = Int(truncatingIfNeeded: offset)
    let base = origin == SEEK_CUR ? position : origin == SEEK_END ? file.count : 0
    let (place, overflow) = base.addingReportingOverflow(offset)
    guard !overflow, place >= 0 else { return toff_t.max }
    position = place
    return toff_t(place)
  }
}
