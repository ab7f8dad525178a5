import CZlib
import Foundation
import TesseraHDF5

/// What tells that a file is still the one that was read before: its size and time, or its bytes.
public struct FileStamp: Codable, Equatable, Sendable {
  /// Size of the file, in bytes.
  public var bytes: Int
  /// When the file was last written, in nanoseconds since 1970.
  public var modified: Int
  /// CRC-32 of the contents, eight hexadecimal digits.
  public var crc32: String

  /// Reads the whole file once, a piece at a time.
  ///
  /// - Throws: `FormatError` where there is no such file or it cannot be read.
  public init(of path: String) throws(FormatError) {
    let file = try FileBytes(path: path)
    let glance = Glance(of: path)
    var (sum, offset) = (UInt(0), 0)
    while offset < file.count {
      let piece = try file.bytes(at: offset, count: min(Self.pieceSize, file.count - offset))
      sum = piece.withUnsafeBufferPointer { crc32_z(sum, $0.baseAddress, $0.count) }
      offset += piece.count
    }
    (bytes, modified) = (file.count, glance?.modified ?? 0)
    crc32 = String(format: "%08x", UInt32(truncatingIfNeeded: sum))
  }

  /// CRC-32 of some bytes, eight hexadecimal digits.
  public static func checksum(_ data: Data) -> String {
    let sum = data.withUnsafeBytes { crc32_z(0, $0.bindMemory(to: UInt8.self).baseAddress, $0.count) }
    return String(format: "%08x", UInt32(truncatingIfNeeded: sum))
  }

  /// Large enough for a disk to be fast, small beside an image.
  private static let pieceSize = 1 << 22

  /// Whether a path leads to this file: size and time are equal, or, if the time alone differs, the contents.
  public func matches(fileAt path: String) -> Bool {
    guard let glance = Glance(of: path), glance.bytes == bytes else { return false }
    return glance.modified == modified || (try? FileStamp(of: path))?.crc32 == crc32
  }

  /// Size and time of a file, without a look at its contents.
  public struct Glance: Equatable, Sendable {
    /// Size in bytes, and when the file was last written, in nanoseconds since 1970.
    public let bytes, modified: Int

    /// Nil where there is no regular file.
    public init?(of path: String) {
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      bytes = Int(status.st_size)
      modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }
  }
}
