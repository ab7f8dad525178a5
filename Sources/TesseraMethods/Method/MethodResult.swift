import TesseraImaging

/// What a method found in one image, with all that is needed to judge it. Tables, figures, report and summary are
/// functions of this value alone.
public protocol MethodResult: Sendable {
  /// The method that gives the result.
  associatedtype Settings: Method
  /// What `summary.json` says beside the keys of all methods.
  associatedtype Summary: Encodable, Sendable

  /// The settings that gave the result.
  var settings: Settings { get }
  /// The input, the choices and the times that led to the result.
  var record: RunRecord { get set }

  /// What `summary.json` says beside the keys that every method writes (`ResultSummary`).
  var summary: Summary { get }

  /// The result in one or two lines for a terminal, without the name of the input.
  var sentences: [String] { get }

  /// Writes the tables and images of the result folder; `summary.json` and the report are written by `ResultFolder`.
  func write(to files: ResultFiles) throws

  /// The report, answer first; `ResultFolder` adds warnings, provenance and references.
  func report() -> ReportDocument
}

extension MethodResult {
  /// The image that the method was given.
  public var micrograph: Micrograph { record.micrograph }
  /// The image that was analysed, and what was done to it before.
  public var prepared: Preparation.Prepared { record.prepared }
  /// The parameters that were chosen, in the order of the stages.
  public var choices: [RunRecord.Choice] { record.choices }
  /// The seconds that each stage took, in the order in which the stages ran.
  public var timings: [RunRecord.Timing] { record.timings }
  /// What the reader must know before trusting the numbers, in sentences.
  public var warnings: [String] { record.warnings }
}
