import Foundation

/// A colour of the sRGB space; components 0 ... 1.
public struct Color: Sendable, Hashable, Codable {
  /// Components with the transfer function of sRGB, 0 ... 1.
  public var red, green, blue: Double

  /// From components 0 ... 1 of the sRGB space.
  public init(red: Double, green: Double, blue: Double) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// From six hexadecimal digits: `Color(0xE69F00)`.
  public init(_ hexadecimal: UInt32) {
    self.init(
      red: Double(hexadecimal >> 16 & 255) / 255, green: Double(hexadecimal >> 8 & 255) / 255,
      blue: Double(hexadecimal & 255) / 255)
  }

  /// #ffffff: the background of drawings, and text on dark plates.
  public static let white = Color(0xFFFFFF)
  /// #000000: rims of markers and the plates behind text, both half transparent.
  public static let black = Color(0x000000)
  /// Text and axes.
  public static let ink = Color(0x22252A)
  /// Secondary text and ticks.
  public static let faintInk = Color(0x5C636D)
  /// Grid lines and frames.
  public static let rule = Color(0xD5D9DF)
  /// Pixels and samples without a value, and bars without a meaning of their own.
  public static let neutral = Color(0xA7ADB6)

  /// The colour as a pixel, 0x00RRGGBB.
  public var packed: UInt32 {
    func byte(_ component: Double) -> UInt32 { UInt32((max(0, min(1, component)) * 255).rounded()) }
    return byte(red) << 16 | byte(green) << 8 | byte(blue)
  }

  /// As in style sheets: `#e69f00`.
  public var hexadecimal: String {
    let digits = String(packed, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  /// The colour a `fraction` (0 ... 1) of the way to another, in sRGB.
  public func mixed(with other: Color, _ fraction: Double) -> Color {
    Color(
      red: red + fraction * (other.red - red), green: green + fraction * (other.green - green),
      blue: blue + fraction * (other.blue - blue))
  }

  /// CIE lightness L*, 0 (black) ... 100 (white): how bright a person sees the colour.
  /// Source: IEC 61966-2-1 (sRGB to luminance) and CIE 15:2004, §8.2.1.
  public var lightness: Double {
    func linear(_ c: Double) -> Double { c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4) }
    let luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    return luminance > 216.0 / 24389 ? 116 * cbrt(luminance) - 16 : luminance * 24389 / 27
  }
}
