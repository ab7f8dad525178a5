import Foundation
import TesseraLearning
import TesseraNumerics

/// By how much the motifs of one domain differ from those of another: the Kullback-Leibler divergence of their distributions in the
/// plane of the first two principal components ([M22] Fig. 5H), less what two halves of one domain give.
///
/// Histograms of equal numbers of sites, over common axes and bins, are smoothed, and
///
///     D(p|q) = Σ p ln(p / q)
///
/// is taken in nats in both directions. Histograms of few sites differ although their domains do not. So each domain is halved; one half
/// is held against the second half of the other domain, and against the second half of its own: the difference of the two is the
/// corrected divergence, 0 on average for two samples of one distribution. Sites are halved at random, by their places from the anchor,
/// in all domains alike: domains that repeat one another site by site would else seem more alike than halves of one, whose sites
/// differ by necessity.
public struct DomainDivergence: Sendable, Codable, Equatable {
  /// Bins along each axis, over the range of all domains.
  public var bins = 20
  /// Standard deviation of the Gaussian that smooths a histogram, in bins.
  public var smoothing = 1.0
  /// Part of a histogram that is spread evenly over all bins, so that none is empty.
  public var floor = 1e-3
  /// Random halvings that are averaged.
  public var splits = 20
  /// Bootstrap samples of the sites, for the error.
  public var bootstraps = 40
  /// Domains of fewer sites are left out, and those of less than this part of the median number.
  public var fewestSites = 40
  /// Part of the median number of sites that a domain must have, 0 ... 1: all histograms have as many sites as the smallest allows.
  public var leastShare = 0.7

  /// 20 x 20 bins, smoothed by one bin.
  public init() {}

  /// The divergence of two domains, in nats.
  public struct Pair: Sendable, Equatable {
    /// Numbers of the domains.
    public var first, second: Int
    /// D(first | second) and D(second | first), uncorrected.
    public var forward, backward: Double
    /// What two halves of one domain give, the mean of both domains.
    public var splitHalf: Double
    /// The mean of both directions less `splitHalf`, and its standard error from bootstrap samples of the sites.
    public var corrected: Moire.Measured
  }

  /// Of several domains.
  public struct Outcome: Sendable {
    /// Each two domains of one group, by their numbers.
    public var pairs: [Pair]
    /// Sites in each histogram.
    public var sites: Int
    /// Part of the variance of the features that the two axes hold, 0 ... 1.
    public var explained: Double
    /// Place of each row of the features on the two axes; NaN for rows that are not finite.
    public var plane: [Point]
  }

