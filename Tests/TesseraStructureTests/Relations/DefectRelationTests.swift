import Foundation
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

  @Test(arguments: UnevenDensity.allCases)
  func `Independent vacancies have none where their density changes`(_ density: UnevenDensity) throws {
    var images = 0
    for seed in 1...12 {
      let lattice = try DefectiveLattice(vacancies: density.independent(100, seed: UInt64(seed)))
      if try relations(lattice).contains(where: { $0.qValue < 0.05 }) { images += 1 }
    }
    // As above; with one density for the whole image nine to twelve of twelve.
    #expect(images <= 2)
  }

  @Test(arguments: UnevenDensity.allCases)
  func `Planted pairs are found among vacancies whose density changes`(_ density: UnevenDensity) throws {
    for seed in UInt64(1)...4 {
      let pairs = DefectiveLattice.pairs(10, seed: seed)
      let others = density.independent(60, seed: seed)
      let firm = try relations(try DefectiveLattice(vacancies: pairs.union(others))).filter { $0.qValue < 0.05 }
      #expect(firm.contains { abs($0.displacement.length - 12) < 1e-9 && abs($0.displacement.y) < 1e-9 })
    }
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

/// How the density of vacancies changes across an image, as where the beam has damaged a part of it more.
enum UnevenDensity: CaseIterable {
  case step, slope, spot

  /// In units of the highest.
  private func density(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .step: x + 0.4 * y < 0.8 ? 1.0 / 9 : 1
    case .slope: exp(4 * (x - 1))
    case .spot: 0.06 + 0.94 * exp(-12 * ((x - 0.45) * (x - 0.45) + (y - 0.55) * (y - 0.55)))
    }
  }

  /// Vacancies that know nothing of one another.
  func independent(_ count: Int, seed: UInt64) -> Set<[Int]> {
    var source = RandomSource(seed: seed, stream: 1)
    var places: Set<[Int]> = []
    let side = DefectiveLattice.side
    while places.count < count {
      let (i, j) = (source.index(below: side), source.index(below: side))
      let height = density(Double(i) / Double(side), Double(j) / Double(side))
      if source.uniform() < height { places.insert([i, j]) }
    }
    return places
  }
}
