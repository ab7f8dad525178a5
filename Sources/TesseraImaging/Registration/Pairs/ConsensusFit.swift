import TesseraNumerics

/// The places of frames while `FrameConsensus` looks for them, with the peak that each pair takes.
struct ConsensusFit {
  let pairs: [FrameConsensus.Pair]
  private let tolerance, longestHop: Double
  private(set) var places: [Point]
  private(set) var chosen: [PairCorrelation.Peak]
  /// Whether the peak that a pair takes lies where the places say.
  private(set) var isKept: [Bool]
  /// The pairs on both sides of each frame's beginning.
  private let across: [[Int]]

  /// A pair that no peak fits counts as one that is this many standard errors too low: more than what is still chance, so
  /// that it speaks, and little more, so that it does not outvote.
  private static let largestDeficit = 5.0
  /// Standard errors by which one place must beat another.
  private static let significance = 3.0
  /// Each mends all frames from one on.
  private static let hopLimit = 16
  /// Usual steps are taken from this many pairs.
  private static let stepSources = 8

  init(_ pairs: [FrameConsensus.Pair], frames: Int, tolerance: Double, longestHop: Double) {
    (self.pairs, self.tolerance, self.longestHop) = (pairs, tolerance, longestHop)
    var across = [[Int]](repeating: [], count: frames)
    for (index, pair) in pairs.enumerated() {
      for cut in pair.first + 1...pair.second { across[cut].append(index) }
    }
    self.across = across
    places = [Point](repeating: .zero, count: frames)
    isKept = [Bool](repeating: true, count: pairs.count)
    let step = Self.usualStep(pairs.filter { $0.second == $0.first + 1 }, tolerance)
    chosen = pairs.map { Self.nearest(of: $0.peaks.filter(\.isEqual), to: Double($0.second - $0.first) * step) }
    // Weights one over the distance turn squares into distances, which a minority of wrong peaks does not move.
    var weights = [Double](repeating: 1, count: pairs.count)
    solve(weights)
    for _ in 0..<30 {
      for index in pairs.indices { weights[index] = 1 / max(0.05, distance(index, to: chosen[index])) }
      solve(weights)
    }
    settle()
  }

  /// How far a peak of a pair lies from where the places say.
  func distance(_ index: Int, to peak: PairCorrelation.Peak) -> Double { (peak.shift - shift(index)).length }

  private func shift(_ index: Int) -> Point { places[pairs[index].second] - places[pairs[index].first] }

  private static func nearest(of peaks: [PairCorrelation.Peak], to shift: Point) -> PairCorrelation.Peak {
    peaks.min { ($0.shift - shift).squaredLength < ($1.shift - shift).squaredLength }!
  }

  /// Lets each pair take the peak nearest to where the places say, and the places follow.
  private mutating func settle() {
    for _ in 0..<8 {
      for index in pairs.indices {
        chosen[index] = Self.nearest(of: pairs[index].peaks, to: shift(index))
        isKept[index] = distance(index, to: chosen[index]) <= tolerance
      }
      solve(isKept.map { $0 ? 1 : 0 })
    }
  }

  // MARK: The usual step

  /// The shift from a frame to the next that most pairs of neighbours allow; of those that noise cannot tell apart the
  /// smallest. Then the median of the peaks nearest to it.
  private static func usualStep(_ pairs: [FrameConsensus.Pair], _ tolerance: Double) -> Point {
    guard !pairs.isEmpty else { return .zero }
    // A walk about the usual step is allowed as far as the next peak is not nearer.
    let reaches = pairs.map { pair -> Double in
      let shifts = pair.peaks.filter(\.isEqual).map(\.shift)
      var least = Double.infinity
      for (index, shift) in shifts.enumerated() {
        for other in shifts.dropFirst(index + 1) { least = min(least, (other - shift).length) }
      }
      return max(tolerance, least / 2)
    }
    let sources = stride(from: 0, to: pairs.count, by: (pairs.count + stepSources - 1) / stepSources)
    let steps = sources.flatMap { pairs[$0].peaks.filter(\.isEqual).map(\.shift) }
    let deficits = concurrentMap(count: steps.count) { number in
      zip(pairs, reaches).reduce(0) { sum, pair in
        let peak = nearest(of: pair.0.peaks, to: steps[number])
        let fits = (peak.shift - steps[number]).length <= pair.1
        return sum + (fits ? min(largestDeficit, peak.deficit) : largestDeficit)
      }
    }
    let limit = deficits.min()! + PairCorrelation.Peak.leastDeficit * Double(pairs.count).squareRoot()
    var step = steps.indices.filter { deficits[$0] <= limit }.map { steps[$0] }
      .min { $0.squaredLength < $1.squaredLength }!
    for _ in 0..<3 {
      let near = pairs.map { nearest(of: $0.peaks.filter(\.isEqual), to: step).shift }
      step = Point(Statistics.median(near.map(\.x)), Statistics.median(near.map(\.y)))
    }
    return step
  }

