/// Sets of whole numbers that are merged; `find` halves paths, so that both are nearly O(1).
package struct DisjointSets {
  private var parent: [Int]

  /// `count` sets of one member each.
  package init(_ count: Int) { parent = Array(0..<count) }

  /// The root of a member's set.
  package mutating func find(_ member: Int) -> Int {
    var root = member
    while parent[root] != root {
      parent[root] = parent[parent[root]]
      root = parent[root]
    }
    return root
  }

  /// Joins the sets of two roots; the first root stays the root.
  package mutating func join(_ root: Int, _ other: Int) { parent[other] = root }

  /// Joins the sets of two members; the smaller root stays the root.
  package mutating func unite(_ a: Int, _ b: Int) {
    let (p, q) = (find(a), find(b))
    join(min(p, q), max(p, q))
  }
}
