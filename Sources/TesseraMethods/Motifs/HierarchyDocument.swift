import TesseraStructure

/// `hierarchy.json`: types count from 1, as in `cells.csv`; nodes from 0.
struct HierarchyDocument: Encodable {
  struct Cell: Encodable { var i, j, type: Int }
  struct Part: Encodable {
    var label: ClassNumber
    var count: Int
  }
  struct Node: Encodable {
    var level, size, count, cellCount: Int
    var composition: [Part]
    var cells: [Cell]
    /// Against chance; absent where it was not tested.
    var occurrences: Int?
    var expected, pValue, qValue: Double?
  }
  struct CellType: Encodable {
    var type, count: Int
    var members, extras: [ClassNumber]
  }

  var types: [CellType] = []
  var dominant: [Int] = []
  var nodes: [Node] = []
  var edges: [Hierarchy.Edge] = []
  var largerGroups = 0
  var cellsInLargerGroups = 0
  var cutGroups = 0

  /// - Parameter numbers: of the classes 1, 2, ...
  init(_ hierarchy: Hierarchy?, numbers: [String]) {
    guard let hierarchy else { return }
    func number(_ label: Int) -> ClassNumber { ClassNumber(label > 0 ? numbers[label - 1] : "0") }
    types = hierarchy.types.enumerated().map {
      CellType(type: $0 + 1, count: $1.count, members: $1.members.map(number), extras: $1.extras.map(number))
    }
    dominant = hierarchy.dominant.map { $0 + 1 }
    nodes = hierarchy.nodes.map { node in
      Node(
        level: node.level, size: node.size, count: node.count, cellCount: node.cellCount,
        composition: node.composition.map { Part(label: number($0.label), count: $0.count) },
        cells: node.cells.map { Cell(i: $0.i, j: $0.j, type: $0.type + 1) },
        occurrences: node.chance?.occurrences, expected: node.chance?.expected, pValue: node.chance?.pValue,
        qValue: node.chance?.qValue)
    }
    edges = hierarchy.edges
    (largerGroups, cellsInLargerGroups) = (hierarchy.largerGroups, hierarchy.cellsInLargerGroups)
    cutGroups = hierarchy.cutGroups
  }
}
