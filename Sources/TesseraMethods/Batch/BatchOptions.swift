import Foundation
import TesseraFormats

/// The command of a batch and its options, which all its results share.
public struct BatchOptions: Codable, Equatable, Sendable {
  /// Name of the command that runs on each input, such as `analyze`.
  public var command: String
  /// As typed, without the inputs and without what changes no result: where it goes, threads, JSON.
  public var words: [String]

  /// A command and its options; `words` as typed, without inputs and without options that change no result.
  public init(command: String, words: [String]) { (self.command, self.words) = (command, words) }

  /// As a command line says them.
  public var text: String { ([command] + words).joined(separator: " ") }

  /// Tells equal options from others. A file that an option names (a table, a model) counts by its contents, a result folder by its
  /// manifest.
  public var checksum: String {
    let parts = ([command] + words).map { word in
      // A number is never the name of a file.
      let isName = !word.hasPrefix("-") && Double(word) == nil
      let file = isName ? (try? FileStamp(of: word)) ?? (try? FileStamp(of: "\(word)/\(FolderManifest.name)")) : nil
      return word + (file.map { "\u{1}" + $0.crc32 } ?? "")
    }
    return FileStamp.checksum(Data(parts.joined(separator: "\u{0}").utf8))
  }
}