  // MARK: Hops

  /// Moves all frames from one on wherever the pairs across say together that they lie a vector off, the clearest first.
  mutating func mendHops() {
    for _ in 0..<Self.hopLimit {
      guard let (cut, vector) = clearestHop else { return }
      for frame in cut..<places.count { places[frame] += vector }
      settle()
    }
  }

  /// The first frame that lies off, and the vector by which it and all later ones are to be moved.
  private var clearestHop: (cut: Int, vector: Point)? {
    let best = concurrentMap(count: places.count) { cut in hops(before: cut, isOpen: false).first }
    return best.indices.filter { best[$0] != nil }.max { best[$0]!.gain < best[$1]!.gain }.map {
      ($0, best[$0]!.vector)
    }
  }

  /// Length of the shortest vector by which the frames from some frame between these on may be off.
  func openVector(after first: Int, before last: Int) -> Double? {
    guard last > first else { return nil }
    return concurrentMap(count: last - first) { number in
      hops(before: first + 1 + number, isOpen: true).map(\.vector.length).min()
    }.compactMap { $0 }.min()
  }

  /// Vectors by which the frames from one on may be moved, and how much better the pairs across then fit on average, in
  /// units of what is significant; the best first.
  /// - Parameter isOpen: also those that are worse, but not significantly.
  private func hops(before cut: Int, isOpen: Bool) -> [(vector: Point, gain: Double)] {
    let across = across[cut]
    guard let span = across.map({ pairs[$0].second - pairs[$0].first }).min() else { return [] }
    // Pairs of one frame share its noise: only as many are independent as there are frames on the smaller side.
    let sides = [Set(across.map { pairs[$0].first }).count, Set(across.map { pairs[$0].second }).count]
    let limit = Self.significance / Double(sides.min()!).squareRoot()
    let present = deficit(of: across, moved: .zero)
    guard isOpen || present > limit else { return [] }
    let vectors = across.filter { pairs[$0].second - pairs[$0].first == span }.flatMap { index in
      pairs[index].peaks.map { $0.shift - shift(index) }.filter { 2 * tolerance..<longestHop ~= $0.length }
    }
    return vectors.map { ($0, (present - deficit(of: across, moved: $0)) / limit) }
      .filter { $0.1 > (isOpen ? -1 : 1) }
      .sorted { $0.1 > $1.1 }
  }

  /// Mean deficit of the peaks that pairs take if their second frames are moved.
  private func deficit(of indices: [Int], moved vector: Point) -> Double {
    let sum = indices.reduce(0) { sum, index in
      let place = shift(index) + vector
      let peak = Self.nearest(of: pairs[index].peaks, to: place)
      let fits = (peak.shift - place).length <= tolerance
      return sum + (fits ? min(Self.largestDeficit, peak.deficit) : Self.largestDeficit)
    }
    return sum / Double(indices.count)
  }

  // MARK: Least squares

  /// Least squares for p(second) − p(first) = shift, weighted. A faint pull of each frame to the one before keeps frames
  /// without any pair in place.
  private mutating func solve(_ weights: [Double]) {
    let frames = places.count
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
    for (index, pair) in pairs.enumerated() where weights[index] > 0 {
      add(pair.first, pair.second, chosen[index].shift, weights[index])
    }
    for frame in 1..<max(1, frames) { add(frame - 1, frame, .zero, 1e-9) }
    matrix[0, 0] += 1
    guard let x = matrix.solvedPositive(right.map(\.x)), let y = matrix.solvedPositive(right.map(\.y)) else {
      places = [Point](repeating: .zero, count: frames)
      return
    }
    places = zip(x, y).map { Point($0, $1) }
  }
}
