import TesseraLearning
import TesseraNumerics
import Testing

struct `Label scores` {
  @Test func `are 1 for equal partitions under other numbers`() {
    let scores = LabelScores([5, 5, 2, 2, 9], truth: [1, 1, 2, 2, 3])
    #expect(abs(scores.adjustedMutualInformation - 1) < 1e-12)
    #expect(scores.adjustedRand == 1)
    #expect(scores.fowlkesMallows == 1)
    #expect(scores.accuracy == 1)
  }

  /// By hand for {1 1 2 2} against {1 2 2 2}: MI = 1/4 ln 2 + 1/4 ln 2/3 + 1/2 ln 4/3 = 0.215762; the random
  /// labellings with these sizes all have this table up to renumbering, so EMI = MI and AMI = 0. Pairs: 1 in both, 2
  /// and 3 in each, 6 in all.
  @Test func `equal values worked out by hand`() {
    let scores = LabelScores([1, 1, 2, 2], truth: [1, 2, 2, 2])
    #expect(abs(scores.adjustedMutualInformation) < 1e-12)
    #expect(abs(scores.adjustedRand) < 1e-12)
    #expect(abs(scores.fowlkesMallows - 1 / 6.0.squareRoot()) < 1e-12)
    #expect(scores.accuracy == 0.75)
  }

  /// {1 1 1 2 2 2} against {1 1 2 2 2 2}: MI = 1/3 ln 2 + 1/6 ln 1/2 + 1/2 ln 3/2 = 0.318257. Of the 15 ways to
  /// place the pair, 6 put it within one class (this MI) and 9 across (MI = 0): EMI = 0.4 MI. The entropies are ln 2
  /// and ln 3 - 2/3 ln 2.
  @Test func `adjust the mutual information by its mean over random labellings`() {
    let information = 0.31825708414740644
    let mean = (0.6931471805599453 + 1.0986122886681098 - 2 / 3.0 * 0.6931471805599453) / 2
    let scores = LabelScores([1, 1, 1, 2, 2, 2], truth: [1, 1, 2, 2, 2, 2])
    #expect(abs(scores.adjustedMutualInformation - 0.6 * information / (mean - 0.4 * information)) < 1e-12)
  }

  /// What is called unknown is wrong where the truth has a class, however often, and right where it has none.
  @Test func `never call the unknown right, unless it is unknown in truth`() {
    let (labels, truth) = ([0, 0, 0, 2, 2, 1], [1, 1, 1, 2, 2, 1])
    #expect(LabelScores(labels, truth: truth).accuracy == 5 / 6.0)
    #expect(LabelScores(labels, truth: truth, unknown: 0).accuracy == 0.5)
    #expect(LabelScores([0, 0, 1], truth: [0, 0, 7], unknown: 0).accuracy == 1)
    #expect(LabelScores([3, 3, 1], truth: [0, 0, 7], unknown: 0).accuracy == 1 / 3.0)
  }

  @Test func `of independent labels are near zero`() {
    var random = RandomSource(seed: 1)
    let a = (0..<20_000).map { _ in random.index(below: 5) }
    let b = (0..<20_000).map { _ in random.index(below: 3) }
    let scores = LabelScores(a, truth: b)
    // Adjusted scores have mean 0 and a standard deviation of about 1 / n.
    #expect(abs(scores.adjustedMutualInformation) < 1e-3)
    #expect(abs(scores.adjustedRand) < 1e-3)
  }
}

struct `The best assignment` {
  @Test(arguments: [(3, 3), (4, 6), (6, 4), (1, 5)])
  func `is that of the best permutation`(rows: Int, columns: Int) {
    var random = RandomSource(seed: 4)
    for _ in 0..<20 {
      let gains = (0..<rows).map { _ in (0..<columns).map { _ in random.uniform().rounded(.down) + random.uniform() } }
      let found = bestAssignment(gains: gains)
      #expect(Set(found.compactMap(\.self)).count == min(rows, columns))
      var sum = 0.0
      for (row, column) in found.enumerated() { if let column { sum += gains[row][column] } }
      #expect(abs(sum - bestSum(gains, from: 0, used: [])) < 1e-12)
    }
  }

  private func bestSum(_ gains: [[Double]], from row: Int, used: Set<Int>) -> Double {
    guard row < gains.count else { return 0 }
    let columns = gains[0].count
    // A row may stay without a column only where rows are the longer side.
    let skipped = gains.count > columns ? bestSum(gains, from: row + 1, used: used) : -.infinity
    return (0..<columns).filter { !used.contains($0) }.reduce(skipped) {
      max($0, gains[row][$1] + bestSum(gains, from: row + 1, used: used.union([$1])))
    }
  }
}

struct `Separation scores` {
  /// Two pairs one unit wide, ten units apart: a = 1, b = mean of 10 and sqrt(101).
  @Test func `equal values worked out by hand`() {
    let layout = Layout(points: [Point(0, 0), Point(0, 1), Point(10, 0), Point(10, 1), Point(4, 4)])
    let labels = [1, 1, 2, 2, 0]
    let b = (10 + 101.0.squareRoot()) / 2
    #expect(abs(layout.silhouette(labels) - (b - 1) / b) < 1e-12)
    #expect(abs(layout.daviesBouldin(labels) - 0.1) < 1e-12)
  }

  @Test func `need two classes`() {
    let layout = Layout(points: [Point(0, 0), Point(0, 1)])
    #expect(layout.silhouette([1, 1]).isNaN)
    #expect(layout.daviesBouldin([1, 1]).isNaN)
  }
}
