import TesseraNumerics

/// The moire pattern of two hexagonal layers in one image: how they are turned and strained against each other, and where which
/// stacking lies.
public struct Moire: Sendable {
  /// A number with its standard error.
  public struct Measured: Sendable, Codable, Equatable {
    /// The estimate and its standard error, both in the unit of the quantity.
    public var value, error: Double
    /// - Parameters:
    ///   - value: the estimate.
    ///   - error: its standard error, in the same unit.
    public init(_ value: Double, error: Double) { (self.value, self.error) = (value, error) }
  }

  /// Whether the twist could be measured.
  public enum Status: String, Sendable, Codable {
    /// The twist is measured.
    case resolved
    /// Two layers are seen, but the twist is not measured, for the reason that `doubt` states.
    case unresolved
  }

  /// A place where three-fold axes of both layers coincide.
  public struct Anchor: Sendable, Equatable {
    /// In pixels.
    public var position: Point
    /// Standard error along the axis where it is largest, in pixels.
    public var error: Double
    /// How the layers lie on each other there.
    public var stacking: Stacking
  }

  /// One of the two layers.
  public struct Layer: Sendable, Equatable {
    /// The Bragg vectors of the layer in the image.
    public var lattice: LayerLattice
    /// Lattice constant in the length that `pixel` is given in, and its error.
    public var constant: Measured
    /// Root mean square of the layer's waves over the image, in the units of the image.
    public var strength: Double
  }

  /// Whether `twist`, strain, anchors and domains are known.
  public var status: Status
  /// Why the twist is not measured, as a sentence without a full stop; nil if resolved.
  public var doubt: String?
  /// Layers whose strengths differ by less than this part of the stronger one are alike: so much do noise, and a tilt of the beam or
  /// thickness that changes, move the strengths of two layers of one material.
  package static let likeStrengths = 0.1
  /// By how much two strengths differ, in parts of the larger one, 0 ... 1.
  package static func difference(ofStrengths one: Double, _ other: Double) -> Double {
    abs(one - other) / max(one, other, .leastNonzeroMagnitude)
  }
  /// Whether two strengths, of any one unit, are those of like layers.
  package static func areAlike(_ one: Double, _ other: Double) -> Bool {
    difference(ofStrengths: one, other) < likeStrengths
  }

  /// The two layers that were fitted, the stronger one first; of two like ones that from which the twist is positive.
  public var layers: [Layer]
  /// Angle between the layers in radians, 0 ... π/6: to the nearest multiple of 60 degrees, without sign. Nil if unresolved.
  public var twist: Measured?
  /// Components along the image's axes of the strain of the second layer against the first. Nil if unresolved.
  public var exx, eyy, exy: Measured?
  /// The lattice of the moire pattern, in pixels, and its lattice constant with error.
  public var vectors: LatticeVectors
  /// Lattice constant of the moire pattern with its error.
  public var period: Measured
  /// How many periods the shorter side of the image holds.
  public var periodsInField: Double
  /// Whether the layers point the same way; it decides which three stackings occur.
  public var orientation: LayerOrientation
  /// The three stackings, the numbers of `domains`.
  public var stackings: [Stacking]
  /// Row after row; empty if unresolved.
  public var anchors: [Anchor]
  /// For each pixel the stacking of the nearest anchor: 1, 2, 3 as in `stackings`; 0 if unresolved.
  public var domains: Raster<UInt16>
  /// Places of the brighter columns of the first layer nearest to each anchor, in pixels: where patches of one stacking look alike.
  public var centres: [Point]
  /// Twist and strain from place to place; nil where the image holds no more than one window, and if unresolved, unless windows show two
  /// layers that are rigid there and not in the whole image.
  public var map: TwistMap?
  /// Where in the image each layer lies: anchors and domains are those of the part that holds both.
  public var presence: LayerPresence
  /// The phases of both layers, from which the anchors follow; nil if unresolved.
  var registry: Registry?
  /// The difference of phases of each of `stackings`.
  var differences: [Double] = []
}
