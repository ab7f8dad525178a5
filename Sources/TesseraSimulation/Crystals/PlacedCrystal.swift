import Foundation
import TesseraNumerics

/// A crystal laid on the pixels of an image: where its lattice lies and what sits at each node.
struct PlacedCrystal: Sendable {
  let crystal: Crystal
  /// Lattice vectors and the origin of cell (0, 0), in pixels.
  let a, b, origin: Point
  /// Root mean square length of the columns' random displacements, in pixels.
  let displacement: Double
  /// Radius of the patch disc, in pixels: the default's unless told otherwise.
  let patchRadius: Double
  private let places: [Point]
  private let occupants: [[Occupant]]
  private let names: SiteEquivalence
  private let surroundings: [[Surrounding]]

  /// A node within the patch disc of another: how to get there, and how a table names the way.
  private struct Surrounding: Sendable {
    var i, j, column: Int
    /// Degrees from +x towards +y; with `/2`, `/3` where further shells of the disc lie the same way.
    var direction: String
  }

  /// - Parameters:
  ///   - angle: turns the crystal from +x towards +y, in radians.
  ///   - origin: place of the corner of cell (0, 0), in pixels.
  ///   - displacement: root mean square length of the columns' random displacements, in pixels.
  ///   - patchRadius: radius of the patch disc in nm; nil for the spacing of the first dominant ring of planes.
  init(
    _ crystal: Crystal, angle: Double, origin: Point, request: SceneRequest, defects: PointDefects = PointDefects(),
    displacement: Double = 0, patchRadius: Double? = nil
  ) throws(ParameterError) {
    try require(angle.isFinite, setting("angle"), is: angle, mustBe: "finite")
    try require(
      displacement >= 0 && displacement.isFinite, setting("displacement"), is: displacement,
      mustBe: "0 or more, in pixels")
    let scale = 1 / request.frame.nanometresPerPixel
    let turned = { (vector: Point) in vector.rotated(by: angle) * scale }
    self.crystal = crystal
    self.origin = origin
    self.displacement = displacement
    (a, b) = (turned(crystal.a), turned(crystal.b))
    places = crystal.columns.map { turned(crystal.place(of: $0)) }
    let radius = patchRadius ?? crystal.ringSpacing(sigma: request.columnSigma / scale)
    self.patchRadius = radius * scale
    // Almost two radii: what lies further changes no patch, and no shell of a common lattice lies at just this distance.
    names = SiteEquivalence(of: crystal, radius: 1.9 * radius)
    try defects.check(in: crystal)
    var occupants: [[Occupant]] = []
    for column in crystal.columns { occupants.append(try defects.occupants(of: column, in: crystal)) }
    self.occupants = occupants
    surroundings = crystal.columns.indices.map { column in
      let near = crystal.neighbours(of: column, within: radius * (1 - 1e-6))
      let degrees = near.map { Int(($0.offset.rotated(by: angle).angle * 180 / .pi + 360).rounded()) % 360 }
      return near.indices.map { index in
        let shell = (0..<index).filter { degrees[$0] == degrees[index] }.count + 1
        return Surrounding(
          i: near[index].i, j: near[index].j, column: near[index].column,
          direction: shell > 1 ? "\(degrees[index])/\(shell)" : "\(degrees[index])")
      }
    }
  }

  var truth: TrueLattice { TrueLattice(a: a, b: b, origin: origin, patchRadius: patchRadius) }

  /// The most nodes that a specimen may have; more are a lattice too fine to be resolved.
  private static let nodeLimit = 2e7

