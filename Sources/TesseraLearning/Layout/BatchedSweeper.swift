import Foundation
import TesseraNumerics

/// All forces of a sweep from the positions at its start; each point gathers its own, so that points move in parallel
/// and the result does not depend on the number of threads.
///
/// One sweep of the published rule adds up, for point i and in expectation,
///
///     Aᵢ = 2γ Σₖ Pᵢₖ fₐ (yₖ - yᵢ)                  (both visits of each edge)
///     Rᵢ = γ k'/n Σⱼ (degᵢ + degⱼ) fᵣ (yᵢ - yⱼ)    (draws for i and draws that hit i; j not i nor a neighbour).
///
/// Three things differ.
/// - The sum over j is estimated from 32 draws, each weighted by k' (degᵢ + degⱼ) / 32 (`ShiftedDraws`), in place of
///   k' degᵢ draws for i and as many that hit it, 200 and more.
/// - The rule's many small pulls cannot overshoot where one large one would, so the step is linearly implicit:
///   (Aᵢ + Rᵢ) / (1 + sᵢ) with the stiffness sᵢ = 2γ Σₖ Pᵢₖ fₐ of the pull. It vanishes where the forces balance, as the
///   rule's does.
/// - Dividing by 1 + sᵢ slows the motion of whole groups too, whose pulls cancel. Momentum (Polyak's heavy ball, USSR
///   Comput. Math. 4 (1964) 1) gives that back: vᵢ <- 0.7 vᵢ + step, yᵢ <- yᵢ + vᵢ.
///
/// docs/layout.md compares radius, separation and class scores with those of the published rule.
struct BatchedSweeper: LayoutSweeper {
  /// Vertices are moved in a random order of their own: `order[place]` is the vertex at a place.
  private let order: [Int]
  private let edges: PaddedEdges
  private let draws: ShiftedDraws
  private let clip: Float
  private let drawsOfRule: Float  // k'
  private var random: RandomSource
  /// Positions by place, repeated from the beginning as far as a shifted draw reaches.
  private var points: [SIMD2<Float>]
  private var next: [SIMD2<Float>]
  private var velocities: [SIMD2<Float>]

  /// Part of the last step that goes on into the next.
  private static let momentum: Float = 0.7
  /// Points a task moves; a multiple of the eight that are pushed at once.
  private static let block = 128

  init(_ graph: NeighbourGraph, from initial: Layout, settings: ForceRelaxedLayout, seed: UInt64) {
    random = RandomSource(seed: seed)
    order = Array(0..<graph.count).shuffled(using: &random)
    let shuffled = order.isEmpty ? graph : graph.reordered(order)
    edges = PaddedEdges(shuffled)
    draws = ShiftedDraws(shuffled)
    clip = Float(settings.clip)
    drawsOfRule = Float(settings.negativeDraws)
    points = draws.repeated(order.map { SIMD2<Float>(initial.points[$0]) })
    next = points
    velocities = [SIMD2<Float>](repeating: .zero, count: graph.count)
  }

  var layout: Layout {
    var result = [Point](repeating: .zero, count: order.count)
    for (place, vertex) in order.enumerated() { result[vertex] = Point(points[place]) }
    return Layout(points: result)
  }

  mutating func sweep(_ law: ForceLaw, step: Double) {
    guard order.count > 1 else { return }
    let (attraction, repulsion, step) = (law.attractionTerm, law.repulsionTerm, Float(step))
    let weight = step * drawsOfRule * draws.weight
    let offsets = draws.offsets(&random)
    let (edges, draws, clip, count) = (edges, draws, clip, order.count)
    points.withUnsafeBufferPointer { points in
      next.withUnsafeMutableBufferPointer { next in
        velocities.withUnsafeMutableBufferPointer { velocities in
          // Every task reads all old places and writes the velocities and new places of its own points.
          nonisolated(unsafe) let (old, new, speed) = (points, next, velocities)
          concurrentFor((count + Self.block - 1) / Self.block) { block in
            let range = block * Self.block..<min(count, (block + 1) * Self.block)
            let pushes = draws.pushes(on: range, at: old, offsets: offsets, law: repulsion, clip: clip)
            for i in range {
              let (pull, stiffness) = edges.pull(on: i, at: old, law: attraction, clip: clip)
              let force = 2 * step * pull + weight * pushes[i - range.lowerBound]
              speed[i] = Self.momentum * speed[i] + force / (1 + 2 * step * stiffness)
              new[i] = old[i] + speed[i]
              new[i + count] = new[i]
            }
          }
        }
      }
    }
    for place in 2 * count..<next.count { next[place] = next[place % count] }
    swap(&points, &next)
  }
}

extension NeighbourGraph {
  /// The same graph with vertex `order[i]` renamed i.
  fileprivate func reordered(_ order: [Int]) -> NeighbourGraph {
    var place = [Int32](repeating: 0, count: count)
    for (new, old) in order.enumerated() { place[old] = Int32(new) }
    var starts = [0]
    starts.reserveCapacity(count + 1)
    for old in order { starts.append(starts.last! + edges(of: old).count) }
    var (newEnds, newWeights) = ([Int32](), [Float]())
    newEnds.reserveCapacity(ends.count)
    newWeights.reserveCapacity(ends.count)
    for old in order {
      for edge in edges(of: old) {
        newEnds.append(place[Int(ends[edge])])
        newWeights.append(weights[edge])
      }
    }
    return NeighbourGraph(neighbourCount: neighbourCount, starts: starts, ends: newEnds, weights: newWeights)
  }
}
