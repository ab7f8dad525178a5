import Foundation
import TesseraLearning
import TesseraNumerics
import TestSupport
import Testing

@Suite("Growing a forest") struct ForestFitterTests {
  private typealias Rows = (table: Matrix<Float>, labels: [Int])

  /// Rows of normal numbers; `label` may move some of them.
  private func rows(
    _ count: Int, features: Int, classes: Int = 2, seed: UInt64, _ move: (Int, inout [Double]) -> Void = { _, _ in }
  ) -> Rows {
    var random = RandomSource(seed: seed)
    var (values, labels): ([Float], [Int]) = ([], [])
    for _ in 0..<count {
      let label = random.index(below: classes)
      var row = (0..<features).map { _ in random.gaussian() }
      move(label, &row)
      values += row.map { Float($0) }
      labels.append(label)
    }
    return (Matrix(rows: count, columns: features, values: values), labels)
  }

  private func fitter(trees: Int) -> ForestFitter {
    var fitter = ForestFitter()
    fitter.treeCount = trees
    return fitter
  }

  private func accuracy(_ shares: [[Double]], _ labels: [Int]) -> Double {
    Double(zip(shares, labels).count { $0.largest == $1 }) / Double(labels.count)
  }

  private func shares(_ forest: RandomForest, _ table: Matrix<Float>) -> [[Double]] {
    (0..<table.rows).map { forest.shares(of: Array(table.row($0))) }
  }

  @Test func `tells classes that lie apart`() throws {
    let move = { (label: Int, row: inout [Double]) in row[label] += 8 }
    let seen = rows(300, features: 4, classes: 3, seed: 1, move)
    let fit = try fitter(trees: 40).fit(seen.table, labels: seen.labels, classCount: 3)
    #expect(accuracy(fit.outOfBag, seen.labels) > 0.98)
    let fresh = rows(300, features: 4, classes: 3, seed: 2, move)
    let answers = shares(fit.forest, fresh.table)
    #expect(accuracy(answers, fresh.labels) > 0.98)
    #expect(answers.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-6 && $0.allSatisfy { $0 >= 0 } })
    #expect(fit.outOfBag.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-6 })
  }

  @Test(.slow) func `knows out of bag how good it is on new rows`() throws {
    let move = { (label: Int, row: inout [Double]) in
      row[0] += 1.2 * Double(label)
      row[1] += 0.8 * Double(label)
    }
    var differences: [Double] = []
    for seed in 1...3 as ClosedRange<UInt64> {
      let seen = rows(2000, features: 5, seed: 100 + seed, move)
      let fit = try fitter(trees: 100).fit(seen.table, labels: seen.labels, classCount: 2)
      let fresh = rows(6000, features: 5, seed: 200 + seed, move)
      let known = accuracy(shares(fit.forest, fresh.table), fresh.labels)
      #expect((0.65...0.85).contains(known))
      differences.append(accuracy(fit.outOfBag, seen.labels) - known)
    }
    // Chance alone scatters one difference by .011.
    #expect(abs(Statistics.mean(differences)) < 0.02)
    #expect(differences.allSatisfy { abs($0) < 0.035 })
  }

  @Test func `learns nothing from labels that mean nothing`() throws {
    let noise = rows(800, features: 5, seed: 5)
    let fit = try fitter(trees: 60).fit(noise.table, labels: noise.labels, classCount: 2)
    // Four standard deviations.
    #expect(abs(accuracy(fit.outOfBag, noise.labels) - 0.5) < 4 * (0.25 / 800).squareRoot())
    #expect(fit.importance.allSatisfy { abs($0) < 0.06 })
  }

  @Test func `knows which feature tells the classes apart`() throws {
    let seen = rows(600, features: 6, seed: 6) { label, row in row[3] += 3 * Double(label) }
    let fit = try fitter(trees: 60).fit(seen.table, labels: seen.labels, classCount: 2)
    #expect(fit.importance.largest == 3 && fit.importance[3] > 0.25)
    #expect(fit.importance.enumerated().allSatisfy { $0.offset == 3 || abs($0.element) < 0.03 })
  }

  @Test func `gives the same forest on one thread and on two, and another for another seed`() throws {
    let seen = rows(200, features: 5, seed: 7) { label, row in row[0] += Double(label) }
    var fitter = fitter(trees: 12)
    let fits = try [1, 2, nil].map { limit in
      try Workers.$limit.withValue(limit) { try fitter.fit(seen.table, labels: seen.labels, classCount: 2) }
    }
    for fit in fits {
      #expect(fit.forest == fits[0].forest)
      #expect(fit.outOfBag == fits[0].outOfBag && fit.importance == fits[0].importance)
    }
    fitter.seed = 2
    #expect(try fitter.fit(seen.table, labels: seen.labels, classCount: 2).forest != fits[0].forest)
  }

