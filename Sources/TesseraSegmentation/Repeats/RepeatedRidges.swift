import Foundation
import TesseraNumerics

/// Ridges of an autocorrelation that follow one another: fringes repeat along one direction and are endless along the other, so the ridge
/// through no shift has others beside it. The lines of a noisy scan have that ridge alone.
struct RepeatedRidges: Sendable {
  /// Highest place of a ridge beside that through no shift, over the mean height along that one.
  let height: Double
  /// Lowest place between both, over the same.
  let valley: Double

  /// Autocorrelations of some dozen fringes of noise reach a tenth.
  private static let leastHeight = 0.3
  /// Half of a period of fringes is opposite to them, whatever their form.
  private static let deepest = 0.0

  var isFringed: Bool { height > Self.leastHeight && valley < Self.deepest }

  /// - Parameters:
  ///   - map: of an odd number of pixels each way, no shift in the middle; its mean over all shifts is nearly 0.
  ///   - spacing: distance of the fringes, about, in pixels.
  init(of map: Raster<Float>, spacing: Double) {
    let reach = map.width / 2
    func value(_ angle: Double, _ length: Double) -> Double {
      let (x, y) = (Int((length * cos(angle)).rounded()) + reach, Int((length * sin(angle)).rounded()) + reach)
      return map.contains(x: x, y: y) ? Double(map[x, y]) : 0
    }
    let lengths = Array(stride(from: spacing / 2, through: Double(reach), by: 1))
    func along(_ angle: Double) -> Double { Statistics.mean(lengths.map { value(angle, $0) }) }
    let angles = (0..<90).map { Double($0) * .pi / 90 }
    guard !lengths.isEmpty, let ridge = angles.map({ (angle: $0, mean: along($0)) }).max(by: { $0.mean < $1.mean }),
      ridge.mean > 0
    else {
      (height, valley) = (0, 1)
      return
    }
    let across = lengths.map { value(ridge.angle + .pi / 2, $0) }
    // The first ridge beside: the highest within one and a half spacings.
    let near = across.prefix(max(1, Int(saturating: spacing)))
    let top = near.max() ?? 0
    let place = near.firstIndex(of: top) ?? 0
    height = top / ridge.mean
    let before = stride(from: spacing / 4, through: lengths[place], by: 1).map { value(ridge.angle + .pi / 2, $0) }
    valley = (before.min() ?? 1) / ridge.mean
  }
}
