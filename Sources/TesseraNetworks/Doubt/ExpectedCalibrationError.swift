/// How far probabilities are from the shares that turned out true: over bins of equal width, weighted by what they hold,
///
///     ECE = Σ_b n_b / N · |share true in b − mean probability in b|.
///
/// Sources: Naeini, Cooper & Hauskrecht, AAAI 2015; Guo et al., ICML 2017, eq. 3.
/// - Parameters:
///   - probabilities: 0 ... 1.
///   - areTrue: as many.
///   - bins: 1 or more.
/// - Returns: 0 ... 1; NaN of nothing.
public func expectedCalibrationError(of probabilities: [Double], areTrue: [Bool], bins: Int = 10) -> Double {
  precondition(probabilities.count == areTrue.count && bins >= 1, "one truth for each probability, and a bin at least")
  guard !probabilities.isEmpty else { return .nan }
  // The difference of the sums is n_b times the difference of the means.
  var excess = [Double](repeating: 0, count: bins)
  for (probability, isTrue) in zip(probabilities, areTrue) {
    let bin = min(bins - 1, max(0, Int(probability * Double(bins))))
    excess[bin] += (isTrue ? 1 : 0) - probability
  }
  return excess.reduce(0) { $0 + abs($1) } / Double(probabilities.count)
}
