import TesseraImaging
import TesseraNumerics

/// Where a frame shows the specimen that is too unlike the others of its series to take part in their registration: one of few counts, or
/// out of focus.
///
/// It is aligned to the mean of the others, near the place that the frames before and after it foretell.
struct FaintFrame {
  /// How far the specimen had moved, in pixels, and the standard error.
  let shift, shiftError: Point

  /// Nil where the frame fits nowhere.
  /// - Parameters:
  ///   - index: of the frame.
  ///   - series: all frames.
  ///   - registered: the others.
  /// - Throws: what reading the frame throws.
  init?(_ index: Int, of series: FrameSeries, beside registered: RegisteredSeries) throws {
    let frame = try series.frame(index)
    let expected = Self.foretold(index, by: registered)
    let pair = FrameSeries(
      [Self.view(of: registered, movedBy: expected, width: frame.width, height: frame.height), frame], name: series.name
    )
    var registration = Registration()
    registration.correctsDrift = false
    let fit: FrameRecord
    do { fit = try registration.registered(pair).record.frames[1] } catch is DataError { return nil }
    guard fit.isUsed, fit.shift.length <= Self.farthest * Double(min(frame.width, frame.height)) else { return nil }
    (shift, shiftError) = (expected + fit.shift, fit.shiftError)
  }

  /// A frame that lies farther from where it is foretold, as a part of the shorter side, is none of the series.
  private static let farthest = 0.25

  /// Between the shifts of the nearest frames before and after that are registered; that of the nearest where one side has none.
  private static func foretold(_ index: Int, by registered: RegisteredSeries) -> Point {
    let used = registered.record.frames.indices.filter { registered.record.frames[$0].isUsed }
    func shift(_ frame: Int) -> Point { registered.record.frames[frame].shift + registered.firstShift }
    let (before, after) = (used.last { $0 < index }, used.first { $0 > index })
    guard let before, let after else { return (before ?? after).map(shift) ?? .zero }
    let part = Double(index - before) / Double(after - before)
    return shift(before) * (1 - part) + shift(after) * part
  }

  /// The mean as a frame shows it in which the specimen has moved so far; its average where the mean is not known.
  private static func view(
    of registered: RegisteredSeries, movedBy shift: Point, width: Int, height: Int
  ) -> Raster<Float> {
    let mean = registered.mean
    let average = Float(Statistics.mean(mean.values.filter(\.isFinite)))
    let motion = FrameMotion(meanOf: registered)
    return concurrentRows(width: width, height: height, of: average) { y, row in
      for x in 0..<width {
        let place = motion.place(of: Point(Double(x), Double(y)) - shift)
        let (u, v) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
        if mean.contains(x: u, y: v), mean[u, v].isFinite { row[x] = mean[u, v] }
      }
    }
  }
}
