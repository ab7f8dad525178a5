import Foundation
import TesseraNumerics

/// A face-centred cubic crystal along [110] with one fault on a {111} plane that stands upright.
///
/// Seen along [110], a {111} plane is a row of columns t = a√6/4 apart, and rows follow one another at d = a/√3, each
/// displaced by t/3 against the one before: the stacking ABC. Two columns of adjacent rows are √(d² + t²/9) = t or
/// √(d² + 4t²/9) = a/√2 apart. A step of -t/3 in the place of t/3 keeps these distances, and both faults are made of such
/// steps. Source: Hirth & Lothe, Theory of Dislocations (2nd ed.), chapter 10.
public struct PlanarFault: Specimen, Equatable {
  /// Which of the two faults: A, B and C are the three places of a row.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// ABCACBA: one side is the mirror image of the other, and both share a row of columns.
    case twin
    /// ABCBCA, intrinsic: everything beyond a row is displaced by Shockley's partial a/6 ⟨112⟩. Of the three in the plane
    /// this is the one across the beam, of length a/√6 = 2t/3; the other two differ from it in projection by a period.
    case stackingFault = "stacking-fault"
  }

  /// The fault that the crystal holds.
  public var kind: Kind
  /// Distance t between the columns of a row, which is the shortest in the projection, in nm; positive.
  public var spacing = 0.3288
  /// Turns the crystal and its fault from +x towards +y, in radians; at 0 the fault runs along -54.7 degrees.
  public var angle = 0.0
  /// Vacancies on both sides of the fault; none by default.
  public var defects = PointDefects()
  /// Root mean square random displacement in pixels; 0 or more.
  public var displacement = 0.0

  /// A crystal with 24 pixels between the columns of a row, at the default size of a pixel.
  public init(_ kind: Kind) { self.kind = kind }

  /// The crystal with [1-10] along x and [001] along y.
  var crystal: Crystal {
    let constant = spacing * 4 / 6.0.squareRoot()
    let column = { (x: Double, y: Double) in
      CrystalColumn(place: Point(x, y), atoms: ["X"], sublattice: "X", weight: 1)
    }
    return Crystal(
      name: "fcc110", a: Point(constant / 2.0.squareRoot(), 0), b: Point(0, constant),
      columns: [column(0, 0), column(0.5, 0.5)], vacancySublattices: ["X"])
  }

  /// From one column of a row of the fault's plane to the next, in nm: ⟨112⟩ a/4.
  var row: Point { (crystal.a - crystal.b) / 2 }

  /// Both sides of the fault, with a lattice and a label each. Of a stacking fault the facts hold the displacement in
  /// pixels and the label of the displaced side.
  /// - Throws: `ParameterError` where a setting is out of its range, or the image would hold too many columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(spacing > 0 && spacing.isFinite, "spacing of the columns", is: spacing, mustBe: "positive, in nm")
    let (frame, scale) = (request.frame, 1 / request.frame.nanometresPerPixel)
    let along = row.rotated(by: angle) * scale
    let normal = Point(-along.y, along.x) / along.length
    // The next row: a step of t/3 backwards, or of 2t/3 forwards, which is a's part along the row.
    let rowDistance = normal.dot(crystal.a.rotated(by: angle)) * scale
    let origin = randomMiddle(request)
    let fault = kind == .twin ? .zero : 2 * along / 3
    let line = kind == .twin ? origin : origin + 0.5 * rowDistance * normal
    let regions = Regions(besideLineThrough: line, normal: normal, frame: frame)
    var scene = Scene()
    var nodes: [PlacedNode] = []
    for (region, side) in regions.sources.enumerated() {
      let beyond = side == 1 && kind == .twin ? crystal.mirrored(across: row) : crystal
      let placed = try PlacedCrystal(
        beyond, angle: angle, origin: side == 1 ? origin + fault : origin, request: request, defects: defects,
        displacement: displacement)
      let all = try placed.nodes(in: frame, margin: request.reach, seed: request.seed &+ UInt64(side))
      // The row through the origin belongs to side 0, the next one to side 1.
      let own = all.filter { (normal.dot($0.ideal - origin) > 0.5 * rowDistance) == (side == 1) }
      nodes += regions.named(own, of: region, radius: placed.patchRadius, namesRegion: kind == .twin)
      scene.lattices.append(placed.truth)
    }
    scene.add(nodes, in: frame)
    scene.labels = regions.labels
    scene.facts = regions.facts(frame: frame)
    if kind == .stackingFault {
      (scene.facts["fault_x"], scene.facts["fault_y"]) = (fault.x, fault.y)
      scene.facts["displaced_label"] = Double(regions.sources.firstIndex(of: 1)! + 1)
    }
    return scene
  }
}

extension Crystal {
  /// The mirror image across the line through the corner of the cell along a direction.
  func mirrored(across direction: Point) -> Crystal {
    var image = self
    func mirrored(_ vector: Point) -> Point {
      2 * vector.dot(direction) / direction.squaredLength * direction - vector
    }
    (image.a, image.b) = (mirrored(a), mirrored(b))
    return image
  }
}
