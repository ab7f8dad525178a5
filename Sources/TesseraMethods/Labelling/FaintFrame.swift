import TesseraImaging
import TesseraNumerics

/// Where a frame shows the specimen that is too unlike the others of its series to take part in their registration, as one of few counts or out
/// of focus: it is aligned to one image alone, near a place that is foretold.
struct FaintFrame {
  /// How far the specimen had moved, in pixels, and the standard error.
  var shift: Point
  let shiftError: Point

  /// A frame that lies farther from where it is foretold, as a part of the shorter side, is none of the series.
  private static let farthest = 0.25

  /// Nil where the frame fits nowhere.
  /// - Parameters:
  ///   - frame: finite everywhere.
  ///   - expected: how far the specimen is thought to have moved, in pixels, to half a lattice vector.
  ///   - reference: shows the specimen clearly; NaN where it is not known.
  ///   - motion: of the reference.
  init?(_ frame: Raster<Float>, near expected: Point, on reference: Raster<Float>, _ motion: FrameMotion) {
    let view = Self.view(of: reference, motion, movedBy: expected, width: frame.width, height: frame.height)
    var registration = Registration()
    registration.correctsDrift = false
    let pair = FrameSeries([view, frame], name: "pair")
    guard let fit = try? registration.registered(pair).record.frames[1], fit.isUsed,
      fit.shift.length <= Self.farthest * Double(min(frame.width, frame.height))
    else { return nil }
    (shift, shiftError) = (expected + fit.shift, fit.shiftError)
  }

  /// The reference as a frame shows it in which the specimen has moved so far; its average where it is not known.
  private static func view(
    of reference: Raster<Float>, _ motion: FrameMotion, movedBy shift: Point, width: Int, height: Int
  ) -> Raster<Float> {
    let average = Float(Statistics.mean(reference.values.filter(\.isFinite)))
    return concurrentRows(width: width, height: height, of: average) { y, row in
      for x in 0..<width {
        let place = motion.place(of: Point(Double(x), Double(y)) - shift)
        let (u, v) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
        if reference.contains(x: u, y: v), reference[u, v].isFinite { row[x] = reference[u, v] }
      }
    }
  }
}
