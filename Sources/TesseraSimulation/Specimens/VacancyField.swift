import Foundation
import TesseraNumerics

/// The surface of a hexagonal crystal as a tunnelling microscope shows it: a lattice of bumps with vacancies alone, in
/// chains and in clusters. Source: [H20] Fig. 3 (Te vacancies in PtTe2, a = .4026 nm).
public struct VacancyField: Specimen, Equatable {
  /// What a group of neighbouring vacancies is.
  public enum Arrangement: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    /// No neighbouring vacancy.
    case isolated
    /// Two or more, each with at most two neighbours, and no three that are all neighbours.
    case chain
    /// Any three that are all neighbours.
    case cluster
  }

  /// Distance between neighbouring bumps, in nm; positive.
  public var latticeConstant = 0.4026
  /// Turns the lattice from +x towards +y, in radians.
  public var angle = 0.0
  /// Fraction of the nodes that are vacant.
  public var vacancies = 0.05
  /// Share of each arrangement among the groups.
  public var shares: [Arrangement: Double] = [.isolated: 0.5, .chain: 0.3, .cluster: 0.2]
  /// Largest number of vacancies in a chain or cluster; 3 or more.
  public var largestGroup = 6
  /// Root mean square random displacement in pixels.
  public var displacement = 0.0

  /// PtTe2 with 5 % vacancies, half of their groups isolated.
  public init() {}

  /// The surface; the facts count the groups of each arrangement. Where the wanted vacancies do not fit, fewer are placed.
  /// - Throws: `ParameterError` where a setting is out of its range, or the image would hold too many columns.
  public func scene(for request: SceneRequest) throws(ParameterError) -> Scene {
    try require(latticeConstant > 0, "lattice constant", is: latticeConstant, mustBe: "positive, in nm")
    try require(vacancies >= 0 && vacancies <= 0.2, setting("vacancies"), is: vacancies, mustBe: "between 0 and 0.2")
    try require(largestGroup >= 3, "largest group", is: largestGroup, mustBe: "3 or more")
    let surface = Crystal(
      name: "surface", a: Point(latticeConstant, 0),
      b: Point(latticeConstant / 2, latticeConstant * 0.75.squareRoot()),
      columns: [CrystalColumn(0, 0, ["Te"], sublattice: "Te")])
    let placed = try PlacedCrystal(
      surface, angle: angle, origin: randomOrigin(seed: request.seed, frame: request.frame), request: request,
      displacement: displacement)
    var nodes = try placed.nodes(in: request.frame, margin: request.reach, seed: request.seed)
    let groups = VacancyGroups(
      of: nodes.map(\.ideal), spacing: placed.a.length, wanted: Int(vacancies * Double(nodes.count)), field: self,
      seed: request.seed)
    for group in groups.groups {
      for index in group.members {
        nodes[index].displacement = .zero
        nodes[index].occupant.weight = 0
        nodes[index].occupant.defect = "vacancy-Te1"
        nodes[index].environment = "Te/vacancy-Te1:\(group.arrangement.rawValue)"
        let ways = groups.neighbours[index].filter { group.members.contains($0) }.map {
          let angle = (nodes[$0].ideal - nodes[index].ideal).angle
          return (Int((angle * 180 / .pi).rounded()) + 360) % 360
        }
        let suffix = ways.sorted().map { "@\($0)" }.joined()
        nodes[index].environmentOriented = nodes[index].environment + suffix
      }
    }
    var scene = Scene()
    scene.add(nodes, in: request.frame)
    scene.lattices = [placed.truth]
    for arrangement in Arrangement.allCases {
      scene.facts["groups_\(arrangement.rawValue)"] = Double(
        groups.groups.count { $0.arrangement == arrangement })
    }
    return scene
  }

  /// Which arrangement a connected group of vacancies is, from the neighbours of each; nil for a branched one without
  /// a triangle, which has no name.
  static func arrangement(of members: [Int], neighbours: [[Int]]) -> Arrangement? {
    let group = Set(members)
    let inside = members.map { neighbours[$0].filter(group.contains) }
    let hasTriangle = zip(members, inside).contains { _, around in
      around.contains { one in around.contains { $0 != one && neighbours[one].contains($0) } }
    }
    if hasTriangle { return .cluster }
    if members.count == 1 { return .isolated }
    return inside.allSatisfy { $0.count <= 2 } ? .chain : nil
  }
}

/// Groups of vacancies that do not touch one another.
struct VacancyGroups {
  /// Nearest neighbours of every node.
  let neighbours: [[Int]]
  private(set) var groups: [(members: [Int], arrangement: VacancyField.Arrangement)] = []

  init(of places: [Point], spacing: Double, wanted: Int, field: VacancyField, seed: UInt64) {
    let index = PlanarIndex(places)
    neighbours = places.indices.map { node in
      index.neighbours(of: places[node], within: 1.1 * spacing).filter { $0 != node }
    }
    var random = RandomSource(seed: seed, stream: RandomStream.defects)
    var isTaken = [Bool](repeating: false, count: places.count)  // A vacancy, or beside one.
    var placed = 0
    let total = field.shares.values.reduce(0, +)
    for _ in 0..<100 * (wanted + 1) where placed < wanted && !places.isEmpty && total > 0 {
      var left = total * random.uniform()
      let kind =
        VacancyField.Arrangement.allCases.first {
          left -= field.shares[$0] ?? 0
          return left < 0
        } ?? .isolated
      let start = random.index(below: places.count)
      let size = kind == .isolated ? 1 : (kind == .chain ? 2 : 3) + random.index(below: field.largestGroup - 2)
      guard let members = grow(kind, from: start, size: size, isTaken: isTaken, random: &random) else { continue }
      for member in members {
        isTaken[member] = true
        for near in neighbours[member] { isTaken[near] = true }
      }
      groups.append((members, kind))
      placed += members.count
    }
  }

  /// A group of this kind and size, or nil if there is no room.
  private func grow(
    _ kind: VacancyField.Arrangement, from start: Int, size: Int, isTaken: [Bool], random: inout RandomSource
  ) -> [Int]? {
    var members = [start]
    if isTaken[start] { return nil }
    while members.count < size {
      let candidates: [Int]
      switch kind {
      case .isolated: return members
      case .chain:
        // Only the tail may touch the new vacancy.
        candidates = neighbours[members.last!].filter { next in
          members.allSatisfy { $0 == members.last! || ($0 != next && !neighbours[next].contains($0)) }
        }
      case .cluster:
        // The second touches the first; all others close a triangle.
        candidates = Set(members.flatMap { neighbours[$0] }).sorted().filter { next in
          !members.contains(next) && neighbours[next].count(where: members.contains) >= min(2, members.count)
        }
      }
      let free = candidates.filter { !isTaken[$0] }
      guard !free.isEmpty else { return nil }
      members.append(free[random.index(below: free.count)])
    }
    return VacancyField.arrangement(of: members, neighbours: neighbours) == kind ? members : nil
  }
}
