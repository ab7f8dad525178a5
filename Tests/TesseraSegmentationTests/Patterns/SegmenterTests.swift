import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import TestSupport
import Testing

struct `Segmentation` {
  @Test(
    .slow,
    arguments: [
      ("two-lattices", 2, 51), ("grains", 2, 52), ("amorphous-crystal", 2, 53), ("three-phases", 3, 54),
    ] as [(String, Int, UInt64)])
  func `finds the regions of a specimen without being told how many`(name: String, kinds: Int, seed: UInt64) throws {
    let made = try simulated(name, seed: seed)
    let found = try Segmenter().segmentation(of: made.micrograph.pixels, spacing: 22)
    let truth = try #require(made.scene.labels)
    #expect(found.patterns.count == kinds && found.foundCount == kinds)
    #expect(accuracy(found.labels, truth) >= 0.98)
    #expect(boundaryShare(found.labels, truth) >= 0.9)
    #expect(found.patterns.map(\.pixels) == found.patterns.map(\.pixels).sorted(by: >))
    #expect(found.patterns.reduce(0) { $0 + $1.pixels } == truth.count)
    #expect(found.patterns.count { $0.isOrdered } == (name == "amorphous-crystal" ? 1 : kinds))
  }

  /// [S21], Fig. 5: separability goes with variance, and the first component does as well as the best operation.
  @Test(.slow, arguments: [51, 52] as [UInt64]) func `ranks the operations by what they tell apart`(seed: UInt64) throws
  {
    let made = try simulated("two-lattices", seed: seed)
    let found = try Segmenter().segmentation(of: made.micrograph.pixels, spacing: 22)
    let ranking = try #require(found.ranking)
    #expect(ranking.entries.count == 40 && ranking.entries.allSatisfy { $0.kind == .translations })
    func ranks(_ values: [Double]) -> [Double] {
      let order = values.indices.sorted { values[$0] < values[$1] }
      var ranks = [Double](repeating: 0, count: values.count)
      for (rank, index) in order.enumerated() { ranks[index] = Double(rank) }
      return ranks
    }
    let (a, b) = (ranks(ranking.entries.map(\.separability)), ranks(ranking.entries.map(\.variance)))
    let middle = Double(a.count - 1) / 2
    let top = zip(a, b).reduce(0.0) { $0 + ($1.0 - middle) * ($1.1 - middle) }
    #expect(top / a.reduce(0.0) { $0 + ($1 - middle) * ($1 - middle) } >= 0.8)
    let best = try #require(ranking.best.first).separability
    #expect(best > 3 && ranking.components[0] >= 0.8 * best)
    #expect(ranking.components[0] > Statistics.quantile(ranking.entries.map(\.separability), 0.5))
    #expect(
      try Segmenter().segmentation(of: simulated("hexagonal", seed: 1).micrograph.pixels, spacing: 21).ranking == nil)
  }

  @Test(.slow, arguments: [("twin", 61), ("stacking-fault", 62)] as [(String, UInt64)])
  func `finds a planar fault, and nothing beside it`(name: String, seed: UInt64) throws {
    let made = try simulated(name, seed: seed)
    let found = try Segmenter().segmentation(of: made.micrograph.pixels, spacing: 22)
    let plane = distanceToBoundary(of: try #require(made.scene.labels))
    let edge = distanceToBoundary(of: found.labels)
    // A twin is the boundary of two patterns, a stacking fault a narrow pattern between two parts of one.
    let onPlane = plane.values.indices.filter { plane.values[$0] == 0 }
    let hit = onPlane.count { edge.values[$0] <= 24 || name == "stacking-fault" && found.labels.values[$0] == 2 }
    #expect(Double(hit) / Double(onPlane.count) > 0.95)
    #expect(edge.values.indices.allSatisfy { edge.values[$0] > 0 || plane.values[$0] < 72 })
    #expect(found.patterns.count == 2)
  }

  /// What a person must not be told: that a crystal has patterns because it is noisy, bent, or has defects.
  @Test(.slow) func `finds one pattern where there is one`() throws {
    for (name, seed) in [("hexagonal", 1), ("mose2", 2), ("square", 3)] as [(String, UInt64)] {
      let made = try simulated(name, seed: seed) { $0.counts = seed == 3 ? 2 : nil }
      #expect(try Segmenter().segmentation(of: made.micrograph.pixels, spacing: 21).patterns.count == 1, "\(name)")
    }
    let bent = try simulated("strained", seed: 4) { ($0.field, $0.strain) = ("gradient", 0.03) }
    #expect(try Segmenter().segmentation(of: bent.micrograph.pixels, spacing: 21).patterns.count == 1)
    for name in ["noise", "amorphous"] {
      let found = try Segmenter().segmentation(of: try simulated(name, seed: 5).micrograph.pixels, spacing: 21)
      #expect(found.patterns.count == 1 && !found.patterns[0].isOrdered, "\(name)")
    }
  }

  /// A motif and its copy turned by 180 degrees have equal scores for every operation that compares an image with itself: the domains cannot be told
  /// apart, however many patterns are asked for.
  @Test(.slow, arguments: Segmenter.Operations.allCases.filter { $0 != .zernike })
  func `does not tell inversion domains apart`(operations: Segmenter.Operations) throws {
    let made = try simulated("inversion", seed: 7)
    var segmenter = Segmenter()
    segmenter.operations = [operations]
    let scales = try segmenter.scales(spacing: 21, width: 768, height: 768)
    let field = try segmenter.descriptors(of: made.micrograph.pixels, scales: scales)
    let truth = try #require(made.scene.labels)
    let distance = distanceToBoundary(of: truth)
    // Component by component, far from the wall and from the edge, in standard deviations of a point.
    for component in 0..<field.components.columns {
      var values: [[Double]] = [[], []]
      for row in 20..<field.grid.rows - 20 {
        for column in 20..<field.grid.columns - 20 {
          let (x, y) = (field.grid.pixel(column), field.grid.pixel(row))
          guard distance[x, y] > 100 else { continue }
          values[Int(truth[x, y]) - 1].append(Double(field.map(ofComponent: component)[column, row]))
        }
      }
      let gap = abs(Statistics.mean(values[0]) - Statistics.mean(values[1]))
      // The domains start at other fractions of a pixel, which scores show to a few thousandths.
      #expect(gap < max(0.01, 0.7 * max(Statistics.deviation(values[0]), Statistics.deviation(values[1]))))
    }
  }

  @Test(.slow) func `is the same on any number of threads`() throws {
    let image = try simulated("grains", seed: 8).micrograph.pixels
    let one = try Workers.$limit.withValue(1) { try Segmenter().segmentation(of: image, spacing: 21) }
    let four = try Workers.$limit.withValue(4) { try Segmenter().segmentation(of: image, spacing: 21) }
    #expect(one.labels == four.labels && one.patterns == four.patterns)
    #expect(one.field.components == four.field.components && one.steps == four.steps)
  }

  @Test(.slow) func `with rotations finds the boundary of two grains, which have equal scores`() throws {
    let made = try simulated("grains", seed: 9) { $0.counts = 300 }
    var segmenter = Segmenter()
    segmenter.operations = [.rotations]
    let found = try segmenter.segmentation(of: made.micrograph.pixels, spacing: 21)
    let truth = try #require(made.scene.labels)
    // Both grains are pattern 1.
    let distance = distanceToBoundary(of: truth)
    for grain in 1...2 as ClosedRange<UInt16> {
      let inside = truth.values.indices.filter { truth.values[$0] == grain && distance.values[$0] > 100 }
      #expect(Double(inside.count { found.labels.values[$0] == 1 }) > 0.9 * Double(inside.count))
    }
    segmenter.operations = [.reflections]
    let mirrored = try segmenter.segmentation(of: made.micrograph.pixels, spacing: 21)
    #expect(accuracy(mirrored.labels, truth) > 0.95)
  }

  @Test func `says what it lacks`() throws {
    let small = Raster<Float>(width: 40, height: 40, filling: 1)
    #expect(throws: DataError.self) { try Segmenter().segmentation(of: small, spacing: nil) }
    #expect(throws: DataError.self) { try Segmenter().segmentation(of: small, spacing: 20) }
    var segmenter = Segmenter()
    segmenter.finder.count = 1
    #expect(throws: ParameterError.self) { try segmenter.segmentation(of: small, spacing: 5) }
  }
}
