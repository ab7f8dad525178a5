import Foundation
import TesseraNumerics

/// A bilayer of MoSe2 that is stacked as 2H on one side of a line and as 3R on the other.
///
/// The lower layer runs through. In 2H the upper one is turned by 180 degrees and puts Mo over Se2 and Se2 over Mo: a honeycomb of
/// two like columns. In 3R the upper layer is displaced by a bond: columns of Mo, of both, and of Se2 alone, in the three places of
/// the hexagonal cell. The Mo atoms of the upper layer have the same places on both sides. The boundary runs along a, half-way
/// between two rows; nothing relaxes. Source of both stackings: He et al., Phys. Rev. B 89 (2014) 075409.
public struct StackingBoundary: Specimen, Equatable {
  /// Turns crystal and boundary from +x towards +y, in radians.
  public var angle = 0.0
  /// Root mean square random displacement in pixels; 0 or more.
  public var displacement = 0.0

  /// Both stackings of MoSe2.
  public init() {}

  private static func bilayer(_ name: String, _ columns: [[String]]) -> Crystal {
    let monolayer = Crystal.mose2
    return Crystal(
      name: "mose2-\(name.lowercased())", a: monolayer.a, b: monolayer.b,
      columns: columns.enumerated().map { third, atoms in
        let place = Double(third) / 3
        return CrystalColumn(place, place, atoms, sublattice: "\(name)-\(third + 1)")
      })
  }

  /// Two places of the cell are taken, by one column each of all atoms.
  static let hexagonal = bilayer("2H", [["Mo", "Se", "Se"], ["Mo", "Se", "Se"]])
  /// All three places are taken.
  static let rhombohedral = bilayer("3R", [["Mo"], ["Mo", "Se", "Se"], ["Se", "Se"]])

  /// Both stackings, with a lattice and a label each; environments begin with `2H:` or `3R:`, and the fact `label_2h` is the label of 2H.
  /// - Throws: `ParameterError` where a setting is out of its range.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    let (frame, scale) = (request.frame, 1 / request.frame.nanometresPerPixel)
    let along = Self.hexagonal.a.rotated(by: angle) * scale
    let normal = Point(-along.y, along.x) / along.length
    let middle = randomMiddle(request)
    let regions = Regions(besideLineThrough: middle, normal: normal, frame: frame)
    // Rows of all three places follow one another at a sixth of √3 a.
    let origin = middle + normal * (along.length * 3.0.squareRoot() / 12)
    var scene = Scene()
    var nodes: [PlacedNode] = []
    for (region, side) in regions.sources.enumerated() {
      let placed = try PlacedCrystal(
        side == 0 ? Self.hexagonal : Self.rhombohedral, angle: angle, origin: origin, request: request,
        displacement: displacement)
      let all = try placed.nodes(in: frame, margin: request.reach, seed: request.seed &+ UInt64(side))
      let name = side == 0 ? "2H" : "3R"
      nodes += regions.part(region, of: all, radius: placed.patchRadius).map { node in
        var node = node
        node.environment = "\(name):\(node.environment)"
        node.environmentOriented = "\(name):\(node.environmentOriented)"
        return node
      }
      scene.lattices.append(placed.truth)
      if side == 0 { scene.facts["label_2h"] = Double(region + 1) }
    }
    scene.add(nodes, in: frame)
    scene.labels = regions.labels
    scene.facts.merge(regions.facts(frame: frame)) { $1 }
    return scene
  }
}
