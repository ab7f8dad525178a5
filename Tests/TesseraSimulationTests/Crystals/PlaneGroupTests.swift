import Foundation
import TesseraNumerics
import TesseraSimulation
import Testing

struct `Plane groups` {
  /// Number of operations of the point group, and of lattice points a cell.
  static let orders: [PlaneGroup: (point: Int, lattice: Int)] = [
    .p1: (1, 1), .p2: (2, 1), .pm: (2, 1), .pg: (2, 1), .cm: (2, 2), .pmm: (4, 1), .pmg: (4, 1), .pgg: (4, 1),
    .cmm: (4, 2), .p4: (4, 1), .p4m: (8, 1), .p4g: (8, 1), .p3: (3, 1), .p3m1: (6, 1), .p31m: (6, 1), .p6: (6, 1),
    .p6m: (12, 1),
  ]

  /// A crystal on a cell, with distances in pixels of .0137 nm.
  struct Pattern {
    let crystal: Crystal
    init(_ group: PlaneGroup) { crystal = group.crystal }

    /// Distance between two places of the crystal, up to its lattice.
    func distance(_ p: Point, _ q: Point) -> Double {
      let offset = p - q - (p - q).rounded(.toNearestOrEven)
      var shortest = Double.infinity
      for i in -1...1 {
        for j in -1...1 {
          let x = offset.x + Double(i)
          let y = offset.y + Double(j)
          shortest = min(shortest, (x * crystal.a + y * crystal.b).length)
        }
      }
      return shortest / 0.0137
    }

    /// The farthest that an operation takes a column away from all columns of its kind.
    func mismatch(_ operation: (Point) -> Point) -> Double {
      crystal.columns.map { column in
        let image = operation(column.place)
        return crystal.columns.filter { $0.weight == column.weight }.map { distance(image, $0.place) }.min()!
      }.max()!
    }

    /// All M of whole numbers that keep the lengths and angles of the cell, as rows: the point group of the lattice.
    var isometries: [(Point, Point)] {
      let (aa, ab, bb) = (crystal.a.squaredLength, crystal.a.dot(crystal.b), crystal.b.squaredLength)
      func product(_ p: Point, _ q: Point) -> Double {
        p.x * q.x * aa + (p.x * q.y + p.y * q.x) * ab + p.y * q.y * bb
      }
      var found: [(Point, Point)] = []
      let entries = [-1.0, 0, 1]
      for p in entries.flatMap({ x in entries.map { Point(x, $0) } }) {
        for q in entries.flatMap({ x in entries.map { Point(x, $0) } }) {
          // Images of a and b are the columns of M.
          let (imageA, imageB) = (Point(p.x, q.x), Point(p.y, q.y))
          let isKept =
            abs(product(imageA, imageA) - aa) < 1e-9 && abs(product(imageB, imageB) - bb) < 1e-9
            && abs(product(imageA, imageB) - ab) < 1e-9
          if isKept { found.append((p, q)) }
        }
      }
      return found
    }
  }

  @Test(arguments: PlaneGroup.allCases) func `have the operations of their symbols`(group: PlaneGroup) {
    let operations = group.operations
    let order = Self.orders[group]!
    #expect(operations.count == order.point * order.lattice)
    // The product of any two is one of them, up to the lattice, and none occurs twice.
    let places = [Point(0.11, 0.23), Point(0.37, 0.05), Point(0.71, 0.59)]
    func isSame(_ one: (Point) -> Point, _ other: (Point) -> Point) -> Bool {
      let steps = places.map { one($0) - other($0) }
      let whole = steps[0].rounded(.toNearestOrEven)
      return steps.allSatisfy { ($0 - whole).length < 1e-9 }
    }
    for one in operations {
      #expect(operations.count { isSame($0.callAsFunction, one.callAsFunction) } == 1)
      for other in operations {
        #expect(operations.contains { isSame($0.callAsFunction) { one(other($0)) } })
      }
    }
  }

  /// What tells groups of one order apart: how many operations are reflections, not glides, and for three-fold axes with
  /// reflections whether these keep the shortest lattice vectors.
  @Test(arguments: PlaneGroup.allCases) func `have the reflections of their symbols`(group: PlaneGroup) {
    let expected: [PlaneGroup: Int] = [
      .pm: 1, .cm: 1, .pmm: 2, .pmg: 1, .cmm: 2, .p4m: 4, .p4g: 2, .p3m1: 3, .p31m: 3, .p6m: 6,
    ]
    let mirrors = group.operations.filter { operation in
      guard operation.x.cross(operation.y) < 0 else { return false }
      // Applied twice, some choice of the operation up to the lattice is the identity.
      return (-1...1).contains { i in
        (-1...1).contains { j in
          let shift = operation.translation + Point(Double(i), Double(j))
          return (shift + Point(operation.x.dot(shift), operation.y.dot(shift))).length < 1e-9
        }
      }
    }
    #expect(mirrors.count == expected[group] ?? 0)
    guard group == .p3m1 || group == .p31m else { return }
    let kept = [Point(1, 0), Point(0, 1), Point(1, 1)].map { row in
      mirrors.contains { Point($0.x.dot(row), $0.y.dot(row)) == row }
    }
    #expect(kept == [Bool](repeating: group == .p31m, count: 3))
  }

