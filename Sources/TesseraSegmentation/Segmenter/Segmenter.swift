import Foundation
import TesseraImaging
import TesseraNumerics

/// Divides an image into phases, grains and faults by local symmetry [S21].
///
/// Descriptors of a grid of points, their principal components, patterns (`PatternFinder`), regions that grow from the
/// insides of patterns to the lines where the descriptor changes fastest (`Watershed`), and boundaries that a smaller patch
/// places (`BoundaryRefinement`). The last two are our own: [S21] gives each pixel to the nearest pattern, which makes
/// boundaries as wide as a patch patterns of their own.
public struct Segmenter: Sendable, Codable, Equatable {
  /// Kinds of operations whose scores make a descriptor.
  public enum Operations: String, Sendable, Codable, CaseIterable {
    /// Shifts, as scored by `TranslationDescriptor`.
    case translations
    /// Turns, mirror planes, and mirror planes with a move along them, as scored by `PointGroupDescriptor`.
    case rotations, reflections, glides
    /// Waves, as `SpectrumDescriptor` finds them.
    case spectrum
    /// Symmetry and handedness, as scored by `MomentDescriptor`: the only kind that tells a motif from its copy turned by 180 degrees.
    case zernike
  }

  /// Joined if there are several, each with equal weight.
  public var operations: [Operations] = [.translations]
  /// How many operations make the descriptor in the end, 1 or more: those that tell the patterns apart best, which all operations have
  /// shown before; nil: all of them.
  public var best: Int?
  /// Side of the patch in pixels, odd, 3 or more; nil: three plane spacings.
  public var patchSize: Int?
  /// Largest shift along x and y, and half the side of the window in which the best rotation or reflection counts, in
  /// pixels; 1 or more; nil: one and a half plane spacings.
  public var window: Int?
  /// Distance in pixels between points at which descriptors are computed, 1 or more; nil: a fifth of a plane spacing.
  public var stride: Int?
  /// Principal components of the descriptors, 1 or more.
  public var components = 5
  /// Groups the points of the grid into patterns, and decides how many there are.
  public var finder = PatternFinder()

  /// Translations alone, with all scales from the plane spacing and the number of patterns from the image.
  public init() {}

  /// The scales of a segmentation, in pixels.
  public struct Scales: Sendable, Codable, Equatable {
    /// Distance of lattice planes; a third of the patch where it was not measured.
    public let spacing: Double
    /// Full side of the patch.
    public let patchSize: Int
    /// Largest shift along x and y, and half the side of the window in which the best rotation or reflection counts.
    public let window: Int
    /// Distance between neighbouring points of the grid of descriptors.
    public let stride: Int
    /// Standard deviation of the Gaussian over which descriptors are averaged, where their noise hides what they tell apart; nil: none.
    public private(set) var smoothing: Double?

    /// Scales at hand, in pixels.
    public init(spacing: Double, patchSize: Int, window: Int, stride: Int) {
      (self.spacing, self.patchSize, self.window, self.stride) = (spacing, patchSize, window, stride)
    }

    /// The same with averages over a Gaussian of this standard deviation, in pixels; nil: without.
    func averaging(over deviation: Double?) -> Scales {
      var result = self
      result.smoothing = deviation
      return result
    }

    var half: Int { patchSize / 2 }
    /// How far a descriptor sees from its point, what lies far out in the average aside.
    var sight: Double { Double(half) + (smoothing ?? 0) }
    /// How far from a boundary a descriptor may see across it.
    var reach: Double { sight + Double(window) / 2 }
  }

  /// The scales for an image.
  ///
  /// - Parameters:
  ///   - spacing: distance of lattice planes in pixels; nil if the image shows none.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  /// - Throws: `DataError` where scales are neither given nor known, or the image is smaller than a patch.
  public func scales(spacing: Double?, width: Int, height: Int) throws -> Scales {
    if let count = finder.count {
      try require(count >= 2, setting("patterns"), is: count, mustBe: "2 or more; one pattern is no segmentation")
    }
    try require(patchSize.map { $0 >= 3 } ?? true, setting("patch size"), is: patchSize ?? 0, mustBe: "3 or more")
    try require(window.map { $0 >= 1 } ?? true, setting("window"), is: window ?? 0, mustBe: "1 or more")
    try require(stride.map { $0 >= 1 } ?? true, setting("stride"), is: stride ?? 0, mustBe: "1 or more")
    try require(best.map { $0 >= 1 } ?? true, "the number of best operations", is: best ?? 0, mustBe: "1 or more")
    guard let spacing = spacing ?? patchSize.map({ Double($0) / 3 }) else {
      throw DataError(
        "no distance of lattice planes stands out of the power spectrum, so no patch size can be chosen; a "
          + "\(setting("patch size")) of about three column spacings divides the image anyway")
    }
    let half = max(2, patchSize.map { $0 / 2 } ?? Int(saturating: (1.5 * spacing).rounded()))
    let result = Scales(
      spacing: spacing, patchSize: 2 * half + 1, window: window ?? max(2, Int(saturating: (1.5 * spacing).rounded())),
      stride: stride ?? max(1, Int(saturating: (spacing / 5).rounded())))
    try Self.check(result, width: width, height: height)
    return result
  }

  /// Throws where an image is too small for the scales.
  static func check(_ scales: Scales, width: Int, height: Int) throws(DataError) {
    guard min(width, height) >= scales.patchSize + 2 else {
      throw DataError(
        "the image has \(width) x \(height) pixels and a patch \(scales.patchSize) x \(scales.patchSize); the image must "
          + "be larger than a patch")
    }
    guard (1...min(width, height)).contains(scales.window) else {
      throw DataError(
        "the image has \(width) x \(height) pixels; a \(setting("window")) of \(scales.window) pixels leaves it")
    }
  }
}
