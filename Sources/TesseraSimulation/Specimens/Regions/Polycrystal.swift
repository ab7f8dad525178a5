import Foundation
import TesseraNumerics

/// Grains of one crystal, turned against one another, that meet at straight boundaries.
public struct Polycrystal: Specimen, Equatable {
  /// The crystal of every grain.
  public var crystal = Crystal.mose2
  /// Number of grains; 2 ... 64.
  public var count = 2
  /// Turn of the first grain in radians.
  public var angle = 0.0
  /// Turn of each grain against the one before, in radians.
  public var misorientation = 17 * Double.pi / 180
  /// Vacancies, antisites and dopants in all grains; none by default.
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels.
  public var displacement = 0.0

  /// Two grains of MoSe2, 17 degrees apart.
  public init() {}

  /// Each grain is the part of the image nearer to its seed point than to the others'. A column that comes closer to one
  /// of a larger grain than six tenths of the shortest distance in the crystal is left out.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require((2...64).contains(count), setting("grains"), is: count, mustBe: "between 2 and 64")
    let regions = Regions(count: count, request: request)
    var scene = Scene()
    var nodes: [PlacedNode] = []
    for grain in 0..<count {
      let placed = try PlacedCrystal(
        crystal, angle: angle + Double(grain) * misorientation,
        origin: randomOrigin(seed: request.seed &+ UInt64(grain), frame: request.frame), request: request,
        defects: defects, displacement: displacement)
      let all = try placed.nodes(in: request.frame, margin: request.reach, seed: request.seed &+ UInt64(grain))
      nodes += regions.part(grain, of: all, radius: placed.patchRadius)
      scene.lattices.append(placed.truth)
    }
    let distance = 0.6 * crystal.shortestDistance / request.frame.nanometresPerPixel
    scene.add(nodes.separated(by: distance), in: request.frame)
    scene.labels = regions.labels
    return scene
  }
}
