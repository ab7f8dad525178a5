import TesseraNumerics

/// Displacement gradients as images: taken on the reference lattice, placed where the atoms are now. Dimensionless,
/// `rotation` in radians from +x towards +y; NaN where undefined (the core of a dislocation).
public struct StrainPlanes: Sendable, Equatable {
  public var exx, eyy, exy, rotation: Raster<Float>

  public init(exx: Raster<Float>, eyy: Raster<Float>, exy: Raster<Float>, rotation: Raster<Float>) {
    self.exx = exx
    self.eyy = eyy
    self.exy = exy
    self.rotation = rotation
  }
}
