import Foundation
import TesseraNumerics

/// What registration found out about one frame.
public struct FrameRecord: Sendable, Codable, Equatable {
  /// Counted from 0 within the series.
  public var frame: Int
  /// Whether the frame is part of the mean.
  public var isUsed: Bool
  /// Direction of its fast scan in degrees, from +x towards +y.
  public var scanAngle: Int
  /// How far the specimen had moved, against the first frame used, when the middle line was scanned, in pixels; zero for a
  /// frame that is not used.
  public var shift: Point
  /// Standard errors of the shift in pixels, from the scatter of the pixels about the mean; infinite where unknown.
  public var shiftError: Point
  /// Movement of the specimen while the frame was scanned, in pixels: the linear part that was taken out.
  public var drift: Point
  /// Standard deviation of the lines' own shifts, their estimated noise taken off, in pixels; 0 where lines were left alone.
  public var jitter: Double
}

/// How frames became one image. Travels with the image, so that tables and reports can say so.
public struct RegistrationRecord: Sendable, Codable, Equatable {
  /// Whether frames were shifted as a whole or line by line.
  public var mode: Registration.Mode
  /// One record for each frame of the series, in its order; frames that were not used are among them.
  public var frames: [FrameRecord]
  /// Where the first frame used shows the mean's first pixel, drift within that frame aside.
  public var origin: Point
  /// Pairs of frames whose highest correlation peak was a lattice vector (or more) off, and was replaced.
  public var mendedPairs: Int
  /// Pairs of frames no peak of which fits the others.
  public var droppedPairs: Int

  /// Number of frames that are part of the mean.
  public var usedCount: Int { frames.count(where: \.isUsed) }
  /// Longest shift in pixels.
  public var largestShift: Double { frames.filter(\.isUsed).map(\.shift.length).max() ?? 0 }
  /// Root mean square of the frames' jitter, in pixels.
  public var jitter: Double { Statistics.mean(frames.filter(\.isUsed).map { $0.jitter * $0.jitter }).squareRoot() }
  /// Mean movement during a frame, in pixels.
  public var drift: Point {
    let used = frames.filter(\.isUsed)
    return used.reduce(Point.zero) { $0 + $1.drift } / Double(max(1, used.count))
  }
  /// Whether frames were scanned along both axes.
  public var isOrthogonal: Bool { Set(frames.filter(\.isUsed).map { $0.scanAngle % 180 == 0 }).count == 2 }
  /// What is left of the jitter in the mean, in pixels per line: frames of one direction cannot tell their average jitter from
  /// the specimen. 0 where lines were left alone or frames of both directions exist.
  public var sharedJitter: Double {
    mode == .rows && !isOrthogonal ? jitter / Double(max(1, usedCount)).squareRoot() : 0
  }
}

extension RegistrationRecord {
  /// What was done, in a sentence.
  public var sentence: String {
    func number(_ value: Double) -> String { value.text(digits: 2) }
    var text =
      "\(usedCount) of \(frames.count) frames were \(mode == .rows ? "registered line by line" : "shifted")"
      + " and averaged; the specimen moved by up to \(number(largestShift)) px"
    if drift != .zero { text += "; a drift of (\(number(drift.x)), \(number(drift.y))) px per frame was corrected" }
    if mode == .rows { text += "; lines jittered by \(number(jitter)) px" }
    if sharedJitter > 0 {
      text +=
        ", of which \(number(sharedJitter)) px per line remain, because frames of one scan direction cannot tell the "
        + "mean of their jitter from the specimen"
    }
    if mendedPairs > 0 {
      text +=
        "; \(mendedPairs) pairs of frames matched best one lattice vector off and were corrected with the "
        + "help of the other pairs"
    }
    return text
  }
}

/// A series as one image.
public struct RegisteredSeries: Sendable {
  /// The mean of the frames that cover each pixel; NaN where fewer than half do.
  public var mean: Raster<Float>
  /// Number of frames that cover each pixel.
  public var coverage: Raster<Float>
  /// Shifts, drift and jitter of each frame, and where the mean lies in the first frame used.
  public var record: RegistrationRecord
  /// How far the specimen had moved while each line of each frame was scanned, in pixels along its x and y; empty for a
  /// frame that is not used.
  public var displacements: [[Point]]
  /// What the user should know before trusting the mean, one sentence each.
  public var warnings: [String]
}
