import TesseraLearning
import Testing

@Suite struct `Groups of a graph that nothing reaches` {
  private func graph(_ count: Int, _ links: [(Int, Int, Double)]) -> SampleGraph {
    var all = [[(to: Int, weight: Double)]](repeating: [], count: count)
    for (a, b, weight) in links {
      all[a].append((b, weight))
      all[b].append((a, weight))
    }
    return SampleGraph(links: all)
  }

  @Test func `are told by their best connected sample, the largest first`() {
    // 0 - 5 - 2; 1 - 4, which is reached; 3 alone; 6 - 7 - 8 - 9 in a row.
    let links = [(0, 5, 0.4), (5, 2, 0.1), (1, 4, 1), (6, 7, 0.2), (7, 8, 0.3), (8, 9, 0.2)]
    let reached = (0..<10).map { $0 == 1 || $0 == 4 }
    #expect(graph(10, links).middles(of: reached) == [7, 5, 3])
  }

  /// A look at all samples for each group would take minutes.
  @Test func `may be many`() {
    let count = 600_000
    let links = stride(from: 0, to: count, by: 3).map { ($0, $0 + 2, 1.0) }
    let middles = graph(count, links).middles(of: [Bool](repeating: false, count: count))
    #expect(middles.count == 2 * count / 3 && middles.prefix(2) == [0, 3] && middles.suffix(1) == [count - 2])
  }
}
