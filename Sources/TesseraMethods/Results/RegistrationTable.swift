import Foundation
import TesseraImaging

/// `registration.csv`: one row per frame; see docs/results-folder.md.
public struct RegistrationTable: Sendable {
  /// The registration that the table lists.
  public var record: RegistrationRecord

  /// The table of one registration.
  public init(_ record: RegistrationRecord) { self.record = record }

  /// Names of the columns, in order.
  public static let columns = [
    "frame", "used", "scan_angle", "dx", "dy", "dx_error", "dy_error", "drift_x", "drift_y", "jitter",
  ]

  /// The table; all lengths in pixels, empty for frames that are left out.
  public var csv: Data {
    var table = TableWriter(columns: Self.columns)
    for frame in record.frames {
      let values = [
        frame.shift.x, frame.shift.y, frame.shiftError.x, frame.shiftError.y, frame.drift.x, frame.drift.y,
        frame.jitter,
      ]
      table.add(
        ["\(frame.frame)", frame.isUsed ? "1" : "0", "\(frame.scanAngle)"]
          + values.map { frame.isUsed ? TableWriter.number($0) : "" })
    }
    return table.data
  }
}
