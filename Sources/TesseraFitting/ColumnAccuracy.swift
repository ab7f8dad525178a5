import TesseraNumerics

/// How well a fit knows one column.
public struct ColumnAccuracy: Sendable, Codable, Equatable {
  /// Why a column's numbers should not be trusted as they stand.
  public enum Flag: String, Sendable, Codable, CaseIterable {
    /// The residual within two standard deviations exceeds the noise by five of its own standard deviations and a
    /// twentieth of the column's height: the spot is no Gaussian, or more than one.
    case misfit
    /// The background rises or falls across the column, as at an interface: errors of place and height are those of a column on a
    /// plane of its own, with what such a plane would still move it by.
    case background
    /// A width, the height or the distance from the start stands at the bound that the fit allows.
    case bound
    /// The border of the image, or pixels without a measurement, cut the column: its centre lies within one and a half
    /// standard deviations of it.
    case border
  }

  /// Standard errors of the place along x and y, in pixels; infinite where the data do not determine it.
  public var position: Point
  /// Correlation of the errors of x and y, -1 ... 1.
  public var correlation: Double
  /// Standard errors of the height and of the sum over all pixels, in the image's units, and of the geometric mean of both widths, in pixels.
  public var amplitude, intensity, sigma: Double
  /// Reduced chi-square of the residual within two standard deviations of the centre: about 1 for a good fit.
  public var quality: Double
  /// Nil: nothing to object to.
  public var flag: Flag?

  /// Of a place that no column was fitted to.
  public static let unknown = ColumnAccuracy(
    position: Point(.nan, .nan), correlation: .nan, amplitude: .nan, intensity: .nan, sigma: .nan)

  /// By default, the accuracy of a column of which nothing is known.
  public init(
    position: Point = Point(.infinity, .infinity), correlation: Double = 0, amplitude: Double = .infinity,
    intensity: Double = .infinity, sigma: Double = .infinity, quality: Double = .nan, flag: Flag? = nil
  ) {
    (self.position, self.correlation) = (position, correlation)
    (self.amplitude, self.intensity, self.sigma) = (amplitude, intensity, sigma)
    (self.quality, self.flag) = (quality, flag)
  }

  /// The same with standard errors larger by a factor.
  func widened(by factor: Double) -> ColumnAccuracy {
    guard factor != 1 else { return self }
    var result = self
    result.position = factor * position
    (result.amplitude, result.intensity, result.sigma) = (factor * amplitude, factor * intensity, factor * sigma)
    return result
  }
}
