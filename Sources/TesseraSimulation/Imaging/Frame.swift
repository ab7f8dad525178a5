import TesseraImaging
import TesseraNumerics

/// The field of view: its size in pixels, and what a pixel measures.
public struct Frame: Sendable, Codable, Equatable {
  /// Size in pixels, 1 or more.
  public var width, height: Int
  /// Side of a square pixel in nm; positive.
  public var nanometresPerPixel: Double

  /// A field of view; by default 14 nm wide, with 24 pixels per lattice constant of MoSe2.
  public init(width: Int = 1024, height: Int = 1024, nanometresPerPixel: Double = 0.0137) {
    self.width = width
    self.height = height
    self.nanometresPerPixel = nanometresPerPixel
  }

  /// The size of a pixel as a micrograph states it; nil unless it is positive and finite.
  public var calibration: Calibration? { Calibration(nanometresPerPixel: nanometresPerPixel) }

  /// Middle of the image: the centre of its central pixel, or the corner where four meet.
  public var centre: Point { Point(Double(width - 1) / 2, Double(height - 1) / 2) }

  /// Whether a place lies on a pixel of the image, `margin` pixels around it included.
  public func contains(_ place: Point, margin: Double = 0) -> Bool {
    place.x >= -0.5 - margin && place.x < Double(width) - 0.5 + margin && place.y >= -0.5 - margin
      && place.y < Double(height) - 0.5 + margin
  }

  /// The largest image that is made, in pixels: 1 GiB.
  static let pixelLimit = 1 << 28

  func check() throws(ParameterError) {
    try require(
      width > 0 && height > 0, setting("size"), is: "\(width) x \(height)", mustBe: "at least one pixel each way")
    let pixels = width.multipliedReportingOverflow(by: height)
    try require(
      !pixels.overflow && pixels.partialValue <= Self.pixelLimit, setting("size"), is: "\(width) x \(height)",
      mustBe: "at most \(Self.pixelLimit) pixels")
    try require(
      nanometresPerPixel > 0 && nanometresPerPixel.isFinite, "pixel size", is: nanometresPerPixel,
      mustBe: "positive, in nm")
  }
}
