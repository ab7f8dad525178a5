import TesseraNumerics

extension Lattice {
  /// The basis columns by falling height; those of unknown height last.
  var basisByHeight: [Int] {
    basis.indices.sorted { a, b in
      let (p, q) = (basisHeights[a], basisHeights[b])
      return p.isFinite && (!q.isFinite || p > q || (p == q && a < b)) || (!p.isFinite && !q.isFinite && a < b)
    }
  }

  /// The letter of each basis column: A for the highest, then B, C, ...
  public var basisLetters: [String] {
    var letters = [String](repeating: "", count: basis.count)
    for (rank, index) in basisByHeight.enumerated() {
      letters[index] =
        rank < 26 ? String(UnicodeScalar(UInt8(ascii: "A") + UInt8(rank))) : "Z\(rank - 24)"
    }
    return letters
  }

  /// The basis column with this letter; nil where there is none.
  public func basisColumn(named letter: String) -> Int? { basisLetters.firstIndex(of: letter) }

  /// The nearest columns of one kind around a column of another, as steps from cell (0, 0): all that are less than
  /// `tolerance` farther than the nearest, as a share of its distance. Sorted by direction.
  func shell(around centre: Int, of other: Int, tolerance: Double = 0.2) -> [Node] {
    let home = position(of: Node(basis: centre, i: 0, j: 0))
    var found: [(node: Node, offset: Point)] = []
    for i in -3...3 {
      for j in -3...3 where (i, j, other) != (0, 0, centre) {
        let node = Node(basis: other, i: i, j: j)
        found.append((node, position(of: node) - home))
      }
    }
    let nearest = found.map(\.offset.length).min() ?? 0
    return found.filter { $0.offset.length < (1 + tolerance) * nearest }
      .sorted { ($0.offset.angle, $0.offset.length) < ($1.offset.angle, $1.offset.length) }.map(\.node)
  }

  /// The site of each occupied node.
  var siteOfNode: [Node: Int] {
    var sites: [Node: Int] = [:]
    sites.reserveCapacity(nodes.count)
    for (site, node) in nodes.enumerated() { if let node { sites[node] = site } }
    return sites
  }
}

extension Lattice.Node {
  /// The node that a step from cell (0, 0) leads to from here.
  func moved(by step: Lattice.Node) -> Lattice.Node { Lattice.Node(basis: step.basis, i: i + step.i, j: j + step.j) }
}

extension Lattice {
  /// A column this far from where a lattice vector leads, in units of the shorter one, is not the neighbour.
  private static let neighbourTolerance = 0.3

  /// The share of the pairs of columns a lattice vector apart whose nodes are no neighbours, 0 ... 1: where chains of links around a
  /// defect do not close. A bend opens none, however far it carries columns from the straight lattice.
  /// - Parameter index: of the sites, one for each entry of `nodes`.
  func openShare(of index: PlanarIndex) -> Double {
    let reach = Self.neighbourTolerance * min(grid.u.length, grid.v.length)
    let steps: [(vector: Point, i: Int, j: Int)] = [(grid.u, 1, 0), (grid.v, 0, 1)]
    let pairs = concurrentMap(count: nodes.count) { site -> (all: Int, open: Int) in
      guard let node = nodes[site] else { return (0, 0) }
      var (all, open) = (0, 0)
      for step in steps {
        guard let other = index.neighbours(of: index.points[site] + step.vector, within: reach).first,
          let seen = nodes[other], seen.basis == node.basis
        else { continue }
        all += 1
        if seen.i != node.i + step.i || seen.j != node.j + step.j { open += 1 }
      }
      return (all, open)
    }
    let all = pairs.reduce(0) { $0 + $1.all }
    return all == 0 ? 0 : Double(pairs.reduce(0) { $0 + $1.open }) / Double(all)
  }
}
