/// How far a tile has come from step to step.
struct TileProgress {
  /// The farthest move of its columns, or change of their widths, in the last step, in units of what counts as rest; infinite where
  /// it has to be visited again.
  var move = Double.infinity
  /// What the next step is damped by.
  private(set) var damping = 0.0
  /// The step of the common 1 / sigma² that the tile still asks for, and its information about it.
  var widthStep = 0.0
  var widthInformation = 0.0
  /// The equations of the last step, as long as they lead on.
  private(set) var equations: TileEquations?

  /// A matrix after which the farthest move is no shorter than this share of the one before does not lead on.
  private static let leadingShare = 0.8

  /// Begins anew with other unknowns.
  mutating func restart(_ shape: ColumnFit.Shape) {
    move = .infinity
    damping = shape == .shared ? 0 : TileFit.firstDamping
    equations = nil
  }

  mutating func record(_ step: TileStep, farthest: Double) {
    equations = farthest < Self.leadingShare * move ? step.equations : nil
    move = farthest
    damping = step.damping
  }
}
