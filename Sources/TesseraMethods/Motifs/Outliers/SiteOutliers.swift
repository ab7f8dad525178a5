import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Sites that are like none of the classes, each with those around it whose patches show it, too.
public struct SiteOutliers: Sendable {
  /// How well each site fits its own class, in the order of the sites.
  public var scores: ClassOutliers
  /// The farthest first.
  public var places: [Place]

  /// One outlier, or several whose patches overlap: a foreign atom and the columns that have it for a neighbour.
  public struct Place: Sendable, Equatable {
    /// The site whose own column differs most in height from its class; where none does, the one that fits worst.
    public var site: Int
    /// All outliers of this place, `site` among them.
    public var members: [Int]
    /// The largest deviation among them, in standard deviations, and its false discovery rate.
    public var deviation, falseDiscoveryRate: Double
    /// Height of the site's column over the median of its class; NaN of a vacant node.
    public var heightRatio: Double
  }

  /// No outliers: of a continuum, whose members have no kind to differ from.
  init(withoutClasses count: Int) {
    scores = ClassOutliers(
      of: Matrix(rows: count, columns: 0, filling: 0), labels: [Int](repeating: 0, count: count))
    places = []
  }

  /// - Parameters:
  ///   - features: one row per site, NaN without a patch.
  ///   - patchSide: in pixels: the patches of outliers that are closer overlap, and may show one cause.
  init(of features: Matrix<Float>, classes: Classes, sites: Sites, patchSide: Int) {
    scores = ClassOutliers(of: features, labels: classes.labels)
    let outliers = scores.outliers
    let heights = sites.sites.map { $0.kind == .vacant ? Double.nan : $0.amplitude }
    let ratios = Self.heightRatios(heights, classes: classes)
    let index = PlanarIndex(outliers.map { sites[$0].position })
    var sets = DisjointSets(outliers.count)
    for k in outliers.indices {
      for other in index.neighbours(of: index.points[k], within: Double(patchSide)) where other > k {
        sets.unite(k, other)
      }
    }
    var groups: [Int: [Int]] = [:]
    for k in outliers.indices { groups[sets.find(k), default: []].append(outliers[k]) }
    let scores = self.scores
    places = groups.values.map { members in
      let differing = members.max { (ratios[$0].deviation, -$0) < (ratios[$1].deviation, -$1) }!
      let site = ratios[differing].deviation >= ClassOutliers.leastDeviation ? differing : members[0]
      let worst = members[0]
      return Place(
        site: site, members: members.sorted(), deviation: scores.deviations[worst],
        falseDiscoveryRate: scores.falseDiscoveryRates[worst], heightRatio: ratios[site].ratio)
    }.sorted { ($1.deviation, $0.site) < ($0.deviation, $1.site) }
  }

  /// Height of each column over the median of its class, and how far it is from that in robust deviations of the class.
  private static func heightRatios(_ heights: [Double], classes: Classes) -> [(ratio: Double, deviation: Double)] {
    var result = [(ratio: Double, deviation: Double)](repeating: (.nan, 0), count: heights.count)
    for label in 1...max(1, classes.count) {
      let members = classes.members(of: label).filter { heights[$0].isFinite }
      guard !members.isEmpty else { continue }
      let middle = Statistics.median(members.map { heights[$0] })
      let scatter = Statistics.robustDeviation(members.map { heights[$0] })
      for site in members {
        result[site] = (heights[site] / middle, scatter > 0 ? abs(heights[site] - middle) / scatter : 0)
      }
    }
    return result
  }
}
