import Foundation
import TesseraNumerics

/// Counts the atoms of columns from their scattering cross-sections.
///
/// Columns of equally many atoms have equal cross-sections but for noise, so that their histogram is a mixture whose
/// components are thicknesses. The number of components is where the integrated completed likelihood is least. Source: Van
/// Aert et al., Nature 470 (2011) 374 and Phys. Rev. B 87 (2013) 064107; De Backer et al., Ultramicroscopy 134 (2013) 23.
///
/// Beyond the papers the means may be tied to whole multiples of one atom's cross-section, which gives absolute numbers
/// and holds where the components overlap. The ICL charges for overlap and then finds one component only; the BIC,
/// which does not, takes its place. There the histogram alone hardly tells few wide components from many narrow ones; the
/// errors of the cross-sections do, so with `proportional` and `curved` means the widths are tied to them.
///
/// In most specimens columns side by side have similar numbers of atoms. Where places are given and neighbours foretell
/// cross-sections better than the histogram does, they help to find the step and the numbers: `ThicknessField`.
///
/// Numbers that nearly all have a common factor are divided by it, and where thin columns stand on every second number, half as many atoms
/// are taken (`EmptySeconds`), with a doubt. `CombTest` tells the comb that was found from a smooth distribution.
public struct AtomCounter: Sendable, Codable, Equatable {
  /// What is assumed of the components' means.
  public enum Spacing: String, Sendable, Codable, CaseIterable {
    /// `curved` where the components are resolved and its BIC is lower, `proportional` otherwise.
    case auto
    /// μₙ = δ n.
    case proportional
    /// μₙ = δ n + κ n²: intensity that saturates.
    case curved
    /// Nothing, as in the papers; the first component's number is its mean over the mean spacing, rounded.
    case free
  }
  /// By what the number of components is chosen.
  public enum Criterion: String, Sendable, Codable, CaseIterable {
    /// The integrated completed likelihood (`icl`), the Bayesian information criterion (`bic`), or (`auto`) the one
    /// that suits the overlap of the components, or `plic` where neighbours are used.
    case auto, icl, bic
    /// The information criterion of the pseudo-likelihood, by which `neighbours` go.
    case plic
  }
  /// What tells the number of a column's atoms besides its own cross-section.
  public enum Evidence: String, Sendable, Codable, CaseIterable {
    /// `neighbours` where they foretell cross-sections better than the histogram does, `histogram` otherwise.
    case auto
    /// The histogram of all cross-sections alone: De Backer et al. 2013.
    case histogram
    /// How alike columns side by side are, too, as far as they prove to be: `ThicknessField`.
    case neighbours
  }

  /// Whether the thickness of neighbouring columns is used.
  public var evidence = Evidence.auto
  /// What is assumed of the components' means.
  public var spacing = Spacing.auto
  /// By what the number of components is chosen.
  public var criterion = Criterion.auto
  /// Most components tried; 2 ... 200.
  public var largestCount = 40
  /// Whether the variance may grow with the mean, as counting noise does; otherwise one width for all (the papers').
  public var hasCountingNoise = true
  /// Components are resolved where the mean entropy of a column is below this, in nats; positive.
  public var resolvedEntropy = 0.3
  /// Cross-sections of columns whose atoms are known; nil: the step is sought.
  public var known: KnownSteps?

  /// A counter that chooses evidence, spacing and criterion from the cross-sections.
  public init() {}

