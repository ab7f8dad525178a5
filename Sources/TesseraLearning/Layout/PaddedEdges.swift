/// The edges of a graph in groups of eight, so that eight neighbours pull at once. Rows are filled up by edges of no
/// weight from a vertex to itself.
struct PaddedEdges: Sendable {
  /// The groups of vertex i are `starts[i] ..< starts[i + 1]`.
  private let starts: [Int]
  private let ends: [SIMD8<Int32>]
  private let weights: [SIMD8<Float>]

  init(_ graph: NeighbourGraph) {
    var (starts, ends, weights) = ([0], [SIMD8<Int32>](), [SIMD8<Float>]())
    starts.reserveCapacity(graph.count + 1)
    ends.reserveCapacity(graph.ends.count / 8 + graph.count)
    weights.reserveCapacity(graph.ends.count / 8 + graph.count)
    for vertex in 0..<graph.count {
      let edges = graph.edges(of: vertex)
      for first in stride(from: edges.lowerBound, to: edges.upperBound, by: 8) {
        var (end, weight) = (SIMD8(repeating: Int32(vertex)), SIMD8<Float>.zero)
        for edge in first..<min(first + 8, edges.upperBound) {
          end[edge - first] = graph.ends[edge]
          weight[edge - first] = graph.weights[edge]
        }
        ends.append(end)
        weights.append(weight)
      }
      starts.append(ends.count)
    }
    (self.starts, self.ends, self.weights) = (starts, ends, weights)
  }

  /// Σₖ Pᵢₖ fₐ (yₖ - yᵢ), each fₐ (yₖ - yᵢ) clipped, and Σₖ Pᵢₖ fₐ.
  @inline(__always) func pull(
    on i: Int, at points: UnsafeBufferPointer<SIMD2<Float>>, law: ForceTerm, clip: Float
  ) -> (force: SIMD2<Float>, stiffness: Float) {
    let here = points[i]
    var (sumX, sumY, stiffness) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    for group in starts[i]..<starts[i + 1] {
      var (x, y) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
      for lane in 0..<8 {
        let point = points[Int(ends[group][lane])]
        x[lane] = point.x
        y[lane] = point.y
      }
      let (dx, dy) = (x - here.x, y - here.y)
      let (force, weight) = (law.values(at: dx * dx + dy * dy), weights[group])
      sumX += weight * limited(force * dx, clip)
      sumY += weight * limited(force * dy, clip)
      stiffness += weight * force
    }
    return (SIMD2(sumX.sum(), sumY.sum()), stiffness.sum())
  }
}

/// Each lane brought into -limit ... limit.
@inline(__always) func limited(_ value: SIMD8<Float>, _ limit: Float) -> SIMD8<Float> {
  var result = value
  for lane in 0..<8 { result[lane] = min(max(value[lane], -limit), limit) }
  return result
}
