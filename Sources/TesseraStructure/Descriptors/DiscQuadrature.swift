import Foundation
import TesseraNumerics

/// Points of a disc with the polynomials there times the weight of the point in (1/π) ∫∫ … ρ dρ dθ.
///
/// Gauss and Legendre's rule along the radius, equal steps around, about two points per pixel both ways, which
/// integrates polynomial times kernel to 1e-3 of its norm.
struct DiscQuadrature: Sendable {
  let radius: Double
  let terms: Int
  /// Places in pixels from the centre.
  private(set) var points: [Point] = []
  /// Vectors of eight terms that one point takes; the last is filled with zeros.
  let lanes: Int
  /// `lanes` vectors a point.
  private(set) var weighted: [SIMD8<Double>] = []

  init(radius: Double, order: Int) {
    self.radius = radius
    terms = ZernikeTerm.count(order: order)
    let list = ZernikeTerm.all(order: order)
    lanes = (terms + 7) / 8
    let (places, weights) = gaussLegendre(count: Int(saturating: 1.25 * radius) + order)
    for (place, weight) in zip(places, weights) {
      let rho = (place + 1) / 2
      let radials = zernikeRadials(order: order, at: rho)
      // A multiple of eight keeps the symmetry of the square grid; the waves need two steps an order at least.
      let steps = 8 * Int(saturating: ((4 * Double.pi * rho * radius + 2 * Double(order)) / 8).rounded(.up))
      let scaled = list.map {
        $0.normalisation * radials[$0.p * (order + 1) + abs($0.q)] * weight * rho / Double(steps)
      }
      for step in 0..<steps {
        let angle = 2 * Double.pi * (Double(step) + 0.5) / Double(steps)
        let waves = (-order...order).map { circularWave(order: $0, angle: angle) }
        points.append(Point(rho * radius, 0).rotated(by: angle))
        for lane in 0..<lanes {
          var vector = SIMD8<Double>.zero
          for k in 0..<min(8, terms - 8 * lane) {
            vector[k] = scaled[8 * lane + k] * waves[list[8 * lane + k].q + order]
          }
          weighted.append(vector)
        }
      }
    }
  }
}
