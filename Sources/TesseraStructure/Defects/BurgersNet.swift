import TesseraNumerics

/// The triangles between the columns of one sublattice of a grain, with the lattice vector that each side is.
struct BurgersNet {
  /// Of the corners, in pixels.
  let places: [Point]
  let mesh: DelaunayTriangulation
  /// Whether a triangle is part of the crystal, rather than of a hole or the outside.
  let isSolid: [Bool]
  /// Sum of the lattice vectors along a triangle's sides, in units of u and v; zero where the triangle is not solid.
  let closures: [SIMD2<Int>]
  private let frames: [LocalFrame]
  private let trianglesOfCorner: [[Int32]]

  /// - Parameter longestSide: of a solid triangle, in units of the longer lattice vector.
  init(grain: Grain, positions: [Point], heights: [Double], longestSide: Double) {
    let members = Self.sublattice(of: grain, heights: heights)
    let places = members.map { positions[grain.sites[$0]] }
    let frames = members.map { grain.frames[$0]! }
    let mesh = DelaunayTriangulation(places)
    let limit = longestSide * max(grain.lattice.grid.u.length, grain.lattice.grid.v.length)
    let isSolid = mesh.triangles.map { t in
      (0..<3).allSatisfy { (places[Int(t[$0])] - places[Int(t[($0 + 1) % 3])]).length <= limit }
    }
    (self.places, self.frames, self.mesh, self.isSolid) = (places, frames, mesh, isSolid)
    closures = concurrentMap(chunksOf: 4096, of: mesh.triangles.count) { range in
      range.map { index -> SIMD2<Int> in
        guard isSolid[index] else { return .zero }
        let t = mesh.triangles[index]
        return (0..<3).reduce(SIMD2<Int>.zero) { sum, k in
          sum &+ Self.step(from: Int(t[k]), to: Int(t[(k + 1) % 3]), places, frames).vector
        }
      }
    }.flatMap { $0 }
    var around = [[Int32]](repeating: [], count: places.count)
    if closures.contains(where: { $0 != .zero }) {
      for (index, t) in mesh.triangles.enumerated() { for k in 0..<3 { around[Int(t[k])].append(Int32(index)) } }
    }
    trianglesOfCorner = around
  }

  /// The lattice vector between two corners, in the mean of their frames, and how far they are from it, in units of the
  /// lattice vectors.
  private static func step(
    from a: Int, to b: Int, _ places: [Point], _ frames: [LocalFrame]
  ) -> (vector: SIMD2<Int>, mismatch: Double) {
    let (u, v) = ((frames[a].u + frames[b].u) / 2, (frames[a].v + frames[b].v) / 2)
    let d = places[b] - places[a]
    let coordinates = Point(d.cross(v), u.cross(d)) / u.cross(v)
    let nearest = Point(coordinates.x.rounded(), coordinates.y.rounded())
    let rest = coordinates - nearest
    return (SIMD2(Int(saturating: nearest.x), Int(saturating: nearest.y)), max(abs(rest.x), abs(rest.y)))
  }

