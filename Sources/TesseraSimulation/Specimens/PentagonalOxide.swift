import Foundation
import TesseraNumerics

/// A polyoxometalate seen along its channels: metal columns (Mo) in the net of the Cairo pentagonal tiling, each pentagon empty,
/// or with a column of V or Nb in the middle ([M22] Fig. 4).
///
/// The tiling is the equilateral one: every bond has one length, the cell is a square of plane group p4g with 6 columns and 4
/// pentagons, and the pentagons' centres form the net of the snub square tiling. Two slow waves bend each pentagon a little.
/// On request a region holds an ordered phase: blocks of 2 x 2 cells (16 pentagons, level 3 of [M22]) of two kinds, X and Y,
/// three X to one Y, where Y is X with one more pentagon filled. So every division of the region into blocks of 2 x 2 cells, whatever its
/// origin and whichever of the two squares of pentagons it starts from, has two kinds of block in the ratio 3 : 1.
public struct PentagonalOxide: Specimen, Equatable {
  /// Fraction of the pentagons without V that hold Nb, 0 ... 1; the others are empty.
  public var filled = 0.379
  /// Fraction of the pentagons with a V column in the middle, 0 ... 1.
  public var partlyFilled = 0.043
  /// Fraction of the image's area that the ordered phase covers, 0 ... 1.
  public var phase = 0.0
  /// Largest displacement by each of the two waves, in nm.
  public var distortion = 0.01
  /// Turn in radians.
  public var angle = 0.0
  /// Root mean square random displacement in pixels.
  public var displacement = 0.0

  /// The oxide with the shares of [M22], without an ordered phase.
  public init() {}

