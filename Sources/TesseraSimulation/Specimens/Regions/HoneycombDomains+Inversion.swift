import Foundation
import TesseraNumerics

extension HoneycombDomains {
  /// Both domains of an inversion.
  func inversionScene(for request: SceneRequest) throws(ParameterError) -> Scene {
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
