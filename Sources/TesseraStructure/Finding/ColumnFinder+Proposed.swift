import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics

/// Columns at places that something else proposes, such as a network: the pixels have the last word.
extension ColumnFinder {
  /// A place at which a column is proposed.
  public struct Proposal: Sendable, Equatable {
    /// In pixels.
    public var position: Point
    /// That a column stands there, 0 ... 1.
    public var probability: Double
    /// - Parameters:
    ///   - position: in pixels.
    ///   - probability: that a column stands there, 0 ... 1.
    public init(position: Point, probability: Double) { (self.position, self.probability) = (position, probability) }
  }

  /// What was proposed, and what became of it.
  public struct Proposed: Sendable, Equatable {
    /// Of the columns that stand, in the order of `Found.sites`, 0 ... 1: as proposed, and for single atoms on a support times the chance
    /// that the spot is not the support's (`TextureTail`).
    public var probabilities: [Double]
    /// Number of places that were proposed, and of those left out because there is no measurement.
    public var count, unmeasured: Int
    /// Who proposed them and why it was asked, for the record of a run.
    public var source = ""
    /// Why this source was asked.
    public var sourceReason = ""
    /// Mean distance of nearest neighbours in pixels, as the source says it; nil: it does not.
    public var spacing: Double?
    /// Whether a warning says that single atoms may be spots of the support.
    public var isTextureDoubted = false
  }

  /// A column that a fit moves farther from where it was proposed than this share of the spacing is another column, or none.
  static let farthestMove = 0.5
  /// Columns stand so many scales apart at least (those of the scale ladder 3.3 to 6.6).
  static let leastSpacing = 3.0
  /// How far outside the image a listed column may be centred, in standard deviations. Nobody proposes places there; a column that
  /// was proposed at the border and is fitted farther out stands outside.
  static let listedReach = 0.5
  /// The fewest standard deviations by which a proposed column must beat no column.
  static let leastEvidence = 3.0

  /// Fits columns at proposed places, and keeps those that the pixels support.
  ///
  /// A proposed column falls where there is no measurement; where its height is not significant (`noiseThreshold`, at least
  /// three standard deviations) or small beside the columns around it (`contrastThreshold`, at least 0.06); where the fit
  /// leaves its place by more than half a spacing; or where it falls together with a higher one. None is added, but those just
  /// outside the image are fitted along, because their flanks pull columns at the border.
  /// - Parameters:
  ///   - proposals: in any order; the columns that stand keep it.
  ///   - areTrusted: whether a person's labels have taught what is proposed: then single atoms may be fainter beside their support,
  ///     and nothing is asked of the image as a whole.
  ///   - prepared: the image.
  ///   - name: of the micrograph, for messages.
  /// - Returns: the columns; `proposed` says what became of the places.
  /// - Throws: `DataError` where no column stands, or nothing tells the columns from smooth noise (`ColumnEvidence`);
  ///   `ParameterError` for a setting outside its range.
  public func found(
    among proposals: [Proposal], areTrusted: Bool = false, in prepared: Preparation.Prepared, name: String
  ) throws -> Found {
    try checkSettings(for: prepared.image)
    let image = prepared.image
    let measured = proposals.filter { proposal in
      guard proposal.position.x.isFinite, proposal.position.y.isFinite else { return false }
      let (x, y) = (Int(saturating: proposal.position.x.rounded()), Int(saturating: proposal.position.y.rounded()))
      return image.contains(x: x, y: y) && prepared.isMeasured[x, y]
    }
    guard !measured.isEmpty else { throw Self.nothing(in: name) }
    let places = measured.map(\.position)
    let noise = NoiseModel(of: image, measured: prepared.isMeasured)
    if let atoms = try proposedAtoms(measured, areTrusted: areTrusted, in: prepared, noise: noise, name: name) {
      var atoms = atoms
      atoms.proposed?.count = proposals.count
      atoms.proposed?.unmeasured = proposals.count - measured.count
      return atoms
    }
    let choice =
      scale.map { ScaleLadder.Choice(scale: $0, reason: "given") }
      ?? ScaleLadder.Choice(
        scale: Self.strongestScale(of: places, in: image), reason: "strongest response at the proposed places")
    // Two candidates of one column are no spacing.
    let spacing = max(
      Self.leastSpacing * choice.scale, PlanarIndex(places).medianSpacing ?? Self.loneSpacing * choice.scale)
    guard let columns = supported(places, in: prepared, noise: noise, scale: choice.scale, spacing: spacing) else {
      throw Self.nothing(in: name)
    }
    let inside = columns.inside
    let evidence = ColumnEvidence(
      for: inside.columns.map(\.centre), heights: inside.columns.map(\.amplitude), in: image,
      isMeasured: prepared.isMeasured, noise: noise, scale: choice.scale)
    if !areTrusted, let doubt = evidence.doubt { throw DataError("\(name): no atom columns were found; \(doubt)") }
    let heights = inside.columns.indices.map(inside.heightInErrors)
    var found = Self.result(
      inside, outside: columns.outside, route: .network, scale: choice, signalToNoise: Statistics.median(heights))
    found.warnings += evidence.cautions
    found.proposed = Proposed(
      probabilities: columns.numbers.map { measured[$0].probability }, count: proposals.count,
      unmeasured: proposals.count - measured.count)
    return found
  }

