import Foundation
import TesseraNumerics

/// The windows of a net of units: level 2, four units at the corners of a square, and level 3, four windows of level 2 ([M22] Fig. 4F).
///
/// Both are four-sided faces of a graph of neighbours, of the units' centres and then of the centres of windows of one kind. In the
/// net of Cairo pentagons the squares of level 2 have two orientations, so there are two kinds: A, the one with more windows, and B.
/// Windows of kind A share no unit; those of A and B overlap. Level 3 is built from kind A.
public struct UnitWindows: Sendable, Equatable {
  /// A square of four units, or of four windows.
  public struct Window: Sendable, Equatable {
    /// Numbers of the units (level 2) or of the windows of level 2 (level 3), clockwise on the screen; the first is the first at or
    /// after the direction +x, for the kind's mean orientation.
    public var corners: [Int]
    /// In pixels.
    public var centre: Point
    /// 0: A, 1: B.
    public var kind: Int
    /// Where the window stands in the grid of its own (level 3 only): the part of the net, column and row; nil where the grid is torn.
    public var place: Place?
  }

  /// A place in the grid of the windows of level 3.
  public struct Place: Sendable, Equatable {
    /// Number of the connected part of the net, then column and row in it.
    public var part, i, j: Int
  }

  /// Squares of four units, of both kinds.
  public var level2: [Window] = []
  /// Squares of four windows of level 2, of kind A alone; they overlap.
  public var level3: [Window] = []
  /// Direction of the first corner of each kind of level 2, in radians, 0 ..< pi / 2; as many as there are kinds.
  public var orientations: [Double] = []
  /// Direction of the first corner of the windows of level 3, in radians, 0 ..< pi / 2; nil without windows.
  public var orientation3: Double?
  /// Area of the plane for each window of kind A, in square pixels: the median area of level 3.
  public var areaPerWindow: Double?

  /// Corners of a square are within this angle of a quarter turn apart, in radians, and at distances that vary less.
  private static let largestTurn = 25 * Double.pi / 180
  private static let largestVariation = 0.2
  /// Two kinds are that where their mean orientations differ by more, in radians; a square comes back after pi / 2.
  private static let leastDifference = 10 * Double.pi / 180

  /// Windows of units with these centres, in pixels. O(n log n).
  /// - Parameters:
  ///   - centres: of the units, in pixels.
  ///   - swapsKinds: whether A and B change names, if there are both: level 3 is then built from the squares that are fewer.
  public init(centres: [Point], swapsKinds: Bool = false) {
    let squares = Self.squares(of: centres)
    guard !squares.isEmpty else { return }
    var (kinds, orientations) = Self.kinds(of: squares.map(\.orientation))
    if swapsKinds && orientations.count == 2 {
      kinds = kinds.map { 1 - $0 }
      orientations.reverse()
    }
    self.orientations = orientations
    level2 = zip(squares, kinds).compactMap { square, kind in
      square.corners(from: orientations[kind]).map {
        Window(corners: $0, centre: square.centre, kind: kind, place: nil)
      }
    }
    let primary = level2.indices.filter { level2[$0].kind == 0 }
    let places = primary.map { level2[$0].centre }
    let faces = Self.squares(of: places)
    let mean = Self.mean(of: faces.map(\.orientation))
    let blocks = faces.compactMap { face in face.corners(from: mean).map { (corners: $0, square: face) } }
    guard !blocks.isEmpty else { return }
    orientation3 = mean
    areaPerWindow = Statistics.median(blocks.map(\.square.area))
    let grid = GridWalk(blocks.map(\.corners), count: places.count)
    level3 = zip(blocks, grid.places).map { block, place in
      Window(corners: block.corners.map { primary[$0] }, centre: block.square.centre, kind: 0, place: place)
    }
  }

  /// A nearly square face.
  private struct Square {
    /// Numbers of the points, and the direction of each from the centre.
    var points: [Int]
    var directions: [Double]
    var centre: Point
    var area: Double
    /// Of the corners modulo a quarter turn, 0 ..< pi / 2.
    var orientation: Double

    /// The points from the one whose direction is that of the kind, each a quarter turn after the one before; nil for a square that is
    /// turned so far against its kind that two corners would have one place.
    func corners(from start: Double) -> [Int]? {
      var ordered = [Int](repeating: -1, count: 4)
      for (point, direction) in zip(points, directions) {
        let quarter = Int(saturating: ((direction - start) / (.pi / 2)).rounded())
        ordered[((quarter % 4) + 4) % 4] = point
      }
      return ordered.contains(-1) ? nil : ordered
    }
  }

  private static func squares(of points: [Point]) -> [Square] {
    NeighbourNet(points).faces.filter { $0.vertices.count == 4 }.compactMap { face in
      let shape = PolygonShape(face.vertices.map { points[$0] })
      let ways = face.vertices.map { points[$0] - shape.centre }
      let lengths = ways.map(\.length)
      guard Statistics.deviation(lengths) <= largestVariation * Statistics.mean(lengths) else { return nil }
      for k in 0..<4 {
        let (p, q) = (ways[k], ways[(k + 1) % 4])
        guard abs(atan2(p.cross(q), p.dot(q)) - .pi / 2) <= largestTurn else { return nil }
      }
      return Square(
        points: face.vertices, directions: ways.map(\.angle), centre: shape.centre, area: shape.area,
        orientation: mean(of: ways.map(\.angle)))
    }
  }

  /// The mean of angles that a quarter turn does not change, 0 ..< pi / 2.
  private static func mean(of angles: [Double]) -> Double {
    let sum = angles.reduce(Point.zero) { $0 + Point(cos(4 * $1), sin(4 * $1)) }
    let angle = sum.angle / 4
    return angle < 0 ? angle + .pi / 2 : angle
  }

  /// Two groups of orientations: 2-means on the circle of four times the angle. The larger is 0; of two alike, the one of the
  /// smaller angle. One group where two would be close.
  private static func kinds(of orientations: [Double]) -> (kinds: [Int], means: [Double]) {
    let circle = orientations.map { Point(cos(4 * $0), sin(4 * $0)) }
    var centres = [circle[0], circle.max { ($0 - circle[0]).squaredLength < ($1 - circle[0]).squaredLength }!]
    var kinds = [Int](repeating: 0, count: circle.count)
    for _ in 0..<50 {
      let next = circle.map { ($0 - centres[0]).squaredLength <= ($0 - centres[1]).squaredLength ? 0 : 1 }
      for kind in 0...1 {
        let sum = zip(circle, next).filter { $0.1 == kind }.reduce(Point.zero) { $0 + $1.0 }
        if sum.length > 0 { centres[kind] = sum / sum.length }
      }
      if next == kinds { break }
      kinds = next
    }
    let members = (0...1).map { kind in orientations.indices.filter { kinds[$0] == kind }.map { orientations[$0] } }
    guard members.allSatisfy({ !$0.isEmpty }) else { return (kinds.map { _ in 0 }, [mean(of: orientations)]) }
    let means = members.map { mean(of: $0) }
    let difference = abs(means[0] - means[1])
    guard min(difference, .pi / 2 - difference) > leastDifference else {
      return (kinds.map { _ in 0 }, [mean(of: orientations)])
    }
    let isSwapped = (members[1].count, means[0]) > (members[0].count, means[1])
    return isSwapped ? (kinds.map { 1 - $0 }, [means[1], means[0]]) : (kinds, means)
  }
}
