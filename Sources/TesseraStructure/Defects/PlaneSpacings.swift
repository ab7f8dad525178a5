import TesseraNumerics

/// Distances between neighbouring planes of a lattice, plane by plane across a grain.
///
/// A plane (h k) holds the columns with equal h i + k j. The distance to the next is the mean, over the columns of both
/// that are one and the same step apart, of the step's part along the planes' normal on the mean lattice.
public struct PlaneSpacings: Sendable, Codable, Equatable {
  /// Indices of the planes in the lattice's own vectors; without a common divisor.
  public var h = 1, k = 0
  /// Planes with fewer pairs of columns are left out; 1 or more.
  public var smallestCount = 3

  /// Planes (h k) in the lattice's own vectors; h and k have no common divisor.
  public init(h: Int = 1, k: Int = 0) { (self.h, self.k) = (h, k) }

  /// The distance from one plane to the next.
  public struct Spacing: Sendable, Equatable {
    /// Number of the grain, from 1.
    public var grain: Int
    /// h i + k j of the first plane.
    public var plane: Int
    /// Mean place between both planes, in pixels.
    public var centre: Point
    /// In pixels.
    public var value: Double
    /// Standard error from the columns' errors, and from the scatter along the plane, in pixels.
    public var error, scatterError: Double
    /// Pairs of columns.
    public var count: Int
  }

  /// Unit normal of the planes of a lattice: the direction of h g1 + k g2, with gᵢ · aⱼ = δᵢⱼ.
  public func normal(in grid: CellGrid) -> Point {
    let (u, v) = (grid.u, grid.v)
    let reciprocal = (Point(v.y, -v.x) * Double(h) + Point(-u.y, u.x) * Double(k)) / u.cross(v)
    return reciprocal / reciprocal.length
  }

  /// The spacings of a grain, in the order of the planes.
  public func spacings(
    in grain: Grain, number: Int, positions: [Point], errors: [Point]
  ) throws(ParameterError) -> [Spacing] {
    try require(smallestCount >= 1, "planes: smallest count", is: smallestCount, mustBe: "1 or more")
    try require(
      (h, k) != (0, 0) && abs(h) <= 6 && abs(k) <= 6, setting("planes"), is: "\(h),\(k)",
      mustBe: "two whole numbers between -6 and 6, not both zero")
    // The shortest step to the next plane exists where h and k have no common divisor.
    let (u, v) = (grain.lattice.grid.u, grain.lattice.grid.v)
    var step: (i: Int, j: Int, length: Double)?
    for i in -7...7 {
      for j in -7...7 where h * i + k * j == 1 {
        let length = (u * Double(i) + v * Double(j)).length
        if length < step?.length ?? .infinity { step = (i, j, length) }
      }
    }
    guard let step else {
      throw ParameterError("\(setting("planes")) must have indices without a common divisor, but are \(h),\(k)")
    }
    let normal = self.normal(in: grain.lattice.grid)
    let partners = LatticePartners(of: grain.lattice, positions: positions)
    // Where errors are known, a column without one has no trustworthy place.
    let hasErrors = grain.sites.contains { errors[$0].squaredLength.isFinite }
    var pairs: [Int: [(first: Int, second: Int)]] = [:]
    for site in grain.sites where !hasErrors || errors[site].squaredLength.isFinite {
      guard let node = grain.lattice.nodes[site] else { continue }
      let next = Lattice.Node(basis: node.basis, i: step.i, j: step.j)
      if let other = partners.partner(of: site, by: next), !hasErrors || errors[other].squaredLength.isFinite {
        pairs[h * node.i + k * node.j, default: []].append((site, other))
      }
    }
    return pairs.keys.sorted().compactMap { plane in
      let list = pairs[plane]!
      guard list.count >= smallestCount else { return nil }
      let n = Double(list.count)
      let steps = list.map { (positions[$0.second] - positions[$0.first]).dot(normal) }
      let variance = list.reduce(0.0) { sum, pair in
        let (a, b) = (errors[pair.first] * normal, errors[pair.second] * normal)
        return sum + a.squaredLength + b.squaredLength
      }
      let centre = list.reduce(Point.zero) { $0 + (positions[$1.first] + positions[$1.second]) / 2 } / n
      let scatter = list.count > 1 ? Statistics.deviation(steps) / (n - 1).squareRoot() : .nan
      return Spacing(
        grain: number, plane: plane, centre: centre, value: Statistics.mean(steps), error: variance.squareRoot() / n,
        scatterError: scatter, count: list.count)
    }
  }
}
