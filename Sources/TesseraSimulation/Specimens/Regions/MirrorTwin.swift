import Foundation
import TesseraNumerics

/// Two domains of a honeycomb, one the mirror image of the other, that share a row of columns of the second sublattice: a mirror
/// twin boundary with four-membered rings that meet in a point.
///
/// The mirror runs along a, the zigzag direction, through the columns of the shared row; each of them has two neighbours of the first
/// sublattice on either side, at the bond length a/√3. The domains are rigid: columns that face each other across the row are
/// a/√3 apart, too, where those of a real monolayer give way. Source of the kind of boundary (4|4P): Lehtinen et al., ACS Nano 9
/// (2015) 3274.
public struct MirrorTwin: Specimen, Equatable {
  /// A honeycomb with columns at the corner of the cell and at (1/3, 1/3).
  public var crystal = Crystal.mose2
  /// Turns crystal and boundary from +x towards +y, in radians.
  public var angle = 0.0
  /// Vacancies, antisites and dopants in both domains; none by default.
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels; 0 or more.
  public var displacement = 0.0

  /// Two domains of MoSe2.
  public init() {}

  /// Both domains, with a lattice and a label each. Environments of the shared row hold `+twin`.
  /// - Throws: `ParameterError` where the crystal is no honeycomb or a setting is out of its range.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(
      crystal.columns.count == 2 && crystal.columns[0].weight != crystal.columns[1].weight, setting("crystal"),
      is: crystal.name, mustBe: "a honeycomb of two different columns")
    let (frame, scale) = (request.frame, 1 / request.frame.nanometresPerPixel)
    let along = crystal.a.rotated(by: angle)
    let normal = Point(-along.y, along.x) / along.length
    let middle = randomMiddle(request)
    let regions = Regions(besideLineThrough: middle, normal: normal, frame: frame)
    // Rows of either sublattice are a third and two thirds of √3/2 a apart.
    let narrow = crystal.a.length * scale * 0.75.squareRoot() / 3
    var scene = Scene()
    var nodes: [PlacedNode] = []
    for (region, side) in regions.sources.enumerated() {
      let own = side == 1 ? crystal.mirrored(across: crystal.a) : crystal
      let shared = own.place(of: own.columns[1]).rotated(by: angle) * scale
      let placed = try PlacedCrystal(
        own, angle: angle, origin: middle - shared, request: request, defects: defects, displacement: displacement)
      let all = try placed.nodes(in: frame, margin: request.reach, seed: request.seed &+ UInt64(side))
      // The row on the mirror belongs to side 0.
      let kept = all.filter { (normal.dot($0.ideal - middle) > narrow / 2) == (side == 1) }
      let marked = kept.map { node in
        guard abs(normal.dot(node.ideal - middle)) < narrow / 2 else { return node }
        var node = node
        node.environment += "+twin"
        node.environmentOriented += "+twin"
        return node
      }
      nodes += regions.named(marked, of: region, radius: placed.patchRadius)
      scene.lattices.append(placed.truth)
    }
    scene.add(nodes, in: frame)
    scene.labels = regions.labels
    scene.facts = regions.facts(frame: frame)
    return scene
  }
}
