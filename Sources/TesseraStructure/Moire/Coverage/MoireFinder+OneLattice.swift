import Foundation
import TesseraImaging
import TesseraNumerics

/// The refusal of an image that shows no second layer.
extension MoireFinder {
  /// - Parameters:
  ///   - strongest: the one that is seen.
  ///   - detail: the image without its slow changes.
  func oneLattice(
    _ strongest: LayerLattice, _ image: Raster<Float>, detail: Raster<Float>, _ finder: LayerFinder, pixel: Point
  ) -> DataError {
    let reflections = Self.reflections(of: image)
    // Side peaks of exact images may pass for the shortest vectors of a lattice of which the true one is a shell.
    let lattice =
      refined(strongest, in: detail) != nil
      ? strongest
      : finder.candidates(of: reflections).prefix(12).map(\.lattice).first { refined($0, in: detail) != nil }
        ?? strongest
    let smallest = Self.smallestTwist(lattice, image, periods: fewestPeriods)
    if seeksHiddenLayers, let field = fieldNote(on: lattice, detail, finder, pixel: pixel) { return DataError(field) }
    let limit =
      "a layer of the same lattice constant over all of the field that is turned by less than \(Self.degrees(smallest)) degrees would not be told "
      + "from it in a field of this size"
    guard seeksHiddenLayers, let one = LayerFit().fit(detail, from: [lattice]),
      let gaps = LatticeGaps(of: one, in: detail)
    else {
      let share = finder.explainedShare(of: reflections, by: [lattice])
      guard share > leastExplained else {
        return DataError(
          "one hexagonal lattice explains only \(Self.percent(share)) % of the power of the reflections: the image shows another structure"
        )
      }
      return DataError(
        "one hexagonal lattice is seen, and no second that stands apart; \(limit), nor one that covers a small part of it"
      )
    }
    let missing = "in \(Self.percent(gaps.share)) % of the image or more"
    let part = gaps.part(of: detail)
    let other = hidden(finder, pixel: pixel).clearest(in: part, beside: one.lattices[0]).flatMap {
      refined($0, in: part)
    }.map { Twist.named($0, like: one.lattices[0], pixel: pixel) }
    let turn = other.map { abs(Twist(from: one.lattices[0], to: $0, pixel: pixel).angle) } ?? 0
    guard let other, turn > Self.leastTurn,
      gaps.share < Self.leastBentShare(turnedBy: finder.distance(one.lattices[0], other))
    else {
      return DataError(
        "one hexagonal lattice is seen, and no second on it; \(missing) it is absent or out of step with the rest, as in a grain, beyond a "
          + "boundary or where the image bends; \(limit)")
    }
    return DataError(
      "\(Self.sideBySide): \(missing) that of the rest is absent, and one turned by about \(String(format: "%.0f", turn * 180 / .pi)) degrees "
        + "is seen")
  }

  private static let sideBySide =
    "two hexagonal lattices are seen, but side by side and not on each other, as grains are"
  /// Smaller turns, in radians, are none in whole degrees: what a grain would be said to be turned by.
  private static let leastTurn = 0.5 * Double.pi / 180

  /// What windows say of a lattice that is not the same all over the image; nil where they show no change.
  private func fieldNote(
    on lattice: LayerLattice, _ detail: Raster<Float>, _ finder: LayerFinder, pixel: Point
  ) -> String? {
    let seeker = hidden(finder, pixel: pixel)
    switch LayerField(of: detail, like: lattice, seeker: seeker, pixel: pixel).account {
    case .bent(let turn, let strain): return Self.bend(turn: turn, strain: strain)
    case .grains(let turn, let share) where turn > Self.leastTurn:
      return
        "\(Self.sideBySide): in about \(Self.percent(share)) % of the image one turned by about "
        + "\(String(format: "%.0f", turn * 180 / .pi)) degrees against the rest is seen"
    default: return nil
    }
  }

  /// That the lattice bends evenly, where windows show that; nil elsewhere.
  func bendNote(on lattice: LayerLattice, _ detail: Raster<Float>, _ finder: LayerFinder, pixel: Point) -> String? {
    let seeker = hidden(finder, pixel: pixel)
    guard seeksHiddenLayers,
      case .bent(let turn, let strain) = LayerField(of: detail, like: lattice, seeker: seeker, pixel: pixel).account
    else { return nil }
    return Self.bend(turn: turn, strain: strain)
  }

  private static func bend(turn: Double, strain: Double) -> String {
    "one hexagonal lattice is seen that bends, or that drift of the scan distorts: from one end of the image to the other it turns by "
      + "\(degrees(turn)) degrees and is strained by \(String(format: "%.1f", 100 * strain)) %; no second layer is seen on it"
  }

  /// The lattice that waves near those of another have in an image; nil where hardly anything is seen at its shortest vectors: then it is
  /// made of the higher waves of another one.
  private func refined(_ start: LayerLattice, in image: Raster<Float>) -> LayerLattice? {
    guard let fit = LayerFit().fit(image, from: [start]), fit.firstShellShare(lattice: 0) > leastFirstShell else {
      return nil
    }
    return fit.lattices[0]
  }

  /// By how much the constant of a second lattice differs, in parts of the smaller one, where it differs by more than that of two layers
  /// does; nil where there is none, or where two hexagonal lattices do not explain the image.
  func otherConstant(
    in reflections: [Reflection], _ detail: Raster<Float>, beside first: LayerLattice, _ finder: LayerFinder
  ) -> Double? {
    guard let other = finder.otherConstant(in: reflections, beside: first),
      finder.explainedShare(of: reflections, by: [first, other]) > leastExplained,
      [first, other].allSatisfy({ refined($0, in: detail) != nil })
    else { return nil }
    return finder.difference(first, other)
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
