import Foundation
import TesseraNetworks
import TesseraNumerics
import Testing

struct `The detector of columns in a map` {
  /// Spots of standard deviation sigma and height 1, or as given, the larger where two meet.
  private func map(
    width: Int = 80, height: Int = 60, spots: [(place: Point, height: Double)], sigma: Double = 2.5
  ) -> Raster<Float> {
    Raster(
      width: width, height: height,
      values: (0..<width * height).map { index in
        let here = Point(Double(index % width), Double(index / width))
        return Float(spots.map { $0.height * gaussian((here - $0.place).length / sigma) }.max() ?? 0)
      })
  }

  private func gaussian(_ r: Double) -> Double { exp(-r * r / 2) }

  private func grid(step: Double, width: Int, height: Int) -> [Point] {
    stride(from: step, to: Double(height) - step / 2, by: step).flatMap { y in
      stride(from: step, to: Double(width) - step / 2, by: step).map { Point($0 + 0.3, y - 0.2) }
    }
  }

  private func places(_ map: Raster<Float>, spacing: Double?, by detector: MapDetector = MapDetector()) throws
    -> [Point]
  {
    try detector.candidates(in: map, spacing: spacing).map(\.position)
  }

  @Test(arguments: [6.0, 10, 15]) func `finds every column of a grid, to a tenth of a pixel`(step: Double) throws {
    let truth = grid(step: step, width: 80, height: 60)
    let found = try MapDetector().candidates(
      in: map(spots: truth.map { ($0, 1) }, sigma: step / 4), spacing: step)
    #expect(found.count == truth.count)
    for place in truth { #expect(found.contains { ($0.position - place).length < 0.1 }) }
    #expect(found.allSatisfy { $0.value > 0.9 && $0.value <= 1 })
  }

  /// Squares of a spacing that is 40 % too large would delete all neighbours; of one that is 40 % too small would leave the second
  /// maximum of a column.
  @Test(arguments: [7.2, 12, 16.8]) func `corrects a spacing that is predicted wrongly`(predicted: Double) throws {
    let truth = grid(step: 12, width: 160, height: 120)
    var spots = truth.map { ($0, 1.0) }
    for place in truth.prefix(20) { spots.append((place + Point(4, 2), 0.6)) }
    let found = try places(map(width: 160, height: 120, spots: spots, sigma: 1.5), spacing: predicted)
    #expect(found.count == truth.count)
  }

  @Test func `keeps of two columns closer than the squares allow the stronger one`() throws {
    func count(dx: Double, dy: Double) throws -> Int {
      let spots = [(Point(30, 30), 0.9), (Point(30 + dx, 30 + dy), 1.0)]
      return try places(map(spots: spots, sigma: 1.2), spacing: 12).count
    }
    // IoU 0.3 of squares of 12 px: 6.46 px along an axis, 3.85 px each way along a diagonal.
    #expect(try count(dx: 6, dy: 0) == 1)
    #expect(try count(dx: 7, dy: 0) == 2)
    #expect(try count(dx: 0, dy: 7) == 2)
    #expect(try count(dx: 3.5, dy: 3.5) == 1)
    #expect(try count(dx: 4.5, dy: 4.5) == 2)
    let kept = try places(map(spots: [(Point(30, 30), 0.9), (Point(36, 30), 1)], sigma: 1.2), spacing: 12)
    #expect(abs(kept[0].x - 36) < 0.1)
  }

  @Test func `is greedy: whoever falls to a stronger one takes no third down`() throws {
    // The middle one falls to the left one; the right one is far enough from the left.
    let spots = [(Point(20, 30), 1.0), (Point(25, 30), 0.8), (Point(30, 30), 0.6)]
    var published = MapDetector()
    published.adapts = false
    let kept = try places(map(spots: spots, sigma: 1), spacing: 10, by: published)
    #expect(kept.map { ($0.x).rounded() } == [20, 30])
  }

  @Test func `takes blocks as published, and then loses columns closer than a block`() throws {
    var blocks = MapDetector()
    blocks.filter = .blocks
    let truth = grid(step: 6, width: 80, height: 60)
    let map = map(spots: truth.map { ($0, 1) }, sigma: 1.5)
    #expect(try places(map, spacing: 6).count == truth.count)
    let found = try places(map, spacing: 6, by: blocks)
    #expect(found.count < truth.count * 3 / 4)
    blocks.filterWindow = 2
    // Blocks of two pixels hold flanks too; the squares take those of them down that are near a column.
    let fine = try places(map, spacing: 6, by: blocks)
    for place in truth { #expect(fine.contains { ($0 - place).length < 0.6 }) }
  }

  @Test func `takes a block at the border that is smaller than the others`() throws {
    var blocks = MapDetector()
    blocks.filter = .blocks
    #expect(try places(map(width: 37, height: 21, spots: [(Point(35, 19), 1)]), spacing: 8, by: blocks).count == 1)
  }

  @Test func `finds columns in the corners and at the edges, and none in an empty or an even map`() throws {
    let corners = [Point(0, 0), Point(79, 0), Point(0, 59), Point(79, 59), Point(40, 0), Point(0, 30)]
    #expect(try places(map(spots: corners.map { ($0, 1) }), spacing: 12).count == 6)
    for value: Float in [0, 0.5, 1, .nan] {
      #expect(try places(Raster(width: 20, height: 20, filling: value), spacing: 8).isEmpty)
    }
    #expect(try places(Raster(width: 0, height: 0, filling: Float(0)), spacing: 8).isEmpty)
    #expect(try places(Raster(width: 1, height: 30, filling: Float(1)), spacing: 8).isEmpty)
    var line = Raster(width: 1, height: 30, filling: Float(0))
    line[0, 12] = 0.7
    #expect(try places(line, spacing: 8) == [Point(0, 12)])
  }

  @Test func `settles plateaus and ties by the order of pixels`() throws {
    var plateau = Raster(width: 40, height: 40, filling: Float(0))
    for y in 10..<22 { for x in 8..<30 { plateau[x, y] = 1 } }
    #expect(try places(plateau, spacing: 6).count == 1)
    var published = MapDetector()
    published.adapts = false
    let tied = try places(
      map(spots: [(Point(20, 20), 1), (Point(24, 20), 1)], sigma: 1), spacing: 12, by: published)
    #expect(tied.count == 1 && abs(tied[0].x - 20) < 0.1)
  }

  @Test func `leaves out what lies below the lower bound, and pixels that are no numbers`() throws {
    var detector = MapDetector()
    detector.filterLowerBound = 0.5
    var map = map(spots: [(Point(20, 20), 0.6), (Point(50, 30), 0.4)])
    #expect(try places(map, spacing: 12, by: detector).count == 1)
    map[20, 20] = .nan
    #expect(try places(map, spacing: 12, by: detector).count <= 1)
  }

  @Test(arguments: [nil, 0, -3, .nan, .infinity, 1e-9, 1e300] as [Double?])
  func `takes any spacing`(spacing: Double?) throws {
    let map = map(spots: [(Point(20, 20), 0.6), (Point(50, 30), 0.4)])
    let found = try places(map, spacing: spacing)
    #expect((1...2).contains(found.count))
    if spacing.map({ !($0 > 1) || !$0.isFinite }) ?? true { #expect(found.count == 2) }
  }

  @Test func `has a window of its own if one is set`() throws {
    let map = map(spots: [(Point(20, 20), 1), (Point(28, 20), 0.8)], sigma: 1.5)
    var detector = MapDetector()
    #expect(try places(map, spacing: 4, by: detector).count == 2)
    detector.filterWindow = 19
    #expect(try places(map, spacing: 4, by: detector).count == 1)
    detector.filterWindow = 1000
    #expect(try places(map, spacing: 4, by: detector).count == 1)
  }

  @Test func `refuses settings out of range with their names`() {
    func refusal(_ change: (inout MapDetector) -> Void) -> String? {
      var detector = MapDetector()
      change(&detector)
      do {
        _ = try detector.candidates(in: Raster(width: 4, height: 4, filling: 0), spacing: 4)
        return nil
      } catch { return error.description }
    }
    for window in [1.9, 1001, .nan, -4] {
      #expect(refusal { $0.filterWindow = window }?.contains("“filter window” must be between 2 and 1000") == true)
    }
    #expect(refusal { ($0.filter, $0.filterWindow) = (.blocks, 6) }?.contains("2, 4, 8, 16 or 32") == true)
    for bound in [0, -0.1, 1.01, .nan] {
      #expect(refusal { $0.filterLowerBound = bound }?.contains("“filter lower bound” must be above 0") == true)
    }
    #expect(refusal { $0.overlapLimit = 1 }?.contains("overlap limit") == true)
    #expect(refusal { $0.filterLowerBound = 1 } == nil)
  }

  @Test func `gives the same on any number of threads`() throws {
    let image = randomImage(width: 301, height: 203)
    for filter in MapDetector.Filter.allCases {
      var detector = MapDetector()
      detector.filter = filter
      let results = try [1, 2, 7].map { threads in
        try Workers.$limit.withValue(threads) { try detector.candidates(in: image, spacing: 5) }
      }
      #expect(results[0].count > 500)
      #expect(results.allSatisfy { $0 == results[0] })
    }
  }

  /// Against all pairs: no two that stand overlap by more than the limit, and whoever fell has a stronger one too near.
  @Test func `suppresses as the definition says`() throws {
    let image = randomImage(width: 150, height: 110)
    let side = 9.0
    let all = try MapDetector().candidates(in: image, spacing: nil)
    var window = MapDetector()
    (window.filterWindow, window.adapts) = (3, false)
    let kept = try window.candidates(in: image, spacing: side)
    func overlap(_ a: Point, _ b: Point) -> Double {
      let common = max(0, side - abs(a.x - b.x)) * max(0, side - abs(a.y - b.y))
      return common / (2 * side * side - common)
    }
    var expected: [MapCandidate] = []
    for candidate in all.sorted(by: { $0.value > $1.value })
    where expected.allSatisfy({ overlap($0.position, candidate.position) <= 0.3 }) { expected.append(candidate) }
    #expect(kept.count == expected.count)
    #expect(expected.allSatisfy { kept.contains($0) })
  }
}
