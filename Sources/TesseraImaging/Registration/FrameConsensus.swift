import Foundation
import TesseraNumerics

/// Places of frames that agree with the correlation peaks of many pairs.
///
/// A lattice gives a peak at every lattice vector, and the highest may be the wrong one. But wrong peaks contradict each
/// other: shifts around a ring of frames must add to zero. So each pair may take any of its peaks, and the places are those
/// with the smallest sum of distances from the highest peaks; then each pair takes the peak nearest to them, pairs that fit
/// nowhere are dropped, and the places follow by least squares. Source: Savitzky et al., Ultramicroscopy 191 (2018) 56, who
/// mend a matrix of shifts by its transitivity.
package struct FrameConsensus: Sendable {
  package struct Pair: Sendable {
    package var first, second: Int
    package var peaks: [PairCorrelation.Peak]
    /// Peaks this much below the highest are as good.
    package var scoreNoise: Double

    package init(first: Int, second: Int, peaks: [PairCorrelation.Peak], scoreNoise: Double) {
      (self.first, self.second, self.peaks, self.scoreNoise) = (first, second, peaks, scoreNoise)
    }
  }

  /// Of each frame, in pixels; the first frame that is placed is at zero. Nil where a frame fits no other.
  package private(set) var places: [Point?]
  /// Pairs whose highest peak is not the one taken.
  package private(set) var mendedPairs = 0
  /// Pairs none of whose peaks fits.
  package private(set) var droppedPairs = 0
  /// Root mean square distance of the peaks taken from the places, in pixels.
  package private(set) var residual = 0.0

  /// - Parameter tolerance: how far a peak may lie from where the places say, in pixels.
  package init(of pairs: [Pair], frames: Int, tolerance: Double) {
    let pairs = pairs.filter { !$0.peaks.isEmpty }
    let step = Self.usualStep(pairs)
    var chosen = pairs.map { Self.preferred($0, step: step) }
    var weights = [Double](repeating: 1, count: pairs.count)
    func solve() -> [Point] {
      Self.places(
        of: zip(pairs, chosen).enumerated().map { ($1.0.first, $1.0.second, $1.1.shift, weights[$0]) }, frames)
    }
    func distance(_ index: Int, _ places: [Point], _ peak: PairCorrelation.Peak) -> Double {
      (peak.shift - (places[pairs[index].second] - places[pairs[index].first])).length
    }
    // Weights one over the distance turn squares into distances, which a minority of wrong peaks does not move.
    var places = solve()
    for _ in 0..<30 {
      for index in pairs.indices { weights[index] = 1 / max(0.05, distance(index, places, chosen[index])) }
      places = solve()
    }
    for _ in 0..<8 {
      for index in pairs.indices {
        chosen[index] = pairs[index].peaks.min { distance(index, places, $0) < distance(index, places, $1) }!
        weights[index] = distance(index, places, chosen[index]) <= tolerance ? 1 : 0
      }
      places = solve()
    }
    let kept = pairs.indices.filter { weights[$0] > 0 }
    droppedPairs = pairs.count - kept.count
    mendedPairs = kept.count { (pairs[$0].peaks[0].shift - chosen[$0].shift).length > tolerance }
    residual = Statistics.mean(kept.map { pow(distance($0, places, chosen[$0]), 2) }).squareRoot()
    let members = Self.largestGroup(kept.map { (pairs[$0].first, pairs[$0].second) }, frames)
    let origin = members.min().map { places[$0] } ?? .zero
    self.places = (0..<frames).map { members.contains($0) ? places[$0] - origin : nil }
  }

  /// The median shift from a frame to the next.
  private static func usualStep(_ pairs: [Pair]) -> Point {
    let steps = pairs.filter { $0.second == $0.first + 1 }.map { $0.peaks[0].shift }
    return steps.isEmpty ? .zero : Point(Statistics.median(steps.map(\.x)), Statistics.median(steps.map(\.y)))
  }

  /// The highest peak; of those that noise cannot tell apart the one that the usual step leads to.
  private static func preferred(_ pair: Pair, step: Point) -> PairCorrelation.Peak {
    let expected = Double(pair.second - pair.first) * step
    return pair.peaks.filter { $0.score >= pair.peaks[0].score - pair.scoreNoise }
      .min { ($0.shift - expected).length < ($1.shift - expected).length }!
  }

  /// Least squares for p(second) − p(first) = shift, weighted. A faint pull of each frame to the one before keeps frames
  /// without any pair in place.
  private static func places(
    of pairs: [(first: Int, second: Int, shift: Point, weight: Double)], _ frames: Int
  ) -> [Point] {
    let band = max(1, pairs.map { $0.second - $0.first }.max() ?? 1)
    var matrix = BandMatrix(size: frames, band: band)
    var right = [Point](repeating: .zero, count: frames)
    func add(_ first: Int, _ second: Int, _ shift: Point, _ weight: Double) {
      matrix[first, first] += weight
      matrix[second, second] += weight
      matrix[second, first] -= weight
      right[first] -= weight * shift
      right[second] += weight * shift
    }
    for pair in pairs where pair.weight > 0 { add(pair.first, pair.second, pair.shift, pair.weight) }
    for frame in 1..<max(1, frames) { add(frame - 1, frame, .zero, 1e-9) }
    matrix[0, 0] += 1
    guard let x = matrix.solvedPositive(right.map(\.x)), let y = matrix.solvedPositive(right.map(\.y)) else {
      return [Point](repeating: .zero, count: frames)
    }
    return zip(x, y).map { Point($0, $1) }
  }

  /// The largest set of frames that pairs connect; of equal ones that with the first frame.
  private static func largestGroup(_ pairs: [(Int, Int)], _ frames: Int) -> Set<Int> {
    var group = Array(0..<frames)
    for (first, second) in pairs where group[first] != group[second] {
      let (keep, drop) = (min(group[first], group[second]), max(group[first], group[second]))
      for frame in 0..<frames where group[frame] == drop { group[frame] = keep }
    }
    var sizes = [Int](repeating: 0, count: frames)
    for name in group { sizes[name] += 1 }
    guard let best = sizes.indices.max(by: { (sizes[$0], -$0) < (sizes[$1], -$1) }) else { return [] }
    return Set((0..<frames).filter { group[$0] == best })
  }
}
