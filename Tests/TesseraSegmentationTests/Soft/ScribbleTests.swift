import TesseraImaging
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import Testing

private struct Marked {
  let image: Raster<Float>
  let truth: Raster<UInt16>
  let segmenter = Segmenter()

  init(_ name: String, seed: UInt64) throws {
    let made = try simulated(name, seed: seed)
    (image, truth) = (made.micrograph.pixels, try #require(made.scene.labels))
  }

  /// A square stroke well inside the region of each true label.
  func marks(_ names: [UInt16: UInt16], side: Int = 60) throws -> Raster<UInt16> {
    var marks = truth.map { _ in UInt16(0) }
    for (label, name) in names {
      let depth = DistanceTransform.distances(toWhere: truth.map { $0 != label })
      func room(_ index: Int) -> Float {
        let (x, y) = (index % truth.width, index / truth.width)
        return min(depth.values[index], Float(min(x, y, truth.width - 1 - x, truth.height - 1 - y)))
      }
      let middle = try #require(depth.values.indices.max { room($0) < room($1) })
      for y in -side / 2..<side / 2 {
        for x in -side / 2..<side / 2 { marks[middle % truth.width + x, middle / truth.width + y] = name }
      }
    }
    return marks
  }

  func segmentation(_ marks: Raster<UInt16>) throws -> TesseraSegmentation.Segmentation {
    let scales = try segmenter.scales(spacing: 22, width: image.width, height: image.height)
    return try segmenter.segmentation(
      from: segmenter.descriptors(of: image, scales: scales), of: image, scales: scales, marks: marks)
  }
}

struct `Patterns that a person has marked` {
  @Test(.slow) func `are found everywhere, under the numbers given`() throws {
    let case1 = try Marked("three-phases", seed: 52)
    let found = try case1.segmentation(case1.marks([1: 3, 2: 1, 3: 2]))
    let distance = distanceToBoundary(of: case1.truth)
    let names: [UInt16: UInt16] = [1: 3, 2: 1, 3: 2]
    let inside = case1.truth.values.indices.filter { distance.values[$0] > 72 }
    let right = inside.count { found.labels.values[$0] == names[case1.truth.values[$0]] }
    let known = inside.count { found.labels.values[$0] > 0 }
    // At low contrast some points lie farther from all marks than a third of the way between them, and have no pattern.
    #expect(Double(right) > 0.995 * Double(known) && Double(known) > 0.9 * Double(inside.count))
    #expect(found.patterns.map(\.label) == [1, 2, 3] && found.mergedPatterns.isEmpty)
  }

  /// What nobody has marked is not what has been marked.
  @Test(.slow) func `leave another phase unknown`() throws {
    let case1 = try Marked("three-phases", seed: 52)
    let found = try case1.segmentation(case1.marks([1: 1, 2: 2]))
    let distance = distanceToBoundary(of: case1.truth)
    let third = case1.truth.values.indices.filter { case1.truth.values[$0] == 3 && distance.values[$0] > 72 }
    #expect(Double(third.count { found.labels.values[$0] == 0 }) > 0.9 * Double(third.count))
    #expect(found.unknownFraction > 0.15)
  }

  /// Marks of one pattern on another are said to contradict, and keep their labels.
  @Test(.slow) func `keep their labels, and are named where they contradict`() throws {
    let case1 = try Marked("three-phases", seed: 52)
    let right = try case1.marks([1: 1, 2: 2, 3: 3])
    #expect(try case1.segmentation(right).contradictedMarks.isEmpty)
    // A stroke of 2, larger than its own, on the first.
    let wrong = try case1.marks([1: 2], side: 100)
    var both = right
    for index in both.values.indices where wrong.values[index] > 0 && right.values[index] == 0 {
      both.values[index] = 2
    }
    let found = try case1.segmentation(both)
    #expect(!found.contradictedMarks.isEmpty)
    #expect(both.values.indices.allSatisfy { both.values[$0] == 0 || found.labels.values[$0] == both.values[$0] })
    #expect(found.patterns.allSatisfy { $0.pixels > 0 })
  }

  /// The null: two marks on one crystal are not told apart, and that is said.
  @Test(.slow) func `are not told apart in one crystal`() throws {
    let made = try simulated("hexagonal", seed: 3)
    var marks = Raster<UInt16>(width: 768, height: 768, filling: 0)
    for y in 300..<360 { for x in 100..<160 { (marks[x, y], marks[x + 400, y]) = (1, 2) } }
    let segmenter = Segmenter()
    let scales = try segmenter.scales(spacing: 21, width: 768, height: 768)
    let found = try segmenter.segmentation(
      from: segmenter.descriptors(of: made.micrograph.pixels, scales: scales), of: made.micrograph.pixels,
      scales: scales,
      marks: marks)
    #expect(found.mergedPatterns == [1, 2])
  }

  @Test func `are refused where they say nothing`() throws {
    let flat = Raster<Float>(
      width: 200, height: 200, values: (0..<40_000).map { Float(($0 % 200 / 5 + $0 / 1000) % 2) })
    let segmenter = Segmenter()
    let scales = try segmenter.scales(spacing: 10, width: 200, height: 200)
    let field = try segmenter.descriptors(of: flat, scales: scales)
    for marks: [(Int, UInt16)] in [[], [(20, 1)], [(20, 1), (120, 3)], [(20, 1), (120, 60)]] {
      var raster = Raster<UInt16>(width: 200, height: 200, filling: 0)
      for (x, label) in marks { for y in 0..<40 { for dx in 0..<40 { raster[x + dx, y] = label } } }
      #expect(throws: DataError.self) {
        try segmenter.segmentation(from: field, of: flat, scales: scales, marks: raster)
      }
    }
    var few = Raster<UInt16>(width: 200, height: 200, filling: 0)
    for y in 0..<40 { for x in 0..<40 { few[x, y] = 1 } }
    few[150, 150] = 2
    #expect(throws: DataError.self) { try segmenter.segmentation(from: field, of: flat, scales: scales, marks: few) }
  }
}
