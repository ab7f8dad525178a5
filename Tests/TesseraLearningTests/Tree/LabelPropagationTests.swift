import TesseraLearning
import TesseraNumerics
import Testing

struct `Few labels` {
  private func blobs(_ sizes: [Int], seed: UInt64) -> (Matrix<Float>, [Int]) {
    var source = RandomSource(seed: seed)
    var (values, truth): ([Float], [Int]) = ([], [])
    for (label, size) in sizes.enumerated() {
      for _ in 0..<size {
        for j in 0..<6 { values.append(Float((j == label ? 8 : 0) + source.gaussian())) }
        truth.append(label + 1)
      }
    }
    return (Matrix(rows: truth.count, columns: 6, values: values), truth)
  }

  @Test func `Three a class are enough where classes are apart, rare ones included`() throws {
    let (features, truth) = blobs([400, 60, 25], seed: 1)
    var known = truth.map { _ in 0 }
    for label in 1...3 { for place in truth.indices.filter({ truth[$0] == label }).prefix(3) { known[place] = label } }
    let found = try LabelPropagation().outcome(features: features, known: known, classCount: 3, noise: 1)
    #expect(found.labels == truth && found.confidence.allSatisfy { $0 > 0.4 })
  }

  @Test func `A group that no label reaches stays without, and is asked for first`() throws {
    let (features, truth) = blobs([200, 60, 40], seed: 2)
    var known = truth.map { _ in 0 }
    (known[0], known[200]) = (1, 2)
    let found = try LabelPropagation().outcome(features: features, known: known, classCount: 2, noise: 1)
    let third = truth.indices.filter { truth[$0] == 3 }
    #expect(third.allSatisfy { found.labels[$0] == 0 })
    #expect(found.questions.first.map { truth[$0] } == 3)
  }

  // A group of fewer samples than a sample has neighbours is joined to the next one, however far away that is.
  @Test(arguments: [4, 5, 6]) func `A small group far from every example gets no label`(seed: UInt64) throws {
    let (features, truth) = blobs([200, 60, 8], seed: seed)
    var known = truth.map { _ in 0 }
    (known[0], known[200]) = (1, 2)
    let groups = (1...3).map { label in truth.indices.filter { truth[$0] == label } }
    let found = try LabelPropagation().outcome(
      features: features, known: known, classCount: 2, noise: 1, groups: groups)
    #expect(groups[2].allSatisfy { found.labels[$0] == 0 && found.confidence[$0] == 0 })
    #expect((groups[0] + groups[1]).allSatisfy { found.labels[$0] == truth[$0] })
    #expect(found.questions.contains { truth[$0] == 3 })
    // One example is enough, and it is the class that the person says.
    known[260] = 1
    let told = try LabelPropagation().outcome(
      features: features, known: known, classCount: 2, noise: 1, groups: groups)
    #expect(groups[2].allSatisfy { told.labels[$0] == 1 })
  }

  @Test func `Parts of one cloud are no strangers`() throws {
    let (features, truth) = blobs([200, 60], seed: 7)
    var known = truth.map { _ in 0 }
    (known[0], known[200]) = (1, 2)
    // Cut across by one of the features, as a line that a person draws may do.
    let halves = [true, false].map { side in truth.indices.filter { truth[$0] == 1 && (features[$0, 3] > 0.5) == side }
    }
    let found = try LabelPropagation().outcome(
      features: features, known: known, classCount: 2, noise: 1, groups: halves + [Array(200..<260)])
    #expect(found.labels == truth)
  }

  @Test func `What a person said stands, and nothing spreads from nothing`() throws {
    let (features, truth) = blobs([100, 50], seed: 3)
    var known = truth.map { _ in 0 }
    (known[0], known[1], known[120]) = (1, 2, 2)  // Sample 1 lies among those of class 1.
    let found = try LabelPropagation().outcome(features: features, known: known, classCount: 2, noise: 1)
    #expect(found.labels[1] == 2 && found.confidence[1] == 1)
    #expect(throws: DataError.self) {
      try LabelPropagation().outcome(features: features, known: truth.map { _ in 0 }, classCount: 2, noise: 1)
    }
  }
}
