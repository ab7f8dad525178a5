import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What a strain analysis found. Tables, figures and the report are functions of this value alone.
public struct StrainResult: Sendable {
  public var micrograph: Micrograph
  public var prepared: Preparation.Prepared
  /// Nil where only phases were analysed.
  public var columns: KnownColumns?
  /// Nil where the columns share none, or were not sought.
  public var lattice: Lattice?
  /// Nil where only columns were used.
  public var phases: GeometricPhase.Outcome?
  /// By each method; the first is the main one, from columns where both were used.
  public var maps: [StrainMap]
  /// The strain at each column, in the order of `columns`; nil where unknown. Empty without columns.
  public var columnStrains: [LocalStrain?]
  public var reference: StrainReference
  public var choices: [AnalysisResult.Choice]
  public var timings: [AnalysisResult.Timing]
  public var warnings: [String]
}
