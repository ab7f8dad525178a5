import Foundation
import TesseraNumerics

/// A rotation in space, as the images of the three axes.
package struct Rotation3D: Sendable {
  package var x, y, z: SIMD3<Double>

  package func callAsFunction(_ v: SIMD3<Double>) -> SIMD3<Double> { x * v.x + y * v.y + z * v.z }

  /// The rotation back.
  package var inverse: Rotation3D {
    Rotation3D(x: [x.x, y.x, z.x], y: [x.y, y.y, z.y], z: [x.z, y.z, z.z])
  }

  /// First another rotation, then this one.
  package func after(_ first: Rotation3D) -> Rotation3D {
    Rotation3D(x: self(first.x), y: self(first.y), z: self(first.z))
  }

  /// About a unit vector, by an angle in radians (Rodrigues).
  package init(about axis: SIMD3<Double>, by angle: Double) {
    func turned(_ v: SIMD3<Double>) -> SIMD3<Double> {
      v * cos(angle) + Self.cross(axis, v) * sin(angle) + axis * ((axis * v).sum() * (1 - cos(angle)))
    }
    (x, y, z) = (turned([1, 0, 0]), turned([0, 1, 0]), turned([0, 0, 1]))
  }

  private init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>) { (self.x, self.y, self.z) = (x, y, z) }

  /// Turns a unit vector to +z.
  package init(bringingToZ direction: SIMD3<Double>) {
    let axis = Self.cross(direction, [0, 0, 1])
    let sine = (axis * axis).sum().squareRoot()
    self =
      sine < 1e-9
      ? (direction.z > 0 ? Rotation3D(about: [1, 0, 0], by: 0) : Rotation3D(about: [1, 0, 0], by: .pi))
      : Rotation3D(about: axis / sine, by: atan2(sine, direction.z))
  }

  /// Any rotation, all equally likely.
  package init(random: inout RandomSource) {
    // Shoemake, Graphics Gems III (1992) 124: a unit vector, and a turn about it.
    let height = 2 * random.uniform() - 1
    let (angle, turn) = (2 * .pi * random.uniform(), 2 * .pi * random.uniform())
    let flat = (1 - height * height).squareRoot()
    self =
      Rotation3D(about: [0, 0, 1], by: turn)
      .after(Rotation3D(bringingToZ: [flat * cos(angle), flat * sin(angle), height]))
  }

  static func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
    [a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x]
  }
}
