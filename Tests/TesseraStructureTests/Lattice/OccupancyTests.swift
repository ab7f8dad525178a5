import Foundation
import TesseraFitting
import TesseraNumerics
import TesseraStructure
import Testing

/// Columns of one height on a square lattice, whose brightness drifts by a factor of 1.5 over the field.
private struct Sheet {
  var sites: [Site] = []
  var accuracies: [ColumnAccuracy] = []

  /// - Parameters:
  ///   - share: what a node holds, by its number.
  ///   - noise: of a height, as a share of that of a full node.
  init(noise: Double, seed: UInt64, share: (Int) -> Double) {
    var random = RandomSource(seed: seed)
    for j in 0..<24 {
      for i in 0..<24 {
        let full = 100 * (1 + 0.5 * Double(i) / 23)
        let height = full * (share(24 * j + i) + noise * random.gaussian())
        let place = Point(20 + 18 * Double(i) + 0.2 * random.gaussian(), 20 + 18 * Double(j) + 0.2 * random.gaussian())
        sites.append(Site(position: place, amplitude: max(1, height), sigmaMajor: 4, sigmaMinor: 4))
        accuracies.append(ColumnAccuracy(position: Point(0.2, 0.2), amplitude: noise * full))
      }
    }
  }

  func occupancies(_ finder: OccupancyFinder = OccupancyFinder()) throws -> [NodeOccupancy?] {
    let lattice = try #require(
      LatticeIndexer(u: Point(18, 0), v: Point(0, 18)).lattice(
        of: sites.map(\.position), heights: sites.map(\.amplitude)))
    return finder.occupancies(of: Sites(sites), accuracies: accuracies, vacant: [], in: Grains(lattice))
  }
}

struct `The occupancy of a node` {
  @Test(arguments: [3, 40, 80]) func `tells nodes that hold half from full ones`(_ count: Int) throws {
    var random = RandomSource(seed: 7)
    var half = Set<Int>()
    while half.count < count { half.insert(random.index(below: 576)) }
    let found = try Sheet(noise: 0.08, seed: 3) { half.contains($0) ? 0.5 : 1 }.occupancies()
    let partial = Set(found.indices.filter { found[$0]?.kind == .partial })
    #expect(Double(partial.symmetricDifference(half).count) <= 0.02 * Double(count) + 0.5)
    let pulls = found.indices.compactMap { k in found[k].map { ($0.share - (half.contains(k) ? 0.5 : 1)) / $0.error } }
    #expect(pulls.count == 576 && (0.7...1.4).contains(Statistics.robustDeviation(pulls)))
  }

  /// Where both parts overlap the number is right, and single nodes are doubtful.
  @Test func `is stated with the probability that it has`() throws {
    var (stated, right, count) = (0.0, 0.0, 0)
    for seed in 1...6 as ClosedRange<UInt64> {
      var random = RandomSource(seed: 100 + seed)
      let half = (0..<576).map { _ in random.uniform() < 0.15 }
      let found = try Sheet(noise: 0.125, seed: seed) { half[$0] ? 0.5 : 1 }.occupancies()
      for (k, occupancy) in found.enumerated() {
        guard let occupancy, (0.5..<0.95).contains(occupancy.probability) else { continue }
        stated += occupancy.probability
        right += (occupancy.kind == .partial) == half[k] ? 1 : 0
        count += 1
      }
    }
    #expect(count > 10)
    #expect(abs(stated - right) < 3 * Double(count).squareRoot() / 2)
  }

  @Test func `is full everywhere in a crystal without missing atoms`() throws {
    for (noise, seed) in [(0.02, 1), (0.08, 2), (0.2, 3), (0.4, 4)] as [(Double, UInt64)] {
      let found = try Sheet(noise: noise, seed: seed) { _ in 1 }.occupancies()
      #expect(found.allSatisfy { $0?.kind == .column }, "\(noise)")
    }
    // As many bright spots as dark ones are dirt.
    let dirty = try Sheet(noise: 0.05, seed: 5) { $0 % 37 == 0 ? 0.5 : $0 % 37 == 18 ? 1.5 : 1 }.occupancies()
    #expect(dirty.allSatisfy { $0?.kind == .column })
    // Half of the columns are a kind of their own.
    let alloy = try Sheet(noise: 0.05, seed: 6) { $0.isMultiple(of: 2) ? 0.5 : 1 }.occupancies()
    #expect(alloy.allSatisfy { $0?.kind != .partial })
  }

  /// Brightness that rises from an edge, in the columns at the edge from nothing.
  @Test(arguments: [0, 1]) func `is full where a specimen thins towards an edge`(_ form: Int) throws {
    let found = try Sheet(noise: 0.03, seed: 8) { node in
      let x = Double(node % 24)
      return form == 0 ? min(1, (x + 1) / 8) : 1 / (1 + exp((8 - x) / 2))
    }.occupancies()
    #expect(found.allSatisfy { $0?.kind != .partial })
  }

  /// Across a boundary heights differ from column to column by anything; in the crystal beside it nodes that hold half are told.
  @Test func `is not known where the columns around differ anyway`() throws {
    var random = RandomSource(seed: 9)
    let uneven = (0..<576).map { _ in 0.3 + 0.7 * random.uniform() }
    let found = try Sheet(noise: 0.03, seed: 9) { node in
      node / 24 < 4 ? uneven[node] : node % 53 == 0 ? 0.5 : 1
    }.occupancies()
    let partial = found.indices.filter { found[$0]?.kind == .partial }
    let planted = (144..<576).filter { $0 % 53 == 0 }
    #expect(planted.count { partial.contains($0) } == planted.count)
    #expect(partial.count { $0 < 96 } < 10 && partial.count { $0 >= 144 && $0 % 53 != 0 } == 0, "\(partial)")
  }
}
