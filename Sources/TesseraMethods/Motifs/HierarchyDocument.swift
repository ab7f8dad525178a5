import TesseraStructure

/// `hierarchy.json`: types count from 1, as in `cells.csv`; nodes from 0.
struct HierarchyDocument: Encodable {
  struct Cell: Encodable { var i, j, type: Int }
  struct Node: Encodable {
    var level, size, count, cellCount: Int
    var composition: [Hierarchy.Part]
    var cells: [Cell]
  }
  struct CellType: Encodable {
    var type, count: Int
    var members, extras: [Int]
  }

  var types: [CellType] = []
  var dominant: [Int] = []
  var nodes: [Node] = []
  var edges: [Hierarchy.Edge] = []
  var largerGroups = 0
  var cellsInLargerGroups = 0
  var cutGroups = 0

  init(_ hierarchy: Hierarchy?) {
    guard let hierarchy else { return }
    types = hierarchy.types.enumerated().map {
      CellType(type: $0 + 1, count: $1.count, members: $1.members, extras: $1.extras)
    }
    dominant = hierarchy.dominant.map { $0 + 1 }
    nodes = hierarchy.nodes.map { node in
      Node(
        level: node.level, size: node.size, count: node.count, cellCount: node.cellCount,
        composition: node.composition, cells: node.cells.map { Cell(i: $0.i, j: $0.j, type: $0.type + 1) })
    }
    edges = hierarchy.edges
    (largerGroups, cellsInLargerGroups) = (hierarchy.largerGroups, hierarchy.cellsInLargerGroups)
    cutGroups = hierarchy.cutGroups
  }
}
