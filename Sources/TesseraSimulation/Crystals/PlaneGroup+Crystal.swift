import TesseraNumerics

extension PlaneGroup {
  /// Columns of the motif: three in groups of up to four operations a cell, two in the others, all in general positions.
  ///
  /// The places are the outcome of a search. In pixels of .0137 nm, no two columns of the crystal are nearer to each other
  /// than 15.5, and every isometry of the lattice that the group does not have takes some column 9.5 or more away from all
  /// columns of its kind.
  private var places: [Point] {
    switch self {
    case .p1: [Point(0.728, 0.015), Point(0.958, 0.469), Point(0.409, 0.72)]
    case .p2: [Point(0.693, 0.649), Point(0.298, 0.931), Point(0.053, 0.73)]
    case .pm: [Point(0.807, 0.023), Point(0.748, 0.329), Point(0.699, 0.715)]
    case .pg: [Point(0.289, 0.706), Point(0.3, 0.346), Point(0.135, 0.062)]
    case .cm: [Point(0.638, 0.088), Point(0.838, 0.271), Point(0.157, 0.937)]
    case .pmm: [Point(0.333, 0.39), Point(0.638, 0.11), Point(0.137, 0.236)]
    case .pmg: [Point(0.388, 0.064), Point(0.446, 0.369), Point(0.112, 0.807)]
    case .pgg: [Point(0.453, 0.645), Point(0.738, 0.554), Point(0.169, 0.716)]
    case .cmm: [Point(0.374, 0.398), Point(0.141, 0.654)]
    case .p4: [Point(0.863, 0.608), Point(0.337, 0.595), Point(0.734, 0.89)]
    case .p4m: [Point(0.25, 0.896), Point(0.397, 0.751)]
    case .p4g: [Point(0.422, 0.63), Point(0.692, 0.96)]
    case .p3: [Point(0.748, 0.515), Point(0.592, 0.675), Point(0.792, 0.994)]
    case .p3m1: [Point(0.545, 0.878), Point(0.789, 0)]
    case .p31m: [Point(0.866, 0.232), Point(0.139, 0.604)]
    case .p6: [Point(0.502, 0.136), Point(0.628, 0.725)]
    case .p6m: [Point(0.757, 0.09), Point(0.663, 0.49)]
    }
  }

  /// Area of the cell for each column, in square nm: 20 pixels of .0137 nm squared.
  private static let areaPerColumn = 0.274 * 0.274

  /// A crystal of this group and of no higher one, with heights 1, .75 and .5, and no column in a special position.
  ///
  /// The cell has 400 square pixels of .0137 nm for each column: a is 33 pixels in p1 and 105 in p6m. Where the group leaves
  /// the shape of the cell open, b = 1.15 a at 75 degrees in oblique cells and b = 1.25 a in rectangular ones.
  public var crystal: Crystal {
    let kinds = [("bright", 1), ("medium", 0.75), ("dim", 0.5)]
    let operations = operations
    var columns: [CrystalColumn] = []
    for (place, (kind, weight)) in zip(places, kinds) {
      for operation in operations {
        let image = operation(place)
        columns.append(
          CrystalColumn(place: image - image.rounded(.down), atoms: [kind], sublattice: kind, weight: weight))
      }
    }
    let (ratio, degrees): (Double, Double) =
      switch lattice {
      case .oblique: (1.15, 75)
      case .rectangular: (1.25, 90)
      case .square: (1, 90)
      case .hexagonal: (1, 120)
      }
    let area = Self.areaPerColumn * Double(columns.count)
    var crystal = Crystal.bravais(rawValue, area: area, ratio: ratio, degrees: degrees)
    crystal.columns = columns
    crystal.vacancySublattices = kinds.map(\.0)
    return crystal
  }
}