  /// The columns among some places that stand, with the places' numbers; nil where none does.
  private func supported(
    _ places: [Point], in prepared: Preparation.Prepared, noise: NoiseModel, scale: Double, spacing: Double
  ) -> (inside: ColumnFit.Outcome, numbers: [Int], outside: ColumnFit.Outcome)? {
    let image = prepared.image
    /// Those of a fit that stand. `numbers` says which place each column began at; -1: at none.
    func standing(_ outcome: ColumnFit.Outcome, _ numbers: [Int], sigma: Double, margin: Double) -> [Int] {
      let heights = outcome.columns.map(\.amplitude)
      let index = PlanarIndex(outcome.columns.map(\.centre))
      return plausible(outcome, image: image, sigma: sigma, margin: margin).filter { k in
        let column = outcome.columns[k]
        guard column.amplitude.isFinite, column.centre.x.isFinite, column.centre.y.isFinite else { return false }
        guard numbers[k] >= 0 else { return true }
        return outcome.evidence[k] > max(Self.leastEvidence, noiseThreshold)
          && (column.centre - places[numbers[k]]).length <= Self.farthestMove * spacing
          && contrastThreshold.map { column.amplitude >= $0 * Self.localStrength(at: column.centre, index, heights) }
            ?? true
      }
    }
    let starts = places.map { GaussianColumn(amplitude: 1, centre: $0, sigma: scale) }
    let first = fitted(
      starts, in: prepared, noise: noise, sigma: scale, spacing: spacing, shape: .shared, sweepLimit: Self.firstSweeps)
    let sigma = Statistics.median(first.columns.map(\.sigma))
    var numbers = standing(first, Array(places.indices), sigma: sigma, margin: Self.firstOutermost * sigma)
    guard !numbers.isEmpty else { return nil }
    var seeds = numbers.map { first.columns[$0] }
    let beyond = beyondBorder(seeds, isMeasured: prepared.isMeasured, sigma: sigma, spacing: spacing)
    seeds += beyond
    numbers += beyond.map { _ in -1 }
    let margin = Self.outermost * sigma
    let second = fitted(
      seeds, in: prepared, noise: noise, sigma: sigma, spacing: spacing, shape: .shared, sweepLimit: Self.secondSweeps,
      after: first)
    let kept = standing(second, numbers, sigma: sigma, margin: margin)
    guard !kept.isEmpty else { return nil }
    numbers = kept.map { numbers[$0] }
    let last = finalFit(of: kept, after: second, in: prepared, noise: noise, sigma: sigma, spacing: spacing)
    let all = standing(last, numbers, sigma: sigma, margin: margin)
    let isListed = all.map {
      numbers[$0] >= 0 && last.isListed($0, in: prepared.isMeasured, sigma: sigma, reach: Self.listedReach)
    }
    let listed = zip(all, isListed).filter(\.1).map(\.0)
    guard !listed.isEmpty else { return nil }
    let others = zip(all, isListed).filter { !$0.1 }.map(\.0)
    return (last.selecting(listed), listed.map { numbers[$0] }, last.selecting(others))
  }
}
