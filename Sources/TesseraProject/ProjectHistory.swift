import Foundation
import TesseraMethods

/// What was done, in order, and how much of it holds: the steps after `applied` have been undone and can be done again.
public struct ProjectHistory: Sendable, Equatable {
  /// A step with its place in the project file.
  public struct Entry: Sendable, Equatable {
    /// In the project file; rises.
    public var id: Int64
    /// When the step was done.
    public var time: Date
    /// What was done.
    public var step: ProjectStep
    /// A step as it stands in the project file.
    public init(id: Int64, time: Date, step: ProjectStep) { (self.id, self.time, self.step) = (id, time, step) }
  }

  /// All steps that can be undone or done again, in order.
  public private(set) var entries: [Entry]
  /// How many of the entries hold.
  public private(set) var applied: Int

  /// A history of which the first `applied` entries hold and the others have been undone.
  public init(entries: [Entry] = [], applied: Int = 0) {
    precondition((0...entries.count).contains(applied), "not more steps can hold than were done")
    (self.entries, self.applied) = (entries, applied)
  }

  /// The step that undoing takes back; nil where none holds.
  public var undoable: Entry? { applied > 0 ? entries[applied - 1] : nil }
  /// The undone step that redoing brings back; nil where there is none.
  public var redoable: Entry? { applied < entries.count ? entries[applied] : nil }

  /// Adds a step; what had been undone is forgotten.
  public mutating func add(_ entry: Entry) {
    entries.removeSubrange(applied...)
    entries.append(entry)
    applied += 1
  }

  /// Takes back the last step that holds, if there is one.
  public mutating func undo() { applied = max(0, applied - 1) }
  /// Brings back the step that was undone last, if there is one.
  public mutating func redo() { applied = min(entries.count, applied + 1) }

  /// The steps that hold.
  private var steps: ArraySlice<ProjectStep> { entries.prefix(applied).map(\.step)[...] }

  /// The analysis that the project shows; nil before the first.
  public var analysis: ProjectStep.Analysis? {
    for case .analysis(let analysis) in steps.reversed() { return analysis }
    return nil
  }

  /// The last measurement by each command, by the name of the command.
  public var measurements: [String: ProjectStep.Measurement] {
    var last: [String: ProjectStep.Measurement] = [:]
    for case .measurement(let measurement) in steps { last[measurement.command] = measurement }
    return last
  }

  /// What follows the analysis that the project shows.
  private var sequel: ArraySlice<ProjectStep> {
    let steps = steps
    let last = steps.lastIndex { if case .analysis = $0 { true } else { false } }
    return last.map { steps[($0 + 1)...] } ?? steps
  }

  /// What was done to the class tree of that analysis.
  public var actions: [TreeAction] { sequel.compactMap { if case .tree(let action) = $0 { action } else { nil } } }

  /// What was done to its columns.
  /// - Throws: `DataError` where a correction names a column that is not there: the file was changed by hand.
  public func corrections() throws -> Corrections {
    var corrections = Corrections(of: analysis?.siteCount ?? 0)
    for case .correction(let correction) in sequel { try corrections.make(correction) }
    return corrections
  }
}
