import Foundation
import TesseraNumerics

extension SpacedMixture {
  /// Variance of a sample of mean μ, constant + slope μ, where it is known up to a factor.
  struct Noise: Sendable, Equatable {
    var constant, slope: Double

    func variance(at mean: Double) -> Double { constant + slope * max(0, mean) }

    /// Errors farther off those of others of the same intensity, in deviations of their logarithms, are not of the same kind:
    /// of columns cut by the border, or on top of dirt.
    private static let farthestError = 4.0
    /// The line is drawn anew so often; in the first few rounds it is not yet good enough to leave anything out.
    private static let rounds = 15
    private static let trustingRounds = 3

    /// The line through the squared errors of samples, each weighted by what the line expects, as relative errors of equal
    /// size want it; constant and slope not negative. Nil where no error is known.
    ///
    /// Weights from the errors themselves would favour those that happen to be small.
    init?(values: [Double], errors: [Double]) {
      let known = zip(values, errors).filter { $0.isFinite && $0 > 0 && $1.isFinite && $1 > 0 }
        .map { (x: $0.0, y: $0.1 * $0.1) }
      guard !known.isEmpty else { return nil }
      (constant, slope) = (Statistics.median(known.map(\.y)), 0)
      for round in 0..<Self.rounds {
        let logs = known.map { log($0.y / variance(at: $0.x)) }
        let middle = Statistics.median(logs)
        let limit =
          round < Self.trustingRounds
          ? .infinity
          : Self.farthestError * Statistics.deviationOfMedian * Statistics.median(logs.map { abs($0 - middle) }) + 1e-6
        var line = WeightedLine()
        for (sample, value) in zip(known, logs) where abs(value - middle) <= limit {
          let expected = variance(at: sample.x)
          line.add(x: sample.x, y: sample.y, weight: 1 / (expected * expected))
        }
        (constant, slope) =
          switch line.solution {
          case .constant(let value): (value, 0)
          case .proportional(let slope): (0, slope)
          case .line(let intercept, let slope): (intercept, slope)
          }
      }
    }

    /// The line through the variances of components, each weighted as those of errors are.
    init(of components: [AtomCounter.Component]) {
      var line = WeightedLine()
      for component in components {
        let variance = max(component.deviation * component.deviation, 1e-300)
        line.add(x: component.mean, y: variance, weight: 1 / (variance * variance))
      }
      (constant, slope) =
        switch line.solution {
        case .constant(let value): (value, 0)
        case .proportional(let slope): (0, slope)
        case .line(let intercept, let slope): (intercept, slope)
        }
    }

    /// Errors whose logarithms lie within so many deviations of the line's are taken to be the line's.
    private static let usualScatter = 3.0

    /// Variances of the samples over those of the line: 1 within three deviations of the scatter, and beyond less that; 1 where
    /// no error is known.
    func scales(values: [Double], errors: [Double]) -> [Double] {
      let logs = zip(values, errors).map { value, error in
        value.isFinite && value > 0 && error.isFinite && error > 0 ? log(error * error / variance(at: value)) : 0
      }
      let spread = Self.usualScatter * Statistics.deviationOfMedian * Statistics.median(logs.map { abs($0) })
      return logs.map { exp($0 > spread ? $0 - spread : $0 < -spread ? $0 + spread : 0) }
    }

    /// Errors of a fit are good to some per cent: the deviation of the normal prior of the factor's logarithm.
    private static let priorDeviation = 0.1
    /// Noise beyond this is no noise: a few thicknesses as wide as two would pass for many.
    private static let factors = 0.8...1.5

    /// By how much the noise exceeds the line, from the mean ratio of squares to it: the maximum of the posterior, sought by
    /// Newton's steps. Many resolved columns overrule the prior, overlapping ones do not.
    static func factor(ratio: Double, count: Double) -> Double {
      let precision = 1 / (priorDeviation * priorDeviation)
      guard ratio > 0, count > 0 else { return 1 }
      var u = max(-1, min(1, log(ratio)))
      for _ in 0..<20 {
        u -= (count / 2 * (1 - ratio * exp(-u)) + precision * u) / (count / 2 * ratio * exp(-u) + precision)
      }
      return min(max(exp(u), factors.lowerBound), factors.upperBound)
    }
  }
}
