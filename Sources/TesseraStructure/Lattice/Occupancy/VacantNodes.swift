import TesseraImaging
import TesseraNumerics

/// Lattice nodes without a column inside the crystal, at which the pixels show none: vacancies, in which nothing is left to be seen.
public struct VacantNodes: Sendable, Codable, Equatable {
  /// A node is inside the crystal when at least this share of the nodes around it (same and other basis columns within
  /// the longer lattice vector) holds a column.
  public var smallestOccupation = 0.6
  /// So does at least this share of the nodes of its own sublattice among them.
  public var smallestKindOccupation = 0.5
  /// Or it belongs to a group of at most so many empty nodes with columns all around it, such as a node with six neighbours; larger ones
  /// are holes.
  private static let largestGroup = 7
  /// A column within this many mean spacings of the node occupies it.
  public var occupationRadius = 0.45
  /// The places that the neighbours imply for the node scatter by at most this share of the nearest neighbour's distance, as a root
  /// mean square; and every column within that distance sits on a node.
  public var largestDisorder = 0.15
  /// What the pixels must show.
  public var evidence = VacancyEvidence()
  /// A search where at least 60 % of the nodes around hold a column.
  public init() {}

  /// What is known of the nodes at which no column was listed.
  public struct Outcome: Sendable {
    /// At which nothing is.
    public var vacant: [VacantNode] = []
    /// Columns that the pixels show there: of missing atoms, or missed.
    public var columns: [Site] = []
    /// Standard errors of the heights of these columns.
    public var heightErrors: [Double] = []
    /// The number of those of which the pixels do not tell.
    public var undecided = 0
  }

