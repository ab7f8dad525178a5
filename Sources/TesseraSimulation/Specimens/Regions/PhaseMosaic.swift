import Foundation
import TesseraNumerics

/// Different crystals that meet at straight boundaries, each turned as chance has it.
public struct PhaseMosaic: Specimen, Equatable {
  /// One crystal for each region; 2 ... 64.
  public var crystals: [Crystal]
  /// Turn of every crystal, from +x towards +y, in radians; added to its random one.
  public var angle = 0.0
  /// Vacancies, antisites and dopants in all regions; none by default.
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels; 0 or more.
  public var displacement = 0.0

  /// - Parameter crystals: one for each region, 2 ... 64.
  public init(_ crystals: [Crystal]) { self.crystals = crystals }

  /// Two phases with different Bravais lattices, as the oblique μ phase and the rectangular Laves phase of Fe-Nb in
  /// [S21] Fig. 4: an oblique lattice (.3288 and .3562 nm at 75 degrees; 24 and 26 pixels) and a rectangular one whose
  /// sides are as 4 to 5. Cells of one area and columns of one weight give both the same mean intensity.
  public static let twoLattices = {
    let oblique = Crystal.bravais("oblique", a: 0.3288, ratio: 26.0 / 24, degrees: 75)
    let area = oblique.a.cross(oblique.b)
    return PhaseMosaic([oblique, .bravais("rectangular", area: area, ratio: 1.25, degrees: 90)])
  }()

  /// A square, a hexagonal and a rectangular lattice (sides as 4 to 5), with cells of one area: .3288 nm squared, 24
  /// pixels squared.
  public static let threePhases = {
    let area = 0.3288 * 0.3288
    return PhaseMosaic([
      .bravais("square", area: area, ratio: 1, degrees: 90), .bravais("hexagonal", area: area, ratio: 1, degrees: 60),
      .bravais("rectangular", area: area, ratio: 1.25, degrees: 90),
    ])
  }()

  /// Which crystal has the largest region is a matter of chance. A column that comes closer to one of a larger region than
  /// six tenths of the shortest distance in any of the crystals is left out.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require((2...64).contains(crystals.count), "number of phases", is: crystals.count, mustBe: "between 2 and 64")
    let regions = Regions(count: crystals.count, request: request)
    var random = RandomSource(seed: request.seed, stream: RandomStream.orientations)
    let turns = crystals.map { _ in 2 * Double.pi * random.uniform() }
    var scene = Scene()
    var nodes: [PlacedNode] = []
    for (region, phase) in regions.sources.enumerated() {
      let seed = request.seed &+ UInt64(phase)
      let placed = try PlacedCrystal(
        crystals[phase], angle: angle + turns[phase], origin: randomOrigin(seed: seed, frame: request.frame),
        request: request, defects: defects, displacement: displacement)
      let all = try placed.nodes(in: request.frame, margin: request.reach, seed: seed)
      nodes += regions.part(region, of: all, radius: placed.patchRadius)
      scene.lattices.append(placed.truth)
    }
    let shortest = crystals.map(\.shortestDistance).min()!
    scene.add(nodes.separated(by: 0.6 * shortest / request.frame.nanometresPerPixel), in: request.frame)
    scene.labels = regions.labels
    scene.facts = regions.facts(frame: request.frame)
    return scene
  }
}
