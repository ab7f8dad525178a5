import Foundation
import TesseraLearning
import TesseraNumerics
import Testing

struct `A given number of classes` {
  private func classes(_ features: Matrix<Float>, count: Int) throws -> Classes {
    let layout = try ForceRelaxedLayout().layout(of: features, seed: 1)
    return try ClassFitter(count: count).classes(of: features, layout: layout, seed: 1)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 7]) func `is met, by joining and dividing true classes`(count: Int) throws {
    let blobs = Blobs(600, classes: 4, dimensions: 12, deviation: 0.2)
    let found = try classes(blobs.features, count: count)
    #expect(found.count == count)
    // Joining and dividing keep to the borders of the true classes.
    let joint = zip(found.labels, blobs.labels).map { $0 * 100 + $1 }
    #expect(Set(joint).count == max(4, count))
  }

  @Test func `finds rare classes beside large ones`() throws {
    var random = RandomSource(seed: 8)
    let sizes = [700, 400, 60, 25]
    let centres = sizes.map { _ in (0..<30).map { _ in random.gaussian() * 2 } }
    let labels = sizes.enumerated().flatMap { [Int](repeating: $0.offset + 1, count: $0.element) }
    let values = labels.flatMap { label in centres[label - 1].map { Float($0 + random.gaussian()) } }
    let found = try classes(Matrix(rows: labels.count, columns: 30, values: values), count: 4)
    #expect(LabelScores(found.labels, truth: labels).accuracy > 0.995)
  }

  /// Two classes whose distributions overlap have no gap; told that there are two, the likelihood finds them about as
  /// well as the best linear border does: Φ(1.25) = 0.894 of the samples for centres 2.5 standard deviations apart.
  @Test func `finds classes that overlap`() throws {
    var random = RandomSource(seed: 3)
    let labels = (0..<2000).map { $0 % 2 + 1 }
    let values = labels.flatMap { label in
      (0..<20).map { column in Float(random.gaussian() + (column == 4 && label == 2 ? 2.5 : 0)) }
    }
    let found = try classes(Matrix(rows: 2000, columns: 20, values: values), count: 2)
    // Two standard errors of the share, and one part in a hundred for the unknown direction.
    #expect(LabelScores(found.labels, truth: labels).accuracy > 0.894 - 0.014 - 0.01)
  }

  @Test func `leaves samples without features without class`() throws {
    let blobs = Blobs(100, classes: 2, dimensions: 5, deviation: 0.2)
    var values = blobs.features.values
    values[7] = .nan
    let layout = try ForceRelaxedLayout().layout(of: blobs.features, seed: 1)
    let features = Matrix(rows: 100, columns: 5, values: values)
    let found = try ClassFitter(count: 2).classes(of: features, layout: layout, seed: 1)
    #expect(found.labels[1] == 0 && found.labels.count { $0 == 0 } == 1)
    #expect(throws: ParameterError.self) {
      try ClassFitter(count: 100).classes(of: features, layout: layout, seed: 1)
    }
  }
}
