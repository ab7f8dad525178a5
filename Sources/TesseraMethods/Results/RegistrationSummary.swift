import TesseraImaging

/// What `summary.json` says of the registration of frames.
public struct RegistrationSummary: Sendable, Encodable {
  public var mode: String
  public var frames, framesUsed, mendedPairs, droppedPairs: Int
  public var origin, drift: [Double]
  public var largestShift, jitter, sharedJitter: Double

  enum CodingKeys: String, CodingKey {
    case mode, frames, framesUsed, mendedPairs, droppedPairs
    case origin = "origin_px"
    case drift = "drift_px"
    case largestShift = "largest_shift_px"
    case jitter = "jitter_px"
    case sharedJitter = "shared_jitter_px"
  }

  public init(_ record: RegistrationRecord) {
    (mode, frames, framesUsed) = (record.mode.rawValue, record.frames.count, record.usedCount)
    (mendedPairs, droppedPairs) = (record.mendedPairs, record.droppedPairs)
    origin = [record.origin.x, record.origin.y]
    drift = [record.drift.x, record.drift.y]
    (largestShift, jitter, sharedJitter) = (record.largestShift, record.jitter, record.sharedJitter)
  }
}
