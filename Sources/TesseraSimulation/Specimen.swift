import TesseraImaging
import TesseraNumerics

/// Where a scene is wanted.
public struct SceneRequest: Sendable {
  /// The field of view that the scene must cover.
  public var frame: Frame
  /// Standard deviation of an imaged column, in pixels.
  public var columnSigma: Double
  /// How far outside the frame a column still reaches into the image, in pixels.
  public var reach: Double
  /// Decides where the lattice starts, which nodes are defects and how far columns are displaced.
  public var seed: UInt64

  /// - Parameters:
  ///   - frame: the field of view that the scene must cover.
  ///   - columnSigma: standard deviation of an imaged column, in pixels.
  ///   - reach: how far outside the frame a column still reaches into the image, in pixels; nil: six standard deviations.
  ///   - seed: decides where the lattice starts, which nodes are defects and how far columns are displaced.
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
  static let orientations: UInt64 = 10
  /// One stream for each image row follows.
  static let rows: UInt64 = 1 << 32

  /// A stream for each node of a lattice, so that what a node draws depends neither on the frame nor on other nodes. Nodes
  /// within 2²³ cells of the origin, and 256 columns per cell, are told apart.
  static func node(_ stream: UInt64, _ i: Int, _ j: Int, _ column: Int) -> UInt64 {
    let (i, j) = (UInt64(bitPattern: Int64(i)) & 0xFF_FFFF, UInt64(bitPattern: Int64(j)) & 0xFF_FFFF)
    return 1 << 63 | stream << 56 | i << 32 | j << 8 | UInt64(column & 0xFF)
  }
}
