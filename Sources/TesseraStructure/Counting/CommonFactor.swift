import TesseraNumerics

/// Whole numbers that divide nearly all numbers of atoms. A fraction of the step fits a crystal as well as the step, with thicknesses
/// between that hardly any column has; where noise exceeds the errors, the fraction fits even better.
package enum CommonFactor {
  /// The share of columns whose numbers are multiples. Of numbers that follow one another about half are even, and columns that
  /// are mixed, cut or dirty stand anywhere.
  private static let leastShare = 0.9
  /// Fewer multiples show no common factor: one number is a multiple of itself.
  private static let fewestMultiples = 3
  /// Larger factors would need more atoms than are tried.
  private static let largest = 8
  /// A number of atoms holds columns from here on.
  private static let leastMembers = 0.5
  /// Steps differ by a factor if they do to this share.
  private static let tolerance = 0.1

  /// The largest common factor of numbers of atoms; nil where there is none.
  /// - Parameter members: columns of 1, 2, 3, ... atoms.
  package static func of(_ members: [Double]) -> Int? {
    let all = members.reduce(0, +)
    return (2...largest).last { factor in
      let multiples = stride(from: factor - 1, to: members.count, by: factor).map { members[$0] }
      return multiples.reduce(0, +) >= leastShare * all && multiples.count { $0 > leastMembers } >= fewestMultiples
    }
  }

  /// Whether the first mean of a reduced comb is that of `factor` atoms before.
  static func isMultiple(_ mean: Double, of expected: Double) -> Bool { abs(mean / expected - 1) < tolerance }
}

extension ThicknessField {
  private static let sweepsOfReduced = 60

  /// The same fit with the numbers of atoms divided by their common factor, if they have one: the smaller numbers are offered.
  func reduced(_ fit: Fit, isCurved: Bool) -> Fit {
    guard let factor = CommonFactor.of(fit.survey.shares) else { return fit }
    let scale = Double(factor)
    var start = Model(
      step: scale * fit.model.step, curvature: scale * scale * fit.model.curvature,
      levels: (fit.thickest + factor - 1) / factor, reaching: values.max() ?? 0, coupling: fit.model.coupling)
    start.isFlat = false
    let fewer = self.fit(from: start, isCurved: isCurved, sweeps: Self.sweepsOfReduced)
    return CommonFactor.isMultiple(fewer.model.mean(1), of: fit.model.mean(factor)) ? fewer : fit
  }
}
