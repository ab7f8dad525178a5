import TesseraImaging
import TesseraNumerics

/// What lies under the probe, laid out on the pixels of one frame, with everything known about it.
public struct Scene: Sendable {
  /// All columns that reach into the image, those just outside the frame included.
  public var columns: [ImagedColumn] = []
  /// The truth: one row for each node inside the frame.
  public var sites: [TrueSite] = []
  /// Lattices of the scene, in the order of the region labels.
  public var lattices: [TrueLattice] = []
  /// Region of each pixel, 1 upwards, for specimens made of regions.
  public var labels: Raster<UInt16>?
  /// Displacement gradients of a strained specimen.
  public var strain: StrainPlanes?
  /// Of a bilayer whose second layer is bent or strained: twist in degrees, exx, eyy and exy against the first, at each pixel.
  public var twist: [Raster<Float>]?
  /// Further numbers of the specimen that a reader of the truth may want (twist angle, moire period, ...), by name.
  public var facts: [String: Double] = [:]

  /// An empty scene, for a `Specimen` to fill.
  public init() {}
}
