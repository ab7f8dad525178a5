import TesseraNumerics

/// An ellipsoid with flat facets: what a nanoparticle looks like from outside. Lengths in nm, the origin inside.
package struct ConvexBody: Sendable {
  /// Half axes along x, y and z.
  package var radii: SIMD3<Double>
  /// Unit normals of the facets, and how far each is from the origin.
  package var facets: [(normal: SIMD3<Double>, distance: Double)]

  package func contains(_ place: SIMD3<Double>) -> Bool {
    let scaled = place / radii
    return (scaled * scaled).sum() <= 1 && facets.allSatisfy { ($0.normal * place).sum() <= $0.distance }
  }

  /// Length of the straight line through `place` along `direction` (a unit vector) that lies inside; 0 outside.
  package func chord(through place: SIMD3<Double>, along direction: SIMD3<Double>) -> Double {
    let (p, u) = (place / radii, direction / radii)
    let (a, b, c) = ((u * u).sum(), (p * u).sum(), (p * p).sum() - 1)
    let root = b * b - a * c
    guard root > 0 else { return 0 }
    var (low, high) = ((-b - root.squareRoot()) / a, (-b + root.squareRoot()) / a)
    for facet in facets {
      let (along, room) = ((facet.normal * direction).sum(), facet.distance - (facet.normal * place).sum())
      if abs(along) < 1e-12 {
        if room < 0 { return 0 }
      } else if along > 0 {
        high = min(high, room / along)
      } else {
        low = max(low, room / along)
      }
    }
    return max(0, high - low)
  }

  /// Every place inside is at most this far from the origin.
  package var reach: Double { radii.max() }

  /// A body for a crystal with these facets: each is cut a little nearer or farther, and the whole may be longer than wide.
  ///
  /// - Parameters:
  ///   - facets: unit normals of the facets.
  ///   - diameter: about that of a circle of the area of its outline, in nm.
  ///   - random: source of the random draws, which moves on.
  package static func random(
    facets: [SIMD3<Double>], diameter: Double, random: inout RandomSource
  ) -> ConvexBody {
    let stretch = 1 + 0.35 * random.uniform() * random.uniform()
    let radius = 0.5 * diameter / stretch.squareRoot()
    let roundness = 0.82 + 0.23 * random.uniform()
    let cuts = facets.map { normal in
      let height = radius * (roundness + 0.16 * random.uniform())
      return (normal: normal, distance: height * (1 + (stretch - 1) * abs(normal.z)))
    }
    return ConvexBody(radii: [1.04 * radius, 1.04 * radius, 1.04 * radius * stretch], facets: cuts)
  }
}
