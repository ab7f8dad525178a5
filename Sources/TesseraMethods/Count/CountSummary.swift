import TesseraNumerics
import TesseraStructure

/// What a script wants of atom counting.
public struct CountSummary: Sendable, Encodable {
  public var components: [AtomCounter.Component]
  public var spacing: AtomCounter.Spacing
  public var criterion: AtomCounter.Criterion
  public var evidence: AtomCounter.Evidence
  /// Shares of the pairs of neighbours that differ by 0, 1, ... 6 or more atoms, if neighbours were asked.
  public var neighbourDifferences: [Double]?
  public var independentShare: Double?
  /// Where the cross-sections of known atoms come from; absent where they were found.
  public var source: String?
  /// Whether the columns tell how much one atom adds; if not, half or twice as many atoms suit them about as well.
  public var isStepDetermined: Bool
  /// Columns brighter than any of known atoms.
  public var beyondCount: Int
  public var crossSectionOfOne, meanProbability, meanEntropy: Double

  init(of result: AtomCounter.Result) {
    (components, spacing, criterion) = (result.components, result.spacing, result.criterion)
    evidence = result.evidence
    if evidence == .neighbours {
      (neighbourDifferences, independentShare) = (result.differences, result.independentShare)
    }
    (source, isStepDetermined, beyondCount) = (result.source, result.isStepDetermined, result.beyondCount)
    crossSectionOfOne = result.crossSectionOfOne
    meanProbability = Statistics.mean(result.probabilities.filter { $0 > 0 })
    meanEntropy = result.meanEntropy
  }
}
