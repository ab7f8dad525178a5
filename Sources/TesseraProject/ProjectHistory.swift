import Foundation
import TesseraMethods

/// What was done, in order, and how much of it holds: the steps after `applied` have been undone and can be done again.
public struct ProjectHistory: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    /// In the project file; rises.
    public var id: Int64
    public var time: Date
    public var step: ProjectStep
    public init(id: Int64, time: Date, step: ProjectStep) { (self.id, self.time, self.step) = (id, time, step) }
  }

  public private(set) var entries: [Entry]
  /// How many of the entries hold.
  public private(set) var applied: Int

  public init(entries: [Entry] = [], applied: Int = 0) {
    precondition((0...entries.count).contains(applied), "not more steps can hold than were done")
    (self.entries, self.applied) = (entries, applied)
  }

  /// The step that undoing takes back, and the one that comes again.
  public var undoable: Entry? { applied > 0 ? entries[applied - 1] : nil }
  public var redoable: Entry? { applied < entries.count ? entries[applied] : nil }

  /// Adds a step; what had been undone is forgotten.
  public mutating func add(_ entry: Entry) {
    entries.removeSubrange(applied...)
    entries.append(entry)
    applied += 1
  }

  public mutating func undo() { applied = max(0, applied - 1) }
  public mutating func redo() { applied = min(entries.count, applied + 1) }

  /// The steps that hold.
  private var steps: ArraySlice<ProjectStep> { entries.prefix(applied).map(\.step)[...] }

  /// The analysis that the project shows; nil before the first.
  public var analysis: ProjectStep.Analysis? {
    for case .analysis(let analysis) in steps.reversed() { return analysis }
    return nil
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
