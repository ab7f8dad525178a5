import TesseraNumerics

/// One image, as every method takes it: pixels, what a pixel measures, and what is known about the acquisition.
public struct Micrograph: Sendable {
  /// Short name, usually the file's name without folder.
  public var name: String
  /// Intensities as stored, row-major; may hold NaN where nothing was measured.
  public var pixels: Raster<Float>
  /// Nil when the file does not say how large a pixel is.
  public var calibration: Calibration?
  /// Acquisition facts as the file gives them, by name.
  public var metadata: [String: String]
  /// What the reader or a preparation step wants the user to know.
  public var warnings: [String]
  /// True for pixels that were drawn into the picture in colour, of the size of `pixels`; nil: none. They measure nothing.
  public var drawn: Raster<Bool>?
  /// How frames became this image; nil unless they were registered.
  public var registration: RegistrationRecord?

  /// An image without a registration record: one that is no mean of registered frames.
  public init(
    name: String, pixels: Raster<Float>, calibration: Calibration? = nil, metadata: [String: String] = [:],
    warnings: [String] = []
  ) {
    self.name = name
    self.pixels = pixels
    self.calibration = calibration
    self.metadata = metadata
    self.warnings = warnings
  }

  /// Pixels a row.
  public var width: Int { pixels.width }
  /// Number of rows.
  public var height: Int { pixels.height }
}
