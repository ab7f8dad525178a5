import TesseraNumerics

/// One node of a placed crystal.
struct PlacedNode: Sendable {
  /// Place on the perfect lattice, in pixels.
  var ideal: Point
  /// How far the column is from there, in pixels; zero at a vacant node.
  var displacement: Point
  var sublattice: String
  var occupant: Occupant
  var environment, environmentOriented: String
  /// Atoms on top of one another, where the specimen says so.
  var atoms: Int?

  var position: Point { ideal + displacement }
}

extension [PlacedNode] {
  /// The nodes that have no earlier node within a distance, in pixels.
  func separated(by distance: Double) -> [PlacedNode] {
    let index = PlanarIndex(map(\.ideal))
    var isKept = [Bool](repeating: true, count: count)
    for node in indices {
      isKept[node] = !index.neighbours(of: self[node].ideal, within: distance).contains { $0 < node && isKept[$0] }
    }
    return indices.filter { isKept[$0] }.map { self[$0] }
  }
}