  /// Indices into `grain.sites` of columns that steps of sound frames connect: those of the brightest sublattice among
  /// the largest such sets.
  ///
  /// In a core a step may lead from one sublattice to another. So a step joins two columns only if three of the six
  /// parallelograms that it is a side of close: both ways around lead to one column. A wrong step beside another one closes
  /// the one between them. The other columns then fall to the set that most of their partners are of.
  private static func sublattice(of grain: Grain, heights: [Double]) -> [Int] {
    let count = grain.sites.count
    var place: [Int: Int] = [:]
    place.reserveCapacity(count)
    for (k, site) in grain.sites.enumerated() { place[site] = k }
    let isSound = grain.frames.map { ($0?.partnerCount ?? 0) >= 5 }
    // Mutual partners, as places in `grain.sites`.
    let found: [[Int]] = grain.frames.map { frame in
      (0..<8).map { step in frame.flatMap { place[Int($0.partners[step])] } ?? -1 }
    }
    let partners: [[Int]] = found.indices.map { k in
      (0..<8).map { step -> Int in
        let other = found[k][step]
        return other >= 0 && isSound[other] && isSound[k] && found[other][step ^ 1] == k ? other : -1
      }
    }
    /// Whether two ways around lead to one column, for half of the parallelograms that the step is a side of.
    func isClosed(_ k: Int, _ step: Int) -> Bool {
      let closed = (0..<8).count { across in
        guard across / 2 != step / 2, partners[k][across] >= 0 else { return false }
        let corner = partners[partners[k][step]][across]
        return corner >= 0 && corner == partners[partners[k][across]][step]
      }
      return closed >= 3
    }
    var sets = DisjointSets(count)
    var isJoined = [Bool](repeating: false, count: count)
    for k in 0..<count {
      // Steps forward only: each link is seen from one of its ends.
      for step in stride(from: 0, to: 8, by: 2) where partners[k][step] >= 0 && isClosed(k, step) {
        sets.unite(k, partners[k][step])
        (isJoined[k], isJoined[partners[k][step]]) = (true, true)
      }
    }
    var members: [Int: [Int]] = [:]
    for k in 0..<count where isJoined[k] { members[sets.find(k), default: []].append(k) }
    for k in 0..<count where isSound[k] && !isJoined[k] {
      let roots = found[k].filter { $0 >= 0 && isJoined[$0] }.map { sets.find($0) }
      let votes = Dictionary(roots.map { ($0, 1) }, uniquingKeysWith: +)
      guard let best = votes.max(by: { ($0.value, -$0.key) < ($1.value, -$1.key) }) else { continue }
      members[best.key]!.append(k)
    }
    guard let largest = members.values.map(\.count).max() else { return [] }
    func brightness(_ set: [Int]) -> Double {
      let known = set.map { heights[grain.sites[$0]] }.filter(\.isFinite)
      return known.isEmpty ? 0 : Statistics.mean(known)
    }
    return members.values.filter { 2 * $0.count >= largest }
      .map { (brightness: brightness($0), set: $0) }
      .max { ($0.brightness, -$0.set[0]) < ($1.brightness, -$1.set[0]) }?.set.sorted() ?? []
  }

  /// Open triangles that touch each other; groups by their first triangle.
  func openGroups() -> [[Int]] {
    let open = closures.indices.filter { closures[$0] != .zero }
    var groups: [[Int]] = []
    var seen = Set<Int>()
    for start in open where !seen.contains(start) {
      var (group, next) = ([start], 0)
      seen.insert(start)
      while next < group.count {
        let corner = mesh.triangles[group[next]]
        next += 1
        for k in 0..<3 {
          for other in trianglesOfCorner[Int(corner[k])].map(Int.init)
          where closures[other] != .zero && !seen.contains(other) {
            seen.insert(other)
            group.append(other)
          }
        }
      }
      groups.append(group)
    }
    return groups
  }

  /// A region with all triangles that touch it.
  func grown(_ region: Set<Int>) -> Set<Int> {
    var grown = region
    for index in region {
      for k in 0..<3 { grown.formUnion(trianglesOfCorner[Int(mesh.triangles[index][k])].map(Int.init)) }
    }
    return grown
  }

  /// The circuit around a region: its length, and its worst mismatch. Nil where the region reaches a hole or the rim of
  /// the crystal, so that nothing closes around it.
  func circuit(around region: Set<Int>) -> (count: Int, mismatch: Double)? {
    var (count, worst) = (0, 0.0)
    for index in region {
      guard isSolid[index] else { return nil }
      for k in 0..<3 {
        let other = Int(mesh.neighbours[index][k])
        guard other >= 0 else { return nil }
        guard !region.contains(other) else { continue }
        let t = mesh.triangles[index]
        count += 1
        worst = max(worst, Self.step(from: Int(t[k]), to: Int(t[(k + 1) % 3]), places, frames).mismatch)
      }
    }
    return (count, worst)
  }

  func centroid(of index: Int) -> Point {
    let t = mesh.triangles[index]
    return (places[Int(t.x)] + places[Int(t.y)] + places[Int(t.z)]) / 3
  }
}
