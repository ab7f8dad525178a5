/// How a part of a lattice differs from another: t becomes (1 + E) t, E being small.
public struct LatticeDistortion: Sendable, Codable, Equatable {
  /// The larger of both principal strains, without its sign: 0.01 for 1 %.
  public let strain: Double
  /// By how much the part is turned, in radians, without its sign.
  public let turn: Double

  /// - Parameter e: E, row after row.
  init(_ e: [Double]) {
    let (mean, half, shear) = ((e[0] + e[3]) / 2, (e[0] - e[3]) / 2, (e[1] + e[2]) / 2)
    strain = abs(mean) + (half * half + shear * shear).squareRoot()
    turn = abs(e[2] - e[1]) / 2
  }
}
