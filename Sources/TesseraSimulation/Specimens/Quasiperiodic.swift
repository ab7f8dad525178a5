import Foundation
import TesseraNumerics

/// A tiling of the plane by pentagonal, hexagonal and heptagonal channels between metal columns, in the manner of the
/// Mo-V-Te-Nb oxides ([M22] Fig. 4). Pentagons are filled at random, and waves whose periods never fit the cell's bend
/// every channel a little.
public struct Quasiperiodic: Specimen, Equatable {
  /// Fraction of the pentagons with a Nb column in the middle. The values of [M22]: 36.3 % filled, 4.3 % by V.
  public var filled = 0.363
  /// Fraction of the pentagons with a V column in the middle; the others are empty.
  public var partlyFilled = 0.043
  /// Largest displacement by each of the two waves, in nm.
  public var distortion = 0.012
  /// Turn in radians.
  public var angle = 0.0
  /// Root mean square random displacement in pixels.
  public var displacement = 0.0

  /// The tiling with the shares of [M22].
  public init() {}

  /// The tiling with the pentagons' fillings, whose shares are among the facts.
  /// - Throws: `ParameterError` where a share is out of its range, or the image would hold too many columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(
      filled >= 0 && partlyFilled >= 0 && filled + partlyFilled <= 1, "filled fractions",
      is: "\(filled), \(partlyFilled)", mustBe: "0 or more, and 1 at most together")
    let fills = PointDefects(fullVacancies: 1 - filled - partlyFilled, dopants: ["V": partlyFilled])
    // The patch disc holds a column and the pentagons it belongs to; a cell is far larger.
    let placed = try PlacedCrystal(
      .channels, angle: angle, origin: randomOrigin(seed: request.seed, frame: request.frame), request: request,
      defects: fills, displacement: displacement, patchRadius: 0.4)
    let pixels = 1 / request.frame.nanometresPerPixel
    var nodes = try placed.nodes(
      in: request.frame, margin: request.reach + 2 * distortion * pixels, seed: request.seed)
    for index in nodes.indices {
      nodes[index].displacement +=
        distortion * goldenWaves(at: nodes[index].ideal - placed.origin, a: placed.a, b: placed.b) * pixels
    }
    var scene = Scene()
    scene.add(nodes, in: request.frame)
    scene.lattices = [placed.truth]
    scene.facts = [
      "pentagons_filled": filled, "pentagons_partly_filled": partlyFilled,
      "pentagons_empty": 1 - filled - partlyFilled,
    ]
    return scene
  }
}

/// Two transverse waves of unit amplitude along a and b with periods of the golden ratio and its square, in cells.
func goldenWaves(at place: Point, a: Point, b: Point) -> Point {
  let golden = (1 + 5.0.squareRoot()) / 2
  let (alongA, alongB) = (place.cross(b) / a.cross(b), a.cross(place) / a.cross(b))
  return sin(2 * .pi * alongA / golden) * b / b.length + sin(2 * .pi * alongB / (golden * golden)) * a / a.length
}

extension Crystal {
  /// The network of channels: a cell of plane group pgg with 24 metal columns (Mo), three bonds of .39 nm each, and the
  /// middles of the 4 pentagons (Nb). There are 4 hexagons and 4 heptagons a cell, so a face has 6 corners on average.
  ///
  /// It is the snub square tiling with every corner cut off, which turns its corners into pentagons and its triangles
  /// into hexagons, and every octagon that the squares become halved into two hexagons, which adds a corner to two of
  /// the neighbouring triangles. The squares halve in turn along x and y, so each triangle gains one corner. Places and
  /// cell are those of least Σ (bond − 1)² + .15 Σ (second neighbour − √3)².
  static let channels: Crystal = {
    let metal = [
      Point(0.4364, 0.0563), Point(0.2118, 0.4799), Point(0.1798, 0.1288), Point(0.2629, 0.2975),
      Point(0.4215, 0.2557), Point(0.0250, 0.0956),
    ]
    let pentagon = Point(0.3178, 0.1436)
    /// The four equivalent places of plane group pgg.
    func orbit(_ p: Point) -> [Point] {
      [p, -p, Point(0.5 + p.x, 0.5 - p.y), Point(0.5 - p.x, 0.5 + p.y)].map { $0 - $0.rounded(.down) }
    }
    var columns: [CrystalColumn] = []
    for (index, place) in metal.enumerated() {
      columns += orbit(place).map { CrystalColumn($0.x, $0.y, ["Mo"], sublattice: "wall\(index + 1)") }
    }
    columns += orbit(pentagon).map { CrystalColumn($0.x, $0.y, ["Nb"], sublattice: "pentagon") }
    return Crystal(
      name: "channels", a: Point(2.4555, 0), b: Point(0, 1.9657), columns: columns,
      vacancySublattices: ["pentagon"], dopantSublattices: ["pentagon"])
  }()
}
