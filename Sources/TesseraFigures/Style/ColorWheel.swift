import Foundation

extension Color {
  /// A colour for an angle, as a share of the full turn: the same at 0 and 1, and of nearly one lightness all around, so
  /// that no direction stands out. Neighbouring hues differ most between blue and orange, which all readers tell apart.
  public static func onWheel(_ turn: Double) -> Color {
    let angle = 2 * Double.pi * turn
    // A circle in the plane of opponent colours (blue - yellow, green - red) around a light grey.
    let (yellow, red) = (cos(angle), sin(angle))
    let grey = 0.68
    func clamped(_ value: Double) -> Double { max(0, min(1, value)) }
    return Color(
      red: clamped(grey + 0.24 * yellow + 0.26 * red), green: clamped(grey + 0.10 * yellow - 0.20 * red),
      blue: clamped(grey - 0.46 * yellow + 0.10 * red))
  }
}
