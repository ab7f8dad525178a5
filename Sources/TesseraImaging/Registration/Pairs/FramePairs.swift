import TesseraNumerics

/// The correlation peaks of the pairs of frames of a series, from which `FrameConsensus` finds the places of all frames.
///
/// Drift distorts frames of one direction of scan alike, so that they fit each other, but frames that were scanned across
/// them otherwise: of a crystal, such frames fit each other in their middle alone, as if they showed different crystals.
/// So where there are several directions, the drift is first taken from the frames of each direction by themselves, and all pairs
/// are then formed of frames from which it is taken off.
struct FramePairs {
  let settings: Registration
  let series: FrameSeries

  /// Drift during a frame that matters, in pixels: it moves the edges by half of that.
  private static let leastDrift = 1.0

  /// Pairs of each frame with the `pairSpan` frames before it.
  /// - Parameter step: is called once for each frame that is read.
  func pairs(_ step: () throws -> Void) throws -> [FrameConsensus.Pair] {
    let still = [Point](repeating: .zero, count: series.count)
    let pairs = try pairs(rates: still, step)
    guard settings.correctsDrift, let rates = rates(from: pairs) else { return pairs }
    return try self.pairs(rates: rates, step)
  }

  /// The places that agree with pairs of so many frames.
  func consensus(of pairs: [FrameConsensus.Pair], frames: Int) -> FrameConsensus {
    let side = Double(min(series.width, series.height))
    // Farther than a quarter of the field, too few pixels overlap to correct a shift by them.
    return FrameConsensus(of: pairs, frames: frames, tolerance: max(2, 0.004 * side), longestHop: side / 4)
  }

  /// Drift per line of each frame, in pixels along the axes of the specimen; nil where frames have one direction, or where
  /// no frame drifts as far as matters.
  private func rates(from pairs: [FrameConsensus.Pair]) -> [Point]? {
    let turns = (0..<series.count).map { settings.quarterTurns(of: $0) }
    let directions = Set(turns).sorted()
    guard directions.count > 1 else { return nil }
    var rates = [Point?](repeating: nil, count: series.count)
    for direction in directions {
      let members = turns.indices.filter { turns[$0] == direction }
      // Numbered among themselves, neighbours of one direction are next to each other.
      let own = pairs.filter { turns[$0.first] == direction && turns[$0.second] == direction }.map { pair in
        FrameConsensus.Pair(
          first: members.firstIndex(of: pair.first)!, second: members.firstIndex(of: pair.second)!, peaks: pair.peaks)
      }
      guard !own.isEmpty else { continue }
      var places = [Point?](repeating: nil, count: series.count)
      for (frame, place) in zip(members, consensus(of: own, frames: members.count).places) { places[frame] = place }
      guard places.count(where: { $0 != nil }) > 1 else { continue }
      let drift = DriftRate(shifts: places, lines: Double(series.height) + settings.pauseLines)
      for frame in places.indices where places[frame] != nil { rates[frame] = drift.rates[frame] }
    }
    let known = rates.compactMap { $0 }
    guard known.contains(where: { $0.length * Double(series.height) > Self.leastDrift }) else { return nil }
    let usual = Point(Statistics.median(known.map(\.x)), Statistics.median(known.map(\.y)))
    return rates.map { $0 ?? usual }
  }

  private func pairs(rates: [Point], _ step: () throws -> Void) throws -> [FrameConsensus.Pair] {
    let correlation = PairCorrelation(width: series.width, height: series.height)
    var recent: [(frame: Int, prepared: PairCorrelation.Prepared)] = []
    var pairs: [FrameConsensus.Pair] = []
    for index in 0..<series.count {
      try step()
      let turns = settings.quarterTurns(of: index)
      let path = FramePath(quarterTurns: turns, rate: rates[index])
      let prepared = correlation.prepared(Self.straight(try series.frame(index), path).turned(quarters: turns))
      let earlier = recent
      pairs += concurrentMap(count: earlier.count) { number in
        FrameConsensus.Pair(
          first: earlier[number].frame, second: index,
          peaks: correlation.peaks(from: earlier[number].prepared, to: prepared))
      }
      recent.append((index, prepared))
      if recent.count > settings.pairSpan { recent.removeFirst() }
    }
    return pairs
  }

  /// A frame with its drift taken off; what it then does not cover has its mean.
  private static func straight(_ frame: Raster<Float>, _ path: FramePath) -> Raster<Float> {
    guard path.rate != .zero else { return frame }
    var sum = FrameSum(box: PixelBox(x: 0, y: 0, width: frame.width, height: frame.height))
    sum.add(frame, displacements: path.scanned(lines: frame.height))
    let mean = Float(Statistics.mean(frame.values))
    return Raster(
      width: frame.width, height: frame.height,
      values: zip(sum.values.values, sum.coverage.values).map { $1 > 0 ? $0 : mean })
  }
}
