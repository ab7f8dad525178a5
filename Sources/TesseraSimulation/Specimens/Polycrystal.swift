import Foundation
import TesseraNumerics

/// Polycrystal of one crystal, turned against one another, that meet at straight boundaries.
public struct Polycrystal: Specimen, Equatable {
  public var crystal = Crystal.mose2
  /// Number of grains; 2 ... 64.
  public var count = 2
  /// Turn of the first grain in radians.
  public var angle = 0.0
  /// Turn of each grain against the one before, in radians.
  public var misorientation = 17 * Double.pi / 180
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels.
  public var displacement = 0.0

  public init() {}

  /// Each grain is the part of the image nearer to its seed point than to the others'. A column that comes closer to one
  /// of a larger grain than six tenths of the shortest distance in the crystal is left out.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require((2...64).contains(count), setting("grains"), is: count, mustBe: "between 2 and 64")
    let seeds = numberedByArea(seedPoints(request), frame: request.frame)
    var scene = Scene()
    var nodes: [PlacedNode] = []
    for grain in 0..<count {
      let placed = try PlacedCrystal(
        crystal, angle: angle + Double(grain) * misorientation,
        origin: randomOrigin(seed: request.seed &+ UInt64(grain), frame: request.frame), request: request,
        defects: defects, displacement: displacement)
      let ring = (0..<16).map { placed.patchRadius * Point(cos(Double($0) * .pi / 8), sin(Double($0) * .pi / 8)) }
      let inside = try placed.nodes(
        in: request.frame, margin: request.reach, seed: request.seed &+ UInt64(grain)
      ).filter { nearestSeed(seeds, to: $0.ideal) == grain }
      for var node in inside {
        let crossed = ring.contains { nearestSeed(seeds, to: node.ideal + $0) != grain }
        node.environment += crossed ? "+boundary" : ""
        node.environmentOriented += "~\(grain + 1)" + (crossed ? "+boundary" : "")
        nodes.append(node)
      }
      scene.lattices.append(placed.truth)
    }
    let shortest =
      crystal.columns.indices.flatMap { index in
        crystal.neighbours(of: index, within: crystal.a.length + crystal.b.length).prefix(1).map(\.offset.length)
      }.min() ?? 0
    scene.add(separated(nodes, by: 0.6 * shortest / request.frame.nanometresPerPixel), in: request.frame)
    scene.labels = labels(seeds, frame: request.frame)
    return scene
  }

  /// Seed points around the middle of the image at equal steps of angle, so that no grain is a sliver.
  private func seedPoints(_ request: SceneRequest) -> [Point] {
    var random = RandomSource(seed: request.seed, stream: RandomStream.regions)
    let start = 2 * Double.pi * random.uniform()
    let radius = 0.3 * Double(min(request.frame.width, request.frame.height))
    return (0..<count).map { index in
      let turn = start + 2 * Double.pi * Double(index) / Double(count)
      let wander = Point(random.uniform() - 0.5, random.uniform() - 0.5) * 0.5 * radius
      return request.frame.centre + radius * Point(cos(turn), sin(turn)) + wander
    }
  }

  /// The seeds in the order of falling area, as in every label map.
  private func numberedByArea(_ seeds: [Point], frame: Frame) -> [Point] {
    var areas = [Int](repeating: 0, count: seeds.count)
    for label in labels(seeds, frame: frame).values { areas[Int(label) - 1] += 1 }
    return seeds.indices.sorted { areas[$0] > areas[$1] }.map { seeds[$0] }
  }

  private func labels(_ seeds: [Point], frame: Frame) -> Raster<UInt16> {
    concurrentRows(width: frame.width, height: frame.height, of: UInt16(0)) { y, row in
      for x in 0..<row.count { row[x] = UInt16(nearestSeed(seeds, to: Point(Double(x), Double(y))) + 1) }
    }
  }
}

private func nearestSeed(_ seeds: [Point], to place: Point) -> Int {
  seeds.indices.min { (seeds[$0] - place).squaredLength < (seeds[$1] - place).squaredLength }!
}

/// The nodes that have no earlier node within a distance.
private func separated(_ nodes: [PlacedNode], by distance: Double) -> [PlacedNode] {
  let index = PlanarIndex(nodes.map(\.ideal))
  var isKept = [Bool](repeating: true, count: nodes.count)
  for node in nodes.indices {
    isKept[node] = !index.neighbours(of: nodes[node].ideal, within: distance).contains { $0 < node && isKept[$0] }
  }
  return nodes.indices.filter { isKept[$0] }.map { nodes[$0] }
}
