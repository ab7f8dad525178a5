import Foundation
import TesseraFormats

/// What a batch knows of one of its inputs.
public struct BatchEntry: Codable, Equatable, Sendable {
  /// What became of an input so far.
  public enum Status: String, Codable, Sendable {
    /// Entered, and not begun.
    case waiting
    /// Begun, and not ended as far as is written: at work, or interrupted.
    case running
    /// Ended with a result; or ended without one, for the reason that `message` states.
    case done, failed
  }

  /// As the user typed it, or found it in a folder.
  public var input: String
  /// The file behind it, from the root: what tells one input from another.
  public var path: String
  /// The name of its result folder, below the folder of the batch.
  public var result: String
  /// What became of the input so far, as last written to `batch.json`.
  public var status: Status
  /// Of the run that gave the result, or that failed.
  public var seconds: Double
  /// Why it failed; empty if it did not.
  public var message: String
  /// The exit status that the command alone would have had.
  public var exitStatus: Int32
  /// The file that was read; nil where it could not be.
  public var file: FileStamp?
  /// Of the options that it was done with (`BatchOptions.checksum`).
  public var options: String
  /// While it runs: the manifest of the result that is to be replaced.
  public var earlier: FolderManifest?
  /// While it runs: whether the command goes on with the result that lies there (a recipe); an interrupted one is then not done.
  public var hasSequel: Bool?
  /// The numbers below `counts` in the `summary.json` of the result.
  public var counts: [String: Double]?

  /// An input that waits; the parameters are the properties of the same names.
  public init(input: String, path: String, result: String, options: String) {
    (self.input, self.path, self.result, self.options) = (input, path, result, options)
    (status, seconds, message, exitStatus) = (.waiting, 0, "", 0)
  }

  /// Ends the entry with the result that lies in a folder.
  mutating func end(with folder: URL, seconds: Double? = nil) {
    let summary = Summary(of: folder)
    (status, message, exitStatus) = (.done, "", 0)
    (earlier, hasSequel) = (nil, nil)
    self.seconds = Self.rounded(seconds ?? summary?.seconds ?? 0)
    counts = summary?.counts
  }

  /// Ends the entry without a result.
  mutating func fail(_ message: String, exitStatus: Int32, seconds: Double) {
    (status, self.message, self.exitStatus, self.seconds) = (.failed, message, exitStatus, Self.rounded(seconds))
    (earlier, hasSequel, counts) = (nil, nil, nil)
  }

  /// To milliseconds.
  private static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

  /// What is taken over from the `summary.json` of a result.
  private struct Summary {
    var counts: [String: Double]?
    var seconds: Double?

    init?(of folder: URL) {
      guard let data = try? Data(contentsOf: folder.appendingPathComponent("summary.json")),
        let value = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
      else { return nil }
      seconds = (value["timings"] as? [String: Any])?[Stage.total.rawValue] as? Double
      counts = (value["counts"] as? [String: Any])?.compactMapValues { $0 as? Double }
    }
  }
}
