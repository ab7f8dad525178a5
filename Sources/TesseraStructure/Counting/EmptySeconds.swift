import TesseraNumerics

/// Numbers of atoms that follow one another and of which every second holds hardly a column: half the step has been taken for the step.
///
/// Where columns scatter beyond the errors that are stated, or intensities saturate otherwise than by a parabola, a comb of half steps fits
/// the thick columns better, whose numbers overlap. The thin ones, which do not, then stand on every second tooth. `CommonFactor` sees only
/// specimens all of whose numbers are even.
package struct EmptySeconds: Sendable, Equatable {
  /// The numbers that were looked at, from 1; the first of them holds columns.
  package let numbers: ClosedRange<Int>

  /// So many numbers that follow one another are looked at, three of which are full.
  private static let window = 6
  /// Of the columns there at least this share stands on every second number, and each of these holds so many columns.
  private static let (leastShare, fewestMembers) = (0.9, 5.0)
  /// There are so many columns: by chance, each is as likely odd as even.
  private static let fewestColumns = 30.0

  /// - Parameter members: columns of 1, 2, 3, ... atoms.
  /// - Returns: nil where no numbers are like that.
  package init?(in members: [Double]) {
    guard members.count >= Self.window else { return nil }
    for start in 0...members.count - Self.window {
      let all = members[start..<start + Self.window].reduce(0, +)
      let full = stride(from: start, to: start + Self.window, by: 2).map { members[$0] }
      guard all >= Self.fewestColumns, full.reduce(0, +) >= Self.leastShare * all,
        full.allSatisfy({ $0 >= Self.fewestMembers })
      else { continue }
      numbers = start + 1...start + Self.window
      return
    }
    return nil
  }
}

extension ThicknessField {
  private static let sweepsOfHalved = 60

  /// The fit with about half as many atoms where every second number holds hardly a column; nil where none do, or where the smaller numbers are no better
  /// in that.
  ///
  /// Means may saturate, whatever was assumed: that they do is one cause of half steps.
  func halved(_ fit: Fit) -> Fit? {
    guard let firstFull = EmptySeconds(in: fit.survey.shares)?.numbers.lowerBound else { return nil }
    // From the first full number, which is odd where the thin end is offset, to the thickest.
    let (first, last) = (Double((firstFull + 1) / 2), Double((fit.thickest + 1) / 2))
    guard last > first else { return nil }
    let (low, high) = (fit.model.mean(firstFull) / first, fit.model.mean(fit.thickest) / last)
    let curvature = min(0, (high - low) / (last - first))
    var start = Model(
      step: low - curvature * first, curvature: curvature, levels: Int(saturating: last) + 1,
      reaching: values.max() ?? 0, coupling: fit.model.coupling)
    start.isFlat = false
    let fewer = self.fit(from: start, isCurved: true, sweeps: Self.sweepsOfHalved)
    return EmptySeconds(in: fewer.survey.shares) == nil ? fewer : nil
  }
}
