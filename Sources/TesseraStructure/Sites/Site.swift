import TesseraNumerics

/// One place of the crystal: an atom column that was seen, or a lattice node where none is.
public struct Site: Sendable, Codable, Equatable {
  /// Whether a column stands at the place.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A column that was found in the image.
    case column
    /// A node of the lattice without a column.
    case vacant
    /// A column that holds less than the others of its sublattice (`OccupancyFinder`).
    case partial
    /// A column centred outside the image, whose flank the image shows: it serves the lattice and the patches of its neighbours, and is no
    /// column of the image.
    case outside
  }

  /// Place in pixels; the centre of the first pixel is (0, 0).
  public var position: Point
  /// Height of the fitted Gaussian above its background, in the image's intensity units.
  public var amplitude: Double
  /// Standard deviations of the fitted Gaussian along its axes, in pixels; NaN where unknown.
  public var sigmaMajor, sigmaMinor: Double
  /// Direction of the major axis, from +x towards +y, in radians.
  public var angle: Double
  /// Fitted background, in the image's intensity units.
  public var background: Double
  /// Sum of the fitted Gaussian over all pixels, 2 pi amplitude sigmaMajor sigmaMinor (the scattering cross-section in
  /// the image's units), and its standard error; NaN where unknown.
  public var intensity, intensityError: Double
  /// Whether a column was found, holds less than its sublattice or lies outside the image, or the node is vacant.
  public var kind: Kind

  /// A site with what is known of it; the rest is NaN.
  /// - Parameters:
  ///   - position: in pixels.
  ///   - amplitude: height of the Gaussian above its background.
  ///   - sigmaMajor: larger standard deviation of the Gaussian, in pixels.
  ///   - sigmaMinor: smaller standard deviation of the Gaussian, in pixels.
  ///   - angle: of the major axis, from +x towards +y, in radians.
  ///   - background: below the Gaussian, in the image's intensity units.
  ///   - intensity: sum of the Gaussian over all pixels.
  ///   - intensityError: standard error of `intensity`.
  ///   - kind: whether a column was found there.
  public init(
    position: Point, amplitude: Double = .nan, sigmaMajor: Double = .nan, sigmaMinor: Double = .nan,
    angle: Double = 0, background: Double = .nan, intensity: Double = .nan, intensityError: Double = .nan,
    kind: Kind = .column
  ) {
    self.position = position
    self.amplitude = amplitude
    self.sigmaMajor = sigmaMajor
    self.sigmaMinor = sigmaMinor
    self.angle = angle
    self.background = background
    (self.intensity, self.intensityError) = (intensity, intensityError)
    self.kind = kind
  }
}
