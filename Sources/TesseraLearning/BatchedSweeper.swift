import TesseraNumerics

/// All forces of a sweep from the positions at its start; each point gathers its own, so that points move in parallel
/// and the result does not depend on the number of threads.
///
/// One sweep of the published rule adds up, for point i and in expectation,
///
///     Aᵢ = 2γ Σₖ Pᵢₖ fₐ (yₖ - yᵢ)              (both visits of each edge)
///     Rᵢ = γ k'/n Σⱼ (degᵢ + degⱼ) fᵣ (yᵢ - yⱼ)   (draws for i and draws that hit i, j not i nor a neighbour).
///
/// Two things differ. The sum over j is estimated from eight draws, each weighted by k' (degᵢ + degⱼ) / 8, in place of
/// the k' degᵢ (75 and more) that the rule makes. And because the rule's many small pulls cannot overshoot where one
/// large one would, the pull is taken linearly implicit: Aᵢ / (1 + sᵢ), with its stiffness sᵢ = 2γ Σₖ Pᵢₖ fₐ.
struct BatchedSweeper: LayoutSweeper {
  private let edges: PaddedEdges
  private let clip: Float
  private let drawWeight: Float  // k' / draws made
  private let seed: UInt64
  private var points: [SIMD2<Float>]
  private var next: [SIMD2<Float>]
  private var sweeps: UInt64 = 0

  /// Draws a point makes in a sweep.
  private static let draws = 8
  /// Points a task moves.
  private static let block = 128

  init(_ graph: NeighbourGraph, from initial: Layout, settings: ForceRelaxedLayout, seed: UInt64) {
    edges = PaddedEdges(graph)
    clip = Float(settings.clip)
    drawWeight = Float(settings.negativeDraws) / Float(Self.draws)
    self.seed = seed
    points = initial.points.map { SIMD2<Float>($0) }
    next = points
  }

  var layout: Layout { Layout(points: points.map { Point($0) }) }

  mutating func sweep(_ law: ForceLaw, step: Double) {
    let (attraction, repulsion, step) = (law.attractionTerm, law.repulsionTerm, Float(step))
    let (clip, weight, edges) = (clip, step * drawWeight, edges)
    if weight > 0 {
      // Random numbers of its own for each sweep; each point has its own stretch of them.
      let stream = mixed(seed &+ sweeps &* 0xD1B5_4A32_D192_ED03)
      move { i, points in weight * edges.push(on: i, at: points, law: repulsion, clip: clip, stream: stream) }
    }
    move { i, points in edges.pull(on: i, at: points, law: attraction, step: step, clip: clip) }
    sweeps += 1
  }

  /// Moves every point by a displacement that depends on the places of all.
  @inline(__always)
  private mutating func move(
    _ displacement: @Sendable (Int, UnsafeBufferPointer<SIMD2<Float>>) -> SIMD2<Float>
  ) {
    points.withUnsafeBufferPointer { points in
      next.withUnsafeMutableBufferPointer { next in
        // Every task reads all places and writes only the new ones of its own points.
        nonisolated(unsafe) let (old, new) = (points, next)
        concurrentFor((old.count + Self.block - 1) / Self.block) { block in
          for i in block * Self.block..<min(old.count, (block + 1) * Self.block) {
            new[i] = old[i] + displacement(i, old)
          }
        }
      }
    }
    swap(&points, &next)
  }
}

/// The graph with each row filled up to a multiple of eight edges by edges of no weight from a vertex to itself.
private struct PaddedEdges: Sendable {
  /// The groups of eight edges of vertex i are `starts[i] ..< starts[i + 1]`.
  private let starts: [Int]
  private let ends: [SIMD8<Int32>]
  private let weights: [SIMD8<Float>]
  private let degrees: [Float]
  /// Four words a vertex: bit j % 256 is set for the vertex itself and its neighbours j. Few others share a bit.
  private let filters: [UInt64]

  init(_ graph: NeighbourGraph) {
    var (starts, ends, weights) = ([0], [SIMD8<Int32>](), [SIMD8<Float>]())
    starts.reserveCapacity(graph.count + 1)
    ends.reserveCapacity(graph.ends.count / 8 + graph.count)
    weights.reserveCapacity(graph.ends.count / 8 + graph.count)
    var filters = [UInt64](repeating: 0, count: 4 * graph.count)
    for vertex in 0..<graph.count {
      let edges = graph.edges(of: vertex)
      for first in stride(from: edges.lowerBound, to: edges.upperBound, by: 8) {
        var (end, weight) = (SIMD8(repeating: Int32(vertex)), SIMD8<Float>.zero)
        for edge in first..<min(first + 8, edges.upperBound) {
          end[edge - first] = graph.ends[edge]
          weight[edge - first] = graph.weights[edge]
          filters[Self.word(of: vertex, for: Int(graph.ends[edge]))] |= 1 << UInt64(graph.ends[edge] & 63)
        }
        ends.append(end)
        weights.append(weight)
      }
      filters[Self.word(of: vertex, for: vertex)] |= 1 << UInt64(vertex & 63)
      starts.append(ends.count)
    }
    (self.starts, self.ends, self.weights, self.filters) = (starts, ends, weights, filters)
    degrees = (0..<graph.count).map { Float(graph.edges(of: $0).count) }
  }

