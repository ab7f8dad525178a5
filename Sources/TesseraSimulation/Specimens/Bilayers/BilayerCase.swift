import Foundation
import TesseraNumerics

/// The nuisance parameters of [M22] Fig. S22, case by case; each case keeps what the one before changed.
public struct BilayerCase: Sendable {
  /// Twist in radians.
  public let twist: Double
  /// Weight of the second layer's columns relative to the first's.
  public let intensityRatio: Double
  /// Standard deviation of a column in lattice constants.
  public let sigma: Double
  /// Standard deviation of the white noise, relative to the brightest pixel.
  public let noise: Double
  /// Largest random displacement in lattice constants.
  public let largestJump: Double

  /// - Parameter number: 0 (commensurate, cos θ = 661/662) ... 8. Nil for another number.
  public init?(_ number: Int) {
    guard (0...8).contains(number) else { return nil }
    twist = number == 0 ? acos(661.0 / 662) : 3.2 * .pi / 180
    intensityRatio = number < 2 ? 0.5 : 0.8
    sigma = number < 3 ? 1.0 / 8 : 1.0 / 6
    noise = number < 4 ? 0 : 0.05
    largestJump = [0, 0, 0, 0, 0, 0.02, 0.05, 0.1, 0.15][number]
  }
}
