import TesseraNumerics

/// An image divided into patterns by local symmetry.
public struct Segmentation: Sendable {
  /// Pattern of each pixel: 1 the largest, 0 where no pixel was measured.
  public let labels: Raster<UInt16>
  /// In the order of their labels.
  public let patterns: [Pattern]
  /// Share of the measured pixels that fit no pattern, 0 ... 1; 0 where patterns are the image's own.
  public let unknownFraction: Double
  /// Length of the boundaries between patterns, in pixels.
  public let boundaryLength: Double
  /// Connected regions of equal label, specks left out.
  public let regionCount: Int
  /// The scales that were used.
  public let scales: Segmenter.Scales
  /// The descriptors from which patterns were found.
  public let field: DescriptorField
  /// How fast the descriptor changes across each point of the grid: ridges are boundaries and faults.
  public let change: Raster<Float>
  /// How the number of patterns came about, from many groups to few.
  public let steps: [PatternFinder.Step]
  /// The number of patterns that gaps between descriptors speak for, whatever was asked, parts of one lattice (`joins`) being one; that of
  /// the model where one was given.
  public let foundCount: Int
  /// How well each operation tells the patterns apart; nil of one pattern, and where the patterns are another image's.
  public let ranking: OperationRanking?
  /// Whether the patterns are another image's.
  public let isByModel: Bool
  /// By which other images can be divided into the same patterns.
  public let model: PatternModel
  /// What the correlations of this image were multiplied by to be compared with those of the image of the model: above 1 where noise is
  /// stronger here; 1 where the patterns are the image's own.
  public let gain: Double

  /// Patterns of a model that cannot be told from one another in this image: their pixels are unknown; or patterns that were marked
  /// and are not told apart.
  public let mergedPatterns: [Int]
  /// Patterns of a model of which pixels have no lattice here and one in the image of the model, or one here and none there: these are
  /// something else and have no label.
  public let refusedPatterns: [Int]
  /// Regions with a gap between their descriptors that are parts of one lattice, distorted a little.
  public let joins: [LatticeDistortion]
  /// Patterns that were marked and whose own marks symmetry gives to others, a fifth of their pixels or more.
  public let contradictedMarks: [Int]
  /// How probable each pattern is at each pixel; computed when asked.
  public let probabilities: PatternProbabilities
  /// Pixels that hold a measurement; nil: all.
  public var isMeasured: Raster<Bool>? { probabilities.isMeasured }

  /// One pattern.
  public struct Pattern: Sendable, Codable, Equatable {
    /// Number of the pattern in `labels`, from 1, the largest.
    public let label: Int
    /// Number of pixels; 0 of a pattern of a model that the image does not show.
    public let pixels: Int
    /// Of the pixels that were measured, those that fit no pattern among them, 0 ... 1.
    public let fraction: Double
    /// Standard error of `fraction` from the places of boundaries with other patterns (`PatternProbabilities`), which a boundary of one
    /// kind moves to one side all along; 0 without boundaries.
    public let fractionError: Double
    /// Vectors, in pixels, that repeat the pattern best, shortest first; none without a lattice.
    public let repeats: [Point]
    /// Autocorrelation at the best of them: 1 for a perfect repetition without noise, 0 for none.
    public let correlation: Double
    /// How the pattern repeats itself: the same shifts must repeat two halves of its pixels. Not asked of
    /// narrow patterns, most of whose pixels belong to what lies beside them.
    public let order: Order
    /// Whether the pattern has a lattice.
    public var isOrdered: Bool { order == .lattice }
    /// Whether no region of the pattern is wider than a patch and a window, and its pixels repeat themselves: a fault or a boundary, rather
    /// than a phase or vacuum.
    public let isNarrow: Bool
    /// Autocorrelation of the pattern's pixels at shifts up to three plane spacings, no shift in the middle.
    public let autocorrelation: Raster<Float>

    /// In how many directions a pattern repeats itself.
    public enum Order: String, Sendable, Codable {
      /// Along two directions, as a crystal seen along an axis.
      case lattice
      /// Along one direction: lattice fringes of a crystal that is off axis, or of an image that resolves one set of planes.
      case fringes
      /// Along none, more than chance does.
      case none
    }
  }
}

extension Raster<UInt16> {
  /// For each two labels from 1 to `count`, the length of the lines between their pixels, in pixels, from how often lines in four
  /// directions cross them (the Cauchy-Crofton formula: Serra, Image Analysis and Mathematical Morphology (1982), ch. VII); symmetric.
  /// A straight boundary's length is right within 5 %; steps of single pixels add nothing.
  package func boundaryLengths(count: Int) -> Matrix<Double> {
    var straight = Matrix<Double>(rows: count, columns: count, filling: 0)
    var diagonal = straight
    for y in 0..<height {
      for x in 0..<width {
        let here = Int(values[y * width + x])
        guard here > 0 else { continue }
        func cross(_ index: Int, _ crossings: inout Matrix<Double>) {
          let other = Int(values[index])
          if other != here, other > 0 { crossings[here - 1, other - 1] += 1 }
        }
        if x + 1 < width { cross(y * width + x + 1, &straight) }
        if y + 1 < height {
          cross((y + 1) * width + x, &straight)
          if x + 1 < width { cross((y + 1) * width + x + 1, &diagonal) }
          if x > 0 { cross((y + 1) * width + x - 1, &diagonal) }
        }
      }
    }
    var result = straight
    for a in 0..<count {
      for b in 0..<count {
        result[a, b] =
          Double.pi / 8
          * (straight[a, b] + straight[b, a] + (diagonal[a, b] + diagonal[b, a]) / 2.0.squareRoot())
      }
    }
    return result
  }
}
