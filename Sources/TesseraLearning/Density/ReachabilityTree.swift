import TesseraNumerics

/// The minimum spanning tree of points under the mutual reachability distance
///
///     max(core(a), core(b), |a - b|),
///
/// core(a) being the distance of a to its `neighbours`-th neighbour. Edges by rising length.
///
/// Source: Campello, Moulavi & Sander, PAKDD 2013, defs. 5-6. Borůvka's method: in each round every tree of the forest
/// takes its shortest edge to another tree, found by a search of a k-d tree that skips boxes of the own tree. About
/// log n rounds of O(n log n).
func reachabilityTree(of points: [Point], neighbours: Int) -> [TreeEdge] {
  guard points.count > 1 else { return [] }
  let tree = PlanarTree(points)
  let core = concurrentMap(chunksOf: 256, of: points.count) { range in
    range.map { (tree.nearest(min(neighbours, points.count - 1), to: $0).last?.squared ?? 0).squareRoot() }
  }.flatMap { $0 }
  var forest = Forest(tree, core: core)
  while forest.edges.count < points.count - 1 { forest.grow() }
  return forest.edges.map { TreeEdge(first: tree.order[$0.first], second: tree.order[$0.second], length: $0.length) }
    .sorted { ($0.length, $0.first, $0.second) < ($1.length, $1.first, $1.second) }
}

/// Trees that grow into one.
private struct Forest {
  let tree: PlanarTree
  let core: [Double]
  /// The smallest core distance in each node of the k-d tree.
  let nodeCore: [Double]
  var edges: [TreeEdge] = []
  private var sets: DisjointSets
  /// Each point's nearest point of another tree; it stays the nearest until the two trees join.
  private var candidates: [TreeEdge?]

  init(_ tree: PlanarTree, core: [Double]) {
    (self.tree, self.core) = (tree, core)
    nodeCore = tree.nodes.map { node in core[node.range].min() ?? 0 }
    sets = DisjointSets(core.count)
    candidates = [TreeEdge?](repeating: nil, count: core.count)
  }

  mutating func grow() {
    let component = core.indices.map { sets.find($0) }
    let nodeComponent = componentOfNodes(component)
    let (tree, core, nodeCore, known) = (tree, core, nodeCore, candidates)
    candidates = concurrentMap(chunksOf: 256, of: core.count) { range in
      range.map { place -> TreeEdge? in
        if let edge = known[place], component[edge.second] != component[place] { return edge }
        return shortestEdge(
          from: place, tree: tree, core: core, nodeCore: nodeCore, component: component, nodeComponent: nodeComponent)
      }
    }.flatMap { $0 }
    var best = [Int?](repeating: nil, count: core.count)
    for place in core.indices {
      let root = component[place]
      if best[root] == nil || candidates[place]!.length < candidates[best[root]!]!.length { best[root] = place }
    }
    // Edges of equal length could close a circle; taking them in rising order and asking again prevents it.
    let chosen = best.compactMap { $0.map { candidates[$0]! } }
      .sorted { ($0.length, $0.first, $0.second) < ($1.length, $1.first, $1.second) }
    for edge in chosen {
      let (a, b) = (sets.find(edge.first), sets.find(edge.second))
      if a != b {
        sets.join(a, b)
        edges.append(edge)
      }
    }
  }

  /// The tree that all points of a node belong to; -1 if they belong to several.
  private func componentOfNodes(_ component: [Int]) -> [Int] {
    var result = [Int](repeating: -1, count: tree.nodes.count)
    for number in tree.nodes.indices.reversed() {  // Children come after their parent.
      let node = tree.nodes[number]
      if node.child > 0 {
        if result[node.child] == result[node.child + 1] { result[number] = result[node.child] }
      } else {
        let first = component[node.range.lowerBound]
        if node.range.allSatisfy({ component[$0] == first }) { result[number] = first }
      }
    }
    return result
  }
}

private func shortestEdge(
  from place: Int, tree: PlanarTree, core: [Double], nodeCore: [Double], component: [Int], nodeComponent: [Int]
) -> TreeEdge {
  let (here, own, mine) = (tree.points[place], component[place], core[place])
  var best = TreeEdge(first: place, second: -1, length: .infinity)
  func visit(_ number: Int) {
    // No edge is shorter than the point's own core distance.
    if nodeComponent[number] == own || best.length <= mine { return }
    let node = tree.nodes[number]
    if max(nodeCore[number], node.squaredDistance(to: here).squareRoot()) >= best.length { return }
    guard node.child > 0 else {
      for other in node.range where component[other] != own {
        let length = max(mine, core[other], (tree.points[other] - here).length)
        if length < best.length { best = TreeEdge(first: place, second: other, length: length) }
      }
      return
    }
    let first =
      tree.nodes[node.child].squaredDistance(to: here) <= tree.nodes[node.child + 1].squaredDistance(to: here)
    visit(first ? node.child : node.child + 1)
    visit(first ? node.child + 1 : node.child)
  }
  visit(0)
  return best
}
