import TesseraImaging

/// What `summary.json` says of the registration of frames.
public struct RegistrationSummary: Sendable, Encodable {
  /// How frames were registered: `rigid` or `rows`.
  public var mode: String
  /// Numbers of frames in the series and in the mean, of pairs of frames whose shift was a lattice vector off and was
  /// corrected, and of pairs that fit no others and were left out.
  public var frames, framesUsed, mendedPairs, droppedPairs: Int
  /// Each as x, y in pixels: where the first frame used shows the first pixel of the mean, and the mean movement of the
  /// specimen during a frame.
  public var origin, drift: [Double]
  /// In pixels: the longest shift of a frame, the root mean square of the shifts of single lines, and what of these
  /// remains in the mean.
  public var largestShift, jitter, sharedJitter: Double

  enum CodingKeys: String, CodingKey {
    case mode, frames, framesUsed, mendedPairs, droppedPairs
    case origin = "origin_px"
    case drift = "drift_px"
    case largestShift = "largest_shift_px"
    case jitter = "jitter_px"
    case sharedJitter = "shared_jitter_px"
  }

  /// The numbers of a registration, without those of single frames.
  public init(_ record: RegistrationRecord) {
    (mode, frames, framesUsed) = (record.mode.rawValue, record.frames.count, record.usedCount)
    (mendedPairs, droppedPairs) = (record.mendedPairs, record.droppedPairs)
    origin = [record.origin.x, record.origin.y]
    drift = [record.drift.x, record.drift.y]
    (largestShift, jitter, sharedJitter) = (record.largestShift, record.jitter, record.sharedJitter)
  }
}
