import Foundation
import TesseraImaging

extension ParticleMaterial {
  /// Planes less than this far apart, in nm, show no contrast in ordinary microscopes.
  private static let leastSpacing = 0.19
  /// So are planes whose structure factor is below this part of the strongest.
  private static let leastFactor = 0.3
  /// Planes in directions nearer than 8 degrees are seen as one family.
  private static let sameDirection = cos(8 * Double.pi / 180)

  /// Normals of the families of planes that images can show, over their spacings in nm: one of each pair ±g.
  ///
  /// From the structure factors Σ Z exp(2πi g·r) over the atoms of a cell of one layer (cubic) or two (hexagonal).
  package var planes: [SIMD3<Double>] {
    let height = stacking == .cubic ? layerSpacing : 2 * layerSpacing
    let shift = rowSpacing / 3.0.squareRoot()
    let step: SIMD3<Double> = [0, stacking == .cubic ? shift : 0, height]
    var places = atoms.map { (element: $0.element, place: SIMD3(0, 0, $0.height * layerSpacing)) }
    if stacking == .hexagonal { places += places.map { ($0.element, $0.place + [0, shift, layerSpacing]) } }
    let (a, b): (SIMD3<Double>, SIMD3<Double>) = (
      [rowSpacing, 0, 0], [rowSpacing / 2, rowSpacing * 3.0.squareRoot() / 2, 0]
    )
    let volume = (Rotation3D.cross(a, b) * step).sum()
    let (u, v, w) = (
      Rotation3D.cross(b, step) / volume, Rotation3D.cross(step, a) / volume, Rotation3D.cross(a, b) / volume
    )
    var found: [(normal: SIMD3<Double>, factor: Double)] = []
    for h in -3...3 {
      for k in -3...3 {
        for l in -6...6 where (h, k, l) > (0, 0, 0) {
          let g = u * Double(h) + v * Double(k) + w * Double(l)
          guard (g * g).sum() * Self.leastSpacing * Self.leastSpacing <= 1 else { continue }
          let factor = places.reduce(SIMD2<Double>.zero) { sum, atom in
            let phase = 2 * .pi * (g * atom.place).sum()
            let charge = Double(Elements.atomicNumber(of: atom.element) ?? 0)
            return sum + [charge * cos(phase), charge * sin(phase)]
          }
          found.append((g, (factor * factor).sum().squareRoot()))
        }
      }
    }
    let strongest = found.map(\.factor).max() ?? 0
    return found.filter { $0.factor > Self.leastFactor * strongest }.map(\.normal)
  }

  /// Whether a crystal shows columns: two directions of planes at least that are so nearly parallel to the beam that its thickness blurs
  /// them by less than a period.
  ///
  /// - Parameters:
  ///   - planes: of its material.
  ///   - rotation: from the axes of the crystal to those of the microscope.
  ///   - thickness: of the crystal along the beam, in nm.
  package static func showsColumns(
    _ planes: [SIMD3<Double>], under rotation: Rotation3D, thickness: Double
  ) -> Bool {
    var first: SIMD3<Double>?
    for plane in planes {
      let normal = rotation(plane)
      // The way of a plane through the crystal along the beam, in periods.
      guard abs(normal.z) * thickness < 1 else { continue }
      let unit = normal / (normal * normal).sum().squareRoot()
      guard let known = first else {
        first = unit
        continue
      }
      if abs((known * unit).sum()) < sameDirection { return true }
    }
    return false
  }
}