  /// The number of atoms of each column.
  /// - Parameters:
  ///   - crossSections: integrated intensities above the background, in any unit.
  ///   - errors: their standard errors in the same unit, or none. Not used with free means, nor with one width for all.
  ///   - places: of the columns, or none. Without places and errors there are no neighbours to ask.
  ///   - areWhole: whether a column is seen whole, or none: those cut by the border get a number, but the step does not rest on
  ///     them.
  public func counts(
    of crossSections: [Double], errors: [Double] = [], places: [Point] = [], areWhole: [Bool] = []
  ) throws -> Result {
    let all = crossSections.count
    precondition(
      [0, all].contains(errors.count) && [0, all].contains(places.count) && [0, all].contains(areWhole.count))
    try require(
      (2...200).contains(largestCount), setting("largest count"), is: largestCount, mustBe: "between 2 and 200")
    try require(resolvedEntropy > 0, "resolved entropy", is: resolvedEntropy, mustBe: "positive")
    let measured = crossSections.indices.filter { crossSections[$0].isFinite && crossSections[$0] > 0 }
    if let known {
      let whole = areWhole.isEmpty ? [Bool](repeating: true, count: all) : areWhole
      let sound = measured.filter { whole[$0] }
      return try known.counts(
        of: crossSections, informs: whole,
        noise: hasCountingNoise && !errors.isEmpty
          ? SpacedMixture.Noise(values: sound.map { crossSections[$0] }, errors: sound.map { errors[$0] }) : nil)
    }
    let informing = measured.filter { areWhole.isEmpty || areWhole[$0] }
    let known = informing.map { crossSections[$0] }
    guard known.count >= 10 else {
      throw DataError("atom counting needs at least 10 columns with a measured intensity, but there are \(known.count)")
    }
    let noise =
      hasCountingNoise && !errors.isEmpty
      ? SpacedMixture.Noise(values: known, errors: informing.map { errors[$0] }) : nil
    if mustAskNeighbours, let obstacle = obstacleToNeighbours(noise, places) {
      throw ParameterError("atom counting cannot use neighbouring columns: \(obstacle)")
    }
    let histogram = histogramFit(known, noise)
    if let noise, evidence != .histogram, obstacleToNeighbours(noise, places) == nil {
      let values = measured.map { crossSections[$0] }
      let field = ThicknessField(
        values: values, scales: noise.scales(values: values, errors: measured.map { errors[$0] }),
        informs: measured.map { areWhole.isEmpty || areWhole[$0] }, noise: noise,
        graph: ColumnGraph(measured.map { places[$0] }))
      let found = neighbourFit(field, places: measured.map { places[$0] }, histogram: histogram)
      if mustAskNeighbours || found.areBetter {
        return tested(result(of: found, measured, of: all), crossSections, places, informing)
      }
    }
    return tested(result(of: histogram, crossSections), crossSections, places, informing)
  }

  var mustAskNeighbours: Bool { evidence == .neighbours || criterion == .plic }

  private func obstacleToNeighbours(_ noise: SpacedMixture.Noise?, _ places: [Point]) -> String? {
    if evidence == .histogram { return "the evidence is set to the histogram alone" }
    if places.isEmpty { return "the columns have no positions" }
    if noise == nil { return "the cross-sections have no errors, or one width is set for all thicknesses" }
    if spacing == .free { return "neighbours need evenly spaced means, but free means are set" }
    if criterion == .icl || criterion == .bic { return "the criterion \(criterion.rawValue) belongs to the histogram" }
    return nil
  }

