import TesseraImaging
import TesseraNumerics
import Testing

struct `Consistent places of frames` {
  /// Peaks at the true shift and at all lattice vectors around it, the true one highest.
  private func pair(_ first: Int, _ second: Int, _ places: [Point], wrong: Bool, noise: Point) -> FrameConsensus.Pair {
    let truth = places[second] - places[first] + noise
    let (a, b) = (Point(12, 0), Point(-6, 10.4))
    var peaks: [PairCorrelation.Peak] = []
    for i in -1...1 {
      for j in -1...1 {
        let isHighest = wrong ? (i, j) == ((first + second) % 2 == 0 ? 1 : -1, 0) : (i, j) == (0, 0)
        let step = Double(i) * a + Double(j) * b
        peaks.append(.init(shift: truth + step, deficit: isHighest ? 0 : 50))
      }
    }
    peaks.sort { $0.deficit < $1.deficit }
    return FrameConsensus.Pair(first: first, second: second, peaks: peaks)
  }

  @Test(arguments: [UInt64(1), 2, 3]) func `mend jumps of a lattice vector`(seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    var (places, place) = ([Point](), Point.zero)
    for _ in 0..<24 {
      places.append(place)
      place += Point(1.5, 0.7) + 0.8 * Point(random.gaussian(), random.gaussian())
    }
    var (pairs, wrongCount) = ([FrameConsensus.Pair](), 0)
    for second in 0..<24 {
      for first in max(0, second - 6)..<second {
        let isWrong = random.uniform() < 0.25
        wrongCount += isWrong ? 1 : 0
        let noise = 0.05 * Point(random.gaussian(), random.gaussian())
        pairs.append(pair(first, second, places, wrong: isWrong, noise: noise))
      }
    }
    let consensus = FrameConsensus(of: pairs, frames: 24, tolerance: 2, longestHop: 40)
    for (found, place) in zip(consensus.places, places) {
      // Six pairs a frame of .05 px each; a hop would be 12 px.
      #expect((try #require(found) - place).length < 0.2)
    }
    #expect(consensus.mendedPairs == wrongCount)
    #expect(consensus.droppedPairs == 0)
  }

  /// Peaks at the true shift and all lattice vectors around it, those by which the true one is missed lower by `deficit`.
  private func equalPair(
    _ first: Int, _ second: Int, _ places: [Point], deficit: (_ i: Int, _ j: Int) -> Double
  ) -> FrameConsensus.Pair {
    var peaks: [PairCorrelation.Peak] = []
    for i in -3...3 {
      for j in -3...3 {
        let step = Double(i) * Point(12, 0) + Double(j) * Point(-6, 10.4)
        peaks.append(.init(shift: places[second] - places[first] + step, deficit: deficit(i, j)))
      }
    }
    let least = peaks.map(\.deficit).min()!
    for index in peaks.indices { peaks[index].deficit -= least }
    return .init(first: first, second: second, peaks: peaks.sorted { $0.deficit < $1.deficit })
  }

  @Test func `of a perfect lattice are those of the smallest steps`() throws {
    var random = RandomSource(seed: 5)
    let places = (0..<12).map { Double($0) * Point(2.5, 1) }
    var pairs: [FrameConsensus.Pair] = []
    for second in 0..<12 {
      for first in max(0, second - 6)..<second {
        pairs.append(equalPair(first, second, places) { _, _ in 0.7 * abs(random.gaussian()) })
      }
    }
    let consensus = FrameConsensus(of: pairs, frames: 12, tolerance: 2, longestHop: 40)
    for (found, place) in zip(consensus.places, places) { #expect((try #require(found) - place).length < 1e-6) }
    #expect(abs(try #require(consensus.openVector) - 12) < 0.01)
    #expect(consensus.mendedPairs == 0)
  }

  /// The specimen jumps by a lattice vector, and no pair alone is sure that it did.
  @Test func `follow from all pairs across a jump`() throws {
    let places = (0..<12).map { Double($0) * Point(0.5, 0.2) + ($0 < 5 ? .zero : Point(12, 0)) }
    var pairs: [FrameConsensus.Pair] = []
    for second in 0..<12 {
      for first in max(0, second - 6)..<second {
        pairs.append(equalPair(first, second, places) { ($0, $1) == (0, 0) ? 0 : 3.5 })
      }
    }
    let consensus = FrameConsensus(of: pairs, frames: 12, tolerance: 2, longestHop: 40)
    for (found, place) in zip(consensus.places, places) { #expect((try #require(found) - place).length < 1e-6) }
    #expect(consensus.openVector == nil)
  }

  @Test func `leave out what fits nowhere`() {
    let places = (0..<6).map { Point(Double($0), 0) }
    var pairs: [FrameConsensus.Pair] = []
    for second in 0..<6 {
      for first in 0..<second {
        var pair = pair(first, second, places, wrong: false, noise: .zero)
        if first == 3 || second == 3 {
          pair.peaks = [.init(shift: Point(31 * Double(first) - 17, 9 * Double(second * second)), deficit: 0)]
        }
        pairs.append(pair)
      }
    }
    let consensus = FrameConsensus(of: pairs, frames: 6, tolerance: 2, longestHop: 40)
    #expect(consensus.places.map { $0 == nil } == [false, false, false, true, false, false])
    #expect(consensus.droppedPairs == 5)
  }
}
