import Foundation
import TesseraNumerics
import TesseraSegmentation
import Testing

@Suite("Particles of a mask") struct InstanceFinderTests {
  private let finder = InstanceFinder()

  private func instances(_ width: Int, _ height: Int, _ shapes: [(Point) -> Bool]) -> Raster<Int> {
    let mask = DigitalShape.mask(width: width, height: height) { place in shapes.contains { $0(place) } }
    let found = finder.instances(of: mask)
    // Every pixel of the mask belongs to one, and no other.
    #expect(zip(found.values, mask.values).allSatisfy { ($0 > 0) == $1 })
    return found
  }

  private func areas(_ labels: Raster<Int>) -> [Int] {
    (0..<(labels.values.max() ?? 0)).map { number in labels.values.count { $0 == number + 1 } }
  }

  @Test func `are numbered in the order of their first pixels`() {
    let centres: [Point] = [[70, 15], [20, 22], [72, 55], [25, 60]]
    let found = instances(90, 80, centres.map { DigitalShape.disc($0, radius: 8.3) })
    #expect(centres.map { found[Int($0.x), Int($0.y)] } == [1, 2, 3, 4])
    #expect(Set(areas(found)).count == 1)
  }

  @Test(arguments: [1.6, 1.7, 1.85, 1.95]) func `are two where two discs touch`(distance: Double) throws {
    let radius = 14.0
    let found = instances(
      80, 60,
      [
        DigitalShape.disc([26.3, 30.2], radius: radius),
        DigitalShape.disc([26.3 + distance * radius, 30.2], radius: radius),
      ])
    let areas = areas(found)
    try #require(areas.count == 2)
    // Divided in the middle.
    #expect(abs(Double(areas[0]) / Double(areas[1]) - 1) < 0.05)
  }

  @Test(arguments: [0.3, 0.8, 1.3]) func `are one where discs cover more than a third of each other`(distance: Double) {
    let radius = 14.0
    let found = instances(
      80, 60,
      [
        DigitalShape.disc([26.3, 30.2], radius: radius),
        DigitalShape.disc([26.3 + distance * radius, 30.2], radius: radius),
      ])
    #expect(areas(found).count == 1)
  }

  @Test(arguments: 1...10) func `are two for any pair that touches`(seed: UInt64) {
    var random = RandomSource(seed: seed)
    let (first, second) = (9 + 9 * random.uniform(), 9 + 9 * random.uniform())
    let centre = Point(50 + random.uniform(), 50 + random.uniform())
    let way = Point(0.95 * (first + second), 0).rotated(by: 2 * .pi * random.uniform())
    let found = instances(
      101, 101,
      [DigitalShape.disc(centre, radius: first), DigitalShape.disc(centre + way, radius: second)])
    let sizes = areas(found)
    #expect(sizes.count == 2)
    let own = found[Int(centre.x), Int(centre.y)]
    guard sizes.count == 2 else { return }
    #expect(abs(Double(sizes[own - 1]) / (.pi * first * first) - 1) < 0.06)
    #expect(abs(Double(sizes[2 - own]) / (.pi * second * second) - 1) < 0.06)
  }

  @Test func `are five in a chain, and three in a triangle`() {
    let chain = (0..<5).map { DigitalShape.disc([18 + 21 * Double($0), 20.5], radius: 11) }
    #expect(areas(instances(125, 42, chain)).count == 5)
    let triangle = (0..<3).map { index in
      DigitalShape.disc(Point(40, 40) + Point(13.2, 0).rotated(by: 2 * .pi * Double(index) / 3), radius: 12)
    }
    #expect(areas(instances(80, 80, triangle)).count == 3)
  }

  @Test func `are one for a ring and for ellipses`() {
    #expect(areas(instances(60, 60, [{ (10...20).contains(($0 - Point(30.2, 29.7)).length) }])).count == 1)
    for degrees in stride(from: 0.0, to: 180, by: 15) {
      let shape = DigitalShape.ellipse([40.3, 39.6], axes: (30, 10), angle: degrees * .pi / 180)
      #expect(areas(instances(80, 80, [shape])).count == 1)
    }
  }

  @Test func `are none in an empty mask, one in a full one, and as small as a pixel`() {
    #expect(areas(instances(12, 9, [])).isEmpty)
    #expect(areas(instances(12, 9, [{ _ in true }])) == [12 * 9])
    #expect(areas(instances(12, 9, [{ $0 == Point(0, 0) }, { $0 == Point(11, 8) }])) == [1, 1])
    #expect(areas(instances(1, 1, [{ _ in true }])) == [1])
  }

  @Test(arguments: 1...4) func `take up all pixels of a ragged mask`(seed: UInt64) {
    var random = RandomSource(seed: seed)
    let isIn = (0..<40 * 30).map { _ in random.uniform() < 0.5 }
    // `instances` checks it.
    let found = instances(40, 30, [{ isIn[Int($0.y) * 40 + Int($0.x)] }])
    #expect(areas(found).allSatisfy { $0 > 0 })
  }
}
