import TesseraNumerics

/// Where a running layout is.
public struct LayoutProgress: Sendable, Equatable {
  /// Sweeps done, 1 or more.
  public let iteration: Int
  /// Sweeps in all.
  public let of: Int
  /// The stage of the last sweep, from 1.
  public let stage: Int
}

/// A layout and the way to it.
public struct LayoutMovie: Sendable, Equatable {
  /// The layout at one moment.
  public struct Snapshot: Sendable, Equatable {
    /// Sweeps done.
    public let iteration: Int
    /// The stage of the last sweep, from 1; 0 for the initial layout.
    public let stage: Int
    /// Positions of all samples at that moment.
    public let layout: Layout
  }

  /// The initial layout, each `snapshotInterval`-th sweep and the end of each stage; empty unless asked for.
  public let snapshots: [Snapshot]
  /// The layout at the end of each stage.
  public let stageEnds: [Layout]
  /// The layout after the last sweep.
  public let final: Layout
}
