import TesseraNumerics

/// The two-stage force-relaxed layout: neighbours attract, others repel, first under a law that spreads classes out,
/// then under one that draws each class together.
///
/// Source: H20, methods; M22, methods and supplement (Table S4). The parameter sets come in the order of the authors'
/// program. Where the text and the program differ, docs/layout.md says which is followed and why.
public struct ForceRelaxedLayout: Sendable, Codable, Equatable {
  /// One run of sweeps under one force law; the step γ falls linearly from 1 to 0 within it.
  public struct Stage: Sendable, Codable, Equatable {
    /// Attraction and repulsion as functions of the distance.
    public var law: ForceLaw
    /// Sweeps, 0 or more.
    public var iterations: Int
    /// A stage of this many sweeps.
    public init(law: ForceLaw, iterations: Int) { (self.law, self.iterations) = (law, iterations) }
  }

  /// How the points move within a sweep.
  public enum Rule: String, Sendable, Codable, CaseIterable {
    /// All forces of a sweep from the positions at its start, on all processors; few draws, weighted to stand for the
    /// published number.
    case batched
    /// The published rule: one pair after the other, each seeing the moves before it. The reference; one processor.
    case sequential
  }

  /// Neighbours, and with them the graph that holds the layout together.
  public var search = NeighbourSearch()
  /// How the weights of the two directions between neighbours become one.
  public var weights = WeightUnion.union
  /// The force laws in turn, each from where the one before it ended.
  public var stages = [Stage(law: .spreading, iterations: 80), Stage(law: .coalescing, iterations: 80)]
  /// Random points that repel the first point of each visited pair, 0 or more.
  public var negativeDraws = 5
  /// Largest coordinate of force x difference of one pair, before step and weight; positive.
  public var clip = 4.0
  /// Largest coordinate of the initial layout, the first two principal components; positive.
  public var initialExtent = 10.0
  /// Whether the points move all at once or one pair after the other.
  public var rule = Rule.batched
  /// Sweeps between two snapshots; 0 takes none.
  public var snapshotInterval = 0
  /// The layout with spreading and coalescing, 80 sweeps each, from 15 neighbours.
  public init() {}

  /// The layout of a table. O(n² d) for the neighbours, O(n k) a sweep.
  /// - Parameters:
  ///   - features: one sample a row, finite numbers; at least three samples.
  ///   - seed: of the random draws: equal seeds give equal layouts.
  ///   - progress: called after each sweep; what it throws ends the run.
  public func layout(
    of features: Matrix<Float>, seed: UInt64, progress: ((LayoutProgress) throws -> Void)? = nil
  ) throws -> Layout {
    try movie(of: features, seed: seed, progress: progress).final
  }

  /// The layout of a table, with the snapshots on the way to it.
  public func movie(
    of features: Matrix<Float>, seed: UInt64, progress: ((LayoutProgress) throws -> Void)? = nil
  ) throws -> LayoutMovie {
    guard features.rows >= 3 else {
      throw DataError("a layout needs at least 3 samples, but there are \(features.rows)")
    }
    let graph = NeighbourGraph(try search.table(of: features), combining: weights)
    return try movie(of: graph, from: initialLayout(of: features), seed: seed, progress: progress)
  }

  /// The first two principal components, scaled so that the largest coordinate is `initialExtent`.
  public func initialLayout(of features: Matrix<Float>) throws -> Layout {
    try require(initialExtent > 0, "the initial extent", is: initialExtent, mustBe: "positive")
    let scores = try PrincipalComponents(of: features, count: 2).transform(features)
    let largest = scores.values.reduce(0) { max($0, abs($1)) }
    let scale = largest > 0 ? initialExtent / Double(largest) : 0
    return Layout(
      points: (0..<scores.rows).map { row in
        Point(Double(scores[row, 0]), scores.columns > 1 ? Double(scores[row, 1]) : 0) * scale
      })
  }

  /// Relaxes the vertices of a graph from given positions.
  public func movie(
    of graph: NeighbourGraph, from initial: Layout, seed: UInt64, progress: ((LayoutProgress) throws -> Void)? = nil
  ) throws -> LayoutMovie {
    try check()
    precondition(initial.points.count == graph.count, "the initial layout needs a point for each vertex")
    let total = stages.reduce(0) { $0 + $1.iterations }
    var snapshots = snapshotInterval > 0 ? [LayoutMovie.Snapshot(iteration: 0, stage: 0, layout: initial)] : []
    var sweeper: any LayoutSweeper =
      switch rule {
      case .batched: BatchedSweeper(graph, from: initial, settings: self, seed: seed)
      case .sequential: SequentialSweeper(graph, from: initial, settings: self, seed: seed)
      }
    var (done, ends) = (0, [Layout]())
    for (number, stage) in stages.enumerated() {
      for iteration in 0..<stage.iterations {
        sweeper.sweep(stage.law, step: 1 - Double(iteration) / Double(stage.iterations))
        try StopSignal.check()
        done += 1
        if snapshotInterval > 0 && (done.isMultiple(of: snapshotInterval) || iteration + 1 == stage.iterations) {
          snapshots.append(.init(iteration: done, stage: number + 1, layout: sweeper.layout))
        }
        try progress?(LayoutProgress(iteration: done, of: total, stage: number + 1))
      }
      ends.append(sweeper.layout)
    }
    return LayoutMovie(snapshots: snapshots, stageEnds: ends, final: sweeper.layout)
  }

  private func check() throws(ParameterError) {
    try require(negativeDraws >= 0, "the number of negative draws", is: negativeDraws, mustBe: "0 or more")
    try require(clip > 0, "the clip of forces", is: clip, mustBe: "positive")
    try require(snapshotInterval >= 0, "the snapshot interval", is: snapshotInterval, mustBe: "0 or more")
    for stage in stages {
      try require(
        0...1_000_000 ~= stage.iterations, "the iterations of a stage", is: stage.iterations,
        mustBe: "between 0 and 1000000")
      switch stage.law {
      case .relaxed(let alpha, let beta, let n, let m):
        try require(alpha >= 0 && beta >= 0, "the strengths of a force law", is: [alpha, beta], mustBe: "0 or more")
        try require(n >= 0 && m >= 0, "the exponents of a force law", is: [n, m], mustBe: "0 or more")
      case .largeVis: break
      case .umap(let a, let b):
        try require(a > 0 && b > 0, "a and b of the UMAP law", is: [a, b], mustBe: "positive")
      }
    }
  }
}
