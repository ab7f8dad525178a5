import Foundation
import TesseraNumerics

/// Places of frames that agree with the correlation peaks of many pairs.
///
/// A lattice gives a peak at every lattice vector, and the highest may be the wrong one. But wrong peaks contradict each
/// other: shifts around a ring of frames must add to zero. So each pair may take any of its peaks, and the places are those
/// with the smallest sum of distances from the peaks that look best; then each pair takes the peak nearest to them, pairs that
/// fit nowhere are dropped, and the places follow by least squares. Where all frames after one may lie a lattice vector off,
/// all pairs across decide together (`ConsensusFit`). Source: Savitzky et al., Ultramicroscopy 191 (2018) 56, who mend a
/// matrix of shifts by its transitivity.
package struct FrameConsensus: Sendable {
  /// Two frames and their shifts that are possible, the best first.
  package struct Pair: Sendable {
    package var first, second: Int
    package var peaks: [PairCorrelation.Peak]

    package init(first: Int, second: Int, peaks: [PairCorrelation.Peak]) {
      (self.first, self.second, self.peaks) = (first, second, peaks)
    }
  }

  /// Of each frame, in pixels; the first frame that is placed is at zero. Nil where a frame fits no other.
  package private(set) var places: [Point?]
  /// Pairs that take a peak clearly lower than their best.
  package private(set) var mendedPairs = 0
  /// Pairs none of whose peaks fits.
  package private(set) var droppedPairs = 0
  /// Root mean square distance of the peaks taken from the places, in pixels.
  package private(set) var residual = 0.0
  /// Length of the shortest vector by which frames from some frame on may be off without the pairs telling, in pixels, as the
  /// lattice vector of a perfect crystal; nil where the pairs determine all places.
  package private(set) var openVector: Double?

  /// - Parameters:
  ///   - pairs: each two frames that were compared, with their possible shifts.
  ///   - frames: number of frames; the pairs name them 0 ..< `frames`.
  ///   - tolerance: how far a peak may lie from where the places say, in pixels.
  ///   - longestHop: vectors of up to this many pixels are considered by which places may be wrong.
  package init(of pairs: [Pair], frames: Int, tolerance: Double, longestHop: Double) {
    var fit = ConsensusFit(
      pairs.filter { !$0.peaks.isEmpty }, frames: frames, tolerance: tolerance, longestHop: longestHop)
    fit.mendHops()
    let kept = fit.pairs.indices.filter { fit.isKept[$0] }
    droppedPairs = fit.pairs.count - kept.count
    mendedPairs = kept.count { !fit.chosen[$0].isEqual }
    residual = Statistics.mean(kept.map { pow(fit.distance($0, to: fit.chosen[$0]), 2) }).squareRoot()
    let members = Self.largestGroup(kept.map { (fit.pairs[$0].first, fit.pairs[$0].second) }, frames)
    let first = members.min() ?? 0
    places = (0..<frames).map { members.contains($0) ? fit.places[$0] - fit.places[first] : nil }
    openVector = fit.openVector(after: first, before: members.max() ?? 0)
  }

  /// Number of frames that have a place.
  var placedCount: Int { places.count { $0 != nil } }

  /// Takes frames out that proved to show something else.
  mutating func leaveOut(_ frames: [Int]) {
    for frame in frames { places[frame] = nil }
    let origin = places.lazy.compactMap { $0 }.first ?? .zero
    places = places.map { $0.map { $0 - origin } }
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
