import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// Lengths as text: in nm where the micrograph is calibrated, else in pixels.
struct LengthText {
  var calibration: Calibration?

  /// The unit of the numbers: `nm` or `px`.
  var unit: String { Self.unit(isCalibrated: calibration != nil) }

  /// The unit of lengths in a table or a figure.
  static func unit(isCalibrated: Bool) -> String { isCalibrated ? "nm" : "px" }

  /// A length without direction, in three significant digits.
  func callAsFunction(_ pixels: Double) -> String {
    "\(Number.short(value(pixels), digits: 3))\u{A0}\(unit)"
  }

  /// The length of a vector: to 0.1 pm, or a hundredth of a pixel.
  func callAsFunction(_ vector: Point) -> String {
    "\(Text.fixed(value(vector), calibration == nil ? 2 : 4))\u{A0}\(unit)"
  }

  /// In the unit; without direction, so by the mean size of a pixel.
  func value(_ pixels: Double) -> Double { calibration.map { pixels * $0.meanNanometresPerPixel } ?? pixels }

  func value(_ vector: Point) -> Double { calibration.map { $0.nanometres(vector).length } ?? vector.length }
}
