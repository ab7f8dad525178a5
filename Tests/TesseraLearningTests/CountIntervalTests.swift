import TesseraLearning
import TesseraNumerics
import Testing

struct `Intervals of class sizes` {
  @Test func `Certain members leave no doubt, doubtful ones do`() {
    #expect(CountIntervals.intervals([[1, 1, 1], [1, 1]]) == [3...3, 2...2])
    // Ten members that may each be of the other class with probability .1: one leaves on average, three at most.
    let found = CountIntervals.intervals([[Double](repeating: 0.9, count: 10), [Double](repeating: 1, count: 40)])
    #expect(found == [7...10, 40...43])
    #expect(CountIntervals.intervals([[0.5]]) == [0...1] && CountIntervals.intervals([]).isEmpty)
  }

  /// The doubt of the first class is for the second, two deviations away, and not for the third, twelve away and larger.
  @Test func `Doubt is for what is near`() throws {
    let features = Matrix<Float>(
      rows: 60, columns: 1, values: (0..<60).map { $0 < 20 ? 0 : $0 < 25 ? 1 : 6 })
    let groups = [Array(0..<20), Array(20..<25), Array(25..<60)]
    let distances = try #require(CountIntervals.squaredDistances(of: groups, in: features, noise: 0.5))
    #expect(CountIntervals.squaredDistances(of: groups, in: features, noise: 0) == nil)
    #expect(distances[0] == [0, 4, 144] && distances[2][1] == 100)
    let confidences = groups.enumerated().map { [Double](repeating: $0 == 0 ? 0.8 : 1, count: $1.count) }
    let near = CountIntervals.intervals(confidences, squaredDistances: distances)
    #expect(near[1].upperBound > 9 && near[2] == 35...35)
    // By size alone most of it is for the third.
    let bySize = CountIntervals.intervals(confidences)
    #expect(bySize[1].upperBound < near[1].upperBound && bySize[2].upperBound > 38)
  }

  @Test func `A class without a known row is as far as can be`() {
    let features = Matrix<Float>(rows: 2, columns: 1, values: [0, .nan])
    let distances = CountIntervals.squaredDistances(of: [[0], [1]], in: features, noise: 1)
    #expect(distances == [[0, .infinity], [.infinity, .infinity]])
    #expect(CountIntervals.intervals([[0.5], [0.5]], squaredDistances: distances) == [0...1, 0...1])
  }
}
