import TesseraStructure

/// The direction along which exx is taken.
public enum StrainAxis: Sendable, Codable, Equatable {
  /// Along +x of the image.
  case x
  /// Along a vector of the reference lattice.
  case u, v
  /// From +x towards +y, in radians.
  case angle(Double)

  /// The direction in radians, from +x towards +y.
  public func direction(in reference: LatticeVectors) -> Double {
    switch self {
    case .x: 0
    case .u: reference.u.angle
    case .v: reference.v.angle
    case .angle(let angle): angle
    }
  }
}
