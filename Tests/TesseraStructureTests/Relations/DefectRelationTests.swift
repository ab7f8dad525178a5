import TesseraNumerics
import TesseraStructure
import Testing

struct `Relations between defects` {
  private func relations(_ lattice: DefectiveLattice) throws -> [DefectRelations.Relation] {
    let hierarchy = try lattice.hierarchy
    return try DefectRelations().relations(in: lattice.cells, kinds: lattice.kinds(hierarchy), seed: 1)
  }

  @Test func `A planted displacement is found in both directions, with what chance would give`() throws {
    let found = try relations(try DefectiveLattice(vacancies: DefectiveLattice.pairs(14, seed: 4)))
    let firm = found.filter { $0.qValue < 0.01 }
    #expect(firm.count == 2)
    for relation in firm {
      #expect(relation.count == 14 && abs(relation.displacement.length - 12) < 1e-9)
      #expect(abs(relation.displacement.y) < 1e-9 && relation.share == 0.5)
      // 1,560 pairs along the rows.
      #expect(abs(relation.expected - 1_560 * 28 * 27 / (1_600 * 1_599)) < 0.2 && relation.z > 10)
    }
    #expect(firm[0].displacement == -firm[1].displacement)
  }

  @Test func `Independent vacancies have none`() throws {
    var images = 0
    for seed in 1...12 {
      let lattice = try DefectiveLattice(vacancies: DefectiveLattice.independent(90, seed: UInt64(seed)))
      if try relations(lattice).contains(where: { $0.qValue < 0.05 }) { images += 1 }
    }
    // Five per cent of images by chance: three of twelve have a chance of 2 %.
    #expect(images <= 2)
  }

  @Test func `Settings out of range are named`() throws {
    let lattice = try DefectiveLattice(vacancies: [[5, 5]])
    let hierarchy = try lattice.hierarchy
    for (reach, permutations) in [(0.0, 199), (7, 199), (2, 10)] {
      var method = DefectRelations()
      (method.reach, method.permutations) = (reach, permutations)
      #expect(throws: ParameterError.self) {
        try method.relations(in: lattice.cells, kinds: lattice.kinds(hierarchy), seed: 1)
      }
    }
  }
}
