import Foundation
import TesseraNumerics

/// A crystal beside columns of the same kinds and the same density that have no lattice.
public struct AmorphousCrystal: Specimen, Equatable {
  /// The crystal on one side; the other side has its columns without its lattice.
  public var crystal = Crystal.hexagonal
  /// Turn of the crystal from +x towards +y, in radians.
  public var angle = 0.0
  /// Shortest distance between two columns without a lattice, in spacings of the hexagonal lattice of the same density; 0 to
  /// .73. Random sequential addition ends at .777, where disks of that diameter cover .547 of the plane. Source of the
  /// limit: Feder, J. Theor. Biol. 87 (1980) 237.
  public var shortestDistance = 0.7
  /// Defects of the crystal.
  public var defects = PointDefects()
  /// Root mean square random displacement of the crystal's columns in pixels; 0 or more.
  public var displacement = 0.0

  /// A hexagonal crystal beside its amorphous counterpart.
  public init() {}

  /// Which side is the larger is a matter of chance.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(
      (0...0.73).contains(shortestDistance), "shortest distance", is: shortestDistance, mustBe: "between 0 and 0.73")
    let frame = request.frame
    let regions = Regions(count: 2, request: request)
    let (ordered, disordered) = (regions.sources.firstIndex(of: 0)!, regions.sources.firstIndex(of: 1)!)
    let placed = try PlacedCrystal(
      crystal, angle: angle, origin: randomOrigin(seed: request.seed, frame: frame), request: request,
      defects: defects, displacement: displacement)
    let all = try placed.nodes(in: frame, margin: request.reach, seed: request.seed)
    let nodes = regions.part(ordered, of: all, radius: placed.patchRadius)
    var scene = Scene()
    scene.add(nodes, in: frame)
    scene.lattices = [placed.truth]
    scene.labels = regions.labels
    scene.facts = regions.facts(frame: frame)
    scene.facts["crystal_label"] = Double(ordered + 1)

    let density = Double(crystal.columns.count) / abs(placed.a.cross(placed.b))
    let spacing = (2 / (3.0.squareRoot() * density)).squareRoot()
    var addition = RandomAddition(
      distance: shortestDistance * spacing, frame: frame, margin: request.reach, keeping: nodes.map(\.ideal))
    var random = RandomSource(seed: request.seed, stream: RandomStream.displacements)
    let places = addition.add(density: density, using: &random) { regions.region(at: $0) == disordered }
    for (number, place) in places.enumerated() {
      let column = crystal.columns[number % crystal.columns.count]
      scene.columns.append(ImagedColumn(position: place, weight: column.weight))
      guard frame.contains(place) else { continue }
      let suffix = regions.leaves(disordered, around: place, radius: placed.patchRadius) ? "+boundary" : ""
      scene.sites.append(
        TrueSite(
          position: place, element: column.element, sublattice: "amorphous", environment: "amorphous" + suffix,
          environmentOriented: "amorphous~\(disordered + 1)" + suffix))
    }
    return scene
  }
}
