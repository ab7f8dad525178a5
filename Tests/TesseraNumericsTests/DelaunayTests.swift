import TesseraNumerics
import Testing

struct `Delaunay triangulations` {
  private static func cloud(_ count: Int) -> [Point] {
    var random = RandomSource(seed: 3)
    return (0..<count).map { _ in Point(100 * random.uniform(), 40 * random.uniform()) }
  }

  @Test func `leave the circle around each triangle empty`() {
    let points = Self.cloud(300)
    let mesh = DelaunayTriangulation(points)
    for t in mesh.triangles {
      let (a, b, c) = (points[Int(t.x)], points[Int(t.y)], points[Int(t.z)])
      #expect((b - a).cross(c - a) > 0)
      // Centre of the circle, from two perpendicular bisectors.
      let (p, q) = (b - a, c - a)
      let centre =
        a + Point(q.y * p.squaredLength - p.y * q.squaredLength, p.x * q.squaredLength - q.x * p.squaredLength)
        / (2 * p.cross(q))
      let radius = (a - centre).length
      // Points were moved by up to 1e-5 of their spacing.
      #expect(!points.contains { ($0 - centre).length < radius * (1 - 1e-4) })
    }
  }

  @Test func `know the triangle across each side`() {
    let mesh = DelaunayTriangulation(Self.cloud(200))
    var open = 0
    for (index, t) in mesh.triangles.enumerated() {
      for k in 0..<3 {
        let other = Int(mesh.neighbours[index][k])
        guard other >= 0 else {
          open += 1
          continue
        }
        let corners = mesh.triangles[other]
        let shared = (0..<3).contains { corners[$0] == t[(k + 1) % 3] && corners[($0 + 1) % 3] == t[k] }
        #expect(shared)
      }
    }
    // Euler: 2 n - 2 - hull triangles, the hull having as many sides as open ones.
    #expect(mesh.triangles.count == 2 * 200 - 2 - open)
  }

  @Test func `of a square lattice have two triangles a cell`() {
    let points = (0..<400).map { Point(Double($0 % 20), Double($0 / 20)) }
    let mesh = DelaunayTriangulation(points)
    let whole = mesh.triangles.count { t in
      (0..<3).allSatisfy { (points[Int(t[$0])] - points[Int(t[($0 + 1) % 3])]).length < 1.5 }
    }
    #expect(whole == 2 * 19 * 19)
  }

  @Test func `need three points`() { #expect(DelaunayTriangulation([Point(0, 0), Point(1, 0)]).triangles.isEmpty) }
}
