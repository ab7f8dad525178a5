import Foundation
import TesseraImaging
import TesseraNumerics

/// A displacement field u(X): the atom at X of the reference lattice has moved to x = X + u(X). Places are in pixels from
/// the middle of the image.
public struct StrainField: Sendable, Codable, Equatable {
  /// Form of the field. Tensor components refer to the axes of the image; e is `magnitude`.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// One gradient everywhere: exx = e, eyy = -e/2, exy = e/4, rotation = e/2.
    case uniform
    /// exx = e ξ, eyy = -e η / 2, exy = e (ξ + η) / 4, rotation = e (ξ - η) / 4 at X = (ξ w/2, η h/2).
    case gradient
    /// exx = e on the right, 0 on the left.
    case step
    /// Turned from +x towards +y by e (1 - tanh(2 (r - R) / R)) / 2 radians at the distance r from the middle, R half the
    /// distance to the nearest edge.
    case turn
    /// An edge dislocation in the middle, its Burgers vector along the first lattice vector.
    case dislocation
  }

  /// Form of the field.
  public var kind = Kind.gradient
  /// The strain e; unused by a dislocation.
  public var magnitude = 0.02
  /// Width over which a step rises from 12 % to 88 %, in pixels.
  public var stepWidth = 24.0
  /// Poisson's ratio around a dislocation.
  public var poissonRatio = 0.25

  /// A strain gradient up to 2 % at the edges of the image.
  public init() {}

  /// The field on a frame.
  /// - Parameters:
  ///   - frame: the field of view, in whose middle the field has its own.
  ///   - burgers: Burgers vector of a dislocation, in pixels.
  package func placed(on frame: Frame, burgers: Point) -> PlacedStrainField {
    PlacedStrainField(
      field: self, half: Point(Double(frame.width), Double(frame.height)) / 2, centre: frame.centre, burgers: burgers)
  }
}

/// A strain field with the sizes of the image it lies on.
package struct PlacedStrainField: Sendable {
  let field: StrainField
  /// Half the image's width and height.
  let half: Point
  let centre: Point
  let burgers: Point

  /// Displacement of the atom at a place of the reference lattice, both in pixels of the image.
  package func displacement(at place: Point) -> Point {
    let (r, e) = (place - centre, field.magnitude)
    switch field.kind {
    case .uniform:
      let g = gradient(at: place)
      return Point(g.xx * r.x + g.xy * r.y, g.yx * r.x + g.yy * r.y)
    case .gradient:
      let (x, y) = (r.x * r.x / (2 * half.x), r.y * r.y / (2 * half.y))
      return e * Point(x + y / 2, x / 2 - y / 2)
    case .step:
      // The integral of (1 + tanh(x/w)) / 2; log cosh without overflow.
      let w = field.stepWidth / 2
      let size = abs(r.x) / w
      return Point(e / 2 * (r.x + w * (size + log1p(exp(-2 * size)) - log(2))), 0)
    case .turn: return r.rotated(by: turn(at: r).angle) - r
    case .dislocation:
      return edgeDisplacement(r.rotated(by: -burgers.angle)).rotated(by: burgers.angle)
    }
  }

  /// Gradient of the displacement, taken on the reference lattice.
  package func gradient(at place: Point) -> DisplacementGradient {
    let (r, e) = (place - centre, field.magnitude)
    switch field.kind {
    case .uniform:
      // exy = e/4 and rotation = e/2.
      return DisplacementGradient(xx: e, xy: -e / 4, yx: 3 * e / 4, yy: -e / 2)
    case .gradient:
      let (xi, eta) = (r.x / half.x, r.y / half.y)
      return DisplacementGradient(xx: e * xi, xy: e * eta / 2, yx: e * xi / 2, yy: -e * eta / 2)
    case .step:
      return DisplacementGradient(xx: e / 2 * (1 + tanh(2 * r.x / field.stepWidth)), xy: 0, yx: 0, yy: 0)
    case .turn:
      // x = R(θ(r)) r, so F = R + (dR/dθ r) ∇θᵀ.
      let (angle, slope) = turn(at: r)
      let (c, s, length) = (cos(angle), sin(angle), max(r.length, 1e-12))
      let turned = r.rotated(by: angle)
      let (across, along) = (Point(-turned.y, turned.x), r * (slope / length))
      return DisplacementGradient(
        xx: c - 1 + across.x * along.x, xy: -s + across.x * along.y, yx: s + across.y * along.x,
        yy: c - 1 + across.y * along.y)
    case .dislocation:
      return edgeGradient(r.rotated(by: -burgers.angle)).rotated(by: burgers.angle)
    }
  }

  /// Angle of a turn at an offset from the middle, and its derivative along the radius.
  private func turn(at offset: Point) -> (angle: Double, slope: Double) {
    let radius = min(half.x, half.y) / 2
    let width = radius / 2
    let rise = tanh((offset.length - radius) / width)
    return (field.magnitude / 2 * (1 - rise), -field.magnitude / 2 * (1 - rise * rise) / width)
  }

  /// The gradient where the atoms are now: at the reference place X with X + u(X) = place, found by Newton's steps. Nil
  /// where there is none, and within a Burgers vector of a dislocation's core, where elasticity says nothing.
  package func gradient(placedAt place: Point) -> DisplacementGradient? {
    if field.kind == .dislocation && (place - centre).length < burgers.length { return nil }
    var reference = place
    for _ in 0..<20 {
      let g = gradient(at: reference)
      let miss = reference + displacement(at: reference) - place
      if miss.squaredLength < 1e-16 { return g }
      // Solves (1 + grad u) step = miss.
      let determinant = (1 + g.xx) * (1 + g.yy) - g.xy * g.yx
      guard abs(determinant) > 1e-3 else { return nil }
      reference -= Point((1 + g.yy) * miss.x - g.xy * miss.y, (1 + g.xx) * miss.y - g.yx * miss.x) / determinant
    }
    return nil
  }

  /// The four planes of the frame, at the atoms' present places.
  func planes(in frame: Frame) -> StrainPlanes {
    let values = concurrentMap(count: frame.height) { y in
      (0..<frame.width).map { x -> SIMD4<Float> in
        guard let g = gradient(placedAt: Point(Double(x), Double(y))) else { return SIMD4(repeating: .nan) }
        return SIMD4(Float(g.exx), Float(g.eyy), Float(g.exy), Float(g.rotation))
      }
    }
    func plane(_ index: Int) -> Raster<Float> {
      Raster(width: frame.width, height: frame.height, values: values.flatMap { $0.map { $0[index] } })
    }
    return StrainPlanes(exx: plane(0), eyy: plane(1), exy: plane(2), rotation: plane(3))
  }
}