  /// All nodes whose columns may lie within `margin` pixels of the frame, random displacements included.
  /// - Parameter ordered: the defect of the node of cell (i, j) and of this column (empty: none) where it is not left to chance.
  func nodes(
    in frame: Frame, margin: Double, seed: UInt64,
    ordered: (_ i: Int, _ j: Int, _ column: Int) -> String? = { _, _, _ in nil }
  ) throws(ParameterError) -> [PlacedNode] {
    let margin = margin + 4 * displacement
    let area = (Double(frame.width) + 2 * margin) * (Double(frame.height) + 2 * margin)
    let expected = area / abs(a.cross(b)) * Double(places.count)
    try require(
      expected <= Self.nodeLimit, "number of columns in and around the image", is: Int(saturating: expected.rounded()),
      mustBe: "at most \(Int(Self.nodeLimit)); choose smaller pixels, a smaller image or a narrower probe")
    let grid = FrameCells(a: a, b: b, origin: origin, frame: frame, margin: margin + patchRadius)
    let present = drawOccupants(in: grid, seed: seed, ordered: ordered)
    var nodes: [PlacedNode] = []
    for i in grid.i {
      for j in grid.j {
        let corner = origin + Double(i) * a + Double(j) * b
        for column in places.indices {
          let ideal = corner + places[column]
          guard frame.contains(ideal, margin: margin) else { continue }
          let own = occupants[column][present[grid.index(i, j) * places.count + column]]
          let (environment, oriented) = environments(i, j, column, own: own, in: grid, present: present)
          nodes.append(
            PlacedNode(
              ideal: ideal, displacement: own.isVacant ? .zero : jump(i, j, column, seed: seed),
              sublattice: crystal.columns[column].sublattice, occupant: own,
              environment: environment, environmentOriented: oriented))
        }
      }
    }
    return nodes
  }

  /// One occupant a node, as an index into its column's list; in the order of the grid.
  private func drawOccupants(
    in grid: FrameCells, seed: UInt64, ordered: (_ i: Int, _ j: Int, _ column: Int) -> String?
  ) -> [Int] {
    var present = [Int](repeating: 0, count: grid.count * places.count)
    guard occupants.contains(where: { $0.count > 1 }) else { return present }
    for i in grid.i {
      for j in grid.j {
        for column in places.indices {
          let stream = RandomStream.node(RandomStream.defects, i, j, column)
          var random = RandomSource(seed: seed, stream: stream)
          let given = ordered(i, j, column).flatMap { defect in occupants[column].firstIndex { $0.defect == defect } }
          present[grid.index(i, j) * places.count + column] = given ?? choose(from: occupants[column], random.uniform())
        }
      }
    }
    return present
  }

  /// The occupant that a number from 0 ..< 1 falls on; the perfect one takes what the defects leave.
  private func choose(from occupants: [Occupant], _ number: Double) -> Int {
    var left = number
    for choice in occupants.indices.dropFirst() {
      left -= occupants[choice].probability
      if left < 0 { return choice }
    }
    return 0
  }

  /// Random displacement of a node's column, in pixels.
  private func jump(_ i: Int, _ j: Int, _ column: Int, seed: UInt64) -> Point {
    if displacement == 0 { return .zero }
    let stream = RandomStream.node(RandomStream.displacements, i, j, column)
    var random = RandomSource(seed: seed, stream: stream)
    return Point(random.gaussian(), random.gaussian()) * (displacement / 2.0.squareRoot())
  }

  private func environments(
    _ i: Int, _ j: Int, _ column: Int, own: Occupant, in grid: FrameCells, present: [Int]
  ) -> (String, String) {
    let suffix = own.defect.isEmpty ? "" : "/" + own.defect
    var (kinds, ways): ([String], [String]) = ([], [])
    for near in surroundings[column] {
      let node = grid.index(i + near.i, j + near.j) * places.count + near.column
      if present[node] == 0 { continue }
      let defect = occupants[near.column][present[node]].defect
      kinds.append(defect)
      ways.append("+\(defect)@\(near.direction)")
    }
    var around = ""
    for kind in Set(kinds).sorted() {
      let count = kinds.count { $0 == kind }
      around += count > 1 ? "+\(count)\(kind)" : "+\(kind)"
    }
    return (names.invariant[column] + suffix + around, names.oriented[column] + suffix + ways.sorted().joined())
  }
}
