import Foundation

/// What a nanoparticle is made of: close-packed layers, one on the other.
///
/// A layer is a net of equilateral triangles; the next one stands over one half of the triangles or over the other, a step of +1 or −1.
/// Steps of one sign make face-centred cubic and zinc-blende crystals, steps of alternating sign hexagonal ones. A step that breaks
/// the rule is a stacking fault, and all steps turned from one layer on are a twin.
///
/// x points along a close-packed row of a layer, z along the normal of the layers.
public struct ParticleMaterial: Sendable, Equatable {
  /// How close-packed layers follow one another: by steps of one sign (cubic) or of alternating sign (hexagonal).
  public enum Stacking: Sendable, Equatable { case cubic, hexagonal }

  /// Name on the command line.
  public let name: String
  /// Distance of neighbours in a layer, and of layers, in nm.
  package let rowSpacing, layerSpacing: Double
  let stacking: Stacking
  /// Atoms over each node of a layer: element, and height in layer spacings.
  let atoms: [(element: String, height: Double)]

  public static func == (a: Self, b: Self) -> Bool { a.name == b.name }

  /// All materials that can be simulated.
  public static let all: [ParticleMaterial] = [
    cubic("Au", 0.4078), cubic("Ag", 0.4086), cubic("Pt", 0.3924), cubic("Pd", 0.3891), cubic("Cu", 0.3615),
    wurtzite("CdSe", ["Cd", "Se"], a: 0.4299, c: 0.7010), wurtzite("CdS", ["Cd", "S"], a: 0.4136, c: 0.6713),
    wurtzite("ZnO", ["Zn", "O"], a: 0.3250, c: 0.5207),
  ]

  /// Nil if there is no such material.
  public init?(named name: String) {
    guard let found = Self.all.first(where: { $0.name.lowercased() == name.lowercased() }) else { return nil }
    self = found
  }

  private init(
    _ name: String, rowSpacing: Double, layerSpacing: Double, _ stacking: Stacking, _ atoms: [(String, Double)]
  ) {
    (self.name, self.rowSpacing, self.layerSpacing) = (name, rowSpacing, layerSpacing)
    (self.stacking, self.atoms) = (stacking, atoms.map { (element: $0.0, height: $0.1) })
  }

  /// - Parameter a: edge of the cubic cell in nm.
  private static func cubic(_ element: String, _ a: Double) -> ParticleMaterial {
    ParticleMaterial(
      element, rowSpacing: a / 2.0.squareRoot(), layerSpacing: a / 3.0.squareRoot(), .cubic, [(element, 0)])
  }

  private static func wurtzite(_ name: String, _ elements: [String], a: Double, c: Double) -> ParticleMaterial {
    ParticleMaterial(name, rowSpacing: a, layerSpacing: c / 2, .hexagonal, [(elements[0], 0), (elements[1], 0.75)])
  }

  package var elements: [String] { atoms.map(\.element) }

  /// Steps from each of `count` layers to the next, without faults.
  package func perfectSteps(_ count: Int) -> [Int] {
    (0..<count).map { stacking == .cubic || $0.isMultiple(of: 2) ? 1 : -1 }
  }

  /// Directions of view in which columns of atoms stand apart at the resolution of ordinary microscopes. Along the first, planar faults
  /// are seen edge-on.
  package var zones: [SIMD3<Double>] {
    switch stacking {
    case .cubic: [[1, 0, 0], Self.cubeAxes[2]]
    case .hexagonal: [[1, 0, 0], [0, 0, 1]]
    }
  }

  /// All directions in which some columns stand apart: a particle that is tilted far from each of them shows none.
  package var axes: [SIMD3<Double>] {
    let rows = (0..<3).map { index -> SIMD3<Double> in
      let angle = Double(index) * .pi / 3
      return [cos(angle), sin(angle), 0]
    }
    switch stacking {
    case .cubic:
      let height = (2.0 / 3).squareRoot()
      let rising: [SIMD3<Double>] = [
        [0, 1 / 3.0.squareRoot(), height], [0.5, -0.5 / 3.0.squareRoot(), height],
        [-0.5, -0.5 / 3.0.squareRoot(), height],
      ]
      return rows + rising + Self.cubeAxes + [[0, 0, 1]]
    case .hexagonal:
      let between = (0..<3).map { index -> SIMD3<Double> in
        let angle = Double(index) * .pi / 3 + .pi / 6
        return [cos(angle), sin(angle), 0]
      }
      return rows + between + [[0, 0, 1]]
    }
  }

  /// Edges of the cube, where steps of +1 move a layer along +y.
  private static let cubeAxes: [SIMD3<Double>] = {
    let (x, y, z) = (0.5.squareRoot(), (1.0 / 6).squareRoot(), (1.0 / 3).squareRoot())
    return [[x, y, z], [-x, y, z], [0, -2 * y, z]]
  }()

  /// Of a cubic crystal: the close-packed plane that contains x and is inclined to the layers, and the face of the cube between the two.
  static let inclinedPlane: SIMD3<Double> = [0, 2 * 2.0.squareRoot() / 3, 1.0 / 3]
  static let outwardCubeFace = cubeAxes[2]

  /// Normals of the facets: {111} and {100} of cubic crystals, the prism and the base of hexagonal ones.
  package var facets: [SIMD3<Double>] {
    switch stacking {
    case .cubic:
      let (flat, third) = (2 * 2.0.squareRoot() / 3, 1.0 / 3)
      let inclined = (0..<3).map { index -> SIMD3<Double> in
        let angle = .pi / 2 + Double(index) * 2 * .pi / 3
        return [flat * cos(angle), flat * sin(angle), third]
      }
      let half = [[0, 0, 1]] + inclined + Self.cubeAxes
      return half + half.map { -$0 }
    case .hexagonal:
      let prism = (0..<6).map { index -> SIMD3<Double> in
        let angle = Double(index) * .pi / 3 + .pi / 6
        return [cos(angle), sin(angle), 0]
      }
      return prism + [[0, 0, 1], [0, 0, -1]]
    }
  }
}
