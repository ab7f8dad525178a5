import TesseraLearning
import Testing

struct `Intervals of class sizes` {
  @Test func `Certain members leave no doubt, doubtful ones do`() {
    #expect(CountIntervals.intervals([[1, 1, 1], [1, 1]]) == [3...3, 2...2])
    // Ten members that may each be of the other class with probability .1: one leaves on average, three at most.
    let found = CountIntervals.intervals([[Double](repeating: 0.9, count: 10), [Double](repeating: 1, count: 40)])
    #expect(found == [7...10, 40...43])
    #expect(CountIntervals.intervals([[0.5]]) == [0...1] && CountIntervals.intervals([]).isEmpty)
  }
}
