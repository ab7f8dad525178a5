import Foundation
import TesseraImaging
import TesseraNumerics

/// The refusal of an image that shows no second layer.
extension MoireFinder {
  /// - Parameters:
  ///   - lattice: the one that is seen.
  ///   - detail: the image without its slow changes.
  func oneLattice(
    _ lattice: LayerLattice, _ image: Raster<Float>, detail: Raster<Float>, _ finder: LayerFinder, pixel: Point
  ) -> DataError {
    let smallest = Self.smallestTwist(lattice, image, periods: fewestPeriods)
    let limit =
      "a layer of the same lattice constant over all of the field that is turned by less than \(Self.degrees(smallest)) degrees would not be told "
      + "from it in a field of this size"
    guard seeksHiddenLayers, let one = LayerFit().fit(detail, from: [lattice]),
      let gaps = LatticeGaps(of: one, in: detail)
    else {
      return DataError(
        "one hexagonal lattice is seen, and no second that stands apart; \(limit), nor one that covers a small part of it"
      )
    }
    let missing = "in \(Self.percent(gaps.share)) % of the image or more"
    let other = hidden(finder, pixel: pixel).clearest(in: gaps.part(of: detail), beside: one.lattices[0]).map {
      Twist.named($0, like: one.lattices[0], pixel: pixel)
    }
    guard let other, gaps.share < Self.leastBentShare(turnedBy: finder.distance(one.lattices[0], other)) else {
      return DataError(
        "one hexagonal lattice is seen, and no second on it; \(missing) it is absent or out of step with the rest, as in a grain, beyond a "
          + "boundary or where the image bends; \(limit)")
    }
    let turn = abs(Twist(from: one.lattices[0], to: other, pixel: pixel).angle)
    return DataError(
      "two hexagonal lattices are seen, but side by side and not on each other, as grains are: \(missing) that of the rest is absent, and one "
        + "turned by about \(String(format: "%.0f", turn * 180 / .pi)) degrees is seen")
  }

  /// The part of the image in which one lattice that bends is out of step with itself, at least; below it there are two lattices.
  ///
  /// Where it bends evenly from the middle on, the phase of a wave grows with the square of the way. If the lattice of the rim differs from that
  /// of the middle by D coefficients at the third shell, D / 2 at the first, the phase there is D / 8 turns; from a sixth of a turn on, the
  /// amplitude is less than half (cos 60°), which is beyond √(8 / 6D) of the way. Half of the rest allows for bends that are less even.
  ///
  /// - Parameter distance: of both lattices, in coefficients of the spectrum at the third shell.
  private static func leastBentShare(turnedBy distance: Double) -> Double {
    distance > 0 ? (1 - (8 / (6 * distance)).squareRoot()) / 2 : 0
  }
}
