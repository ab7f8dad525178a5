import Foundation

/// The Hann window, 0.5 - 0.5 cos 2πx: the edges of an image that fades out under it make no streaks in its spectrum. Source: Harris,
/// Proc. IEEE 66 (1978) 51.
package enum HannWindow {
  /// Its weights at the middles of so many pixels in a row, 0 ... 1.
  package static func values(_ count: Int) -> [Float] {
    (0..<count).map { Float(0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(count))) }
  }
}
