import TesseraNumerics

/// Finds the polygonal units of a net of columns: faces of the graph of the wall columns.
public struct PolygonFinder: Sendable, Codable, Equatable {
  /// Units with this number of sides, 4 ... `mostSides`; nil: all of them.
  public var sides: Int?
  /// Faces with more sides are openings (cracks, vacuum) and no units.
  public static let mostSides = 12

  /// A finder of polygons of any number of sides.
  public init() {}

  /// The net of one image.
  public struct Net: Sendable {
    /// From top to bottom, then from left to right.
    public var units: [PolygonalUnit]
    /// Whether each column is part of the wall.
    public var isWall: [Bool]
    /// Median length of the bonds of the wall, in pixels.
    public var bond: Double
    /// Faces that are triangles, that have more than `mostSides`, and those that columns outside the image might change.
    public var triangles, openings, cut: Int
    /// Centres of those that columns outside the image might change, in pixels.
    public var cutCentres: [Point]
    /// Units of each number of sides, the kinds that were not asked for included.
    public var counts: [Int: Int]

    /// The number of sides that most units have, the smaller of two alike; nil without units.
    public var commonestSides: Int? { counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key }
  }

  /// O(n log n).
  /// - Parameters:
  ///   - positions: of all columns, in pixels.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  /// - Throws: `ParameterError` for a number of sides outside its range.
  public func net(of positions: [Point], width: Int, height: Int) throws(ParameterError) -> Net {
    if let sides {
      try require(
        (4...Self.mostSides).contains(sides), setting("sides"), is: sides,
        mustBe: "between 4 and \(Self.mostSides), or all")
    }
    let size = Point(Double(width), Double(height))
    let roles = CentreColumns().roles(of: positions, size: size)
    let middles = positions.indices.filter { roles.isMiddle[$0] }
    let walls = positions.indices.filter { !roles.isMiddle[$0] }
    let graph = NeighbourNet(walls.map { positions[$0] }, size: size)
    let bonds = BondCounts(of: graph, size: size, isDecided: walls.map { roles.isDecided[$0] })
    var net = Net(
      units: [], isWall: roles.isMiddle.map { !$0 }, bond: graph.bondLength ?? .nan, triangles: 0, openings: 0, cut: 0,
      cutCentres: [], counts: [:])
    for face in graph.faces {
      guard face.isCertain && face.vertices.allSatisfy({ roles.isDecided[walls[$0]] }) else {
        net.cut += 1
        net.cutCentres.append(PolygonShape(face.vertices.map { graph.points[$0] }).centre)
        continue
      }
      let corners = face.vertices.map { walls[$0] }
      guard corners.count > 3 else {
        net.triangles += 1
        continue
      }
      guard corners.count <= Self.mostSides else {
        net.openings += 1
        continue
      }
      net.counts[corners.count, default: 0] += 1
      guard sides == nil || corners.count == sides else { continue }
      let shape = PolygonShape(corners.map { positions[$0] })
      var unit = PolygonalUnit(
        corners: corners, centre: shape.centre, area: shape.area, radius: shape.radius, regularity: shape.regularity)
      unit.isRegularlyBonded = bonds.areUsual(at: face.vertices)
      net.units.append(unit)
    }
    net.units.sort { ($0.centre.y, $0.centre.x) < ($1.centre.y, $1.centre.x) }
    Self.place(middles, in: &net.units, positions: positions)
    return net
  }

  /// Gives each middle column to the unit that it stands in.
  private static func place(_ middles: [Int], in units: inout [PolygonalUnit], positions: [Point]) {
    guard !units.isEmpty else { return }
    let index = PlanarIndex(units.map(\.centre))
    for middle in middles {
      guard let unit = index.nearest(1, to: positions[middle]).first else { continue }
      if positions[middle].isInside(polygon: units[unit].corners.map { positions[$0] }) {
        units[unit].middle = middle
      }
    }
  }
}
