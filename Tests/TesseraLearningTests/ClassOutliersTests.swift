import TesseraLearning
import TesseraNumerics
import Testing

struct `Outliers of classes` {
  /// Two classes of normally distributed, correlated features, and a third of six members.
  private func table(seed: UInt64, count: Int = 600) -> (features: Matrix<Float>, labels: [Int]) {
    var random = RandomSource(seed: seed)
    var (rows, labels) = ([Float](), [Int]())
    for sample in 0..<count {
      let label = sample < 6 ? 3 : sample % 3 == 0 ? 2 : 1
      let common = random.gaussian()
      for feature in 0..<12 {
        let own = random.gaussian() * (label == 2 ? 2 : 1)
        rows.append(Float(10 * Double(label) + 0.7 * common + own + Double(feature)))
      }
      labels.append(label)
    }
    return (Matrix(rows: count, columns: 12, values: rows), labels)
  }

  @Test func `are not found where there are none`() {
    let found = (1...20).map { seed in
      let made = table(seed: UInt64(seed))
      return ClassOutliers(of: made.features, labels: made.labels).outliers.count
    }
    #expect(found.count { $0 > 0 } <= 1, "\(found)")
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func `are found however few`(seed: UInt64) {
    var made = table(seed: seed)
    for column in 0..<12 { made.features[100, column] += column < 6 ? 9 : -9 }
    for column in 0..<12 { made.features[333, column] += 14 }
    let found = ClassOutliers(of: made.features, labels: made.labels)
    #expect(Set(found.outliers) == [100, 333])
    #expect(found.falseDiscoveryRates[100] < 1e-3 && found.deviations[333] > 5 && found.fitProbabilities[333] < 1e-6)
    // Others do not notice.
    let usual = found.fitProbabilities.filter { $0 > 0.5 }.count
    #expect((200...400).contains(usual))
  }

  /// Where one class is two, half of it is far from its middle: no outliers.
  @Test func `are not half of a class`() {
    var made = table(seed: 1)
    for row in stride(from: 100, to: 600, by: 7) { for column in 0..<12 { made.features[row, column] += 12 } }
    let found = ClassOutliers(of: made.features, labels: made.labels)
    #expect(found.outliers.isEmpty)
  }

  @Test func `know nothing of samples without class, without features, or of tiny classes`() {
    var made = table(seed: 1)
    (made.labels[50], made.labels[51]) = (0, 4)
    for column in 0..<12 { made.features[52, column] = .nan }
    let found = ClassOutliers(of: made.features, labels: made.labels)
    for sample in [50, 51, 52] {
      #expect(found.deviations[sample].isNaN && found.falseDiscoveryRates[sample].isNaN)
    }
    #expect(found.deviations[53].isFinite && found.deviations[0].isFinite)
    let none = ClassOutliers(of: Matrix(rows: 4, columns: 2, filling: 0), labels: [1, 1, 1, 1])
    #expect(none.outliers.isEmpty && none.deviations.allSatisfy(\.isNaN))
  }
}
