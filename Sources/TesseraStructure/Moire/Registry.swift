import Foundation
import TesseraNumerics

/// How the second layer lies on the first, from place to place: the difference of the phases of their waves.
///
/// Three waves gᵢ of a layer, 120 degrees apart, have at place r the phases φᵢ(r). On a three-fold axis of the layer all three
/// are equal, to a third of their sum Φ plus a multiple of 2π/3; Φ does not depend on the place. Axes of two layers coincide
/// where the three differences of phases are equal, to one of three values D, one for each stacking.
struct Registry: Sendable {
  /// Phases at the image's middle, and waves of the triples of both layers.
  let first, second: (phases: [Double], waves: [Point])
  let middle: Point

  /// - Parameter outcome: of two lattices, the second named like the first.
  init(of outcome: LayerFit.Outcome, middle: Point) {
    func triple(_ lattice: Int) -> ([Double], [Point]) {
      // first, second - first, -second: of the first shell, the last with its phase turned round.
      let phases = (0..<3).map { outcome.phase(lattice: lattice, wave: $0) }
      return ([phases[0], phases[2], -phases[1]], outcome.lattices[lattice].triple)
    }
    (first, second) = (triple(0), triple(1))
    self.middle = middle
  }

  /// A third of Φ, between -π/3 and π/3: the phase on the axis through a layer's brighter columns. It is 0 where there is one column
  /// a cell, and its sign says which way the layer points.
  static func brightPhase(of phases: [Double]) -> Double {
    phases.reduce(0, +).remainder(dividingBy: 2 * .pi) / 3
  }

  /// The difference of phases of each stacking, in radians.
  func differences(orientation: LayerOrientation) -> [(stacking: Stacking, difference: Double)] {
    let (a, b) = (Self.brightPhase(of: first.phases), Self.brightPhase(of: second.phases))
    let third = 2 * Double.pi / 3
    switch orientation {
    case .parallel:
      // Along an axis the dimmer columns lie a third of a turn beyond the brighter ones, on the side of the sign.
      let side = a < 0 ? -third : third
      return [(.aa, b - a), (.ab, b - a - side), (.ba, b - a + side)]
    case .antiparallel:
      let side = a < 0 ? -third : third
      return [(.aaPrime, b - a + side), (.abPrime, b - a), (.aPrimeB, b - a - side)]
    case .unknown:
      // The hollow is the axis that stands alone where the columns of a layer are alike.
      func alone(_ phase: Double) -> Double { abs(phase) < .pi / 6 ? phase : phase + (phase < 0 ? -third : third) }
      let like = alone(b) - alone(a)
      return [(.aa, like), (.ab, like - third), (.ba, like + third)]
    }
  }

  /// Where the differences of phases are D + 2π (n₁, n₂).
  func place(difference: Double, _ n1: Int, _ n2: Int) -> Point {
    let g = LatticeVectors(u: second.waves[0] - first.waves[0], v: second.waves[1] - first.waves[1]).reciprocal
    let (p, q) = (turns(0, difference) + Double(n1), turns(1, difference) + Double(n2))
    return middle + p * g.u + q * g.v
  }

  /// How many turns the difference of a wave's phases has to go from the middle to `difference`.
  private func turns(_ wave: Int, _ difference: Double) -> Double {
    (difference - second.phases[wave] + first.phases[wave]) / (2 * .pi)
  }

  /// The whole turns of the anchors of one stacking around a place: those of its cell's corners.
  func corners(around place: Point, difference: Double) -> [(Int, Int)] {
    let offset = place - middle
    let p = (second.waves[0] - first.waves[0]).dot(offset) - turns(0, difference)
    let q = (second.waves[1] - first.waves[1]).dot(offset) - turns(1, difference)
    let (i, j) = (Int(saturating: p.rounded(.down)), Int(saturating: q.rounded(.down)))
    return [(i, j), (i + 1, j), (i, j + 1), (i + 1, j + 1)]
  }

  /// The place nearest to another on an axis of the first layer through its brighter columns.
  func brightPlace(nearest place: Point) -> Point {
    let phase = Self.brightPhase(of: first.phases)
    let (g, h) = (first.waves[0], first.waves[1])
    let direct = LatticeVectors(u: g, v: h).reciprocal
    let offset = place - middle
    let p = g.dot(offset) + (first.phases[0] - phase) / (2 * .pi)
    let q = h.dot(offset) + (first.phases[1] - phase) / (2 * .pi)
    let corners = [(0.0, 0.0), (1, 0), (0, 1), (1, 1)].map { corner in
      place + (p.rounded(.down) + corner.0 - p) * direct.u + (q.rounded(.down) + corner.1 - q) * direct.v
    }
    return corners.min { ($0 - place).squaredLength < ($1 - place).squaredLength } ?? place
  }
}
