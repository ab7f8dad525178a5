import Foundation
import TesseraNumerics

/// Sorts samples into a given number of classes; `ClassFinder` finds the number.
///
/// The classes are the components of a mixture of normal distributions of one variance. That is the law of features
/// whose noise is alike in all columns, as that of Zernike moments is; with equal shares it is k-means with soft edges,
/// with free shares it also finds classes of very unequal size, which k-means divides wrongly. The Bayesian information
/// criterion chooses between the two. Expectation-maximisation only climbs to the nearest summit, so it starts from
/// three sides, and the likeliest end counts:
///
/// - k-means on the features, the best where classes are faint and of similar size;
/// - k-means on the layout, whose groups are clearer than those of the features where classes are many;
/// - the classes that `ClassFinder` finds, rare ones among them, the closest joined or the widest halved until their
///   number is right.
public struct ClassFitter: Sendable, Codable, Equatable {
  /// Classes wanted, 1 or more.
  public var count = 2
  /// Finds the classes from which the third start is made; the number of classes does not depend on it.
  public var finder = ClassFinder()
  /// A fitter for two classes.
  public init() {}
  /// A fitter for this number of classes, 1 or more.
  public init(count: Int) { self.count = count }

  /// The classes of the samples.
  /// - Parameters:
  ///   - features: one row per sample; rows with a value that is not finite get label 0.
  ///   - layout: one point for each row.
  ///   - noise: standard deviation of a feature from the noise of the image alone; 0 if unknown.
  ///   - seed: of the starts of k-means: equal seeds give equal classes.
  public func classes(
    of features: Matrix<Float>, layout: Layout, noise: Double = 0, seed: UInt64
  ) throws -> Classes {
    precondition(layout.points.count == features.rows, "the layout needs a point for each sample")
    let rows = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    try require(
      count >= 1 && count <= rows.count, "the number of classes", is: count,
      mustBe: "1 or more and at most \(rows.count), the number of samples with features")
    let known = features.selecting(rows: rows)
    let part = Layout(points: rows.map { layout.points[$0] })
    let fit = try likeliest(from: starts(known, part, noise: noise, seed: seed), known)
    let classes = fit.classes
    var (labels, confidence) = (
      [Int](repeating: -1, count: features.rows), [Double](repeating: 0, count: features.rows)
    )
    for (place, row) in rows.enumerated() {
      (labels[row], confidence[row]) = (classes.labels[place], classes.confidence[place])
    }
    return Classes(grouping: labels, confidence: confidence)
  }

  private func starts(_ features: Matrix<Float>, _ layout: Layout, noise: Double, seed: UInt64) throws -> [[Int]] {
    let found = try finder.outcome(features: features, layout: layout, noise: noise).classes
    return [
      try KMeans(count: count).fit(features, seed: seed).assignment,
      try KMeans(count: count).fit(layout.table, seed: seed).assignment,
      try adjusted(found.labels.map { $0 - 1 }, classes: max(1, found.count), features),
    ]
  }

  private func likeliest(from starts: [[Int]], _ features: Matrix<Float>) throws -> GaussianMixture.Fit {
    var best: GaussianMixture.Fit?
    for start in starts {
      for equalShares in [true, false] {
        var mixture = GaussianMixture(count: count, covariance: .isotropic)
        mixture.equalShares = equalShares
        let fit = try mixture.fit(features, startingFrom: start)
        if best == nil || fit.bic < best!.bic { best = fit }
      }
    }
    return best!
  }

  /// Joins the closest classes, or halves the widest, until there are `count`; -1 stays without class.
  private func adjusted(_ start: [Int], classes: Int, _ features: Matrix<Float>) throws -> [Int] {
    var (labels, present) = (start, classes)
    while present > count {
      let groups = ClassMoments(features, labels, count: present)
      let (a, b) = groups.closestPair
      labels = labels.map { $0 == b ? a : $0 > b ? $0 - 1 : $0 }
      present -= 1
    }
    while present < count {
      let groups = ClassMoments(features, labels, count: present)
      let widest = groups.scatter.indices.max { groups.scatter[$0] < groups.scatter[$1] }!
      let members = labels.indices.filter { labels[$0] == widest }
      guard groups.scatter[widest] > 0, members.count > 1 else { break }
      let halves = try KMeans(count: 2).fit(features.selecting(rows: members), seed: 1).assignment
      for (place, member) in members.enumerated() where halves[place] == 1 { labels[member] = present }
      present += 1
    }
    return labels
  }
}

/// Sizes, means and scatter of classes.
private struct ClassMoments {
  let sizes: [Double]
  let means: Matrix<Double>
  /// Sum of squared distances of the members from their mean.
  let scatter: [Double]

  init(_ features: Matrix<Float>, _ labels: [Int], count: Int) {
    let width = features.columns
    var sizes = [Double](repeating: 0, count: count)
    var means = Matrix<Double>(rows: count, columns: width, filling: 0)
    for (row, label) in labels.enumerated() where label >= 0 {
      sizes[label] += 1
      for column in 0..<width { means.values[label * width + column] += Double(features.values[row * width + column]) }
    }
    for label in 0..<count {
      for column in 0..<width { means.values[label * width + column] /= max(1, sizes[label]) }
    }
    var scatter = [Double](repeating: 0, count: count)
    for (row, label) in labels.enumerated() where label >= 0 {
      scatter[label] += squaredDistance(features, row, means, label)
    }
    (self.sizes, self.means, self.scatter) = (sizes, means, scatter)
  }

  /// The two classes, the smaller number first, whose joining adds least to the scatter within classes.
  /// Source: Ward, JASA 58 (1963) 236.
  var closestPair: (Int, Int) {
    var (least, pair) = (Double.infinity, (0, 1))
    for b in sizes.indices {
      for a in 0..<b {
        let square = zip(means.row(a), means.row(b)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let cost = sizes[a] * sizes[b] / max(1, sizes[a] + sizes[b]) * square
        if cost < least { (least, pair) = (cost, (a, b)) }
      }
    }
    return pair
  }
}
