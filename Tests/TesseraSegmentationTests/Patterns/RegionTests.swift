import Foundation
import TesseraNumerics
import TesseraSegmentation
import Testing

struct `Regions` {
  @Test func `grow from their seeds and meet on the ridge between them`() {
    let (width, height) = (40, 30)
    // A ridge along x = 13 + y / 3.
    let ground = (0..<width * height).map { index in -abs(Float(index % width) - 13 - Float(index / width) / 3) }
    var seeds = Raster(width: width, height: height, filling: 0)
    (seeds[1, 15], seeds[38, 3]) = (1, 2)
    let regions = Watershed.regions(from: seeds, over: Raster(width: width, height: height, values: ground))
    for y in 0..<height {
      let ridge = 13 + Double(y) / 3
      for x in 0..<width where abs(Double(x) - ridge) > 1 { #expect(regions[x, y] == (Double(x) < ridge ? 1 : 2)) }
    }
  }

  @Test func `without seeds stay unknown, and specks go to what surrounds them`() {
    let flat = Raster<Float>(width: 9, height: 9, filling: 0)
    let empty = flat.map { _ in 0 }
    #expect(Watershed.regions(from: empty, over: flat) == empty)
    var labels = flat.map { _ in 1 }
    for y in 0..<9 { for x in 5..<9 { labels[x, y] = 2 } }
    let whole = labels
    (labels[2, 2], labels[2, 3], labels[8, 8]) = (3, 3, 1)
    #expect(labels.connectedRegions().count == 4)
    #expect(Watershed.withoutSpecks(labels, least: 3, level: flat) == whole)
  }

  @Test func `know their distances exactly`() {
    var random = RandomSource(seed: 4, stream: 0)
    var targets = Raster(width: 31, height: 23, filling: false)
    for _ in 0..<12 { targets.values[random.index(below: targets.count)] = true }
    let found = DistanceTransform.distances(toWhere: targets)
    for y in 0..<23 {
      for x in 0..<31 {
        var least = Double.infinity
        for index in targets.values.indices where targets.values[index] {
          least = min(least, hypot(Double(index % 31 - x), Double(index / 31 - y)))
        }
        #expect(abs(Double(found[x, y]) - least) < 1e-5)
      }
    }
    #expect(DistanceTransform.distances(toWhere: targets.map { _ in false })[3, 3] == .infinity)
  }

  /// One pass over all labels says what one pass a label would, and with the border as an edge what a frame of another label would.
  @Test func `know how deep they are`() {
    var random = RandomSource(seed: 5, stream: 0)
    let seeds = (0..<9).map { _ in
      (x: random.index(below: 37), y: random.index(below: 29), label: random.index(below: 4))
    }
    func label(_ x: Int, _ y: Int) -> Int {
      seeds.min { hypot(Double($0.x - x), Double($0.y - y)) < hypot(Double($1.x - x), Double($1.y - y)) }!.label
    }
    let labels = Raster(width: 37, height: 29, values: (0..<37 * 29).map { label($0 % 37, $0 / 37) })
    let framed = Raster(
      width: 39, height: 31,
      values: (0..<39 * 31).map { index -> Int in
        let (x, y) = (index % 39 - 1, index / 39 - 1)
        return labels.contains(x: x, y: y) ? labels[x, y] : -1
      })
    let (inside, bordered) = (
      DistanceTransform.depths(of: labels), DistanceTransform.depths(of: labels, borderIsEdge: true)
    )
    for label in 0..<4 {
      let own = DistanceTransform.distances(toWhere: labels.map { $0 != label })
      let whole = DistanceTransform.distances(toWhere: framed.map { $0 != label })
      for y in 0..<29 {
        for x in 0..<37 where labels[x, y] == label {
          #expect(inside[x, y] == own[x, y] && bordered[x, y] == whole[x + 1, y + 1])
        }
      }
    }
    let one = labels.map { _ in 2 }
    #expect(DistanceTransform.depths(of: one)[5, 5] == .infinity)
    #expect(DistanceTransform.depths(of: one, borderIsEdge: true)[5, 3] == 4)
  }

  @Test(arguments: [0, 10, 22.5, 33, 45, 60, 90]) func `have boundaries of the right length at any angle`(
    degrees: Double
  ) {
    let normal = Point(-sin(degrees * .pi / 180), cos(degrees * .pi / 180))
    let side = 400
    let labels = Raster(
      width: side, height: side,
      values: (0..<side * side).map { index -> UInt16 in
        let place = Point(Double(index % side) - 199.7, Double(index / side) - 199.6)
        // A straight boundary within a disc; the disc's edge is the same for both halves.
        return place.length > 150 ? 3 : place.dot(normal) < 0 ? 1 : 2
      })
    let disc = labels.map { $0 == 3 ? $0 : 1 }
    let straight = labels.boundaryLength() - disc.boundaryLength()
    #expect(abs(straight / 300 - 1) < 0.06)
    #expect(abs(disc.boundaryLength() / (2 * .pi * 150) - 1) < 0.02)
    // The edge of what has no label, as of an information bar, is no boundary of patterns.
    #expect(disc.map { $0 == 3 ? 0 : $0 }.boundaryLength() == 0)
    let halves = labels.map { $0 == 3 ? 0 : $0 }
    #expect(abs(halves.boundaryLength() / 300 - 1) < 0.06)
    // Both sides have all of it, and what does not touch none.
    let lengths = halves.boundaryLengths(count: 3)
    #expect(lengths[0, 1] == lengths[1, 0] && abs(lengths[0, 1] - halves.boundaryLength()) < 1e-9)
    #expect(lengths[2, 0] == 0 && lengths[2, 1] == 0)
  }
}

extension Raster<UInt16> {
  /// Length of the lines between pixels of different labels above 0.
  fileprivate func boundaryLength() -> Double {
    boundaryLengths(count: Int(values.max() ?? 0)).values.reduce(0, +) / 2
  }
}
