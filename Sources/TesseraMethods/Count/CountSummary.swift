import TesseraNumerics
import TesseraStructure

/// What a script wants of atom counting.
public struct CountSummary: Sendable, Encodable {
  /// Number of atoms, mean, standard deviation and share of each component of the mixture.
  public var components: [AtomCounter.Component]
  /// What was assumed of the means of the components; `free` where cross-sections are known.
  public var spacing: AtomCounter.Spacing
  /// By which criterion the number of components was chosen; `auto` where cross-sections are known and none was.
  public var criterion: AtomCounter.Criterion
  /// Whether the histogram alone or also neighbouring columns tell the counts.
  public var evidence: AtomCounter.Evidence
  /// Shares of the pairs of neighbours that differ by 0, 1, ... 6 or more atoms, if neighbours were asked.
  public var neighbourDifferences: [Double]?
  /// Share of the columns that have nothing to do with their neighbours, 0 ... 1; nil if neighbours were not asked.
  public var independentShare: Double?
  /// Where the cross-sections of known atoms come from; absent where they were found.
  public var source: String?
  /// Whether the columns tell how much one atom adds; if not, half or twice as many atoms suit them about as well.
  public var isStepDetermined: Bool
  /// Why they do not: `smooth` (intensities do not gather at equidistant values), `offset` (these are not whole numbers of atoms), `seconds` (every
  /// second number of thin columns is empty), `few` (so few thicknesses may have a common factor), `reference` (the known column has too large an
  /// error) or `unclear` (thicknesses overlap or do not follow one another); absent where they do.
  public var stepDoubt: AtomCounter.StepDoubt?
  /// How far the columns stand on a comb of equidistant intensities, and how far chance gets; absent where cross-sections are known.
  public var comb: AtomCounter.Comb?
  /// Columns brighter than any of known atoms.
  public var beyondCount: Int
  /// Mean probability of the counts, 0 ... 1; absent where the intensities show no steps, so that no number is probable.
  public var meanProbability: Double?
  /// Mean cross-section that one atom more adds, as a sum of pixel values; and mean entropy of the number of atoms of a column in nats, 0
  /// for certainty.
  public var crossSectionOfOne, meanEntropy: Double

  init(of result: AtomCounter.Result) {
    (components, spacing, criterion) = (result.components, result.spacing, result.criterion)
    evidence = result.evidence
    if evidence == .neighbours {
      (neighbourDifferences, independentShare) = (result.differences, result.independentShare)
    }
    (source, isStepDetermined, beyondCount) = (result.source, result.isStepDetermined, result.beyondCount)
    (stepDoubt, comb) = (result.stepDoubt, result.comb)
    crossSectionOfOne = result.crossSectionOfOne
    if result.stepDoubt != .smooth { meanProbability = Statistics.mean(result.probabilities.filter { $0 > 0 }) }
    meanEntropy = result.meanEntropy
  }
}
