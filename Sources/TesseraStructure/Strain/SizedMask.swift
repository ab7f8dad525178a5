import Foundation
import TesseraNumerics

/// A mask of known size, in cycles per pixel.
struct SizedMask: Sendable {
  let shape: PhaseMask.Shape
  let s: Double

  func callAsFunction(_ k: Double) -> Double {
    switch shape {
    case .gaussian: exp(-k * k / (2 * s * s))
    case .hann: k < s ? pow(cos(.pi * k / (2 * s)), 2) : 0
    }
  }

  /// The mask is negligible (exp(-8) of its height) or zero beyond.
  var reach: Double { shape == .gaussian ? 4 * s : s }

  /// Width over which a step of the strain rises from 12 to 88 %, in pixels.
  ///
  /// While phases stay small the filtered phase is the true one seen through the mask's Fourier transform, and a
  /// straight step is seen through that transform's integral along the step. It is a Gaussian of standard deviation
  /// 1 / (2π s) for a Gaussian mask, with 12 to 88 % over 2.355 deviations, and Hann's kernel, with 12 to 88 % over
  /// 0.899 / s.
  var resolution: Double { shape == .gaussian ? LatticeField.gaussianWidth / (2 * .pi * s) : Self.hannStep / s }

  /// Standard deviation of the Gaussian with this resolution, in pixels.
  var blur: Double { resolution / LatticeField.gaussianWidth }

  /// Standard deviation of the Gaussian whose transform is as curved at its summit as the mask, in pixels: what first counts where
  /// the amplitude of a wave changes over this width. Of cos²(π k / 2 s) = 1 - π² k² / 4 s² + ... it is 1 / (2 √2 s).
  var mixing: Double { shape == .gaussian ? 1 / (2 * .pi * s) : 1 / (8.0.squareRoot() * s) }

  /// The distance, in units of 1 / s, over which the integral of Hann's kernel ∫ cos²(πk/2) cos(2πkt) dk rises from 12 to
  /// 88 % of its height; by numerical integration.
  static let hannStep = 0.8993
}
