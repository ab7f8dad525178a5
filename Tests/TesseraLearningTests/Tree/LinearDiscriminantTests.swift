import Foundation
import TesseraLearning
import TesseraNumerics
import Testing

struct `Classes of another image` {
  /// Three classes in five features with noise 0.5 and a common disorder along the first feature; a sample of class 4 is like none.
  private func image(_ sizes: [Int], gain: Double = 1, noise: Double = 0.5, seed: UInt64) -> (Matrix<Float>, [Int]) {
    let centres: [[Double]] = [[10, 0, 0, 2, 0], [10, 4, 0, 0, 1], [10, 0, 4, 0, 0], [10, -9, -9, 0, 0]]
    var source = RandomSource(seed: seed)
    var (values, truth): ([Float], [Int]) = ([], [])
    for (label, size) in sizes.enumerated() {
      for _ in 0..<size {
        let disorder = source.gaussian()
        for (j, x) in centres[label].enumerated() {
          values.append(Float(gain * (x + (j == 0 ? disorder : 0)) + noise * source.gaussian()))
        }
        truth.append(label + 1)
      }
    }
    return (Matrix(rows: truth.count, columns: 5, values: values), truth)
  }

  private func learned() throws -> LinearDiscriminant {
    let (features, truth) = image([300, 60, 20], seed: 1)
    return try LinearDiscriminant(
      features, groups: (1...3).map { label in truth.indices.filter { truth[$0] == label } }, noise: 0.5)
  }

  @Test func `A brighter and noisier image with other shares is sorted`() throws {
    let (features, truth) = image([100, 20, 200], gain: 3, noise: 2, seed: 2)
    let found = try learned().assignment(of: features, noise: 2)
    #expect(abs(found.gain - 3) < 0.06)
    #expect(LabelScores(found.labels, truth: truth).accuracy > 0.97)
    #expect(abs(found.shares[2] - 200.0 / 320) < 0.05)
  }

  @Test func `What fits no class has none`() throws {
    let (features, truth) = image([200, 20, 20, 15], seed: 3)
    let found = try learned().assignment(of: features, noise: 0.5)
    let strangers = truth.indices.filter { truth[$0] == 4 }
    #expect(strangers.allSatisfy { found.labels[$0] == 0 && found.confidence[$0] == 0 })
    #expect(truth.indices.count { truth[$0] < 4 && found.labels[$0] == 0 } <= 1)
  }

  /// Classes 1 and 2 are of one kind, class 3 of another: a sample goes to the likeliest class of its own kind, however near one of the other
  /// is, and to none where its kind has no class.
  @Test func `A sample of a known kind is in a class of that kind`() throws {
    let (features, truth) = image([100, 20, 40], seed: 6)
    let model = try learned()
    let rows = truth.map { $0 == 3 }
    let found = model.assignment(of: features, noise: 0.5, kinds: (rows, [false, false, true]))
    #expect(found.labels == model.assignment(of: features, noise: 0.5).labels)
    let swapped = model.assignment(of: features, noise: 0.5, kinds: (rows.map { !$0 }, [false, false, true]))
    #expect(zip(swapped.labels, rows).allSatisfy { $0 == 0 || ($0 == 3) != $1 })
    let none = model.assignment(of: features, noise: 0.5, kinds: (rows, [false, false, false]))
    #expect(zip(none.labels, rows).allSatisfy { $1 ? $0 == 0 : $0 != 3 })
  }

  @Test func `Doubt is where classes overlap, and as often wrong as it says`() throws {
    // So noisy that classes 1 and 2 overlap.
    let (features, truth) = image([500, 500, 500], noise: 2.2, seed: 4)
    let found = try learned().assignment(of: features, noise: 2.2)
    let wrong = truth.indices.filter { found.labels[$0] != truth[$0] }
    let doubt = found.confidence.reduce(0) { $0 + 1 - $1 }
    #expect(wrong.count > 30 && abs(Double(wrong.count) / doubt - 1) < 0.25, "\(wrong.count) \(doubt)")
  }

  @Test func `Survives a file, and damage shows`() throws {
    let model = try learned()
    let data = try JSONEncoder().encode(model)
    #expect(try JSONDecoder().decode(LinearDiscriminant.self, from: data) == model && model.isConsistent)
    let text = String(decoding: data, as: UTF8.self).replacing("\"dimensions\":5", with: "\"dimensions\":6")
    #expect(try JSONDecoder().decode(LinearDiscriminant.self, from: Data(text.utf8)).isConsistent == false)
    #expect(throws: (any Error).self) { try LinearDiscriminant(image([5], seed: 1).0, groups: [[0], []], noise: 0) }
  }
}
