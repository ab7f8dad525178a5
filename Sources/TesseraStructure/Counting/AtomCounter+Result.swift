import Foundation
import TesseraNumerics

extension AtomCounter {
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
    /// The evidence that was used; never `auto`.
    public var evidence: Evidence
    /// The spacing that was used: never `auto`, and `free` where the cross-sections were given.
    public var spacing: Spacing
    /// The criterion that was used; `auto` only where the cross-sections were given, which leaves nothing to choose.
    public var criterion: Criterion
    /// Where neighbours were used: shares of the pairs of neighbours that differ by 0, 1, ... 5 and by 6 or more atoms.
    public var differences: [Double] = []
    /// And the share of the columns that have nothing to do with their neighbours.
    public var independentShare: Double = 1
    /// Mean entropy of a column's number, in nats; 0 is certainty.
    public var meanEntropy: Double
    /// Where the cross-sections of 1, 2, 3, ... atoms come from, if they were given.
    public var source: String?
    /// Standard error of the column by which `source` is scaled, as a share of its cross-section; 0 where no column scales it.
    public var sourceError = 0.0
    /// Whether the intensities have nothing to do with the cross-sections that were given: they lie between them as often as at them.
    public var missesSource = false
    /// Whether a comb of half steps suits the intensities better, but left every second number of thin columns empty.
    public var isHalved = false
    /// Columns brighter than any of known atoms, which have no number.
    public var beyondCount = 0

    /// The columns with a number.
    public var countedCount: Int { counts.count { $0 > 0 } }

    /// What tells the comb of numbers from a smooth distribution; nil where fewer than two numbers were found, or the cross-sections were given.
    public var comb: Comb?

    /// Whether the columns tell how much one atom adds.
    public var isStepDetermined: Bool { stepDoubt == nil }

    /// Why the columns do not tell how much one atom adds; nil where they do. Where thicknesses overlap or hardly any is seen twice, half or
    /// twice as many atoms suit the histogram about as well, and any step suits columns of one thickness or of two elements.
    public var stepDoubt: StepDoubt? {
      guard let first = components.first, let last = components.last else { return .unclear }
      if source != nil {
        return sourceError * Double(last.atoms) > Self.largestError ? .reference : missesSource ? .given : nil
      }
      guard let comb else { return .few }
      if isHalved || emptySeconds != nil { return .seconds }
      if !comb.isSeen { return comb.gathering > comb.gatheringOfChance ? .offset : .smooth }
      if components.count < Self.fewestThicknesses { return .few }
      let follow = Double(components.count) >= Self.leastFilling * Double(last.atoms - first.atoms + 1)
      let isWithin = orders.map(\.components).max().map { $0 > order || orders.count == 1 } ?? true
      if !follow || !isWithin { return .unclear }
      if evidence == .neighbours { return independentShare < Self.mostIndependent ? nil : .unclear }
      let isResolved = meanEntropy < AtomCounter().resolvedEntropy
      return isResolved && countedCount >= Self.fewestPerThickness * components.count ? nil : .unclear
    }

    /// The numbers of which every second holds hardly a column; nil where none are like that.
    package var emptySeconds: EmptySeconds? {
      var members = [Double](repeating: 0, count: components.last?.atoms ?? 0)
      for component in components { members[component.atoms - 1] = component.share * Double(countedCount) }
      return EmptySeconds(in: members)
    }

    /// A reference column shifts no number by more than this, in atoms, for one standard error.
    private static let largestError = 0.25
    /// Numbers of fewer thicknesses may have a common factor: where each is as likely odd as even, five are even in one case of 32.
    private static let fewestThicknesses = 5
    /// Where less than this share of the numbers from the least to the most holds columns, they do not follow one another.
    private static let leastFilling = 0.75
    /// Neighbours tell nothing where more of the columns than this share have nothing to do with theirs.
    private static let mostIndependent = 0.5
    /// A histogram of fewer columns a thickness has no peaks.
    private static let fewestPerThickness = 8

