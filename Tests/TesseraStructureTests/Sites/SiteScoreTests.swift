import Foundation
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `Scores of sites` {
  let grid = (0..<100).map { Point(Double($0 % 10) * 10, Double($0 / 10) * 10) }

  @Test func `are perfect for the truth in any order`() {
    let score = SiteScore(grid.reversed(), truth: grid)
    #expect(score.precision == 1 && score.recall == 1 && score.f1 == 1 && score.jaccard == 1)
    #expect(score.chamfer == 0 && score.rms == 0 && score.tolerance == 5)
    #expect(score.predictedCount == 100 && score.truthCount == 100)
  }

  /// 80 sites moved by (3, 4) / 5 px, 20 missing, 10 invented far away.
  @Test func `follow their formulas`() {
    let found = grid[..<80].map { $0 + Point(0.6, 0.8) } + (0..<10).map { Point(Double($0) * 10, 500) }
    let score = SiteScore(found, truth: grid)
    #expect(score.precision == 80.0 / 90 && score.recall == 0.8)
    #expect(abs(score.f1 - 160.0 / 190) < 1e-15 && abs(score.jaccard - 80.0 / 110) < 1e-15)
    #expect(abs(score.rms - 1) < 1e-12)
  }

  @Test func `match mutual nearest neighbours only, within the tolerance`() {
    // Two candidates for the first site; the second site's match is 4 px away.
    let truth = [Point(0, 0), Point(100, 0)]
    let found = [Point(1, 0), Point(2, 0), Point(104, 0)]
    let tight = SiteScore(found, truth: truth, tolerance: 3)
    #expect(tight.precision == 1.0 / 3 && tight.recall == 0.5)
    #expect(tight.f1Unlimited == 0.8 && tight.jaccardUnlimited == 2.0 / 3)
    #expect(abs(tight.chamfer - ((1.0 + 2 + 4) / 3 + (1.0 + 4) / 2)) < 1e-12)
  }

  @Test func `are defined without any site`() {
    #expect(SiteScore([], truth: []).f1 == 1)
    let none = SiteScore([], truth: grid)
    #expect(none.f1 == 0 && none.precision == 0 && none.recall == 0 && none.rms.isNaN && none.chamfer.isNaN)
  }

  /// Against every pair of points, on scattered places.
  @Test func `agree with the slow search`() {
    var random = RandomSource(seed: 4)
    let truth = (0..<300).map { _ in Point(200 * random.uniform(), 200 * random.uniform()) }
    let found = truth[..<250].map { $0 + Point(4 * random.gaussian(), 4 * random.gaussian()) }
    let score = SiteScore(found, truth: truth)
    func nearest(_ place: Point, _ others: [Point]) -> Int {
      others.indices.min { (others[$0] - place).length < (others[$1] - place).length }!
    }
    let nearestTruth = truth.indices.map { own in
      truth.indices.filter { $0 != own }.map { (truth[$0] - truth[own]).length }.min()!
    }
    let tolerance = 0.5 * Statistics.mean(nearestTruth)
    let matches = found.indices.filter { index in
      let partner = nearest(found[index], truth)
      return nearest(truth[partner], found) == index && (truth[partner] - found[index]).length <= tolerance
    }
    #expect(abs(score.tolerance - tolerance) < 1e-12)
    #expect(abs(score.recall - Double(matches.count) / 300) < 1e-15)
    #expect(abs(score.jaccard - score.f1 / (2 - score.f1)) < 1e-12)  // J = F1 / (2 - F1)
  }
}
