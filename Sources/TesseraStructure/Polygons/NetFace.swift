import TesseraNumerics

/// A bounded face of a net: the points around it, from +x towards +y (clockwise on the screen).
package struct NetFace: Sendable, Equatable {
  package var vertices: [Int]
  /// Whether each of its bonds is certain.
  package var isCertain: Bool
}

extension NeighbourNet {
  /// The bounded faces whose border passes no point twice, in the order of their first bond. O(bonds).
  ///
  /// Each bond is two half-edges; the one that follows u → v is the next around v before v → u, so a walk keeps its face on one side.
  package var faces: [NetFace] {
    var around = [[(angle: Double, target: Int, bond: Int)]](repeating: [], count: points.count)
    for (number, bond) in bonds.enumerated() {
      let along = points[bond.b] - points[bond.a]
      around[bond.a].append((along.angle, bond.b, number))
      around[bond.b].append(((-along).angle, bond.a, number))
    }
    // Half-edges 2 b (from a to b) and 2 b + 1 of bond b.
    var next = [Int](repeating: -1, count: 2 * bonds.count)
    for vertex in points.indices {
      let ways = around[vertex].sorted { ($0.angle, $0.target) < ($1.angle, $1.target) }
      for (k, way) in ways.enumerated() {
        let before = ways[(k + ways.count - 1) % ways.count]
        // Arriving along `way`, leaving along `before`.
        let arriving = bonds[way.bond].b == vertex ? 2 * way.bond : 2 * way.bond + 1
        next[arriving] = bonds[before.bond].a == vertex ? 2 * before.bond : 2 * before.bond + 1
      }
    }
    var (isSeen, faces) = ([Bool](repeating: false, count: next.count), [NetFace]())
    for start in next.indices where !isSeen[start] {
      var (face, edge) = (NetFace(vertices: [], isCertain: true), start)
      while !isSeen[edge] {
        isSeen[edge] = true
        let bond = bonds[edge / 2]
        face.vertices.append(edge.isMultiple(of: 2) ? bond.a : bond.b)
        face.isCertain = face.isCertain && bond.isCertain
        edge = next[edge]
      }
      guard face.vertices.count >= 3, Set(face.vertices).count == face.vertices.count else { continue }
      if PolygonShape(face.vertices.map { points[$0] }).area > 0 { faces.append(face) }
    }
    return faces
  }
}
