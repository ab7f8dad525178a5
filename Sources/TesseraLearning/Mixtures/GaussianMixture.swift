import Foundation
import TesseraNumerics

/// A mixture of normal distributions, fitted by expectation-maximisation.
///
/// Source: Dempster, Laird & Rubin, J. R. Stat. Soc. B 39 (1977) 1; covariance families as in Fraley & Raftery, JASA 97
/// (2002) 611. Starts are the classes of k-means.
public struct GaussianMixture: Sendable, Codable, Equatable {
  /// What the components' covariance matrices may be.
  public enum Covariance: String, Sendable, Codable, CaseIterable {
    /// A matrix of its own for each component.
    case full
    /// One matrix for all: the model under which linear discriminant analysis is optimal.
    case tied
    /// A variance of its own for each component and column.
    case diagonal
    /// One variance for each component.
    case spherical
    /// One variance for all components: k-means with soft edges and classes of unequal size.
    case isotropic
  }

  /// Components, 1 or more; at most as many as there are samples are made.
  public var count = 2
  /// What the components' covariance matrices may be.
  public var covariance = Covariance.full
  /// Whether all components have the same share, which helps where classes overlap and are of similar size.
  public var equalShares = false
  /// Added to each variance, in units of the mean variance of the columns; positive.
  public var regularisation = 1e-6
  /// Starts, of which the most likely is kept; 1 or more.
  public var restarts = 3
  /// Largest number of steps of one start; running out is reported, not an error.
  public var stepLimit = 200
  /// A start ends when the mean log-likelihood of a sample rises by less than this; 0 or more.
  public var tolerance = 1e-5
  /// A mixture of two components with full covariances.
  public init() {}
  /// A mixture of this number of components, 1 or more.
  public init(count: Int, covariance: Covariance = .full) { (self.count, self.covariance) = (count, covariance) }

  /// A fitted mixture.
  public struct Fit: Sendable, Codable, Equatable {
    /// Share of each component; they sum to 1.
    public let weights: [Double]
    /// Mean of each component, one per row.
    public let means: Matrix<Double>
    /// Covariance matrix of each component.
    public let covariances: [Matrix<Double>]
    /// Probability of each component (column) for each sample (row).
    public let responsibilities: Matrix<Double>
    /// Log-likelihood of all samples, in nats.
    public let logLikelihood: Double
    /// Free parameters of the model.
    public let parameterCount: Int
    /// Steps that the best start took.
    public let steps: Int
    /// Whether the best start met `tolerance` within `stepLimit` steps.
    public let converged: Bool

    /// Bayesian information criterion, -2 log L + p ln n; less is better. Source: Schwarz, Ann. Stat. 6 (1978) 461.
    public var bic: Double {
      -2 * logLikelihood + Double(parameterCount) * log(Double(max(1, responsibilities.rows)))
    }

    /// Integrated completed likelihood, BIC + 2 x the entropy of the responsibilities: components that overlap cost
    /// extra, so it counts groups rather than components. Source: Biernacki, Celeux & Govaert, IEEE TPAMI 22 (2000) 719.
    public var icl: Double { bic - 2 * responsibilities.values.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) } }

    /// Each sample in its most probable component; the confidence is that probability.
    public var classes: Classes {
      let best = (0..<responsibilities.rows).map { row in
        (0..<responsibilities.columns).reduce(0) { responsibilities[row, $1] > responsibilities[row, $0] ? $1 : $0 }
      }
      return Classes(grouping: best, confidence: best.enumerated().map { responsibilities[$0, $1] })
    }
  }

  /// The most probable component of each sample of a table.
  public func classes(of features: Matrix<Float>, seed: UInt64) throws -> Classes {
    try fit(features, seed: seed).classes
  }

  /// The most probable component of each point of a layout.
  public func classes(of layout: Layout, seed: UInt64) throws -> Classes {
    try classes(of: layout.table, seed: seed)
  }

  /// The most likely mixture over all starts. O(n k d²) a step for full covariances.
  public func fit(_ features: Matrix<Float>, seed: UInt64) throws -> Fit {
    try require(restarts >= 1, "the number of starts", is: restarts, mustBe: "1 or more")
    var best: Fit?
    for start in 0..<restarts {
      var clustering = KMeans(count: count)
      clustering.restarts = 1
      let assignment = try clustering.fit(features, seed: seed &+ UInt64(start) &* 0x9E37_79B9).assignment
      let fit = try fit(features, startingFrom: assignment)
      if best == nil || fit.logLikelihood > best!.logLikelihood { best = fit }
    }
    return best!
  }

  /// The mixture that expectation-maximisation reaches from given classes.
  /// - Parameters:
  ///   - features: one row per sample; at least one row and one column.
  ///   - assignment: for each sample a component, 0 ..< `count`, or -1 for none (its share is equal in all).
  public func fit(_ features: Matrix<Float>, startingFrom assignment: [Int]) throws -> Fit {
    let k = min(count, features.rows)
    var responsibilities = Matrix<Double>(rows: features.rows, columns: max(1, k), filling: 0)
    for (row, component) in assignment.enumerated() {
      if component >= 0 {
        responsibilities[row, component] = 1
      } else {
        for column in 0..<k { responsibilities[row, column] = 1 / Double(k) }
      }
    }
    return try fit(features, startingFrom: responsibilities)
  }

  /// The mixture that expectation-maximisation reaches from given probabilities, one column per component.
  public func fit(_ features: Matrix<Float>, startingFrom start: Matrix<Double>) throws -> Fit {
    try require(count >= 1, "the number of components", is: count, mustBe: "1 or more")
    try require(stepLimit >= 1, "the number of steps", is: stepLimit, mustBe: "1 or more")
    try require(regularisation > 0, "the regularisation", is: regularisation, mustBe: "positive")
    guard features.rows > 0, features.columns > 0 else { throw DataError("a mixture needs a sample") }
    precondition(start.rows == features.rows, "a mixture needs a start for each sample")
    let mean = columnMeans(of: features)
    guard mean.allSatisfy(\.isFinite) else {
      throw DataError("a mixture needs finite numbers; a feature is infinite or not a number")
    }
    let table = features.centredInDouble(mean)
    let variance = table.values.reduce(0) { $0 + $1 * $1 } / Double(table.values.count)
    // A table of equal rows has no variance; any floor will do.
    let floor = regularisation * (variance > 0 ? variance : 1)
    var moments = MixtureMoments(of: table, weightedBy: start, diagonalOnly: covariance.isDiagonal)
    var (previous, steps, converged) = (-Double.infinity, 0, false)
    while true {
      try StopSignal.check()
      let model = MixtureModel(moments, covariance: covariance, equalShares: equalShares, floor: floor)
      let step = model.expectation(of: table)
      steps += 1
      converged = step.logLikelihood - previous < tolerance * Double(table.rows)
      if converged || steps == stepLimit {
        return model.fit(step, mean: mean, steps: steps, converged: converged)
      }
      previous = step.logLikelihood
      moments = step.moments
    }
  }
}
