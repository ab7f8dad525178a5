import TesseraLearning
import TesseraNumerics
import Testing

struct `The force-relaxed layout` {
  /// What the papers' movies show: stage 1 spreads the classes out, stage 2 draws each together where it is.
  @Test(arguments: [4, 6, 8], ForceRelaxedLayout.Rule.allCases)
  func `spreads out, then coalesces`(classes: Int, rule: ForceRelaxedLayout.Rule) throws {
    let blobs = Blobs(1207, classes: classes, dimensions: 66, deviation: 0.3)
    var settings = ForceRelaxedLayout()
    settings.rule = rule
    settings.snapshotInterval = 80
    let movie = try settings.movie(of: blobs.features, seed: 3)
    #expect(movie.snapshots.map(\.stage) == [0, 1, 2])
    let radii = movie.snapshots.map(\.layout.radiusOfGyration)
    let spreads = movie.snapshots.map { $0.layout.spread(within: blobs.labels) }
    print(rule, classes, radii, spreads)
    #expect(radii[1] >= 5 * radii[0])
    #expect(abs(radii[2] / radii[1] - 1) < 0.05)
    #expect(spreads[2] <= spreads[1] / 2)
  }
}
