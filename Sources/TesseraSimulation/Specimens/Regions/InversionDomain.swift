import Foundation
import TesseraNumerics

/// Two domains of a honeycomb, one the other turned by 180 degrees about the middle of a bond, which puts the atoms of
/// each sublattice on the nodes of the other: an inversion domain boundary.
///
/// The boundary runs along a, the zigzag direction, and cuts bonds in their middles, so that equal columns face each other
/// across it and all bonds keep their length. The boundaries of real monolayers are rebuilt; this one is not.
public struct InversionDomain: Specimen, Equatable {
  /// A honeycomb with columns at the corner of the cell and at (1/3, 1/3), which must differ.
  public var crystal = Crystal.mose2
  /// Turns crystal and boundary from +x towards +y, in radians.
  public var angle = 0.0
  /// Vacancies, antisites and dopants in both domains; none by default.
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels; 0 or more.
  public var displacement = 0.0

  /// Two domains of MoSe2.
  public init() {}

  /// Both domains, with a lattice and a label each. The facts `inversion_x` and `inversion_y` are the centre of
  /// inversion, in pixels.
  /// - Throws: `ParameterError` where the crystal is no honeycomb of two different columns or a setting is out of its
  ///   range.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(
      crystal.columns.count == 2 && crystal.columns[0].weight != crystal.columns[1].weight, setting("crystal"),
      is: crystal.name, mustBe: "a honeycomb of two different columns")
    let frame = request.frame
    let middle = randomMiddle(request)
    // The bond from (1/3, 1/3) to (0, 1) is at right angles to a.
    let (a, b) = (crystal.a.rotated(by: angle), crystal.b.rotated(by: angle))
    let corner = middle - (a / 6 + 2 * b / 3) / frame.nanometresPerPixel
    let normal = Point(-a.y, a.x) / a.length
    let regions = Regions(besideLineThrough: middle, normal: normal, frame: frame)
    var scene = Scene()
    var nodes: [PlacedNode] = []
    for (region, side) in regions.sources.enumerated() {
      let placed = try PlacedCrystal(
        crystal, angle: angle + (side == 1 ? .pi : 0), origin: side == 1 ? 2 * middle - corner : corner,
        request: request, defects: defects, displacement: displacement)
      let all = try placed.nodes(in: frame, margin: request.reach, seed: request.seed &+ UInt64(side))
      nodes += regions.part(region, of: all, radius: placed.patchRadius)
      scene.lattices.append(placed.truth)
    }
    scene.add(nodes, in: frame)
    scene.labels = regions.labels
    scene.facts = regions.facts(frame: frame)
    (scene.facts["inversion_x"], scene.facts["inversion_y"]) = (middle.x, middle.y)
    return scene
  }
}
