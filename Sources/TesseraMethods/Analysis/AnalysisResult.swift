import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Everything the main analysis of one micrograph found, stage by stage. The report, the tables and the figures are
/// functions of this value alone.
public struct AnalysisResult: Sendable {
  /// The image as read.
  public var micrograph: Micrograph
  /// The image as analysed: columns bright, labels masked.
  public var prepared: Preparation.Prepared
  /// What the finder saw: scale, noise, background, residual.
  public var finding: ColumnFinder.Found
  /// The columns, then the vacant lattice nodes; the order of `sites.csv`.
  public var sites: Sites
  /// Standard errors of x and y in pixels, in the order of `sites`; infinite where unknown.
  public var positionErrors: [Point]
  public var patchSize: PatchSize.Estimate
  /// Side of the patches that were cut, in pixels; odd.
  public var patchSide: Int
  /// The power spectrum of the prepared image.
  public var spectrum: PowerSpectrum
  /// Of the largest grain; nil where the columns share no lattice.
  public var lattice: Lattice?
  /// Several crystals, if there are several; labels of columns only. Nil in a single crystal.
  public var grains: Grains?
  /// Full Zernike moments, one row a site; NaN where a site has no patch.
  public var moments: ZernikeMoments
  /// The features that were classified, one row a site; NaN where a site has no patch.
  public var features: Matrix<Float>
  /// One point a site; NaN where a site has no patch.
  public var layout: Layout
  /// Labels 1 ... count in the order of `sites`; 0 where a site has no patch.
  public var classes: Classes
  /// Whether the motifs fall into classes at all.
  public var structure: StructureKind
  /// Mean patch of each class, `patchSide` pixels square; `classAverages[label - 1]`.
  public var classAverages: [Raster<Float>]
  /// Nil where there are too few sites for cells.
  public var cells: Cells?
  public var hierarchy: Hierarchy?
  /// From the places of the columns; nil where they share no lattice.
  public var strain: StrainMap?
  /// The parameters that were chosen, with the reason for each, in the order of the stages.
  public var choices: [Choice]
  /// Seconds a stage, in the order they ran.
  public var timings: [Timing]
  public var warnings: [String]
  public var seed: UInt64

  /// A parameter, its value, and why it has it.
  public struct Choice: Sendable, Codable, Equatable {
    public var name, value, reason: String
    public init(_ name: String, _ value: String, _ reason: String) {
      (self.name, self.value, self.reason) = (name, value, reason)
    }
  }

  public struct Timing: Sendable, Codable, Equatable {
    public var stage: String
    public var seconds: Double
    public init(stage: String, seconds: Double) { (self.stage, self.seconds) = (stage, seconds) }
  }
}

/// Whether the motifs of an image fall into classes, or change gradually from place to place.
public struct StructureKind: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable { case discrete, continuous }
  public var kind: Kind
  /// Share of the variance between motifs (noise taken off) that the classes explain, 0 ... 1.
  public var explained: Double
  /// Why, as a sentence.
  public var reason: String
  public init(kind: Kind, explained: Double, reason: String) {
    (self.kind, self.explained, self.reason) = (kind, explained, reason)
  }
}
