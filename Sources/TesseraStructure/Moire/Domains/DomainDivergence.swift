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
  ///   - features: one row per site.
  ///   - domains: the rows of each domain.
  ///   - groups: of the domains; those of different groups are not compared.
  ///   - offsets: of the rows, each from the anchor of its domain, in any unit.
  ///   - cell: side of the squares whose sites go to one half together, in the same unit; positive.
  ///   - seed: of the random halvings and of the bootstrap samples: equal seeds give equal results.
  public func outcome(
    features: Matrix<Float>, domains: [[Int]], groups: [Int], offsets: [Point], cell: Double, seed: UInt64
  ) throws -> Outcome? {
    let known = domains.map { $0.filter { features.row($0).allSatisfy(\.isFinite) } }
    let used = comparable(known, groups: groups)
    let pairs = used.flatMap { a in used.filter { $0 > a && groups[$0] == groups[a] }.map { (a, $0) } }
    guard !pairs.isEmpty else { return nil }
    let compared = Set(pairs.flatMap { [$0.0, $0.1] }).sorted()
    let rows = used.flatMap { known[$0] }
    let components = try PrincipalComponents(of: features.selecting(rows: rows), count: 2)
    let plane = Self.plane(of: features, components)
    let grid = PlaneBins(around: rows.map { plane[$0] }, perAxis: bins)
    let half = compared.map { known[$0].count }.min()! / 2
    let divisions = concurrentMap(count: compared.count) { k -> [Halves] in
      let domain = known[compared[k]]
      let members = Members(bins: domain.map { grid.bin(of: plane[$0]) }, places: domain.map { offsets[$0] / cell })
      return (0..<splits + bootstraps).map {
        halves(of: members, count: half, number: compared[k], draw: $0, seed: seed)
      }
    }
    try StopSignal.check()
    let place = Dictionary(uniqueKeysWithValues: compared.enumerated().map { ($1, $0) })
    let found = concurrentMap(count: pairs.count) { k -> Pair in
      let (first, second) = pairs[k]
      return pair(first, second, divisions[place[first]!], divisions[place[second]!])
    }
    return Outcome(
      pairs: found, sites: half,
      explained: components.totalVariance > 0
        ? components.variances.prefix(2).reduce(0, +) / components.totalVariance : 0,
      plane: plane)
  }

  /// The domains of enough sites, of all and beside the others of their group.
  private func comparable(_ known: [[Int]], groups: [Int]) -> [Int] {
    let large = known.indices.filter { known[$0].count >= fewestSites }
    let typical = Dictionary(grouping: large) { groups[$0] }.mapValues { group in
      Statistics.median(group.map { Double(known[$0].count) })
    }
    return large.filter { Double(known[$0].count) >= leastShare * typical[groups[$0]]! }
  }

  /// The place of each row on the first two components; NaN for rows that are not finite.
  private static func plane(of features: Matrix<Float>, _ components: PrincipalComponents) -> [Point] {
    let finite = (0..<features.rows).filter { features.row($0).allSatisfy(\.isFinite) }
    let flat = components.transform(features.selecting(rows: finite))
    var plane = [Point](repeating: Point(.nan, .nan), count: features.rows)
    for (k, row) in finite.enumerated() { plane[row] = Point(Double(flat[k, 0]), Double(flat[k, 1])) }
    return plane
  }

  /// Equal bins over the range of some places in the plane.
  private struct PlaneBins {
    private let low, high: Point
    private let perAxis: Int

    /// - Parameter places: finite, at least one.
    init(around places: [Point], perAxis: Int) {
      low = places.reduce(places[0]) { pointwiseMin($0, $1) }
      high = places.reduce(places[0]) { pointwiseMax($0, $1) }
      self.perAxis = perAxis
    }

    func bin(of place: Point) -> Int {
      func part(_ value: Double, _ from: Double, _ to: Double) -> Int {
        to > from ? min(perAxis - 1, max(0, Int(saturating: Double(perAxis) * (value - from) / (to - from)))) : 0
      }
      return part(place.y, low.y, high.y) * perAxis + part(place.x, low.x, high.x)
    }
  }

  /// The sites of one domain: the bin of each, and its place from the anchor in sides of the squares that stay together.
  private struct Members {
    var bins: [Int]
    var places: [Point]
  }

  /// The histograms of two halves of a domain.
  private typealias Halves = (first: Histogram, second: Histogram)

  /// One random halving of a domain; from the draw `splits` on, each half is a bootstrap sample.
  /// - Parameters:
  ///   - count: sites of each half.
  ///   - number: of the domain.
  private func halves(of domain: Members, count: Int, number: Int, draw: Int, seed: UInt64) -> Halves {
    // Equal places have equal keys in all domains: the order is that of a random map.
    var shared = RandomSource(seed: seed, stream: UInt64(draw))
    let shift = Point(shared.uniform(), shared.uniform())
    let salt = shared.next()
    let keys = domain.places.map { place -> UInt64 in
      let square = place + shift
      return Self.key(Int(saturating: square.x.rounded(.down)), Int(saturating: square.y.rounded(.down)), salt)
    }
    let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { domain.bins[$0] }
    var (first, second) = (Array(order.prefix(count)), Array(order.suffix(count)))
    if draw >= splits {
      // Each half is sampled by itself, so that no site is in both.
      var random = RandomSource(seed: seed, stream: UInt64((splits + bootstraps) * (number + 1) + draw))
      func sampled(_ half: [Int]) -> [Int] { half.map { _ in half[random.index(below: half.count)] } }
      (first, second) = (sampled(first), sampled(second))
    }
    return (histogram(first), histogram(second))
  }

  /// The divergence of two domains, by all their halvings.
  private func pair(_ first: Int, _ second: Int, _ p: [Halves], _ q: [Halves]) -> Pair {
    let draws = zip(p, q).map { p, q -> (forward: Double, backward: Double, own: Double) in
      let own =
        p.first.divergence(from: p.second) + p.second.divergence(from: p.first) + q.first.divergence(from: q.second)
        + q.second.divergence(from: q.first)
      return (
        (p.first.divergence(from: q.second) + p.second.divergence(from: q.first)) / 2,
        (q.first.divergence(from: p.second) + q.second.divergence(from: p.first)) / 2, own / 4
      )
    }
    let (plain, sampled) = (draws[..<splits], draws[splits...])
    let forward = Statistics.mean(plain.map(\.forward))
    let backward = Statistics.mean(plain.map(\.backward))
    let own = Statistics.mean(plain.map(\.own))
    let spread = Statistics.deviation(sampled.map { ($0.forward + $0.backward) / 2 - $0.own })
    return Pair(
      first: first, second: second, forward: forward, backward: backward, splitHalf: own,
      corrected: Moire.Measured((forward + backward) / 2 - own, error: spread))
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
