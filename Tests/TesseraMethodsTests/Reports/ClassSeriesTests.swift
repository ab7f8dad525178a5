import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics
import TestSupport
import Testing

@Suite struct `Classes over a series` {
  private func series(_ counts: [Int], of all: Int) -> ClassSeries {
    ClassSeries(
      counts.enumerated().map {
        .init(
          image: "\($0.offset)",
          counts: [
            .init(number: "1", name: "A", count: all - $0.element), .init(number: "2", name: "B", count: $0.element),
          ],
          unknown: 0)
      })
  }

  @Test func `of one specimen have no trend and vary as counts do`() throws {
    // Independent draws of one share: of many series few seem to have a trend.
    var (random, trends, excess) = (RandomSource(seed: 4), 0, [Double]())
    for _ in 0..<200 {
      let counts = (0..<20).map { _ in (0..<400).count { _ in random.uniform() < 0.05 } }
      let row = try #require(series(counts, of: 400).rows.last)
      trends += (row.trend?.p ?? 1) < 0.05 ? 1 : 0
      excess.append(row.excess ?? 0)
    }
    #expect(trends <= 20, "\(trends) of 200")
    #expect(abs(Statistics.mean(excess) - 1) < 0.1)
  }

  @Test func `that rise are found`() throws {
    var random = RandomSource(seed: 5)
    let counts = (0..<20).map { image in (0..<400).count { _ in random.uniform() < 0.02 + 0.004 * Double(image) } }
    let rows = series(counts, of: 400).rows
    let rare = try #require(rows.last)
    #expect(rare.name == "B" && (rare.q ?? 1) < 0.01)
    #expect(abs((rare.trend?.slope ?? 0) - 0.004) < 0.0015)
    #expect((rare.excess ?? 0) > 2)
  }

  @Test func `need eight images for a trend, and not every image a site`() {
    #expect(series([1, 2, 3, 4, 5, 6, 7], of: 100).rows.allSatisfy { $0.trend == nil && $0.q == nil })
    let empty = ClassSeries([
      .init(image: "a", counts: [], unknown: 0),
      .init(image: "b", counts: [.init(number: "1", name: "A", count: 3)], unknown: 1),
    ])
    #expect(empty.rows.map(\.counts) == [[0, 3], [0, 1]])
    #expect(empty.rows[0].shares[0].isNaN && empty.rows[0].shares[1] == 0.75)
    #expect(ClassSeries([ClassSeries.Entry]()).sections.isEmpty)
  }

  @Test(arguments: ["1e30", "-1e30", "-1", "2.5", "9e15"]) func `with counts that no image has are refused`(
    count: String
  ) throws {
    let folder = TemporaryFolder()
    func entry(_ count: String, unknown: String = "0") throws -> ClassSeries.Entry {
      let files = [
        "classes.csv": "class,name,count\n1,A,\(count)\n", "summary.json": "{\"counts\": {\"unknown\": \(unknown)}}",
      ]
      for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder / name)) }
      return try ClassSeries.Entry(image: "a", folder: folder.path)
    }
    #expect(try entry("12", unknown: "3").all == 15)
    #expect(throws: FormatError.self) { try entry(count) }
    #expect(throws: FormatError.self) { try entry("12", unknown: "9223372036854775807") }
    #expect(throws: FormatError.self) { try entry("12", unknown: "-1") }
  }
}
