import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure
import Testing

struct `The tail of a texture` {
  /// Heights of a Rayleigh law, as high maxima of a Gaussian random field have: of n, n exp(-h² / 2) exceed h.
  private func heights(_ count: Int, seed: UInt64) -> [Double] {
    var random = RandomSource(seed: seed)
    return (0..<count).map { _ in (-2 * log(1 - random.uniform())).squareRoot() }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func `goes on as its low spots fall`(seed: UInt64) throws {
    let tail = try #require(TextureTail(heights: heights(20_000, seed: seed), threshold: 3))
    // Of 20,000, 222 exceed 3 and 44 exceed 3.5, each known to its root.
    for height in [3, 3.5] {
      let expected = 20_000 * exp(-height * height / 2)
      #expect(abs(tail.expectedCount(above: height) - expected) < 4 * expected.squareRoot(), "\(height)")
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func `takes its own spots for texture, and atoms for none`(
    seed: UInt64
  ) throws {
    let own = heights(3000, seed: seed)
    let tail = try #require(TextureTail(heights: own, threshold: 3))
    func shares(_ all: [Double]) -> [Double] { tail.shares(of: all.filter { $0 > 3 }.sorted(by: >)) }
    #expect(Statistics.mean(shares(own)) > 0.7)
    let atoms = (0..<40).map { 7 + 0.05 * Double($0) }
    let mixed = shares(own + atoms)
    #expect(mixed.prefix(40).allSatisfy { $0 < 0.01 })
    #expect(Statistics.mean(Array(mixed.suffix(from: 40))) > 0.7)
    // Lower spots are texture at least as often.
    #expect(zip(mixed, mixed.dropFirst()).allSatisfy { $0 <= $1 } && mixed.allSatisfy { (0...1).contains($0) })
  }

  @Test func `is unknown of a few maxima, and of columns that stand closely`() {
    var random = RandomSource(seed: 5)
    let columns = (0..<300).map { _ in 2.5 + 0.1 * random.gaussian() }
    #expect(TextureTail(heights: heights(800, seed: 5) + columns, threshold: 3.7) == nil)
    #expect(TextureTail(heights: heights(60, seed: 1), threshold: 3) == nil)
    #expect(TextureTail(heights: [Double](repeating: 1, count: 500), threshold: 3) == nil)
    #expect(TextureTail(heights: heights(500, seed: 1), threshold: .nan) == nil)
    #expect(TextureTail(heights: heights(500, seed: 1), threshold: 3)?.shares(of: []) == [])
  }

  /// A support of light atoms at random, `density` per pixel, whose image scatters by `texture`; and atoms of height 1 on it.
  private func image(atoms: Int, texture: Double, density: Double, seed: UInt64) -> (
    image: Raster<Float>, atoms: [Point]
  ) {
    let (side, sigma) = (320, 2.2)
    var random = RandomSource(seed: seed)
    var support = Raster<Float>(width: side, height: side, filling: 0)
    for index in support.values.indices { support.values[index] = Float(random.poisson(density)) }
    support = GaussianFilter.smoothed(support, sigma: sigma)
    let (mean, spread) = (Statistics.mean(support.values), Statistics.deviation(support.values))
    var places: [Point] = []
    while places.count < atoms {
      let place = Point(8 + 304 * random.uniform(), 8 + 304 * random.uniform())
      if places.allSatisfy({ ($0 - place).length > 5 * sigma }) { places.append(place) }
    }
    var image = support
    for y in 0..<side {
      for x in 0..<side {
        var level = 1.5 + texture * (Double(support[x, y]) - mean) / spread
        for place in places {
          let square = (Point(Double(x), Double(y)) - place).squaredLength
          if square < 100 { level += exp(-square / (2 * sigma * sigma)) }
        }
        image[x, y] = Float(random.poisson(30 * max(0, level)))
      }
    }
    return (image, places)
  }

  private func found(in image: Raster<Float>, by network: Bool) throws -> ColumnFinder.Found {
    let prepared = try Preparation().prepared(Micrograph(name: "image", pixels: image))
    var finder = ColumnFinder()
    guard network else {
      finder.route = .atoms
      return try finder.found(in: prepared, name: "image")
    }
    // A network that is sure of every bright spot.
    let response = GaussianFilter.blobResponse(image, sigma: 3)
    let proposals = LocalMaxima.indices(in: response, reach: 4).filter { response.values[$0] > 0 }.map {
      ColumnFinder.Proposal(position: Point(Double($0 % image.width), Double($0 / image.width)), probability: 0.97)
    }
    let high = proposals.sorted {
      response[Int($0.position.x), Int($0.position.y)] > response[Int($1.position.x), Int($1.position.y)]
    }
    return try finder.found(among: Array(high.prefix(90)), in: prepared, name: "image")
  }

  @Test(arguments: [true, false], 1...2 as ClosedRange<UInt64>) func `is said where a support without atoms has spots`(
    byNetwork: Bool, seed: UInt64
  ) throws {
    let found = try found(in: image(atoms: 0, texture: 0.5, density: 0.03, seed: seed).image, by: byNetwork)
    #expect(found.warnings.contains { $0.contains("may be spots of the support") }, "\(found.warnings)")
    // The network alone says 0.97.
    if let proposed = found.proposed { #expect(Statistics.mean(proposed.probabilities) < 0.6) }
  }

  @Test(arguments: [true, false], 1...2 as ClosedRange<UInt64>) func `leaves atoms that stand out of it`(
    byNetwork: Bool, seed: UInt64
  ) throws {
    let planted = image(atoms: 50, texture: 0.1, density: 0.1, seed: seed)
    let found = try found(in: planted.image, by: byNetwork)
    #expect(!found.warnings.contains { $0.contains("may be spots of the support") }, "\(found.warnings)")
    let index = PlanarIndex(planted.atoms)
    let right = found.sites.positions.map { !index.neighbours(of: $0, within: 4).isEmpty }
    #expect(right.count { $0 } > 45)
    if let proposed = found.proposed {
      let sure = zip(proposed.probabilities, right).filter { $0.0 > 0.9 }
      #expect(sure.count > 40 && Double(sure.count { $0.1 }) > 0.9 * Double(sure.count))
    }
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>) func `is said where its spots are taken for columns without order`(
    seed: UInt64
  ) throws {
    let prepared = try Preparation().prepared(
      Micrograph(name: "image", pixels: image(atoms: 0, texture: 0.5, density: 0.03, seed: seed).image))
    var finder = ColumnFinder()
    finder.route = .scaleSpace
    let found = try finder.found(in: prepared, name: "image")
    #expect(found.warnings.contains { $0.contains("stand in no order") }, "\(found.warnings)")
  }
}
