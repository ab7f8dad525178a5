import Foundation
import TesseraNumerics

/// Layers of which neither is rigid: the peaks of the whole image are broad, those of its windows need not be.
extension MoireFinder {
  /// From this share of the windows on that show two layers the image does.
  private static let leastWindows = 0.75
  /// A twist that spreads over the windows by more than this many of its errors changes from place to place.
  private static let spreadErrors = 2.0
  /// The weaker layer's waves have this part of the power of the stronger one's at least: what two lattices make of the waves of a bent one is
  /// less.
  private static let leastPower = 0.1

  /// What the windows of an image with broad peaks show, and why its twist is not measured; nil where they do not show two layers.
  func changing(
    _ part: FittedPart, in detail: Raster<Float>, pixel: Point
  ) -> (map: TwistMap, doubt: String)? {
    guard let mapper, part.isSettled, isBroad(part) else { return nil }
    let map = mapper.map(
      of: detail, lattices: part.outcome.lattices, period: Self.period(part.outcome, pixel: Point(1, 1)), pixel: pixel,
      presence: part.presence
    ) { outcome in
      let powers = (0..<2).map { layer in
        LayerLattice.waves.indices.reduce(0) { $0 + pow(outcome.amplitude(lattice: layer, wave: $1), 2) }
      }
      // In a window the peaks of two rigid lattices are as narrow as those of the model, or there are no two lattices.
      return isSeen(outcome) && LayerStrengths.left(of: outcome) <= mostLeft
        && min(powers[0], powers[1]) >= Self.leastPower * max(powers[0], powers[1])
    }
    guard let map, case let known = map.windows.compactMap({ $0?.twist }), known.count > 1,
      Double(known.count) >= Self.leastWindows * Double(map.windows.count)
    else { return nil }
    let twists = known.map { $0.value * 180 / .pi }
    let error = Statistics.median(known.map(\.error)) * 180 / .pi
    let spread = Statistics.deviation(twists)
    func text(_ value: Double) -> String { String(format: "%.2f", value) }
    let seen =
      "the peaks of the spectrum are broader than those of two rigid lattices, but two layers are seen in \(known.count) of "
      + "\(map.windows.count) windows of \(map.side) px"
    let doubt =
      spread > Self.spreadErrors * error
      ? "\(seen), turned by \(text(twists.min() ?? 0)) to \(text(twists.max() ?? 0)) degrees (± \(text(error))): the twist changes over the image, "
        + "and its map takes the place of one number"
      : "\(seen), turned by \(text(Statistics.mean(twists))) degrees (± \(text(max(spread, error)))) in all of them: both bend or drift "
        + "together, which the errors of a twist of the whole image would not contain"
    return (map, doubt)
  }
}