  @Test(arguments: PlaneGroup.allCases) func `have crystals with every operation`(group: PlaneGroup) {
    let pattern = Pattern(group)
    let (aa, bb) = (pattern.crystal.a.squaredLength, pattern.crystal.b.squaredLength)
    let ab = pattern.crystal.a.dot(pattern.crystal.b)
    for operation in group.operations {
      #expect(pattern.mismatch(operation.callAsFunction) < 1e-6)
      // An isometry of this cell.
      #expect(pattern.isometries.contains { $0.0 == operation.x && $0.1 == operation.y })
    }
    switch group.lattice {
    case .oblique: #expect(ab != 0 && aa != bb)
    case .rectangular: #expect(abs(ab) < 1e-12 && bb / aa > 1.2)
    case .square: #expect(abs(ab) < 1e-12 && abs(aa - bb) < 1e-12)
    case .hexagonal: #expect(abs(ab + aa / 2) < 1e-12 && abs(aa - bb) < 1e-12)
    }
  }

  /// Tries every isometry of the lattice with every translation that takes one bright column to another.
  @Test(arguments: PlaneGroup.allCases) func `have crystals of no higher symmetry`(group: PlaneGroup) {
    let pattern = Pattern(group)
    let bright = pattern.crystal.columns.filter { $0.weight == 1 }.map(\.place)
    var turns = Set<Int>()
    var (count, nearest) = (0, Double.infinity)
    for (number, (x, y)) in pattern.isometries.enumerated() {
      let turned = { (place: Point) in Point(x.dot(place), y.dot(place)) }
      for target in bright {
        let shift = target - turned(bright[0])
        let mismatch = pattern.mismatch { turned($0) + shift }
        if mismatch < 1e-6 {
          count += 1
          turns.insert(number)
        } else {
          nearest = min(nearest, mismatch)
        }
      }
    }
    let order = Self.orders[group]!
    #expect(turns.count == order.point)
    #expect(count == order.point * order.lattice)
    // What is no symmetry is far from being one: by more than two standard deviations of a column.
    #expect(nearest > 9.5, "\(nearest)")
  }

  @Test(arguments: PlaneGroup.allCases) func `have columns that are resolved`(group: PlaneGroup) throws {
    let columns = Pattern(group).crystal.columns
    #expect(columns.count >= 3 && Set(columns.map(\.weight)).count >= 2)
    var options = SimulationOptions()
    options.group = group.rawValue
    let result = try Simulation(specimen: "plane-group", options: options).run()
    let nearest = PlanarIndex(result.sites.map(\.position)).nearestDistances().min()!
    #expect(nearest > 15.5, "\(nearest)")
    // 400 square pixels for each column.
    #expect(abs(Double(result.sites.count) * 400 / Double(1024 * 1024) - 1) < 0.05)
  }

  @Test func `answer to their short and their full symbols`() throws {
    #expect(PlaneGroup.allCases.count == 17)
    let pairs: [(String, PlaneGroup)] = [
      ("p1", .p1), ("p211", .p2), ("p1m1", .pm), ("p1g1", .pg), ("c1m1", .cm), ("p2mm", .pmm), ("p2mg", .pmg),
      ("p2gg", .pgg), ("c2mm", .cmm), ("p4mm", .p4m), ("p4gm", .p4g), ("p3m1", .p3m1), ("p31m", .p31m),
      ("p6mm", .p6m),
    ]
    for (name, group) in pairs { #expect(PlaneGroup(name: name) == group) }
    for group in PlaneGroup.allCases { #expect(PlaneGroup(name: group.rawValue) == group) }
    var options = SimulationOptions()
    (options.width, options.height, options.group) = (128, 128, "p2gg")
    let json = try TruthDocument(of: Simulation(specimen: "plane-group", options: options).run()).json()
    let truth = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect((truth["parameters"] as? [String: Any])?["group"] as? String == "pgg")
    options.group = "p5"
    #expect(throws: ParameterError.self) { try Simulation(specimen: "plane-group", options: options) }
  }
}
