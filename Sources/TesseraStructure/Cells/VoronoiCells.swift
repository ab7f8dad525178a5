import TesseraNumerics

/// Tiles an image with the Voronoi cells of chosen sites, where there is no lattice to go by.
public struct VoronoiCells: Sendable, Codable, Equatable {
  /// Walls shorter than this share of the typical distance between chosen sites do not make neighbours: they flicker
  /// with noise where four cells meet. 0 ... 1.
  public var shortestWall = 0.1
  /// Beside an empty area cells end this many typical distances from their sites; above 1.
  public var farthestWall = 4.0
  /// Cells that are neighbours across walls of a tenth of the typical distance or more.
  public init() {}

  /// The cells of the chosen sites. All other sites belong to the cell they lie in; a cell's members are the class of
  /// its own site, then those of the others, rising. O(n log n).
  ///
  /// A cell has no type where it touches the edge of the image or an empty area, or holds a site without class.
  /// - Parameters:
  ///   - positions: of all sites, in pixels; finite.
  ///   - labels: the class of each site, 1 or more; 0 where it has none.
  ///   - chosen: indices of the sites that get a cell; nil for all.
  ///   - width: of the image, in pixels.
  ///   - height: of the image, in pixels.
  public func cells(
    of positions: [Point], labels: [Int], chosen: [Int]? = nil, width: Int, height: Int
  ) throws(ParameterError) -> Cells {
    try require((0...1).contains(shortestWall), "cells: shortest wall", is: shortestWall, mustBe: "between 0 and 1")
    try require(farthestWall > 1, "cells: farthest wall", is: farthestWall, mustBe: "above 1")
    precondition(positions.count == labels.count)
    let chosen = chosen ?? Array(positions.indices)
    let index = PlanarIndex(chosen.map { positions[$0] })
    let spacing = index.sampledSpacing
    let reach = chosen.count > 1 ? Point(repeating: farthestWall * spacing) : Point(repeating: .infinity)
    let outlines = concurrentMap(count: chosen.count) { number in
      let centre = index.points[number]
      let low = pointwiseMax(Point(-0.5, -0.5), centre - reach)
      let high = pointwiseMin(Point(Double(width) - 0.5, Double(height) - 0.5), centre + reach)
      return voronoiOutline(of: number, in: index, frame: (low, high))
    }

    var cells = chosen.map { Cells.Cell(centre: positions[$0], outline: []) }
    for (number, outline) in outlines.enumerated() {
      cells[number].outline = outline.corners
      for (wall, neighbour) in outline.neighbours.enumerated() where neighbour >= 0 {
        let next = outline.corners[(wall + 1) % outline.corners.count]
        if !((next - outline.corners[wall]).length < shortestWall * spacing) {
          cells[number].neighbours.append(neighbour)
        }
      }
      cells[number].neighbours.sort()
    }
    // Both sides clip the same wall, with rounding of their own; a wall counts if both see it.
    let seen = cells.map(\.neighbours)
    for number in cells.indices { cells[number].neighbours.removeAll { !seen[$0].contains(number) } }

    var cellOfSite = positions.map { index.nearest(1, to: $0).first }
    for (number, site) in chosen.enumerated() { cellOfSite[site] = number }
    var others = [[Int]](repeating: [], count: chosen.count)
    for (site, number) in cellOfSite.enumerated() {
      if let number, chosen[number] != site { others[number].append(labels[site]) }
    }
    let contents = chosen.indices.map { number -> (members: [Int], extras: [Int])? in
      let label = labels[chosen[number]]
      guard label > 0, others[number].allSatisfy({ $0 > 0 }), !outlines[number].neighbours.contains(-1),
        !outlines[number].corners.isEmpty
      else { return nil }
      return ([label], others[number].sorted())
    }
    return Cells(cells: cells, contents: contents, cellOfSite: cellOfSite, grid: nil, slots: [])
  }
}

/// The region nearer to one point than to any other, by cutting a rectangle along the bisectors to its neighbours,
/// nearest first, until none can reach a corner.
///
/// Coinciding points share their cell: the bisector between them is left out. A point outside the rectangle has none.
/// - Returns: corners in turn, and for the wall from each corner to the next the point beyond it, -1 for the frame.
func voronoiOutline(
  of number: Int, in index: PlanarIndex, frame: (low: Point, high: Point)
) -> (corners: [Point], neighbours: [Int]) {
  let centre = index.points[number]
  guard all(centre .>= frame.low) && all(centre .<= frame.high) else { return ([], []) }
  var corners = [frame.low, Point(frame.high.x, frame.low.y), frame.high, Point(frame.low.x, frame.high.y)]
  var neighbours = [-1, -1, -1, -1]
  var (asked, wanted) = (0, 16)
  while true {
    let near = index.nearest(wanted, to: centre)
    for other in near.dropFirst(asked) where other != number {
      let offset = index.points[other] - centre
      let reach = corners.reduce(0) { max($0, ($1 - centre).squaredLength) }
      if offset.squaredLength > 4 * reach { return (corners, neighbours) }
      if offset.squaredLength == 0 { continue }
      clip(&corners, &neighbours, beyond: other, offset: offset, middle: centre + offset * 0.5)
    }
    if near.count < wanted { return (corners, neighbours) }
    (asked, wanted) = (wanted, 2 * wanted)
  }
}

/// Cuts a convex polygon along a line, keeping the side against `offset`; the new wall belongs to `other`.
private func clip(_ corners: inout [Point], _ neighbours: inout [Int], beyond other: Int, offset: Point, middle: Point)
{
  let sides = corners.map { ($0 - middle).dot(offset) }
  guard sides.contains(where: { $0 > 0 }) else { return }
  var (kept, walls): ([Point], [Int]) = ([], [])
  for index in corners.indices {
    let next = (index + 1) % corners.count
    let (here, there) = (sides[index], sides[next])
    if here <= 0 {
      kept.append(corners[index])
      walls.append(neighbours[index])
    }
    if (here <= 0) != (there <= 0) {
      kept.append(corners[index] + (corners[next] - corners[index]) * (here / (here - there)))
      // Leaving the kept side the new wall begins; coming back the old one goes on.
      walls.append(here <= 0 ? other : neighbours[index])
    }
  }
  (corners, neighbours) = (kept, walls)
}
