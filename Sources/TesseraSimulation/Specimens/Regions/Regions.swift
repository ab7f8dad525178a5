import Foundation
import TesseraNumerics

/// The parts of an image that straight boundaries divide: each holds the places nearer to its seed point than to the
/// others'. Regions are numbered by falling area inside the frame; region 0 has the label 1.
struct Regions: Sendable {
  /// Seed points in pixels, that of the largest region first.
  let seeds: [Point]
  /// Where in the list of seed points that was given the seed of each region stands.
  let sources: [Int]
  /// Label of each pixel, 1 for the largest region.
  let labels: Raster<UInt16>

  /// - Parameter seeds: one point or more, in pixels, no two of them alike.
  init(seeds: [Point], frame: Frame) {
    precondition(!seeds.isEmpty && seeds.count < 1 << 16, "a label map holds between 1 and 65535 regions")
    var areas = [Int](repeating: 0, count: seeds.count)
    for label in Self.labels(seeds, frame: frame).values { areas[Int(label) - 1] += 1 }
    sources = seeds.indices.sorted { (areas[$1], $0) < (areas[$0], $1) }
    self.seeds = sources.map { seeds[$0] }
    labels = Self.labels(self.seeds, frame: frame)
  }

  /// Regions around seed points that stand at equal steps of angle about the middle of the image, so that none is a
  /// sliver. Two of them share one straight boundary near the middle, in a random direction.
  init(count: Int, request: SceneRequest) {
    var random = RandomSource(seed: request.seed, stream: RandomStream.regions)
    let start = 2 * Double.pi * random.uniform()
    let radius = 0.3 * Double(min(request.frame.width, request.frame.height))
    let seeds = (0..<count).map { index in
      let turn = start + 2 * Double.pi * Double(index) / Double(count)
      let wander = Point(random.uniform() - 0.5, random.uniform() - 0.5) * 0.5 * radius
      return request.frame.centre + radius * Point(cos(turn), sin(turn)) + wander
    }
    self.init(seeds: seeds, frame: request.frame)
  }

  /// Two sides of a line; the source of the side that the normal points to is 1.
  /// - Parameters:
  ///   - place: a point of the line, in pixels.
  ///   - normal: direction across the line; of length 1.
  init(besideLineThrough place: Point, normal: Point, frame: Frame) {
    let away = 0.25 * Double(min(frame.width, frame.height))
    self.init(seeds: [place - away * normal, place + away * normal], frame: frame)
  }

  /// The region that a place belongs to.
  func region(at place: Point) -> Int { Self.nearest(seeds, to: place) }

  /// Whether a disc around a place of the region reaches into another one: one of sixteen points of its rim does.
  func leaves(_ region: Int, around place: Point, radius: Double) -> Bool {
    (0..<16).contains { step in
      let angle = Double(step) * .pi / 8
      return self.region(at: place + radius * Point(cos(angle), sin(angle))) != region
    }
  }

  /// Nodes of a region as the truth names them: `+boundary` where the disc reaches into another region, and with
  /// directions `~` and the label of the region before it.
  /// - Parameters:
  ///   - radius: of the disc, in pixels.
  ///   - namesRegion: whether directions tell the regions apart.
  func named(_ nodes: [PlacedNode], of region: Int, radius: Double, namesRegion: Bool = true) -> [PlacedNode] {
    nodes.map { node in
      var node = node
      let suffix = leaves(region, around: node.ideal, radius: radius) ? "+boundary" : ""
      node.environment += suffix
      node.environmentOriented += (namesRegion ? "~\(region + 1)" : "") + suffix
      return node
    }
  }

  /// The nodes that lie in a region, named.
  func part(_ region: Int, of nodes: [PlacedNode], radius: Double) -> [PlacedNode] {
    named(nodes.filter { self.region(at: $0.ideal) == region }, of: region, radius: radius)
  }

  /// Where the boundary lies, for the truth: of two regions the place of the line that is nearest to the middle of the
  /// image (pixels) and its direction (degrees from +x towards +y, above -90 and at most 90), of three the place where all
  /// meet. Nothing for other numbers.
  func facts(frame: Frame) -> [String: Double] {
    if seeds.count == 3 {
      // The middle of the circle through the seeds.
      let (p, q) = (seeds[1] - seeds[0], seeds[2] - seeds[0])
      let meeting =
        seeds[0] + Point(
          q.y * p.squaredLength - p.y * q.squaredLength, p.x * q.squaredLength - q.x * p.squaredLength)
        / (2 * p.cross(q))
      return ["triple_point_x": meeting.x, "triple_point_y": meeting.y]
    }
    guard seeds.count == 2 else { return [:] }
    let normal = (seeds[1] - seeds[0]) / (seeds[1] - seeds[0]).length
    let place = frame.centre + normal * normal.dot((seeds[0] + seeds[1]) / 2 - frame.centre)
    var degrees = Point(-normal.y, normal.x).angle * 180 / .pi
    if degrees > 90 { degrees -= 180 }
    if degrees <= -90 { degrees += 180 }
    return ["boundary_x": place.x, "boundary_y": place.y, "boundary_degrees": degrees]
  }

  private static func nearest(_ seeds: [Point], to place: Point) -> Int {
    seeds.indices.min { (seeds[$0] - place).squaredLength < (seeds[$1] - place).squaredLength }!
  }

  private static func labels(_ seeds: [Point], frame: Frame) -> Raster<UInt16> {
    concurrentRows(width: frame.width, height: frame.height, of: UInt16(0)) { y, row in
      for x in 0..<row.count { row[x] = UInt16(nearest(seeds, to: Point(Double(x), Double(y))) + 1) }
    }
  }
}

/// A place within a tenth of the image's shorter side of its middle, each way.
func randomMiddle(_ request: SceneRequest) -> Point {
  var random = RandomSource(seed: request.seed, stream: RandomStream.regions)
  let side = Double(min(request.frame.width, request.frame.height))
  return request.frame.centre + Point(random.uniform() - 0.5, random.uniform() - 0.5) * 0.2 * side
}
