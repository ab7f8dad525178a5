import TesseraNumerics

/// Drift within frames, from the shifts between them.
///
/// A specimen that drifts evenly shears and stretches every frame of a raster scan alike, by the drift during a line. Frames
/// cannot show it to each other, but their shifts do: from a middle line to the next the specimen moves for the lines of one
/// frame and the pause.
struct DriftRate: Sendable {
  /// Drift per line of each frame, in pixels; zero where the shift is unknown.
  private(set) var rates: [Point]
  /// Frames after which the specimen jumped, which is no drift.
  private(set) var jumps: [Int] = []

  /// - Parameters:
  ///   - shifts: at the middle lines; nil for frames that are left out.
  ///   - lines: from a frame's middle line to the next's, the pause between them included.
  init(shifts: [Point?], lines: Double) {
    let known = shifts.indices.filter { shifts[$0] != nil }
    rates = [Point](repeating: .zero, count: shifts.count)
    guard known.count > 1 else { return }
    let steps = zip(known, known.dropFirst()).map { (shifts[$1]! - shifts[$0]!) / Double($1 - $0) }
    let usual = Point(Statistics.median(steps.map(\.x)), Statistics.median(steps.map(\.y)))
    let deviations = steps.map { ($0 - usual).length }
    let limit = max(1, 6 * Statistics.deviationOfMedian * Statistics.median(deviations))
    for (index, deviation) in deviations.enumerated() where deviation > limit { jumps.append(known[index]) }
    for (index, frame) in known.enumerated() {
      // The slope of a line through the two frames before and after, weighted towards the middle.
      var (sum, total) = (Point.zero, 0.0)
      for (offset, weight) in [(-2, 1.0), (-1, 2), (0, 2), (1, 1)] {
        let step = index + offset
        guard steps.indices.contains(step), deviations[step] <= limit else { continue }
        sum += weight * steps[step]
        total += weight
      }
      rates[frame] = (total > 0 ? sum / total : usual) / lines
    }
  }
}
