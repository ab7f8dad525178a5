import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// Which classes of a result stand in which relation: defects that lie at certain displacements from others more often than by
/// chance, and what surrounds each defect. What `tessera relations` runs.
public struct RelationMethod: Sendable {
  /// Tests displacements between defects against random places of the defects.
  public var defects = DefectRelations()
  /// Finds what is around a defect: places that its own patch, or its chemistry, has changed.
  public var surroundings = PairRelations()
  /// Builds the tree of what the shells around each class of defect hold.
  public var shells = ShellGrowth()
  /// The defaults of the three parts.
  public init() {}

  /// - Throws: `DataError` where the columns share no lattice, or nothing but the perfect crystal is there.
  public func result(on folder: MotifFolder) throws -> RelationResult {
    let tree = try TreeMethod(folder).tree(after: folder.recipe.actions)
    let structure = try TreeStructure(folder, tree)
    guard let cells = structure.cells, cells.grid != nil, let kinds = structure.kinds,
      let dominant = structure.hierarchy?.dominant
    else {
      throw DataError(
        "\(folder.path): its columns share no lattice, so there is no sublattice on which defects could lie at random")
    }
    let found = try defects.relations(in: cells, kinds: kinds, seed: folder.seed)
    let positions = structure.places.positions
    let hosts = Set(dominant.flatMap { cells.types[$0].members })
    let ownClasses = Set(kinds.kinds.flatMap(\.classes)).subtracting([0])
    let pairs = try surroundings.relations(among: positions, labels: structure.labels, seed: folder.seed)
    // What a defect does to columns that are none themselves goes where it goes: there is nothing to test.
    let carried = pairs.filter {
      ownClasses.contains($0.from) && !ownClasses.contains($0.to) && !hosts.contains($0.to)
    }
    let trees = try ownClasses.sorted().map {
      try shells.tree(of: $0, positions: positions, labels: structure.labels, relations: pairs)
    }
    return RelationResult(
      structure: structure, names: tree.leaves.reduce(into: [:]) { $0[$1.number] = $1.name }, kinds: kinds,
      relations: found, carried: carried, shells: trees, calibration: folder.calibration, settings: self)
  }
}
