import Foundation

/// How numbers of atoms, and those of columns side by side, are distributed:
///
///     P(a, b) = αₐ αᵦ g(|a - b|),    g(0) ≥ g(1) ≥ ... ,
///
/// the probability that a column has a and a neighbour b atoms. With constant g neighbours have nothing to do with each
/// other; g that falls off says how alike they are. Differences of `reach` and more share one value. A quasi-symmetric log-linear
/// model; fitted to margins and differences by iterative proportional fitting. Source: Bishop, Fienberg & Holland, Discrete
/// Multivariate Analysis (1975), 3.5 and 8.2. That g does not rise keeps twice the number of atoms from explaining a crystal as
/// well, with every other thickness empty.
struct ThicknessLaw: Sendable {
  static let reach = 6

  /// α; of 1, 2, ... atoms.
  private(set) var levels: [Double]
  /// g of differences 0, 1, ... `reach`.
  private(set) var likeness: [Double]
  /// Of each number of atoms; Σ = 1.
  private(set) var shares: [Double]
  /// Of each difference between neighbours; Σ = 1.
  private(set) var differences: [Double]

  var count: Int { levels.count }

  /// Neighbours that have something in common, to begin with.
  init(shares: [Double]) {
    let start = (0...Self.reach).map { max(0.02, [1, 0.5, 0.15, 0.05][min($0, 3)]) }
    (levels, likeness, self.shares) = (shares, start, shares)
    differences = start
    update()
  }

  /// The law with these margins and differences, counts in any unit.
  /// - Parameter shares: nil leaves α as it is.
  mutating func fit(shares: [Double]?, differences: [Double]) {
    let pairs = differences.reduce(0, +)
    guard pairs > 0 else { return }
    let wanted = differences.map { max($0 / pairs, 1e-9) }
    for _ in 0..<8 {
      if let shares {
        let whole = shares.reduce(0, +)
        for n in levels.indices {
          levels[n] *= (max(shares[n] / whole, 1e-9) / max(self.shares[n], 1e-300)).squareRoot()
        }
        update()
      }
      // Few thicknesses do not differ by much.
      for d in likeness.indices {
        likeness[d] = self.differences[d] > 0 ? likeness[d] * wanted[d] / self.differences[d] : 0
      }
      likeness = Self.falling(likeness, weights: wanted)
      update()
    }
    // Only ratios matter.
    let (top, sum) = (likeness[0], levels.reduce(0, +))
    for d in likeness.indices { likeness[d] = max(likeness[d] / top, 1e-9) }
    for n in levels.indices { levels[n] /= sum }
    update()
  }

  /// For each a the probability of b beside it over that of b anywhere, to the power of `coupling` and scaled so that the
  /// probabilities add up to 1; row-major, `count` numbers of atoms a.
  func ratios(coupling: Double) -> [Double] {
    var result = [Double](repeating: 1, count: count * count)
    guard coupling > 0 else { return result }
    let powers = levels.indices.map { levels[$0] > 0 ? pow(levels[$0] / max(shares[$0], 1e-300), coupling) : 0 }
    let like = likeness.map { pow($0, coupling) }
    for a in 0..<count {
      var sum = 0.0
      for b in 0..<count {
        let value = powers[b] * like[min(abs(a - b), Self.reach)]
        result[a * count + b] = value
        sum += shares[b] * value
      }
      for b in 0..<count { result[a * count + b] /= max(sum, 1e-300) }
    }
    return result
  }

  /// Sums of the table, scaled so that they add up to 1.
  private mutating func update() {
    var (rows, byDifference) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: likeness.count)
    )
    for a in 0..<count {
      for b in 0..<count {
        let d = min(abs(a - b), Self.reach)
        let p = levels[a] * levels[b] * likeness[d]
        rows[a] += p
        byDifference[d] += p
      }
    }
    let sum = max(rows.reduce(0, +), 1e-300)
    (shares, differences) = (rows.map { $0 / sum }, byDifference.map { $0 / sum })
  }

  /// The nearest sequence that does not rise, by pooling adjacent violators.
  private static func falling(_ values: [Double], weights: [Double]) -> [Double] {
    var pools: [(value: Double, weight: Double, count: Int)] = []
    for (value, weight) in zip(values, weights) {
      pools.append((value, weight, 1))
      while pools.count > 1, pools[pools.count - 2].value < pools[pools.count - 1].value {
        let (last, before) = (pools.removeLast(), pools.removeLast())
        let weight = last.weight + before.weight
        pools.append(
          ((last.value * last.weight + before.value * before.weight) / weight, weight, last.count + before.count))
      }
    }
    return pools.flatMap { [Double](repeating: $0.value, count: $0.count) }
  }
}
