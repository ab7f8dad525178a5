import Foundation
import TesseraNumerics

/// Classes from the layout and the features together.
///
/// A layout shows groups well but may break one class into islands or draw two into one; features are honest but their
/// groups are hidden among many columns. So the layout proposes and the features decide:
///
/// 1. HDBSCAN* on the layout finds islands, more rather than fewer.
/// 2. Islands without a gap between them in the features (`gapDensity`, in the principal components above the noise,
///    scaled so that the scatter within classes is equal in all directions) belong to one class. Chains count, so that
///    a continuous series of motifs becomes one class and not many.
/// 3. A mixture with one covariance gives every sample to a class, those between islands included; classes that a gap
///    divides are split, classes without one between them joined.
///
/// Where fewer classes are wanted than the gaps show, the closest are joined; where more are, a mixture of normal
/// distributions of one variance is fitted to the features, the most likely of several starts.
public struct JointClassing: Sendable, Codable, Equatable {
  /// Classes wanted; nil finds the number.
  public var count: Int?
  /// Least number of samples of an island of the layout and of a class, 2 or more.
  public var minimumSize = 8
  /// Two groups are two classes where the density between them is below this part of the mean, 0 ... 1.
  public var gapLimit = 0.5
  public init() {}
  public init(count: Int?) { self.count = count }

  /// What kind of differences the samples show.
  public enum Structure: String, Sendable, Codable, CaseIterable {
    /// Classes with gaps between them.
    case discrete
    /// One class, all of whose differences are noise.
    case uniform
    /// Differences above the noise without any gap: motifs that pass into each other.
    case continuous
  }

  /// The classes and what they rest on.
  public struct Result: Sendable, Codable, Equatable {
    public let classes: Classes
    public let structure: Structure
    /// Groups that the layout showed.
    public let islandCount: Int
    /// Principal components above the noise.
    public let dimensions: Int
    /// Part of the variance above the noise that lies between the classes that gaps show, 0 ... 1.
    public let explained: Double
    /// The largest gap density of two classes, that of the least certain division; 0 for one class, and nil where more
    /// classes were wanted than there are gaps.
    public let weakestGap: Double?
  }

  /// The classes of the samples; `layout` has one point for each row of `features` (finite numbers).
  public func result(of features: Matrix<Float>, layout: Layout, seed: UInt64) throws -> Result {
    try require(minimumSize >= 2, "the least number of samples of a class", is: minimumSize, mustBe: "2 or more")
    try require(gapLimit > 0 && gapLimit <= 1, "the limit of the gap", is: gapLimit, mustBe: "in 0 ... 1")
    if let count { try require(count >= 1, "the number of classes", is: count, mustBe: "1 or more") }
    precondition(layout.points.count == features.rows, "the layout needs a point for each sample")
    let space = try SignalSpace(of: features)
    var clustering = HDBSCAN()
    clustering.minimumSize = minimumSize
    let islands = try clustering.classes(of: layout)
    let samples = space.coordinates.map { Double($0) }
    var partition = GapPartition(samples, islands: islands, minimumSize: minimumSize, limit: gapLimit)
    try partition.refine()
    if let count, count < partition.count {
      try partition.adjust(to: count)
    } else if let count, count > partition.count {
      return try likeliest(
        min(count, features.rows), features: features, layout: layout, space: space, partition: partition,
        islands: islands.count, seed: seed)
    }
    return Result(
      classes: partition.classes, structure: structure(partition, space), islandCount: islands.count,
      dimensions: samples.columns, explained: partition.explained(noise: space.noise),
      weakestGap: partition.weakestGap)
  }

  private func structure(_ partition: GapPartition, _ space: SignalSpace) -> Structure {
    if partition.explained(noise: space.noise) >= 0.5 && partition.count > 1 { return .discrete }
    return space.variances[0] > 8 * space.noise ? .continuous : partition.count > 1 ? .discrete : .uniform
  }

  /// More classes than the gaps show: the likeliest mixture of normal distributions of one variance, with equal or
  /// free shares as the Bayesian criterion prefers, from k-means on the features, k-means on the layout, and the classes
  /// that the gaps show, the widest of them halved.
  private func likeliest(
    _ count: Int, features: Matrix<Float>, layout: Layout, space: SignalSpace, partition: GapPartition, islands: Int,
    seed: UInt64
  ) throws -> Result {
    var halved = partition
    try halved.adjust(to: count)
    let starts = [
      try KMeans(count: count).fit(features, seed: seed).assignment,
      try KMeans(count: count).fit(layout.table, seed: seed).assignment, halved.labels,
    ]
    var best: GaussianMixture.Fit?
    for start in starts {
      for equalShares in [true, false] {
        var mixture = GaussianMixture(count: count, covariance: .isotropic)
        mixture.equalShares = equalShares
        mixture.tolerance = 1e-6
        let fit = try mixture.fit(features, startingFrom: start)
        if best == nil || fit.bic < best!.bic { best = fit }
      }
    }
    return Result(
      classes: best!.classes, structure: structure(partition, space), islandCount: islands,
      dimensions: space.coordinates.columns, explained: partition.explained(noise: space.noise),
      weakestGap: nil)
  }
}
