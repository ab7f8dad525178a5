import Foundation
import TesseraLearning
import TesseraNumerics
import Testing

/// The places of two groups along a line, as `Gap` sees them in one dimension.
private func gap(_ a: [Double], _ b: [Double], leastDeviation: Double = 0.01) -> Gap {
  Gap(
    difference: [Statistics.mean(b) - Statistics.mean(a)], scatter: Matrix(rows: 1, columns: 1, values: [1]),
    leastDeviation: leastDeviation
  ) { direction in (a.map { direction[0] * $0 }, b.map { direction[0] * $0 }) }
}

/// Places evenly spread over a range: their standard deviation is its length / √12.
private func even(_ range: ClosedRange<Double>, _ count: Int = 10_000) -> [Double] {
  (0..<count).map {
    range.lowerBound + (range.upperBound - range.lowerBound) * (Double($0) + 0.5) / Double(count)
  }
}

struct `A gap between two groups` {
  @Test func `is as wide as their means are apart in standard deviations`() {
    let found = gap(even(0...1), even(5...6))
    #expect(abs(found.separation - 5 * 12.0.squareRoot()) < 1e-6)
    #expect(found.valley == 0)
    // Groups narrower than the noise are as wide as the noise.
    #expect(abs(gap(even(0...1), even(5...6), leastDeviation: 2).separation - 2.5) < 1e-9)
  }

  @Test func `is none within a group that is cut in two`() {
    // Density is even everywhere: also between the middles of both halves. A window's edge may hold a row more or less.
    let found = gap(even(0...1), even(1...2))
    #expect(abs(found.valley - 1) < 1e-3)
    #expect(abs(found.separation - 12.0.squareRoot()) < 1e-6)
  }

  @Test func `is that of the emptiest fifth where groups differ in width`() {
    // Means 0.5 and 6.5, one fifth is 1.2: between 1 and 3 nothing lies, off the middle of the way at 3.5.
    #expect(gap(even(0...1), even(3...10)).valley == 0)
  }

  @Test func `is none between groups with one mean`() {
    let found = gap([1, 1, 1], [1, 1])
    #expect(found.separation == 0 && found.valley == 1)
  }

  @Test func `lies along Fisher's direction, not along the difference of the means`() {
    // Both groups scatter by 10 along x and by 0.1 along y; means differ by 1 along both. Along y they are 10 deviations apart.
    let offsets = even(-1...1, 100).map { $0 * 3.0.squareRoot() }
    func group(_ x: Double, _ y: Double) -> [[Double]] {
      offsets.flatMap { u in offsets.map { v in [x + 10 * u, y + 0.1 * v] } }
    }
    let (a, b) = (group(0, 0), group(1, 1))
    let found = Gap(
      difference: [1, 1], scatter: Matrix(rows: 2, columns: 2, values: [100, 0, 0, 0.01]), leastDeviation: 1e-6
    ) { direction in (a.map { dot(direction, $0) }, b.map { dot(direction, $0) }) }
    // Mahalanobis' distance: √(1 / 100 + 1 / 0.01); even places of 100 steps scatter by 5e-5 less.
    #expect(abs(found.separation / 100.01.squareRoot() - 1) < 1e-3)
  }
}
