import Foundation
import TesseraLearning
import TesseraNumerics
import TestSupport
import Testing

struct `The force-relaxed layout` {
  /// What the papers' movies show: stage 1 spreads the classes out, stage 2 draws each together where it is.
  @Test(.slow, arguments: [4, 6, 8], ForceRelaxedLayout.Rule.allCases)
  func `spreads out, then coalesces`(classes: Int, rule: ForceRelaxedLayout.Rule) throws {
    let blobs = Blobs(1207, classes: classes, dimensions: 66, deviation: 0.3)
    var settings = ForceRelaxedLayout()
    settings.rule = rule
    settings.snapshotInterval = 80
    let movie = try settings.movie(of: blobs.features, seed: 3)
    #expect(movie.snapshots.map(\.stage) == [0, 1, 2])
    let radii = movie.snapshots.map(\.layout.radiusOfGyration)
    let spreads = movie.snapshots.map { $0.layout.spread(within: blobs.labels) }
    #expect(radii[1] >= 5 * radii[0])
    #expect(abs(radii[2] / radii[1] - 1) < 0.05)
    #expect(spreads[2] <= spreads[1] / 2)
    #expect(movie.final.silhouette(blobs.labels) > 0.95)
  }

  @Test(arguments: ForceRelaxedLayout.Rule.allCases)
  func `keeps the end of each stage`(rule: ForceRelaxedLayout.Rule) throws {
    let blobs = Blobs(300, classes: 3, dimensions: 20, deviation: 0.4)
    var settings = ForceRelaxedLayout()
    settings.rule = rule
    let movie = try settings.movie(of: blobs.features, seed: 5)
    #expect(movie.stageEnds.count == 2 && movie.stageEnds[1] == movie.final)
    settings.stages.removeLast()
    #expect(try settings.layout(of: blobs.features, seed: 5) == movie.stageEnds[0])
  }

  @Test func `gives the same bytes on any number of threads and over two runs`() throws {
    let blobs = Blobs(1500, classes: 6, dimensions: 20, deviation: 0.4)
    let runs = try [1, 2, 3, 1].map { threads in
      try Workers.$limit.withValue(threads) { try ForceRelaxedLayout().layout(of: blobs.features, seed: 11).points }
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
    #expect(try ForceRelaxedLayout().layout(of: blobs.features, seed: 12).points != runs[0])
  }

  /// The scores of the batched rule lie within the scatter of the published one: the means over eight seeds differ by
  /// less than four standard errors, or by less than 0.01 where every seed gives nearly the same.
  @Test(.slow, arguments: [0.8, 1.5]) func `separates classes as the published rule does`(deviation: Double) throws {
    let blobs = Blobs(600, classes: 3, dimensions: 30, deviation: deviation)
    var (separation, agreement) = ([[Double]](), [[Double]]())
    for rule in ForceRelaxedLayout.Rule.allCases {
      var settings = ForceRelaxedLayout()
      settings.rule = rule
      settings.search.metric = .euclidean
      let layouts = try (1...8).map { try settings.layout(of: blobs.features, seed: UInt64($0)) }
      separation.append(layouts.map { $0.silhouette(blobs.labels) })
      agreement.append(
        try layouts.map { layout in
          let labels = try KMeans(count: 3).classes(of: layout, seed: 1).labels
          return LabelScores(labels, truth: blobs.labels).adjustedMutualInformation
        })
    }
    for scores in [separation, agreement] {
      let error = scores.reduce(0.0) { $0 + pow(Statistics.deviation($1), 2) / 8 }.squareRoot()
      #expect(abs(Statistics.mean(scores[0]) - Statistics.mean(scores[1])) < max(0.01, 4 * error), "\(scores)")
    }
  }

  @Test(arguments: ForceRelaxedLayout.Rule.allCases)
  func `takes any law, few samples and equal samples`(rule: ForceRelaxedLayout.Rule) throws {
    var settings = ForceRelaxedLayout()
    settings.rule = rule
    for law in [ForceLaw.largeVis, .umap(a: 1.58, b: 0.9), .relaxed(alpha: 1, beta: 1, n: 1, m: 3)] {
      settings.stages = [.init(law: law, iterations: 30)]
      for count in [3, 5, 200] {
        let layout = try settings.layout(of: Blobs(count, classes: 2, dimensions: 4, deviation: 0.5).features, seed: 1)
        #expect(layout.points.count == count)
        #expect(layout.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
      }
      let same = try settings.layout(of: Matrix(rows: 30, columns: 2, filling: 1), seed: 1)
      #expect(same.points.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    }
    #expect(throws: DataError.self) { try settings.layout(of: Matrix(rows: 2, columns: 2, filling: 1), seed: 1) }
  }

  @Test func `begins with the principal components, the largest coordinate 10`() throws {
    let layout = try ForceRelaxedLayout().initialLayout(of: Blobs(50, classes: 2, dimensions: 9, deviation: 1).features)
    #expect(abs(layout.points.reduce(0) { max($0, abs($1.x), abs($1.y)) } - 10) < 1e-9)
  }

  @Test func `tells its progress and ends when told to`() throws {
    struct Stop: Error {}
    let features = Blobs(60, classes: 2, dimensions: 4, deviation: 0.5).features
    var seen: [LayoutProgress] = []
    _ = try ForceRelaxedLayout().layout(of: features, seed: 1) { seen.append($0) }
    #expect(seen.map(\.iteration) == Array(1...160) && seen.allSatisfy { $0.of == 160 })
    #expect(seen.map(\.stage) == [Int](repeating: 1, count: 80) + [Int](repeating: 2, count: 80))
    #expect(throws: Stop.self) {
      try ForceRelaxedLayout().layout(of: features, seed: 1) { if $0.iteration == 9 { throw Stop() } }
    }
  }

  @Test func `is set from JSON as from code`() throws {
    var settings = ForceRelaxedLayout()
    settings.rule = .sequential
    settings.stages[1].law = .umap(a: 1, b: 1)
    let data = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(ForceRelaxedLayout.self, from: data) == settings)
  }

  @Test func `refuses settings outside their range`() throws {
    let features = Blobs(60, classes: 2, dimensions: 4, deviation: 0.5).features
    let wrong: [(inout ForceRelaxedLayout) -> Void] = [
      { $0.clip = 0 }, { $0.negativeDraws = -1 }, { $0.initialExtent = 0 }, { $0.search.count = 0 },
      { $0.stages[0].iterations = -1 }, { $0.stages[0].law = .umap(a: 0, b: 1) }, { $0.snapshotInterval = -1 },
    ]
    for change in wrong {
      var settings = ForceRelaxedLayout()
      change(&settings)
      #expect(throws: ParameterError.self) { try settings.layout(of: features, seed: 1) }
    }
  }
}