  /// The net of columns with the pentagons' fillings. Facts: lengths of bond and cell in nm, the shares of the fillings
  /// and, of an ordered phase, its share of the pentagons and the ratio of its blocks.
  /// - Throws: `ParameterError` where a share is out of its range, or the image would hold too many columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(filled >= 0 && filled <= 1, "filled fraction", is: filled, mustBe: "between 0 and 1")
    try require(
      partlyFilled >= 0 && partlyFilled <= 1, "partly filled fraction", is: partlyFilled, mustBe: "between 0 and 1")
    try require(phase >= 0 && phase <= 1, setting("phase"), is: phase, mustBe: "between 0 and 1")
    try require(
      phase == 0 || (filled > 0 && filled < 1 && partlyFilled < 1), "filled fraction", is: filled,
      mustBe: "above 0 and below 1 beside an ordered phase")
    let fills = PointDefects(
      fullVacancies: (1 - partlyFilled) * (1 - filled), dopants: partlyFilled > 0 ? ["V": partlyFilled] : [:])
    // The patch disc holds a column and the pentagons it belongs to; a cell is far larger.
    let placed = try PlacedCrystal(
      .cairo, angle: angle, origin: randomOrigin(seed: request.seed, frame: request.frame), request: request,
      defects: fills, displacement: displacement, patchRadius: 0.4)
    let pixels = 1 / request.frame.nanometresPerPixel
    let region = region(for: request)
    @Sendable func isOrdered(_ i: Int, _ j: Int) -> Bool {
      (placed.origin + Double(i) * placed.a + Double(j) * placed.b - region.centre).length < region.radius
    }
    var nodes = try placed.nodes(
      in: request.frame, margin: request.reach + 2 * distortion * pixels, seed: request.seed
    ) { i, j, column in
      guard column >= Self.wallCount, isOrdered(i, j) else { return nil }
      return Self.isFilledInPhase(i: i, j: j, pentagon: column - Self.wallCount) ? "" : "vacancy-Nb1"
    }
    for index in nodes.indices {
      nodes[index].displacement +=
        distortion * goldenWaves(at: nodes[index].ideal - placed.origin, a: placed.a, b: placed.b) * pixels
    }
    var scene = Scene()
    scene.add(nodes, in: request.frame)
    scene.lattices = [placed.truth]
    scene.facts = facts(nodes: nodes, placed: placed, frame: request.frame, isOrdered: isOrdered)
    return scene
  }

  private func facts(
    nodes: [PlacedNode], placed: PlacedCrystal, frame: Frame, isOrdered: (Int, Int) -> Bool
  ) -> [String: Double] {
    var facts = [
      "bond_nm": Self.bond, "cell_nm": Self.cell, "pentagons_partly_filled": partlyFilled,
      "pentagons_filled": (1 - partlyFilled) * filled, "pentagons_empty": (1 - partlyFilled) * (1 - filled),
    ]
    guard phase > 0 else { return facts }
    let inside = nodes.filter { $0.sublattice == Self.pentagon && frame.contains($0.position) }
    let area = placed.a.cross(placed.b)
    let ordered = inside.count { node in
      // Of the square of pentagons around a corner of the cells, the corner is within .37 of the cell's side along each axis.
      let place = node.ideal - placed.origin
      let (i, j) = (place.cross(placed.b) / area, placed.a.cross(place) / area)
      return isOrdered(Int(saturating: i.rounded()), Int(saturating: j.rounded()))
    }
    facts["phase_area_fraction"] = Double(ordered) / Double(max(1, inside.count))
    facts["phase_ratio"] = 3
    return facts
  }

  // MARK: - The ordered phase

  /// The disc, around a random place near the middle, that covers the wanted fraction of the image.
  private func region(for request: SceneRequest) -> (centre: Point, radius: Double) {
    guard phase > 0 else { return (.zero, -1) }
    let (frame, steps, centre) = (request.frame, 200, randomMiddle(request))
    var distances: [Double] = []
    for row in 0..<steps {
      for column in 0..<steps {
        let place = Point(
          (Double(column) + 0.5) * Double(frame.width) / Double(steps) - 0.5,
          (Double(row) + 0.5) * Double(frame.height) / Double(steps) - 0.5)
        distances.append((place - centre).length)
      }
    }
    return (centre, phase == 1 ? .infinity : Statistics.quantile(distances, phase))
  }

  /// Whether a pentagon of the ordered phase is filled: X repeats every two cells, and one block of four is Y.
  /// - Parameter pentagon: its number in the cell, 0 ... 3.
  static func isFilledInPhase(i: Int, j: Int, pentagon: Int) -> Bool {
    let x: [[Set<Int>]] = [[[0, 2], [1]], [[2], [0, 3]]]  // Rows j, cells i, pentagons.
    if x[j & 1][i & 1].contains(pentagon) { return true }
    return i & 3 == 0 && j & 3 == 1 && pentagon == 0
  }

  // MARK: - The tiling

  /// Length of every bond, in nm, and the side of the cell that follows.
  package static let bond = 0.39
  package static let cell = bond / (2 * 2.0.squareRoot() * corner)
  /// The columns with three bonds lie at (x, x + 1/2) and its equivalents; x makes both kinds of bond equally long:
  /// 8 x² = x² + (1/2 − x)².
  static let corner = (7.0.squareRoot() - 1) / 12
  /// Sublattice of the middles.
  package static let pentagon = "pentagon"
  fileprivate static let wallCount = 6
}

extension Crystal {
  /// The net of the Cairo tiling: two columns with four bonds and four with three a cell, and the middles of the pentagons
  /// (the mean of their corners), which form squares around the first column of each cell.
  static let cairo: Crystal = {
    let x = PentagonalOxide.corner
    let c = (1 - x) / 5
    func wrapped(_ value: Double) -> Double { value - value.rounded(.down) }
    var columns = [(0.0, 0.0), (0.5, 0.5)].map { CrystalColumn($0.0, $0.1, ["Mo"], sublattice: "wall4") }
    columns += [(x, x + 0.5), (-x, 0.5 - x), (0.5 - x, x), (0.5 + x, -x)].map {
      CrystalColumn(wrapped($0.0), wrapped($0.1), ["Mo"], sublattice: "wall3")
    }
    columns += [(c, 0.5 - c), (c - 0.5, c), (-c, c - 0.5), (0.5 - c, -c)].map {
      CrystalColumn($0.0, $0.1, ["Nb"], sublattice: PentagonalOxide.pentagon)
    }
    let side = PentagonalOxide.cell
    return Crystal(
      name: "cairo", a: Point(side, 0), b: Point(0, side), columns: columns,
      vacancySublattices: [PentagonalOxide.pentagon], dopantSublattices: [PentagonalOxide.pentagon])
  }()
}