  private func result(of found: NeighbourFit, _ measured: [Int], of count: Int) -> Result {
    let (model, survey) = (found.fit.model, found.fit.survey)
    var (counts, probabilities) = ([Int](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for (k, column) in measured.enumerated() {
      (counts[column], probabilities[column]) = (survey.counts[k], survey.probabilities[k])
      // Of two models that suit the columns about as well each is as likely as the other.
      guard let rival = found.rival?.survey else { continue }
      let other = rival.counts[k] == survey.counts[k] ? rival.probabilities[k] : 1 - rival.probabilities[k]
      probabilities[column] = (probabilities[column] + other) / 2
    }
    let whole = survey.shares.reduce(0, +)
    let field = found.fit
    var result = Result(
      counts: counts, probabilities: probabilities,
      components: survey.shares.indices.filter { survey.shares[$0] > 0.5 }.map { level in
        let mean = model.mean(level + 1)
        return Component(
          atoms: level + 1, mean: mean, deviation: (model.noiseFactor * found.noise.variance(at: mean)).squareRoot(),
          share: survey.shares[level] / whole)
      },
      orders: found.orders, order: field.thickest, evidence: .neighbours,
      spacing: found.isCurved ? .curved : .proportional,
      criterion: .plic, differences: model.law.differences, independentShare: model.independent,
      meanEntropy: survey.entropy / survey.informing)
    result.isHalved = found.isHalved
    return result
  }

  /// The mixture that was taken, and criteria against the number of components.
  struct HistogramFit {
    var fit: SpacedMixture.Fit
    var means: SpacedMixture.Means
    var criterion: Criterion
    var orders: [Order]
  }

  /// The papers' way.
  private func histogramFit(_ known: [Double], _ noise: SpacedMixture.Noise?) -> HistogramFit {
    let sample = SpacedMixture.Sample(known)
    let sorted = known.sorted()
    let (bottom, top) = (Statistics.quantile(sorted: sorted, 0.003), Statistics.quantile(sorted: sorted, 0.997))
    func tried(_ means: SpacedMixture.Means) -> [SpacedMixture.Fit] {
      let mixture = SpacedMixture(
        means: means, hasCountingNoise: hasCountingNoise, noise: means == .free ? nil : noise)
      return concurrentMap(count: min(largestCount, known.count / 2)) { k in
        // The large ones first: they take longest.
        mixture.fit(sample, count: min(largestCount, known.count / 2) - k, bottom: bottom, top: top)
      }.reversed()
    }
    func chosen(_ fits: [SpacedMixture.Fit]) -> (fit: SpacedMixture.Fit, criterion: Criterion) {
      // Of orders that a criterion hardly tells apart the lowest: with empty components between, twice the number of atoms fits
      // as well. A difference below 2 is not worth more than a bare mention: Kass & Raftery, J. Am. Stat. Assoc. 90 (1995) 773,
      // section 3.2.
      func lowest(_ measure: (SpacedMixture.Fit) -> Double) -> SpacedMixture.Fit {
        let least = fits.map(measure).min()!
        return fits.first { measure($0) < least + 2 }!
      }
      let (byICL, byBIC) = (lowest(\.icl), lowest(\.bic))
      if criterion == .icl { return (byICL, .icl) }
      if criterion == .bic { return (byBIC, .bic) }
      // Where the likelier order is resolved, overlap costs nothing to speak of, and both criteria mean the same.
      return byBIC.entropy / sample.total < resolvedEntropy ? (byICL, .icl) : (byBIC, .bic)
    }
    var means: SpacedMixture.Means =
      switch spacing {
      case .auto, .proportional: .proportional
      case .curved: .curved
      case .free: .free
      }
    var fits = tried(means)
    var choice = chosen(fits)
    if spacing == .auto {
      let others = tried(.curved)
      let other = chosen(others)
      // By the BIC: the ICL would prefer whichever overlaps less, be it right or not.
      if other.fit.bic < choice.fit.bic && other.fit.entropy / sample.total < resolvedEntropy {
        (means, fits, choice) = (.curved, others, other)
      }
    }
    return HistogramFit(
      fit: reduced(choice.fit, among: fits, means: means), means: means, criterion: choice.criterion,
      orders: fits.enumerated().map { Order(components: $0 + 1, icl: $1.icl, bic: $1.bic) })
  }

  /// The fit of fewer components where the numbers of atoms have a common factor.
  private func reduced(
    _ fit: SpacedMixture.Fit, among fits: [SpacedMixture.Fit], means: SpacedMixture.Means
  ) -> SpacedMixture.Fit {
    guard means != .free, let factor = CommonFactor.of(fit.weights.map { $0 * fit.sampleCount }) else { return fit }
    let fewer = fits[(fit.means.count + factor / 2) / factor - 1]
    return CommonFactor.isMultiple(fewer.means[0], of: fit.means[factor - 1]) ? fewer : fit
  }

  private func result(of histogram: HistogramFit, _ crossSections: [Double]) -> Result {
    let (fit, means) = (histogram.fit, histogram.means)
    // Of free means the spacing tells how many atoms the first stands for.
    let range = (fit.means.last ?? 0) - (fit.means.first ?? 0)
    let first =
      means == .free && range > 0
      ? max(1, Int(saturating: (fit.means[0] / range * Double(fit.means.count - 1)).rounded())) : 1
    let found = concurrentMap(chunksOf: 1024, of: crossSections.count) { range in
      range.map { index -> (Int, Double) in
        let value = crossSections[index]
        guard value.isFinite, value > 0 else { return (0, 0) }
        let p = fit.probabilities(of: value)
        let best = p.indices.reduce(0) { p[$1] > p[$0] ? $1 : $0 }
        return (first + best, p[best])
      }
    }.flatMap { $0 }
    let spacings: [SpacedMixture.Means: Spacing] = [.free: .free, .proportional: .proportional, .curved: .curved]
    return Result(
      counts: found.map(\.0), probabilities: found.map(\.1),
      components: fit.means.indices.filter { fit.weights[$0] * fit.sampleCount > 0.5 }.map {
        Component(atoms: first + $0, mean: fit.means[$0], deviation: fit.deviations[$0], share: fit.weights[$0])
      },
      orders: histogram.orders, order: fit.means.count,
      evidence: .histogram, spacing: spacings[means]!, criterion: histogram.criterion,
      meanEntropy: fit.entropy / fit.sampleCount)
  }
}
