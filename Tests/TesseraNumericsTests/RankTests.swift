import TesseraNumerics
import Testing

@Suite struct `Ranks of values` {
  @Test func `are shared by equal values`() {
    #expect(Statistics.ranks([3, 1, 3, 2, -.infinity, 3]) == [4, 1, 4, 2, 0, 4])
    #expect(Statistics.ranks([]).isEmpty && Statistics.ranks([.nan, 7]) == [-0.5, 0])
    #expect(Statistics.rankCorrelation([1, 2, 3, 4], [10, 20, 30, 31]) == 1)
    #expect(Statistics.rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]) == -1)
    #expect(Statistics.rankCorrelation([1, 1, 1], [4, 3, 2]) == 0)
  }

  @Test func `are those of counting`() {
    var random = RandomSource(seed: 3)
    let values = (0..<400).map { _ in Double(random.index(below: 60)) }
    let counted = values.map { value in
      Double(values.count { $0 < value }) + 0.5 * Double(values.count { $0 == value } - 1)
    }
    #expect(Statistics.ranks(values) == counted)
  }

  /// As many particles as a large mask has and more; counting those below each would take minutes.
  @Test func `of many values take one sort`() {
    let values = (0..<400_000).map { Double(($0 &* 7919) % 400_000 / 2) }
    #expect(Statistics.rankCorrelation(values, values.map { 1 - $0 }) == -1)
  }
}
