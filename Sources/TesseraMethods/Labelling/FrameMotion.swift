import TesseraImaging
import TesseraNumerics

/// Where a frame of a registered series shows the specimen, which moves while its lines are scanned.
struct FrameMotion {
  /// How far the specimen had moved when each line was scanned, in pixels.
  private let displacements: [Point]

  /// - Parameter displacements: one per line, of a frame that took part in the registration (`RegisteredSeries.displacements`).
  init(_ displacements: [Point]) { self.displacements = displacements }

  /// The mean of a series, in which nothing moves: its first pixel lies where the first frame used shows it, less how far the specimen had moved
  /// in that frame on average.
  init(meanOf series: RegisteredSeries) { displacements = [series.firstShift - series.record.origin] }

  /// On which line a place is seen depends on how far it had moved by then. Drift moves it by a tenth of a pixel per line at most, so that each
  /// round leaves a tenth of the error.
  private static let rounds = 6

  /// The place on the specimen that the frame shows at a place of its own, in pixels.
  func specimen(at place: Point) -> Point { place - displacement(at: place.y) }

  /// Where the frame shows a place of the specimen, in pixels; it may lie outside the frame.
  func place(of specimen: Point) -> Point {
    (0..<Self.rounds).reduce(specimen) { place, _ in specimen + displacement(at: place.y) }
  }

  private func displacement(at y: Double) -> Point {
    let line = min(max(y, 0), Double(displacements.count - 1))
    let first = Int(saturating: line.rounded(.down))
    let second = min(first + 1, displacements.count - 1)
    let part = line - Double(first)
    return displacements[first] * (1 - part) + displacements[second] * part
  }
}

extension RegisteredSeries {
  /// How far the specimen had moved in the first frame used, on average over its lines, in pixels: shifts of the record count from there.
  var firstShift: Point {
    let first = displacements.first { !$0.isEmpty } ?? [.zero]
    return first.reduce(Point.zero, +) / Double(first.count)
  }
}
