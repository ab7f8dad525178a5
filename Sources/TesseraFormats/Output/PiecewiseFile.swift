import Foundation

/// A file that is written piece by piece, so that it is never in memory as a whole.
package final class PiecewiseFile {
  private let output: OutputBytes

  /// - Throws: `FormatError` where the file cannot be made.
  package init(at path: String) throws { output = try OutputBytes(path: path, for: path) }

  /// - Throws: `FormatError` of the kind `inputOutput` where not all of it arrives.
  package func write(_ piece: Data) throws {
    try piece.withUnsafeBytes { try output.write(RawSpan(_unsafeBytes: $0)) }
  }

  /// Ends the file; a full disk may show only now.
  package func close() throws { try output.close() }
}
