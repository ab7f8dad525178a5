import Foundation

/// How many maxima of a Gaussian random field are high by chance.
///
/// On an area A the field has
///
///     n(u) = A λ u exp(-u² / 2) / (2π)^(3/2)
///
/// maxima above a high u in its standard deviations, λ being the variance of a derivative over that of the field (Adler, The Geometry of Random
/// Fields (1981), chapter 6).
package struct NoiseMaxima: Sendable {
  /// A λ, without unit.
  private let extent: Double

  /// White noise seen through a Gaussian of standard deviation σ, as the fit of a column sees it: λ = 1 / (2 σ²).
  /// - Parameters:
  ///   - area: in square pixels.
  ///   - sigma: in pixels.
  package init(area: Double, throughGaussian sigma: Double) { extent = area / (2 * sigma * sigma) }

  /// White noise under the Laplacian of a Gaussian of scale t: λ = 3 / (2 t²); any coarser texture has less.
  /// - Parameters:
  ///   - area: in square pixels.
  ///   - scale: in pixels.
  package init(area: Double, underLaplacian scale: Double) { extent = area * 1.5 / (scale * scale) }

  /// n(u); for heights of 1 and more, from where it falls.
  package func expectedCount(above height: Double) -> Double {
    extent / pow(2 * Double.pi, 1.5) * height * exp(-height * height / 2)
  }

  /// The height, in standard deviations, that so many maxima exceed on average; 1 where even that is exceeded by fewer.
  package func height(exceededBy count: Double) -> Double {
    var (low, high) = (1.0, 12.0)
    for _ in 0..<50 {
      let middle = (low + high) / 2
      if expectedCount(above: middle) > count { low = middle } else { high = middle }
    }
    return low
  }
}
