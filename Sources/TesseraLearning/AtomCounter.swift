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
  public enum Criterion: String, Sendable, Codable, CaseIterable { case auto, icl, bic }

  public var spacing = Spacing.auto
  public var criterion = Criterion.auto
  /// Most components tried; 2 ... 200.
  public var largestCount = 40
  /// Whether the variance may grow with the mean, as counting noise does; otherwise one width for all (the papers').
  public var hasCountingNoise = true
  /// Components are resolved where the mean entropy of a column is below this, in nats; positive.
  public var resolvedEntropy = 0.3

  public init() {}

  /// Numbers of atoms, and what they rest on.
  public struct Result: Sendable, Codable {
    /// Atoms of each column; 0 where the cross-section is not finite or not positive.
    public var counts: [Int]
    /// Probability of that number under the mixture, 0 ... 1.
    public var probabilities: [Double]
    /// Number of atoms, mean, standard deviation and share of each component.
    public var components: [Component]
    /// Criteria against the number of components, of the spacing that was taken.
    public var orders: [Order]
    /// The number of components that was taken; of those, `components` has the ones that hold columns.
    public var order: Int
    public var spacing: Spacing
    public var criterion: Criterion
    /// Mean entropy of a column's number, in nats; 0 is certainty.
    public var meanEntropy: Double

    /// Mean cross-section of one atom more.
    public var crossSectionOfOne: Double {
      guard let first = components.first, let last = components.last, last.atoms > first.atoms else {
        return components.first.map { $0.mean / Double($0.atoms) } ?? .nan
      }
      return (last.mean - first.mean) / Double(last.atoms - first.atoms)
    }
  }

  public struct Component: Sendable, Codable, Equatable {
    public var atoms: Int
    public var mean, deviation, share: Double
  }

  public struct Order: Sendable, Codable, Equatable {
    public var components: Int
    public var icl, bic: Double
  }

  /// The number of atoms of each column.
  /// - Parameters:
  ///   - crossSections: integrated intensities above the background, in any unit.
  ///   - errors: their standard errors in the same unit, or none. Not used with free means, nor with one width for all.
  public func counts(of crossSections: [Double], errors: [Double] = []) throws -> Result {
    precondition(errors.isEmpty || errors.count == crossSections.count)
    try require((2...200).contains(largestCount), "largest count", is: largestCount, mustBe: "within 2 ... 200")
    try require(resolvedEntropy > 0, "resolved entropy", is: resolvedEntropy, mustBe: "positive")
    let known = crossSections.filter { $0.isFinite && $0 > 0 }
    guard known.count >= 10 else {
      throw DataError("atom counting needs at least 10 columns with an intensity, but has \(known.count)")
    }
    let sample = SpacedMixture.Sample(known)
    let sorted = known.sorted()
    let (bottom, top) = (Statistics.quantile(sorted: sorted, 0.003), Statistics.quantile(sorted: sorted, 0.997))
    let noise = hasCountingNoise ? SpacedMixture.Noise(values: crossSections, errors: errors) : nil
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
    let asked: [SpacedMixture.Means] =
      switch spacing {
      case .auto: [.proportional, .curved]
      case .proportional: [.proportional]
      case .curved: [.curved]
      case .free: [.free]
      }
    var (means, fits) = (asked[0], tried(asked[0]))
    var choice = chosen(fits)
    if spacing == .auto {
      let others = tried(.curved)
      let other = chosen(others)
      // By the BIC: the ICL would prefer whichever overlaps less, be it right or not.
      if other.fit.bic < choice.fit.bic && other.fit.entropy / sample.total < resolvedEntropy {
        (means, fits, choice) = (.curved, others, other)
      }
    }
    return result(of: choice.fit, crossSections, fits: fits, means: means, criterion: choice.criterion)
  }

  private func result(
    of fit: SpacedMixture.Fit, _ crossSections: [Double], fits: [SpacedMixture.Fit], means: SpacedMixture.Means,
    criterion: Criterion
  ) -> Result {
    // Of free means the spacing tells how many atoms the first stands for.
    let range = (fit.means.last ?? 0) - (fit.means.first ?? 0)
    let first =
      means == .free && range > 0
      ? max(1, Int((fit.means[0] / range * Double(fit.means.count - 1)).rounded())) : 1
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
      orders: fits.enumerated().map { Order(components: $0 + 1, icl: $1.icl, bic: $1.bic) }, order: fit.means.count,
      spacing: spacings[means]!, criterion: criterion, meanEntropy: fit.entropy / fit.sampleCount)
  }
}
