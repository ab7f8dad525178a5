import Foundation
import TesseraNumerics

/// Finds dislocations by Burgers circuits.
///
/// The columns of one sublattice are joined to triangles (Delaunay). Each side is matched to the lattice vector that it
/// is in the frames of its two ends, and the three vectors of a triangle must add up to zero. Where they do not, b is
/// what is missing. As a side is shared by two triangles with opposite signs, the sum over any region is the closing
/// error of the circuit around it, whatever was taken for what inside: a wrong match beside a vacancy gives two triangles
/// whose errors cancel. Source: Stukowski & Albe, Modelling Simul. Mater. Sci. Eng. 18 (2010) 085001, section 2, in the
/// plane; with local frames in the place of their classification of atoms.
///
/// Sign: the circuit runs from +x towards +y, clockwise as seen on the screen, which is right-handed about a line that
/// points away from the viewer. It is closed in the image; b leads from its finish to its start in the perfect lattice
/// (FS/RH: Bilby, Bullough & Smith, Proc. R. Soc. A 231 (1955) 263). Equivalently b = ∮ du, as in Hirth & Lothe, Theory of
/// Dislocations (2nd ed.), section 1-3. Only perfect dislocations within a grain are found.
public struct DislocationFinder: Sendable, Codable, Equatable {
  /// Triangles with a side longer than this many times the longer lattice vector lie in a hole or outside, and no
  /// circuit may lead through them; above 1.
  public var longestSide = 2.6
  /// On a circuit each side must be this close to a lattice vector, in units of the lattice vectors; 0 ... 0.5.
  public var largestMismatch = 0.25
  /// A circuit may keep up to this many rings of triangles away from the loops that do not close; 1 or more.
  public var ringLimit = 4
  /// Two cores closer than this, in units of the longer lattice vector, whose Burgers vectors cancel are none.
  public var closestPair = 3.0

  /// A search whose circuits keep up to four rings of triangles away from a core.
  public init() {}

  /// The dislocations of all grains, from top to bottom.
  /// - Parameters:
  ///   - grains: the crystals of the image, each with its lattice.
  ///   - positions: of all sites, in pixels.
  ///   - heights: of the columns, in any unit; the brightest of the well-populated sublattices carries the circuits.
  public func dislocations(in grains: Grains, positions: [Point], heights: [Double]) throws(ParameterError)
    -> [Dislocation]
  {
    try require(longestSide > 1, "dislocations: longest side", is: longestSide, mustBe: "above 1")
    try require(
      largestMismatch > 0 && largestMismatch < 0.5, "dislocations: largest mismatch", is: largestMismatch,
      mustBe: "between 0 and 0.5")
    try require(ringLimit >= 1, "dislocations: ring limit", is: ringLimit, mustBe: "1 or more")
    var found: [Dislocation] = []
    for (k, grain) in grains.grains.enumerated() {
      let net = BurgersNet(grain: grain, positions: positions, heights: heights, longestSide: longestSide)
      found += cores(of: net, in: grain, number: k + 1)
    }
    return found.sorted { ($0.position.y, $0.position.x) < ($1.position.y, $1.position.x) }
  }

  private func cores(of net: BurgersNet, in grain: Grain, number: Int) -> [Dislocation] {
    let (u, v) = (grain.lattice.grid.u, grain.lattice.grid.v)
    var isDone = Set<Int>()
    var found: [Dislocation] = []
    for group in net.openGroups() where !isDone.contains(group[0]) {
      var region = Set(group)
      for ring in 1...ringLimit {
        region = net.grown(region)
        let open = region.filter { net.closures[$0] != .zero }
        // Rings that reach open loops of elsewhere go around both.
        if ring > 2 && open.count > group.count + 6 { break }
        guard let circuit = net.circuit(around: region), circuit.mismatch <= largestMismatch else { continue }
        isDone.formUnion(open)
        let sum = open.reduce(SIMD2<Int>.zero) { $0 &+ net.closures[$1] }
        if sum == .zero { break }
        let places = open.sorted().map { net.centroid(of: $0) }
        let middle = places.reduce(Point.zero, +) / Double(places.count)
        let spread = places.reduce(0.0) { $0 + ($1 - middle).squaredLength } / Double(places.count)
        found.append(
          Dislocation(
            position: middle, positionError: max(0.5 * u.length, spread.squareRoot()), u: -sum.x, v: -sum.y,
            burgers: -(u * Double(sum.x) + v * Double(sum.y)), grain: number, circuitLength: circuit.count))
        break
      }
    }
    return withoutPairs(found, closest: closestPair * max(u.length, v.length))
  }

  /// Without neighbours that cancel, nearest first.
  private func withoutPairs(_ found: [Dislocation], closest: Double) -> [Dislocation] {
    var pairs: [(Double, Int, Int)] = []
    for a in found.indices {
      for b in found.indices where b > a && found[a].u == -found[b].u && found[a].v == -found[b].v {
        let distance = (found[a].position - found[b].position).length
        if distance < closest { pairs.append((distance, a, b)) }
      }
    }
    var gone = Set<Int>()
    for (_, a, b) in pairs.sorted(by: { $0 < $1 }) where !gone.contains(a) && !gone.contains(b) {
      gone.formUnion([a, b])
    }
    return found.indices.filter { !gone.contains($0) }.map { found[$0] }
  }
}
