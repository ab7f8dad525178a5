import TesseraImaging
import TesseraNumerics

/// A bar of a round length, and its label.
public struct ScaleBar: Sendable, Equatable {
  /// In pixels of the image.
  public let lengthInPixels: Double
  /// `2 nm`, `5 Å`, `50 px`.
  public let label: String

  /// The longest bar of 1, 2 or 5 times a power of ten that takes at most a quarter of the width.
  /// Without a calibration its length is in pixels of the image.
  ///
  /// - Parameters:
  ///   - width: of the image or of the part that is shown, in its pixels; positive.
  ///   - calibration: size of a pixel; nil: the bar is in pixels.
  ///   - minimum: shortest length without a calibration, in pixels.
  public init(width: Double, calibration: Calibration?, minimum: Double = 1) {
    let pixel = calibration?.nanometresPerPixelX ?? 1
    let limit = width * pixel / 4
    let decade = pow10(Int(saturating: log10Floor(limit)))
    let mantissa = limit / decade
    var length = (mantissa >= 5 ? 5 : mantissa >= 2 ? 2 : 1) * decade
    if calibration == nil { length = max(minimum, length) }
    lengthInPixels = length / pixel
    if calibration == nil {
      label = "\(Number.short(length)) px"
    } else if length < 0.99e-1 {
      label = "\(Number.short(length * 1000)) pm"
    } else if length < 0.99 {
      label = "\(Number.short(length * 10)) Å"
    } else if length < 999 {
      label = "\(Number.short(length)) nm"
    } else {
      label = "\(Number.short(length / 1000)) µm"
    }
  }

  init(lengthInPixels: Double, label: String) { (self.lengthInPixels, self.label) = (lengthInPixels, label) }

  /// Draws the bar in a lower corner of a frame, white on a dark plate that any image lets read.
  func draw(on canvas: Canvas, in frame: ImageFrame, isRight: Bool = false) {
    let length = lengthInPixels * frame.scale
    let font = frame.box.width < 170 ? Font.tick : .strong
    let width = max(length, font.width(of: label)) + 16
    let height = font.size + 18
    let left = isRight ? frame.box.maxX - 8 - width : frame.box.x + 8
    let plate = Rectangle(x: left, y: frame.box.maxY - 8 - height, width: width, height: height)
    canvas.addRoundedRectangle(plate, radius: 4)
    canvas.fill(.black, opacity: 0.62)
    canvas.text(label, at: Point(plate.centre.x, plate.y + 3 + font.size), font, color: .white, anchor: .middle)
    canvas.addRectangle(Rectangle(x: plate.centre.x - length / 2, y: plate.maxY - 9, width: length, height: 4))
    canvas.fill(.white)
  }
}
