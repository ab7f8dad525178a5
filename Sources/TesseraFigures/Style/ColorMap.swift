import TesseraNumerics

/// Turns a number into a colour.
///
/// The sequential maps rise in lightness all the way, so they survive a black-and-white printer; the diverging map
/// is symmetric about its pale middle, which stands for zero. Readers with any common colour blindness can tell
/// the steps of all four apart.
public enum ColorMap: String, Sendable, Codable, CaseIterable {
  /// Black to white: micrographs.
  case gray
  /// Blue to yellow. Source: Nunez, Anderton & Renslow, PLoS ONE 13 (2018) e0199239; ten even steps of it.
  case cividis
  /// Violet to yellow, perceptually uniform. Source: van der Walt & Smith, matplotlib 1.5 (2015, CC0); ten even steps.
  case viridis
  /// Blue, white, red: signed quantities. Source: Brewer, ColorBrewer 2.0, scheme RdBu with eleven classes, reversed.
  case diverging

  /// Evenly spaced colours between which the map interpolates linearly in sRGB.
  private var anchors: [UInt32] {
    switch self {
    case .gray: [0x000000, 0xFFFFFF]
    case .cividis:
      [
        0x00204D, 0x00336F, 0x39486B, 0x575C6D, 0x707173, 0x8A8779, 0xA69D75, 0xC4B56C, 0xE4CF5B, 0xFFEA46,
      ]
    case .viridis:
      [
        0x440154, 0x482878, 0x3E4A89, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725,
      ]
    case .diverging:
      [
        0x053061, 0x2166AC, 0x4393C3, 0x92C5DE, 0xD1E5F0, 0xF7F7F7, 0xFDDBC7, 0xF4A582, 0xD6604D, 0xB2182B, 0x67001F,
      ]
    }
  }

  /// The colour of a value 0 ... 1; values outside take the nearest end.
  public func color(at fraction: Double) -> Color {
    let anchors = anchors
    let place = max(0, min(1, fraction)) * Double(anchors.count - 1)
    let below = min(Int(saturating: place), anchors.count - 2)
    return Color(anchors[below]).mixed(with: Color(anchors[below + 1]), place - Double(below))
  }

  /// The map as pixels 0x00RRGGBB, in even steps from 0 to 1.
  public func table(steps: Int = 256) -> [UInt32] {
    (0..<steps).map { color(at: Double($0) / Double(steps - 1)).packed }
  }
}