  /// The nodes of all grains without a column, by what the pixels show there.
  /// - Parameters:
  ///   - grains: the crystals of the image, each with its lattice.
  ///   - columns: of the image, in the order of the labels of `grains`.
  ///   - background: of the image, in its units.
  ///   - residual: the image without background and columns.
  ///   - isMeasured: pixels that hold a measurement, of the image's size.
  public func outcome(
    in grains: Grains, columns: Sites, background: Raster<Float>, residual: Raster<Float>, isMeasured: Raster<Bool>
  ) -> Outcome {
    let empty = nodes(
      of: grains, positions: columns.positions, width: residual.width, height: residual.height, isMeasured: isMeasured)
    let fillings = evidence.fillings(of: empty, among: columns, grains, residual: residual, isMeasured: isMeasured)
    var outcome = Outcome()
    for (node, filling) in zip(empty, fillings) {
      switch filling {
      case .vacant(let seen):
        outcome.vacant.append(VacantNode(site: node.site, node: node.node, grain: node.grain, seen: seen))
      case .column(let height, let error, let sigma):
        let place = node.site.position
        let pixel = background[Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded())]
        outcome.columns.append(
          Site(
            position: place, amplitude: height, sigmaMajor: sigma, sigmaMinor: sigma, background: Double(pixel),
            intensity: 2 * .pi * height * sigma * sigma))
        outcome.heightErrors.append(error)
      case .undecided: outcome.undecided += 1
      }
    }
    return outcome
  }

  /// The empty nodes of all grains and their places, which follow the columns around them rather than the mean lattice.
  ///
  /// Nodes beside a column of another grain are no vacancies: the lattice ends there.
  /// - Returns: grain by grain, in the order of the lattice's basis, j, i.
  public func nodes(
    of grains: Grains, positions: [Point], width: Int, height: Int, isMeasured: Raster<Bool>
  ) -> [VacantNode] {
    let index = PlanarIndex(positions)
    return grains.grains.enumerated().flatMap { k, grain in
      let reach = max(grain.lattice.grid.u.length, grain.lattice.grid.v.length)
      return nodes(of: grain.lattice, positions: positions, width: width, height: height, isMeasured: isMeasured)
        .filter { found in
          !index.neighbours(of: found.site.position, within: reach).contains {
            grains.labels[$0] > 0 && grains.labels[$0] != k + 1
          }
        }.map { VacantNode(site: $0.site, node: $0.node, grain: k + 1) }
    }
  }

  private func nodes(
    of lattice: Lattice, positions: [Point], width: Int, height: Int, isMeasured: Raster<Bool>
  ) -> [(site: Site, node: Lattice.Node)] {
    var siteOf: [Lattice.Node: Int] = [:]
    for (site, node) in lattice.nodes.enumerated() {
      if let node { siteOf[node] = site }
    }
    let index = PlanarIndex(positions)
    guard !siteOf.isEmpty, let spacing = index.meanSpacing else { return [] }
    let around = surroundings(of: lattice)
    // Only nodes next to an occupied one can lie inside the crystal.
    var candidates = Set<Lattice.Node>()
    for node in siteOf.keys {
      for (basis, offsets) in around.enumerated() {
        for o in offsets where o.basis == node.basis {
          let candidate = Lattice.Node(basis: basis, i: node.i - o.i, j: node.j - o.j)
          if siteOf[candidate] == nil { candidates.insert(candidate) }
        }
      }
    }
    // A node of the mean lattice may be off by less than a spacing; nearer to the border its surroundings are not seen.
    func inImage(_ place: Point) -> Bool {
      place.x >= spacing && place.y >= spacing && place.x < Double(width) - spacing
        && place.y < Double(height) - spacing
        && isMeasured[Int(saturating: place.x), Int(saturating: place.y)]
    }
    let ordered = candidates.sorted { ($0.basis, $0.j, $0.i) < ($1.basis, $1.j, $1.i) }
    var found: [(Site, Lattice.Node)] = []
    for node in ordered {
      let ring = around[node.basis].map { Lattice.Node(basis: $0.basis, i: node.i + $0.i, j: node.j + $0.j) }
      let occupied = ring.filter { siteOf[$0] != nil }
      let kind = ring.filter { $0.basis == node.basis }
      let isInside =
        Double(occupied.count) >= smallestOccupation * Double(ring.count) && occupied.count >= 3
        && Double(kind.count { siteOf[$0] != nil }) >= smallestKindOccupation * Double(kind.count)
      guard
        isInside
          || (occupied.count >= 2
            && isInGroup(node, around: around) { node in
              siteOf[node] == nil ? inImage(lattice.position(of: node)) : nil
            })
      else { continue }
      // The mean of what each neighbour implies: its place less the undistorted step to it.
      let home = lattice.position(of: node)
      let place =
        occupied.reduce(Point.zero) { $0 + positions[siteOf[$1]!] - (lattice.position(of: $1) - home) }
        / Double(occupied.count)
      let (x, y) = (Int(saturating: place.x.rounded()), Int(saturating: place.y.rounded()))
      guard x >= 0, y >= 0, x < width, y < height, isMeasured[x, y] else { continue }
      guard index.neighbours(of: place, within: occupationRadius * spacing).isEmpty else { continue }
      // Where columns have left their nodes, an empty node lacks none.
      let steps = occupied.map { lattice.position(of: $0) - home }
      let misses = zip(occupied, steps).map { (positions[siteOf[$0]!] - $1 - place).squaredLength }
      let nearest = steps.map(\.length).min()!
      guard Statistics.mean(misses).squareRoot() <= largestDisorder * nearest,
        index.neighbours(of: place, within: nearest).allSatisfy({ lattice.nodes[$0] != nil })
      else { continue }
      found.append((Site(position: place, kind: .vacant), node))
    }
    return found
  }

  /// Whether the empty nodes that hang together with one are so few that they are a group of vacancies, all of them within the image.
  /// - Parameter empty: nil of an occupied node, and whether an empty one lies in the image.
  private func isInGroup(_ node: Lattice.Node, around: [[Lattice.Node]], empty: (Lattice.Node) -> Bool?) -> Bool {
    var (group, open) = (Set([node]), [node])
    while let next = open.popLast() {
      guard empty(next) == true else { return false }
      for step in around[next.basis] {
        let other = Lattice.Node(basis: step.basis, i: next.i + step.i, j: next.j + step.j)
        guard empty(other) != nil, group.insert(other).inserted else { continue }
        guard group.count <= Self.largestGroup else { return false }
        open.append(other)
      }
    }
    return true
  }

  /// For each basis column the steps to the nodes around it.
  private func surroundings(of lattice: Lattice) -> [[Lattice.Node]] {
    let reach = 1.01 * max(lattice.grid.u.length, lattice.grid.v.length)
    return lattice.basis.indices.map { b in
      var steps: [Lattice.Node] = []
      let home = lattice.position(of: Lattice.Node(basis: b, i: 0, j: 0))
      for c in lattice.basis.indices {
        for i in -3...3 {
          for j in -3...3 where (c, i, j) != (b, 0, 0) {
            let step = Lattice.Node(basis: c, i: i, j: j)
            if (lattice.position(of: step) - home).length <= reach { steps.append(step) }
          }
        }
      }
      return steps
    }
  }
}