  private static func word(of vertex: Int, for other: Int) -> Int { 4 * vertex + (other >> 6) & 3 }

  /// Whether j is i or one of its neighbours.
  @inline(__always) private func near(_ i: Int, _ j: Int) -> Bool {
    guard filters[Self.word(of: i, for: j)] >> UInt64(j & 63) & 1 == 1 else { return false }
    return i == j || holds(i, Int32(truncatingIfNeeded: j))
  }

  private func holds(_ i: Int, _ j: Int32) -> Bool {
    for group in starts[i]..<starts[i + 1] {
      for lane in 0..<8 where ends[group][lane] == j { return true }
    }
    return false
  }

  /// Aᵢ / (1 + sᵢ).
  @inline(__always) func pull(
    on i: Int, at points: UnsafeBufferPointer<SIMD2<Float>>, law: ForceTerm, step: Float, clip: Float
  ) -> SIMD2<Float> {
    let here = points[i]
    var (sumX, sumY, stiffness) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    for group in starts[i]..<starts[i + 1] {
      let (x, y) = gather(points, ends[group])
      let (dx, dy) = (x - here.x, y - here.y)
      let (force, weight) = (law.values(at: dx * dx + dy * dy), weights[group])
      sumX += weight * limited(force * dx, clip)
      sumY += weight * limited(force * dy, clip)
      stiffness += weight * force
    }
    let twice = 2 * step  // Both visits of each edge.
    return twice * SIMD2(sumX.sum(), sumY.sum()) / (1 + twice * stiffness.sum())
  }

  /// Sum over eight random points j of (degᵢ + degⱼ) fᵣ (yᵢ - yⱼ), without i and its neighbours.
  @inline(__always) func push(
    on i: Int, at points: UnsafeBufferPointer<SIMD2<Float>>, law: ForceTerm, clip: Float, stream: UInt64
  ) -> SIMD2<Float> {
    let here = points[i]
    var drawn = SIMD8<Int32>.zero
    var weight = SIMD8<Float>.zero
    for pair in 0..<4 {
      let bits = mixed(stream &+ UInt64(i * 4 + pair) &* 0x9E37_79B9_7F4A_7C15)
      let (low, high) = (UInt64(UInt32(truncatingIfNeeded: bits)), bits >> 32)
      drawn[2 * pair] = Int32(truncatingIfNeeded: (low &* UInt64(points.count)) >> 32)
      drawn[2 * pair + 1] = Int32(truncatingIfNeeded: (high &* UInt64(points.count)) >> 32)
    }
    for lane in 0..<8 {
      let j = Int(drawn[lane])
      weight[lane] = near(i, j) ? 0 : degrees[i] + degrees[j]
    }
    let (x, y) = gather(points, drawn)
    let (dx, dy) = (here.x - x, here.y - y)
    let force = law.values(at: dx * dx + dy * dy)
    return SIMD2((weight * limited(force * dx, clip)).sum(), (weight * limited(force * dy, clip)).sum())
  }
}

/// Coordinates of eight points.
@inline(__always) private func gather(
  _ points: UnsafeBufferPointer<SIMD2<Float>>, _ indices: SIMD8<Int32>
) -> (x: SIMD8<Float>, y: SIMD8<Float>) {
  var (x, y) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
  for lane in 0..<8 {
    let point = points[Int(indices[lane])]
    x[lane] = point.x
    y[lane] = point.y
  }
  return (x, y)
}

@inline(__always) private func limited(_ value: SIMD8<Float>, _ limit: Float) -> SIMD8<Float> {
  var result = value
  for lane in 0..<8 { result[lane] = min(max(value[lane], -limit), limit) }
  return result
}

/// SplitMix64's output function: numbers that look random from numbers that follow each other.
/// Source: Steele, Lea & Flood, OOPSLA 2014, fig. 16.
@inline(__always) private func mixed(_ value: UInt64) -> UInt64 {
  var z = value
  z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
  z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
  return z ^ (z >> 31)
}
