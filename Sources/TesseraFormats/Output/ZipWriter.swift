import CZlib
import Foundation

/// Writes files into one ZIP archive, as they are: images and figures are compressed already.
///
/// Without extensions, so at most 65,535 files and 4 GiB together. Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12
/// and 4.3.16. Equal files give equal bytes: no entry has a time of its own.
public enum ZipWriter {
  /// - Parameters:
  ///   - files: each with its name in the archive, with slashes between folders.
  ///   - path: of the archive; a file that stands there gives way.
  /// - Throws: `FormatError` where a file cannot be read, the archive cannot be written, or the files are too many or too large.
  public static func write(_ files: [(name: String, source: URL)], to path: String) throws {
    guard files.count < 1 << 16 else {
      throw FormatError(.cannotWrite, "\(path): a ZIP archive holds at most 65,535 files")
    }
    let output = try OutputBytes(path: path, for: path)
    var directory: [UInt8] = []
    for file in files {
      let entry = Entry(name: Array(file.name.utf8), data: try data(of: file.source), offset: output.count)
      guard output.count + entry.data.count < Int(UInt32.max) - 1 << 20 else {
        throw FormatError(.cannotWrite, "\(path): the files are larger than the 4 GiB of a ZIP archive")
      }
      try output.write(littleEndian(0x0403_4B50, 4) + entry.facts + entry.name)
      try entry.data.withUnsafeBytes { try output.write(RawSpan(_unsafeBytes: $0)) }
      directory += littleEndian(0x0201_4B50, 4) + littleEndian(20, 2) + entry.facts
      // No comment, disk 0, a binary file without attributes.
      directory += littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(0, 4)
      directory += littleEndian(entry.offset, 4) + entry.name
    }
    let start = output.count
    try output.write(directory)
    try output.write(
      littleEndian(0x0605_4B50, 4) + littleEndian(0, 2) + littleEndian(0, 2) + littleEndian(files.count, 2)
        + littleEndian(files.count, 2) + littleEndian(directory.count, 4) + littleEndian(start, 4) + littleEndian(0, 2))
    try output.close()
  }

  private struct Entry {
    let name: [UInt8]
    let data: Data
    let offset: Int

    /// What the local header and the central directory have in common: version 2.0, UTF-8 names, stored, 1 January 1980.
    var facts: [UInt8] {
      let sum = data.withUnsafeBytes { crc32_z(0, $0.bindMemory(to: UInt8.self).baseAddress, $0.count) }
      return littleEndian(20, 2) + littleEndian(0x0800, 2) + littleEndian(0, 2) + littleEndian(0, 2)
        + littleEndian(0x21, 2)
        + littleEndian(Int(sum), 4) + littleEndian(data.count, 4) + littleEndian(data.count, 4)
        + littleEndian(name.count, 2) + littleEndian(0, 2)
    }
  }

  private static func data(of file: URL) throws -> Data {
    do { return try Data(contentsOf: file, options: .mappedIfSafe) } catch {
      throw FormatError(in: file.path, "cannot be read")
    }
  }

  private static func littleEndian(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
