import TesseraNumerics

/// The published rule, pair after pair.
///
/// Each undirected edge is visited from both of its ends. A visit of (i, k) moves both points by γ P fₐ (yₖ - yᵢ);
/// then for each of k' draws j, both i and j move by γ fᵣ (yᵢ - yⱼ), unless j is i or one of its neighbours: such a
/// draw is dropped, not repeated. Force x difference is clipped before γ and P. Source: H20 and M22, methods, and the
/// authors' program; docs/layout.md lists where they differ.
struct SequentialSweeper: LayoutSweeper {
  private let graph: NeighbourGraph
  private let clip: Double
  private let draws: Int
  private var points: [Point]
  private var random: RandomSource
  /// `visited[j] == i` marks j as a neighbour of i while i is visited.
  private var visited: [Int]

  init(_ graph: NeighbourGraph, from initial: Layout, settings: ForceRelaxedLayout, seed: UInt64) {
    self.graph = graph
    (clip, draws) = (settings.clip, settings.negativeDraws)
    points = initial.points
    random = RandomSource(seed: seed)
    visited = [Int](repeating: -1, count: graph.count)
  }

  var layout: Layout { Layout(points: points) }

  mutating func sweep(_ law: ForceLaw, step: Double) {
    for i in 0..<graph.count {
      visited[i] = i
      for edge in graph.edges(of: i) { visited[Int(graph.ends[edge])] = i }
      for edge in graph.edges(of: i) {
        let k = Int(graph.ends[edge])
        let pull = difference(i, k, law.attraction) * (step * Double(graph.weights[edge]))
        points[i] -= pull
        points[k] += pull
        for _ in 0..<draws {
          let j = random.index(below: points.count)
          if visited[j] == i { continue }
          let push = difference(i, j, law.repulsion) * step
          points[i] += push
          points[j] -= push
        }
      }
    }
    for i in visited.indices { visited[i] = -1 }
  }

  /// Clipped product of a coefficient and yᵢ - yⱼ.
  private func difference(_ i: Int, _ j: Int, _ coefficient: (Double) -> Double) -> Point {
    let difference = points[i] - points[j]
    return (coefficient(difference.squaredLength) * difference)
      .clamped(lowerBound: Point(repeating: -clip), upperBound: Point(repeating: clip))
  }
}
