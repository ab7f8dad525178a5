import TesseraImaging
import TesseraNumerics

/// An atom column as the probe meets it.
public struct ImagedColumn: Sendable, Equatable {
  /// Place in pixels.
  public var position: Point
  /// Height of its Gaussian; only ratios between columns matter.
  public var weight: Double

  public init(position: Point, weight: Double) {
    self.position = position
    self.weight = weight
  }
}

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
  /// Further numbers of the specimen that a reader of the truth may want (twist angle, moire period, ...), by name.
  public var facts: [String: Double] = [:]

  public init() {}
}

/// A lattice of the scene, in image pixels.
public struct TrueLattice: Sendable, Codable, Equatable {
  /// Lattice vectors, and the place of the origin of one cell, in pixels.
  public var a, b, origin: Point
  /// Radius of the patch disc that `environment` refers to, in pixels: the spacing of the planes behind the first dominant
  /// ring of the power spectrum, unless the specimen says otherwise.
  public var patchRadius: Double
}

/// Where a scene is wanted.
public struct SceneRequest: Sendable {
  public var frame: Frame
  /// Standard deviation of an imaged column, in pixels.
  public var columnSigma: Double
  /// How far outside the frame a column still reaches into the image, in pixels.
  public var reach: Double
  /// Decides where the lattice starts, which nodes are defects and how far columns are displaced.
  public var seed: UInt64

  /// - Parameter reach: six standard deviations unless told otherwise.
  public init(frame: Frame, columnSigma: Double, reach: Double? = nil, seed: UInt64) {
    self.frame = frame
    self.columnSigma = columnSigma
    self.reach = reach ?? 6 * columnSigma
    self.seed = seed
  }
}

/// Something that can lie under the probe.
public protocol Specimen: Sendable, Codable {
  /// Lays the specimen out on the pixels of a frame.
  func scene(for request: SceneRequest) throws(ParameterError) -> Scene
}

/// Streams of random numbers, so that a change to one part of a simulation leaves the draws of the others alone.
enum RandomStream {
  static let origin: UInt64 = 1
  static let defects: UInt64 = 2
  static let displacements: UInt64 = 3
  static let regions: UInt64 = 4
  static let contamination: UInt64 = 5
  static let jitter: UInt64 = 6
  static let patches: UInt64 = 7
  static let walk: UInt64 = 8
  static let distortion: UInt64 = 9
  /// One stream for each image row follows.
  static let rows: UInt64 = 1 << 32

  /// A stream for each node of a lattice, so that what a node draws depends neither on the frame nor on other nodes. Nodes
  /// within 2²³ cells of the origin, and 256 columns a cell, are told apart.
  static func node(_ stream: UInt64, _ i: Int, _ j: Int, _ column: Int) -> UInt64 {
    let (i, j) = (UInt64(bitPattern: Int64(i)) & 0xFF_FFFF, UInt64(bitPattern: Int64(j)) & 0xFF_FFFF)
    return 1 << 63 | stream << 56 | i << 32 | j << 8 | UInt64(column & 0xFF)
  }
}
