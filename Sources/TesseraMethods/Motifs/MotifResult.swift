import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// What a `MotifMethod` found in one image.
public struct MotifResult: MethodResult {
  /// The settings that gave the result; what they left open is in `record.choices`.
  public var settings: MotifMethod
  /// The input, the choices, the times and the warnings that led to the result.
  public var record: RunRecord
  /// The columns and what led to them.
  public var finding: ColumnFinder.Found
  /// Columns, then vacant nodes: rows of `sites.csv`.
  public var sites: Sites
  /// Nodes of the lattice at which no column was found.
  public var vacantNodes: [VacantNode]
  /// How many of the columns are too faint to be found by themselves: the lattice foretells them, and the pixels show them. By so many the
  /// columns are more than those of `sites` in the same image.
  public var addedCount = 0
  /// Further nodes without a column, at which the pixels do not show that none stands there.
  public var undecidedNodeCount: Int
  /// What each site holds of its sublattice, and how sure its kind is; nil where that is not known. Empty without a lattice.
  public var occupancies: [NodeOccupancy?]
  /// What the power spectrum says of the size of a patch, whether or not it was followed.
  public var patchSizeEstimate: PatchSize.Estimate
  /// Side of the patches that were cut, in pixels; odd.
  public var patchSize: Int
  /// The power spectrum of the prepared image.
  public var spectrum: PowerSpectrum
  /// The crystals of the image, labels of columns only; nil where the columns share no lattice.
  public var grains: Grains?
  /// Waves of displacement that run through the lattice of a large cell; nil without any, and where the cell is not large.
  public var modulation: LatticeModulation?
  /// How bright columns of one kind are in each place, by which patches were divided; nil where they were not.
  public var brightness: BrightnessField?
  /// Jumps of the scan, which the patches are without.
  var jumps: ScanJumps
  /// Full Zernike moments, one row per site; NaN where a site has no patch.
  public var moments: ZernikeMoments
  /// Standard deviation of a moment from the noise of the pixels alone, in the image's units.
  public var momentNoise: Double
  /// By how much scan lines are shifted against one another all over the image, in pixels; 0 where both halves of the lines do not agree.
  public var lineJitter = 0.0
  /// The features that were classified, one row per site; NaN where a site has no patch.
  public var features: Matrix<Float>
  /// One point per site; NaN where a site has no patch.
  public var layout: Layout
  /// Labels 1 ... count in the order of `sites`; 0 where a site has no patch.
  public var classes: Classes
  /// Whether the motifs fall into classes at all.
  public var structure: StructureKind
  /// Sites that are like none of the classes.
  public var outliers: SiteOutliers
  /// Nil where there are too few sites for cells.
  public var cells: Cells?
  /// Motif-cells and how they contain one another; nil where there are no cells.
  public var hierarchy: Hierarchy?
  /// From the positions of the columns; nil where they share no lattice.
  public var strain: StrainMap?
  /// Pattern of each site, 0 where none is known; nil where the image is one pattern, or none were wanted.
  public var sitePatterns: [Int]?
  /// The patterns of the image; empty where `sitePatterns` is nil.
  public var patterns: [PatternShare]

  /// The lattice of the largest grain; nil where the columns share none.
  public var lattice: Lattice? { grains?.lattice }
  /// The number of columns of the image: neither vacant nodes nor columns centred outside.
  public var columnCount: Int { finding.sites.columnCount }
  /// The number of columns centred outside the image.
  public var outsideCount: Int { finding.sites.count - columnCount }

  /// The number of columns that hold less than their sublattice.
  public var partialCount: Int { sites.sites.count { $0.kind == .partial } }

  /// The number of columns of which it is known whether they do: not those that the border cuts, or off the lattice.
  public var judgedCount: Int { zip(sites.sites, occupancies).count { $0.kind != .vacant && $1 != nil } }

  /// The range of 95 % for the number of such columns among those judged, from the probability that each column is one: their sum, and
  /// the root of the sum of p (1 - p).
  public var partialRange: ClosedRange<Int> {
    let known = zip(sites.sites, occupancies).compactMap { site, occupancy in
      site.kind == .vacant ? nil : occupancy.map { $0.kind == .partial ? $0.probability : 1 - $0.probability }
    }
    let (mean, variance) = (known.reduce(0, +), known.reduce(0) { $0 + $1 * (1 - $1) })
    let reach = 1.96 * variance.squareRoot()
    let (low, high) = (Int(saturating: (mean - reach).rounded()), Int(saturating: (mean + reach).rounded()))
    return max(0, min(low, partialCount))...max(high, partialCount)
  }

  /// In how many of the patterns columns stand; 0 where none are known.
  var patternCount: Int { patterns.count(at: sitePatterns ?? []) }

  /// The numbers of columns, vacant nodes and motifs, in one sentence.
  public var sentences: [String] {
    let (vacant, partial) = (vacantNodes.count, partialCount)
    let kinds =
      structure.kind == .continuous
      ? "motifs that change continuously" : "\(classes.count) motif\(classes.count == 1 ? "" : "s")"
    return [
      "\(columnCount) columns" + (addedCount > 0 ? " (\(addedCount) of them found by the lattice)" : "")
        + (patternCount > 1 ? " in \(patternCount) patterns" : "")
        + (partial > 0 ? ", \(partial) of them partly filled" : "")
        + (vacant > 0 ? ", \(vacant) vacant node\(vacant == 1 ? "" : "s")" : "") + ", \(kinds)"
        + (outliers.places.isEmpty
          ? "" : ", \(outliers.places.count) outlier\(outliers.places.count == 1 ? "" : "s")")
    ]
  }
}
