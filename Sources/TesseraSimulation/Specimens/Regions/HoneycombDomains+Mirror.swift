import Foundation
import TesseraNumerics

extension HoneycombDomains {
  /// Both domains of a mirror twin.
  func mirrorScene(for request: SceneRequest) throws(ParameterError) -> Scene {
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