  @Test func `does not ask about a row those trees that saw another one of its group`() throws {
    // The second feature names the group, and the group's number says the class.
    var random = RandomSource(seed: 8)
    let names = (0..<80).map { _ in 1000 * random.uniform() }
    let groups = (0..<480).map { $0 % 80 }
    let values = groups.flatMap { [Float(random.gaussian()), Float(names[$0])] }
    let labels = groups.map { $0 % 2 }
    let table = Matrix(rows: 480, columns: 2, values: values)
    var fitter = fitter(trees: 80)
    fitter.tried = 2
    let alone = try fitter.fit(table, labels: labels, classCount: 2)
    let together = try fitter.fit(table, labels: labels, classCount: 2, groups: groups)
    #expect(accuracy(alone.outOfBag, labels) > 0.95)
    #expect((0.25...0.7).contains(accuracy(together.outOfBag, labels)))
    // All rows of a group are asked about by the same trees, so they are known or unknown together.
    let known = together.outOfBag.map { $0.reduce(0, +) > 0 }
    #expect(groups.indices.allSatisfy { known[$0] == known[groups[$0]] })
  }

  @Test func `leaves rows without an answer that every tree has seen`() throws {
    let table = Matrix<Float>(rows: 4, columns: 1, values: [0, 1, 2, 3])
    let fit = try fitter(trees: 3).fit(table, labels: [0, 0, 1, 1], classCount: 2, groups: [5, 5, 5, 5])
    #expect(fit.outOfBag.allSatisfy { $0 == [0, 0] })
    #expect(fit.importance == [0])
  }

  @Test func `keeps the rows of a leaf together`() throws {
    let seen = rows(100, features: 2, seed: 9)
    var fitter = fitter(trees: 5)
    fitter.leastLeaf = 51
    let fit = try fitter.fit(seen.table, labels: seen.labels, classCount: 2)
    #expect(fit.forest.trees.allSatisfy { $0.nodes.count == 1 })
    fitter.leastLeaf = 1
    let deep = try fitter.fit(seen.table, labels: seen.labels, classCount: 2)
    // Down to pure leaves.
    #expect(deep.forest.trees.allSatisfy { $0.leaves.allSatisfy { $0 == 0 || $0 == 1 } })
  }

  @Test func `stands features without numbers, equal ones, and one class`() throws {
    var seen = rows(120, features: 3, seed: 10) { label, row in row[0] += 6 * Double(label) }
    for row in 0..<120 { (seen.table[row, 1], seen.table[row, 2]) = (row % 3 == 0 ? .nan : seen.table[row, 1], 4) }
    (seen.table[5, 0], seen.table[6, 0]) = (.infinity, -.infinity)
    let fit = try fitter(trees: 30).fit(seen.table, labels: seen.labels, classCount: 2)
    #expect(accuracy(fit.outOfBag, seen.labels) > 0.9)
    let one = try fitter(trees: 3).fit(seen.table, labels: seen.labels.map { _ in 1 }, classCount: 2)
    #expect(one.forest.shares(of: [0, 0, 0]) == [0, 1])
    let flat = try fitter(trees: 3).fit(seen.table.map { _ in 1 }, labels: seen.labels, classCount: 2)
    #expect(flat.forest.trees.allSatisfy { $0.nodes.count == 1 })
  }

  @Test func `refuses settings that make no sense`() {
    let table = Matrix<Float>(rows: 4, columns: 1, values: [0, 1, 2, 3])
    let settings: [(inout ForestFitter) -> Void] = [
      { $0.treeCount = 0 }, { $0.treeCount = 10_001 }, { $0.leastLeaf = 0 }, { $0.tried = 0 }, { $0.tried = -1 },
    ]
    for change in settings {
      var fitter = fitter(trees: 2)
      change(&fitter)
      #expect(throws: ParameterError.self) { try fitter.fit(table, labels: [0, 0, 1, 1], classCount: 2) }
    }
    #expect(throws: ParameterError.self) { try fitter(trees: 2).fit(table, labels: [0, 1], classCount: 2) }
    let empty = Matrix<Float>(rows: 0, columns: 1, values: [])
    #expect(throws: ParameterError.self) { try fitter(trees: 2).fit(empty, labels: [], classCount: 2) }
  }

  @Test func `finds the largest share, the first of equal ones`() {
    #expect([0.2, 0.5, 0.3].largest == 1)
    #expect([0.4, 0.2, 0.4].largest == 0)
    #expect([Double]().largest == 0)
  }
}
