import Foundation
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import Testing

/// Patches that were cut out before.
struct `Patches of their own` {
  /// Columns on a square or a hexagonal lattice, cut anywhere, with noise as a share of a column's height.
  private func patches(
    _ count: Int, hexagonal: Bool, seed: UInt64, side: Int = 48, noise: Double = 0.2, holes: Bool = false
  ) -> [Micrograph] {
    var random = RandomSource(seed: seed)
    let (a, spacing) = (Point(9, 0), hexagonal ? Point(4.5, 9 * 0.75.squareRoot()) : Point(0, 9))
    return (0..<count).map { number in
      let offset = Point(9 * random.uniform(), 9 * random.uniform())
      var values = [Float](repeating: 0, count: side * side)
      for k in values.indices { values[k] = Float(noise * random.gaussian()) }
      let places = (-16...16).flatMap { i in (-9...9).map { a * Double(i) + spacing * Double($0) + offset } }
      let middle = Point(Double(side), Double(side)) * (0.35 + 0.3 * random.uniform())
      let missing = holes ? places.min { ($0 - middle).length < ($1 - middle).length } : nil
      for place in places where place != missing {
        for y in 0..<side where abs(Double(y) - place.y) < 6 {
          for x in 0..<side where abs(Double(x) - place.x) < 6 {
            let square = (Point(Double(x), Double(y)) - place).squaredLength
            values[y * side + x] += Float(exp(-square / (2 * 1.8 * 1.8)))
          }
        }
      }
      return Micrograph(
        name: "\(hexagonal ? "hexagonal" : "square")-\(number)",
        pixels: Raster(width: side, height: side, values: values))
    }
  }

  @Test func `of two lattices are two motifs`() throws {
    let all = patches(40, hexagonal: false, seed: 1) + patches(25, hexagonal: true, seed: 2)
    let found = try PatchSorter().result(of: all)
    #expect(found.classes.sizes == [40, 25])
    #expect(found.classes.labels == [Int](repeating: 1, count: 40) + [Int](repeating: 2, count: 25))
    #expect(found.foundCount == 2)
    var one = PatchSorter()
    one.classCount = 2
    #expect(try one.result(of: all).classes.labels == found.classes.labels)
  }

  @Test(arguments: [20, 60, 200]) func `of one lattice are one motif wherever they were cut`(count: Int) throws {
    for seed in 3...5 as ClosedRange<UInt64> {
      let found = try PatchSorter().result(of: patches(count, hexagonal: seed == 4, seed: seed))
      #expect(found.foundCount == 1, "seed \(seed)")
      #expect(found.sentences == ["\(count) patches: one motif"])
    }
  }

  @Test(.slow, arguments: [0.02, 0.05, 0.1]) func `of one lattice are one motif also where there is little noise`(
    noise: Double
  ) throws {
    for seed in 21...22 as ClosedRange<UInt64> {
      let cut = patches(100, hexagonal: seed.isMultiple(of: 2), seed: seed, side: 64, noise: noise)
      #expect(try PatchSorter().result(of: cut).foundCount == 1, "seed \(seed)")
    }
  }

  @Test func `with a missing column are a motif of their own`() throws {
    let all = patches(60, hexagonal: true, seed: 31) + patches(60, hexagonal: true, seed: 32, holes: true)
    let found = try PatchSorter().result(of: all)
    #expect(found.classes.sizes == [60, 60])
    #expect(Set(found.classes.labels.prefix(60)).count == 1)
  }

  @Test func `that are copies count once`() throws {
    let some = patches(10, hexagonal: true, seed: 33)
    let found = try PatchSorter().result(of: (0..<8).flatMap { _ in some })
    #expect(found.foundCount == 1 && found.copyCount == 70)
    #expect(found.sentences.last == "70 patches are copies of others, pixel by pixel, and count as one with it")
    #expect(throws: DataError.self) { try PatchSorter().result(of: [Micrograph](repeating: some[0], count: 20)) }
  }

  @Test(arguments: [20, 200]) func `of noise are one motif`(count: Int) throws {
    for seed in 6...9 as ClosedRange<UInt64> {
      var random = RandomSource(seed: seed)
      let noise = (0..<count).map { number in
        Micrograph(
          name: "\(number)",
          pixels: Raster(width: 32, height: 32, values: (0..<1024).map { _ in Float(random.gaussian()) }))
      }
      #expect(try PatchSorter().result(of: noise).foundCount == 1, "seed \(seed)")
    }
  }

  @Test func `that show one value alone have no class`() throws {
    var all = patches(12, hexagonal: true, seed: 10)
    all[3].pixels = Raster(width: 48, height: 48, filling: 5)
    let found = try PatchSorter().result(of: all)
    #expect(found.classes.labels[3] == 0 && found.classes.labels.count { $0 == 1 } == 11)
    #expect(found.layout.points[3].x.isNaN)
    #expect(found.sentences.last == "1 patch shows one value alone and has no class: hexagonal-3")
  }

  @Test func `have one size, and there are some`() throws {
    let all = patches(8, hexagonal: true, seed: 11)
    #expect(throws: DataError.self) {
      try PatchSorter().result(of: all + patches(1, hexagonal: true, seed: 1, side: 50))
    }
    #expect(throws: DataError.self) { try PatchSorter().result(of: Array(all.prefix(3))) }
    #expect(throws: DataError.self) { try PatchSorter().result(of: []) }
    #expect(throws: DataError.self) { try PatchSorter().result(of: patches(8, hexagonal: true, seed: 1, side: 6)) }
    var many = PatchSorter()
    many.classCount = 9
    #expect(throws: ParameterError.self) { try many.result(of: all) }
  }
}