    /// Mean cross-section of one atom more.
    public var crossSectionOfOne: Double {
      guard let first = components.first, let last = components.last, last.atoms > first.atoms else {
        return components.first.map { $0.mean / Double($0.atoms) } ?? .nan
      }
      return (last.mean - first.mean) / Double(last.atoms - first.atoms)
    }
  }

  /// Columns of one number of atoms, as the mixture describes them.
  public struct Component: Sendable, Codable, Equatable {
    /// Number of atoms, 1 or more.
    public var atoms: Int
    /// Mean and standard deviation of the cross-sections, in their unit, and the share of the columns, 0 ... 1.
    public var mean, deviation, share: Double
  }

  /// The information criteria of a mixture with one number of components; the least is best. Nil where not computed.
  public struct Order: Sendable, Codable, Equatable {
    /// Number of components.
    public var components: Int
    /// Of the histogram.
    public var icl, bic: Double?
    /// Of neighbours, with α = 1, of the columns that were asked for the step.
    public var plic: Double?
  }

  /// Why the columns do not tell how much one atom adds.
  public enum StepDoubt: String, Sendable, Codable, CaseIterable {
    /// The cross-sections do not gather at equidistant values more than those of a smooth distribution.
    case smooth
    /// They do gather, but no nearer to whole numbers of atoms than to halves, as where a constant is added to all or missing.
    case offset
    /// Every second of the numbers that follow one another holds hardly a column: half as many atoms suit the image as well.
    case seconds
    /// The column of known atoms is not known well enough to count the thick ones by it.
    case reference
    /// The cross-sections lie between those that were given as often as at them.
    case given
    /// So few thicknesses follow one another that their numbers may have a common factor.
    case few
    /// Thicknesses overlap, hold few columns each, do not follow one another, or would go on beyond those that were tried.
    case unclear
  }

  /// How far cross-sections stand on a comb of equidistant values, and how far chance gets; logarithms of likelihood ratios, in nats.
  public struct Comb: Sendable, Codable, Equatable {
    /// Of single cross-sections: on the comb against the same distribution with its teeth smoothed away, without the two numbers of
    /// atoms that say most, as any two suit some comb.
    public var gathering: Double
    /// Of the columns with their neighbours, if these are evidence: on the comb against the best one that is moved by half a step.
    public var halfStepLead: Double
    /// The same without the two numbers that say most.
    public var halfStepRest: Double
    /// By how much a comb moved up by a quarter of a step is better than one moved down.
    public var sway: Double
    /// Whether neighbours are evidence.
    public var hasNeighbours: Bool
    /// What `gathering` of smooth distributions does not reach.
    public private(set) var gatheringOfChance = Self.leastGathering
    /// What `halfStepRest` of smooth distributions does not reach.
    public private(set) var halfStepRestOfChance = Self.leastRest

    /// Whether the columns stand on the comb, whose teeth are nearer to whole numbers of atoms than to halves.
    public var isSeen: Bool {
      halfStepLead > Self.leastLead && abs(sway) <= halfStepLead
        && (gathering > gatheringOfChance || hasNeighbours && halfStepRest > halfStepRestOfChance)
    }

    /// A likelihood ratio of e^12 is met by chance once in e^12 combs, and a few hundred are tried: one image in 500. Of 74 smooth
    /// distributions and images of other things those whose teeth are not nearer to halves reached 0.5; slopes along a lattice, whose rows
    /// are equidistant indeed, 77.
    private static let leastGathering = 12.0
    /// A difference above 5 in logarithms of likelihoods is very strong evidence: Kass & Raftery, J. Am. Stat. Assoc. 90 (1995) 773. One more
    /// as either comb is the likeliest of several with other numbers of teeth, of which the best gains about a nat by chance.
    private static let leastLead = 6.0
    /// Of 47 of these images with neighbours none reached 2 whose half step was 6 behind, and those with less than 6 reached 1.8;
    /// the least of wedges of 30 columns per thickness at 10³ electrons per square Angstrom is 2.9.
    private static let leastRest = 2.0
  }
}
