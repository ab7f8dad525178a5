import TesseraNumerics

/// A lattice of the scene, in image pixels.
public struct TrueLattice: Sendable, Codable, Equatable {
  /// Lattice vectors, and the place of the origin of one cell, in pixels.
  public var a, b, origin: Point
  /// Radius of the patch disc that `environment` refers to, in pixels: the spacing of the planes behind the first dominant
  /// ring of the power spectrum, unless the specimen says otherwise.
  public var patchRadius: Double
}
