import Foundation
import TesseraLearning
import TesseraNumerics
import Testing

struct `Classes that are not told how many` {
  /// Normal clouds in twelve dimensions with these centres (along one axis each) and sizes.
  private func clouds(_ sizes: [Int], distance: Double, seed: UInt64 = 1) -> (Matrix<Float>, [Int]) {
    var source = RandomSource(seed: seed)
    var (values, labels): ([Float], [Int]) = ([], [])
    for (label, size) in sizes.enumerated() {
      for _ in 0..<size {
        for axis in 0..<12 { values.append(Float(source.gaussian() + (axis == label ? distance : 0))) }
        labels.append(label)
      }
    }
    return (Matrix(rows: labels.count, columns: 12, values: values), labels)
  }

  private func outcome(_ features: Matrix<Float>, noise: Double = 1) throws -> ClassFinder.Outcome {
    var embedding = ForceRelaxedLayout()
    embedding.search.metric = .euclidean
    return try ClassFinder().outcome(
      features: features, layout: embedding.layout(of: features, seed: 1), noise: noise)
  }

  @Test(arguments: 1...5) func `are the clouds that lie apart, rare ones too`(seed: UInt64) throws {
    let (features, truth) = clouds([600, 400, 200, 25], distance: 8, seed: seed)
    let found = try outcome(features)
    #expect(found.classes.count == 4)
    #expect(LabelScores(found.classes.labels, truth: truth).adjustedMutualInformation > 0.98)
    #expect(found.explained > 0.9)
  }

  @Test(arguments: 1...5) func `are one where there is one cloud`(seed: UInt64) throws {
    #expect(try outcome(clouds([900], distance: 0, seed: seed).0).classes.count == 1)
  }

  @Test func `are one along a line without gaps`() throws {
    var source = RandomSource(seed: 3)
    let values = (0..<800).flatMap { row -> [Float] in
      (0..<12).map { axis in Float(source.gaussian() + (axis == 0 ? 40 * Double(row) / 800 : 0)) }
    }
    let found = try outcome(Matrix(rows: 800, columns: 12, values: values))
    #expect(found.classes.count == 1)
    #expect(found.explained < 0.5 && found.excess > 3)
  }

  @Test func `leave out rows that are not finite`() throws {
    var (features, _) = clouds([300, 300], distance: 9)
    let layout = try ForceRelaxedLayout().layout(of: features, seed: 1)
    features[7, 3] = .nan
    let found = try ClassFinder().outcome(features: features, layout: layout, noise: 1)
    #expect(found.classes.labels[7] == 0)
    #expect(found.classes.count == 2)
  }

  @Test func `do not change with the order of the samples`() throws {
    let (features, _) = clouds([300, 200, 60], distance: 8)
    let layout = try ForceRelaxedLayout().layout(of: features, seed: 1)
    let order = Array((0..<features.rows).reversed())
    let straight = try ClassFinder().outcome(features: features, layout: layout, noise: 1).classes.labels
    let turned = try ClassFinder().outcome(
      features: features.selecting(rows: order), layout: Layout(points: order.map { layout.points[$0] }), noise: 1
    ).classes.labels
    #expect(LabelScores(straight, truth: order.map { turned[$0] }).adjustedRand > 0.99)
  }
}