  /// Nil with fewer than two domains of enough sites in any group.
  /// - Parameters:
  ///   - features: one row a site.
  ///   - domains: the rows of each domain.
  ///   - groups: of the domains; those of different groups are not compared.
  ///   - offsets: of the rows, each from the anchor of its domain, in any unit.
  ///   - cell: side of the squares whose sites go to one half together, in the same unit; positive.
  ///   - seed: of the random halvings and of the bootstrap samples: equal seeds give equal results.
  public func outcome(
    features: Matrix<Float>, domains: [[Int]], groups: [Int], offsets: [Point], cell: Double, seed: UInt64
  ) throws -> Outcome? {
    let known = domains.map { $0.filter { features.row($0).allSatisfy(\.isFinite) } }
    let large = known.indices.filter { known[$0].count >= fewestSites }
    guard !large.isEmpty else { return nil }
    let typical = Dictionary(grouping: large) { groups[$0] }.mapValues { group in
      Statistics.median(group.map { Double(known[$0].count) })
    }
    let used = large.filter { Double(known[$0].count) >= leastShare * typical[groups[$0]]! }
    let pairs = used.flatMap { a in used.filter { $0 > a && groups[$0] == groups[a] }.map { (a, $0) } }
    guard !pairs.isEmpty else { return nil }
    let compared = Set(pairs.flatMap { [$0.0, $0.1] }).sorted()
    let rows = used.flatMap { known[$0] }
    let components = try PrincipalComponents(of: features.selecting(rows: rows), count: 2)
    let finite = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    let flat = components.transform(features.selecting(rows: finite))
    var plane = [Point](repeating: Point(.nan, .nan), count: features.rows)
    for (k, row) in finite.enumerated() { plane[row] = Point(Double(flat[k, 0]), Double(flat[k, 1])) }
    let half = compared.map { known[$0].count }.min()! / 2
    let inside = rows.map { plane[$0] }
    let low = inside.reduce(inside[0]) { pointwiseMin($0, $1) }
    let high = inside.reduce(inside[0]) { pointwiseMax($0, $1) }
    func bin(_ p: Point) -> Int {
      func part(_ value: Double, _ from: Double, _ to: Double) -> Int {
        to > from ? min(bins - 1, max(0, Int(saturating: Double(bins) * (value - from) / (to - from)))) : 0
      }
      return part(p.y, low.y, high.y) * bins + part(p.x, low.x, high.x)
    }
    let binned = known.map { $0.map { bin(plane[$0]) } }
    // For each domain, the two halves of each random division, each as logarithms and shares; then the same of bootstrap samples.
    let draws = splits + bootstraps
    let halves = concurrentMap(count: compared.count) { k -> [(Histogram, Histogram)] in
      (0..<draws).map { draw in
        // Equal places have equal keys in all domains: the order is that of a random map.
        var shared = RandomSource(seed: seed, stream: UInt64(draw))
        let shift = Point(shared.uniform(), shared.uniform())
        let salt = shared.next()
        let rows = known[compared[k]]
        let keys = rows.map { row -> UInt64 in
          let place = offsets[row] / cell + shift
          return Self.key(Int(saturating: place.x.rounded(.down)), Int(saturating: place.y.rounded(.down)), salt)
        }
        let order = rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
        let sites = order.map { binned[compared[k]][$0] }
        var random = RandomSource(seed: seed, stream: UInt64(draws * (compared[k] + 1) + draw))
        var parts = (Array(sites.prefix(half)), Array(sites.suffix(half)))
        if draw >= splits {
          // Each half is sampled by itself, so that no site is in both.
          func sampled(_ half: [Int]) -> [Int] { half.map { _ in half[random.index(below: half.count)] } }
          parts = (sampled(parts.0), sampled(parts.1))
        }
        return (histogram(parts.0), histogram(parts.1))
      }
    }
    let place = Dictionary(uniqueKeysWithValues: compared.enumerated().map { ($1, $0) })
    let found = concurrentMap(count: pairs.count) { k -> Pair in
      let (a, b) = (halves[place[pairs[k].0]!], halves[place[pairs[k].1]!])
      func values(_ draw: Int) -> (forward: Double, backward: Double, own: Double) {
        let (p, q) = (a[draw], b[draw])
        let own =
          p.0.divergence(from: p.1) + p.1.divergence(from: p.0) + q.0.divergence(from: q.1)
          + q.1.divergence(from: q.0)
        return (
          (p.0.divergence(from: q.1) + p.1.divergence(from: q.0)) / 2,
          (q.0.divergence(from: p.1) + q.1.divergence(from: p.0)) / 2, own / 4
        )
      }
      let all = (0..<draws).map(values)
      let (plain, sampled) = (all[..<splits], all[splits...])
      func mean(_ key: KeyPath<(forward: Double, backward: Double, own: Double), Double>) -> Double {
        Statistics.mean(plain.map { $0[keyPath: key] })
      }
      let (forward, backward, own) = (mean(\.forward), mean(\.backward), mean(\.own))
      let spread = Statistics.deviation(sampled.map { ($0.forward + $0.backward) / 2 - $0.own })
      return Pair(
        first: pairs[k].0, second: pairs[k].1, forward: forward, backward: backward, splitHalf: own,
        corrected: Moire.Measured((forward + backward) / 2 - own, error: spread))
    }
    return Outcome(
      pairs: found, sites: half,
      explained: components.totalVariance > 0
        ? components.variances.prefix(2).reduce(0, +) / components.totalVariance : 0,
      plane: plane)
  }

  /// A number that looks random, of a square and a random number.
  private static func key(_ i: Int, _ j: Int, _ salt: UInt64) -> UInt64 {
    var z =
      salt &+ UInt64(bitPattern: Int64(i)) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(bitPattern: Int64(j))
      &* 0xC2B2_AE3D_27D4_EB4F
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Shares of all bins and their logarithms.
  private struct Histogram: Sendable {
    var shares, logarithms: [Double]

    func divergence(from other: Histogram) -> Double {
      var sum = 0.0
      for k in shares.indices { sum += shares[k] * (logarithms[k] - other.logarithms[k]) }
      return sum
    }
  }

  private func histogram(_ sites: [Int]) -> Histogram {
    var counts = [Double](repeating: 0, count: bins * bins)
    for bin in sites { counts[bin] += 1 }
    let reach = Int(saturating: (3 * smoothing).rounded(.up))
    let kernel = (-reach...reach).map { smoothing > 0 ? exp(-Double($0 * $0) / (2 * smoothing * smoothing)) : 1 }
    func smoothed(_ values: [Double], _ step: Int, _ position: (Int) -> Int) -> [Double] {
      values.indices.map { index in
        var sum = 0.0
        for (offset, weight) in zip(-reach...reach, kernel) where (0..<bins).contains(position(index) + offset) {
          sum += weight * values[index + offset * step]
        }
        return sum
      }
    }
    let across = smoothed(counts, 1) { $0 % bins }
    let both = smoothed(across, bins) { $0 / bins }
    let total = both.reduce(0, +)
    let shares = both.map { (1 - floor) * (total > 0 ? $0 / total : 0) + floor / Double(bins * bins) }
    return Histogram(shares: shares, logarithms: shares.map { log($0) })
  }
}
