import Foundation
import TesseraNumerics

/// `batch.json`: every input of a batch, what became of it, and what was counted; `batch.csv` is the same as a table.
public struct BatchRecord: Codable, Equatable, Sendable {
  /// The command and the options that all results of the folder share.
  public var options: BatchOptions
  /// Of the program that wrote it last.
  public var version: String
  /// In the order in which they were given first.
  public var images: [BatchEntry] = []
  /// Over all images.
  public var totals = Totals()

  /// Sums over the inputs of a batch, ended or not.
  public struct Totals: Codable, Equatable, Sendable {
    /// Number of inputs that were entered.
    public var images = 0
    /// Number of inputs with a result.
    public var done = 0
    /// Number of inputs that ended without a result.
    public var failed = 0
    /// Of computing, over all that ended.
    public var seconds = 0.0
    /// Of each number that is counted, its sum over all results.
    public var counts: [String: Double] = [:]
  }

  /// The record of a batch without inputs; `version` is that of the program which writes it.
  public init(options: BatchOptions, version: String) { (self.options, self.version) = (options, version) }

  /// Whether none of the inputs is still to be done or being done.
  public var hasEnded: Bool { images.allSatisfy { $0.status == .done || $0.status == .failed } }

  mutating func count() {
    totals = Totals()
    for image in images {
      totals.images += 1
      totals.done += image.status == .done ? 1 : 0
      totals.failed += image.status == .failed ? 1 : 0
      totals.seconds += image.seconds
      for (name, count) in image.counts ?? [:] { totals.counts[name, default: 0] += count }
    }
    totals.seconds = (totals.seconds * 1000).rounded() / 1000
  }

  /// The table: one row per input that ended.
  var csv: Data {
    var table = TableWriter(columns: ["input", "status", "seconds", "message", "result"])
    for image in images where image.status == .done || image.status == .failed {
      table.add([
        TableWriter.cell(image.input), image.status.rawValue, TableWriter.number(image.seconds, decimals: 3),
        TableWriter.cell(image.message), image.status == .done ? TableWriter.cell(image.result) : "",
      ])
    }
    return table.data
  }
}
