import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The cells and motif-cells of a result with the current classes, from the places in `sites.csv`.
struct TreeStructure {
  let places: MotifFolder.Places
  /// The current classes by their place in `numbers`, from 1; 0 for none.
  let labels: [Int]
  /// The current classes, the largest first.
  let leaves: [Leaf]
  /// The numbers of the classes, largest class first.
  var numbers: [String] { leaves.map(\.number) }
  /// Nil where there are too few sites for cells.
  let cells: Cells?
  /// Not yet tested against chance.
  let hierarchy: Hierarchy?
  /// What marks a defect of its own.
  let kinds: DefectKinds?
  private let settings: MotifMethod
  private let seed: UInt64

  /// A current class.
  struct Leaf {
    var number, name: String
    /// Which of all colours and markers it has.
    var look: Int
    var members: [Int]
    /// How many they are, and how surely.
    var count: ClassCount
  }

  /// - Throws: `FormatError` where `sites.csv` is damaged.
  init(_ folder: MotifFolder, _ tree: ClassTree) throws {
    (places, settings, seed) = (try folder.places(), folder.settings, folder.seed)
    let leaves = tree.leaves.enumerated().sorted { a, b in
      (b.element.members.count, a.offset) < (a.element.members.count, b.offset)
    }.map(\.element)
    let counts = folder.counts(of: leaves)
    self.leaves = zip(leaves, counts).map { leaf, count in
      Leaf(number: leaf.number, name: leaf.name, look: leaf.look, members: leaf.members, count: count)
    }
    var labels = [Int](repeating: 0, count: tree.sampleCount)
    for (index, leaf) in leaves.enumerated() { for member in leaf.members { labels[member] = index + 1 } }
    self.labels = labels
    let places = places
    let tiles = try folder.imageSize.flatMap { try Self.cells(places, labels, folder, $0) }
    let found = try tiles.map { [settings] in try settings.hierarchy.hierarchy(of: $0) }
    (cells, hierarchy) = (tiles, found)
    kinds =
      if let tiles, let found {
        DefectKinds(of: tiles, dominant: found.dominant, heights: places.heights, labels: labels)
      } else { nil }
  }

  /// The hierarchy with what chance says of each motif-cell.
  func testedHierarchy() throws -> Hierarchy? {
    guard let cells, let hierarchy, let kinds else { return nil }
    return try settings.tested(hierarchy, of: cells, kinds, seed: seed)
  }

  /// Cells of the lattice, or Voronoi cells of the commonest class where there is none.
  private static func cells(
    _ places: MotifFolder.Places, _ labels: [Int], _ folder: MotifFolder, _ size: MotifFolder.ImageSize
  ) throws -> Cells? {
    let columns = places.positions.indices.filter { places.kinds[$0] != .vacant }
    let seen = columns.map { places.positions[$0] }
    // Cells tile the image: columns centred outside it serve the lattice, and are in no cell.
    let inside = places.positions.indices.filter { places.kinds[$0] != .outside }
    let (positions, insideLabels) = (inside.map { places.positions[$0] }, inside.map { labels[$0] })
    let phases = folder.phases
    guard folder.hasLattice,
      let grains = folder.settings.grainFinder.crystals(
        of: seen, heights: columns.map { places.heights[$0] }, patterns: columns.map { phases[$0] }, width: size.width,
        height: size.height)
    else {
      guard positions.count >= MotifMethod.fewestVoronoiSites, labels.contains(1) else { return nil }
      return try VoronoiCells().cells(
        of: positions, labels: insideLabels, chosen: inside.indices.filter { insideLabels[$0] == 1 },
        width: size.width, height: size.height)
    }
    // A vacant node has no index of its own in the table: its cell follows from the nearest column, as its grain does.
    var nodes = [Lattice.Node?](repeating: nil, count: labels.count)
    var grainOfSite = [Int](repeating: 0, count: labels.count)
    for (place, column) in columns.enumerated() {
      (nodes[column], grainOfSite[column]) = (grains.nodes[place], grains.labels[place])
    }
    let index = PlanarIndex(seen)
    for site in labels.indices where places.kinds[site] == .vacant {
      if let nearest = index.nearest(1, to: places.positions[site]).first { grainOfSite[site] = grains.labels[nearest] }
    }
    return try MotifMethod.latticeCells.cells(
      of: positions, labels: insideLabels, grains: grains, nodes: inside.map { nodes[$0] },
      grainOfSite: inside.map { grainOfSite[$0] })
  }
}
