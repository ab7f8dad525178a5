import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `Evidence for columns` {
  private let side = 256

  /// Noise seen through a Gaussian: bumps of the size of columns, far above the noise of a pixel.
  private func smoothNoise(width: Double, seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    let white = Raster<Float>(
      width: side, height: side, values: (0..<side * side).map { _ in Float(random.gaussian()) })
    var image = GaussianFilter.smoothed(white, sigma: width)
    let spread = Float(Statistics.deviation(image.values))
    for index in image.values.indices {
      image.values[index] = 100 + 10 * image.values[index] / spread + Float(random.gaussian())
    }
    return image
  }

  private func stripes() -> Raster<Float> {
    var random = RandomSource(seed: 4)
    var image = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        let phase = 2 * Double.pi * (0.96 * Double(x) + 0.28 * Double(y)) / 12
        image[x, y] = Float(100 + 10 * sin(phase) + 3 * random.gaussian())
      }
    }
    return image
  }

  /// Stripes whose shot noise is as high as they are: maxima along them are as round as those of columns.
  private func faintStripes(seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    var image = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        let phase = 2 * Double.pi * (0.96 * Double(x) + 0.28 * Double(y)) / 12
        image[x, y] = Float(random.poisson(100 + 10 * sin(phase)))
      }
    }
    return image
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>) func `is not in stripes as faint as their noise`(seed: UInt64) throws {
    let image = faintStripes(seed: seed)
    #expect(throws: DataError.self) { try ColumnFinder().found(in: prepared(image), name: "stripes") }
  }

  private func prepared(_ image: Raster<Float>) throws -> Preparation.Prepared {
    try Preparation().prepared(Micrograph(name: "image", pixels: image))
  }

  /// Places that a network might give: the maxima of the image at a scale.
  private func maxima(_ image: Raster<Float>, scale: Double) -> [ColumnFinder.Proposal] {
    let response = GaussianFilter.blobResponse(image, sigma: scale)
    let limit = Statistics.quantile(response.values, 0.9)
    return LocalMaxima.indices(in: response, reach: Int((1.5 * scale).rounded()))
      .filter { response.values[$0] > limit }
      .map { ColumnFinder.Proposal(position: Point(Double($0 % side), Double($0 / side)), probability: 0.9) }
  }

  @Test(arguments: [1.5, 2.5, 4.0, 6.0], [UInt64(1), 2, 3])
  func `is not in smooth noise, however clear its bumps are`(width: Double, seed: UInt64) throws {
    let image = smoothNoise(width: width, seed: seed)
    let proposals = maxima(image, scale: width)
    #expect(proposals.count > 20)
    do {
      let found = try ColumnFinder().found(among: proposals, in: prepared(image), name: "bumps")
      Issue.record("\(found.sites.count) columns in noise")
    } catch let error as DataError {
      #expect(error.description.hasPrefix("bumps: no atom columns were found"))
    }
  }

  @Test func `is not in stripes`() throws {
    let image = stripes()
    #expect {
      try ColumnFinder().found(among: maxima(image, scale: 3), in: prepared(image), name: "planes")
    } throws: { ($0 as? DataError)?.description.contains("lie on stripes") == true }
  }

  @Test(arguments: ["mose2", "graphene", "srtio3", "square"])
  func `is in crystals`(specimen: String) throws {
    var options = SimulationOptions()
    (options.width, options.height, options.dose) = (side, side, 3e4)
    let simulated = try Simulation(specimen: specimen, options: options).run()
    let prepared = try prepared(simulated.micrograph.pixels)
    let inside = simulated.sites.map(\.position).filter { (0...255).contains($0.x) && (0...255).contains($0.y) }
    let proposals = inside.map { ColumnFinder.Proposal(position: $0, probability: 0.9) }
    let found = try ColumnFinder().found(among: proposals, in: prepared, name: specimen)
    #expect(Double(found.sites.count) > 0.5 * Double(proposals.count))
    #expect(!(try ColumnFinder().found(in: prepared, name: specimen)).warnings.contains { $0.contains("may be none") })
  }

  /// Nobody else tells that these are no columns: the maxima are significant and the fit is good.
  @Test func `is asked for, and methods that are set list what they find with a warning`() throws {
    let image = try prepared(smoothNoise(width: 3, seed: 7))
    #expect {
      try ColumnFinder().found(in: image, name: "bumps")
    } throws: { ($0 as? DataError)?.description.hasPrefix("bumps: no atom columns were found; nothing tells") == true }
    var finder = ColumnFinder()
    finder.route = .scaleSpace
    let found = try finder.found(in: image, name: "bumps")
    #expect(found.warnings.contains { $0.hasPrefix("these \(found.sites.columnCount) columns may be none: ") })
  }

  /// Maxima of shot noise on stripes and on a film rise higher than those of a Gaussian field at some smoothing.
  @Test func `is not single atoms on stripes or films`() throws {
    var random = RandomSource(seed: 8)
    let film = smoothNoise(width: 4, seed: 5)
    for (name, image) in [("planes", stripes()), ("film", film)] {
      let counts = image.map { Float(random.poisson(max(0, 0.4 * Double($0)))) }
      #expect {
        try ColumnFinder().found(in: prepared(counts), name: name)
      } throws: { ($0 as? DataError)?.description.hasPrefix("\(name): no atom columns were found") == true }
    }
  }

  /// Shot noise is stronger on the bright grains of a texture.
  @Test(arguments: [3.0, 5], [3.0, 10, 50]) func `is not in a film of few counts`(width: Double, counts: Double) throws
  {
    for seed in 1...3 as ClosedRange<UInt64> {
      var random = RandomSource(seed: seed)
      let film = GaussianFilter.smoothed(
        Raster<Float>(width: 384, height: 384, values: (0..<384 * 384).map { _ in Float(random.gaussian()) }),
        sigma: width)
      let spread = Statistics.deviation(film.values)
      let image = film.map { Float(random.poisson(max(0, counts * (1 + 0.3 * Double($0) / spread)))) }
      #expect(throws: DataError.self) { try ColumnFinder().found(in: prepared(image), name: "film") }
    }
  }

  /// Columns that are in no order and lower than those of the crystal beside them.
  @Test func `is doubted in an amorphous part beside a crystal`() throws {
    var random = RandomSource(seed: 310)
    var image = Raster<Float>(width: 384, height: 384, filling: 0)
    let film = GaussianFilter.smoothed(image.map { _ in Float(random.gaussian()) }, sigma: 3)
    let spread = Statistics.deviation(film.values)
    for y in 0..<384 {
      for x in 0..<384 {
        let d = Point(Double(x) - 20 * (Double(x) / 20).rounded(), Double(y) - 20 * (Double(y) / 20).rounded())
        let signal = x < 190 ? exp(-d.squaredLength / 32) : 0.15 * Double(film[x, y]) / spread
        image[x, y] = Float(random.poisson(max(0, 20 * (signal + 0.3))))
      }
    }
    let found = try ColumnFinder().found(in: prepared(image), name: "half")
    let amorphous = found.sites.positions.count { $0.x > 195 }
    #expect(
      amorphous == 0 || found.warnings.contains { $0.contains("stand in no order, unlike the others") }, "\(amorphous)")
  }

  /// Wide columns are no support whose slow changes carry atoms.
  @Test(arguments: [44.0, 60, 80]) func `is the lattice of wide columns`(spacing: Double) throws {
    var random = RandomSource(seed: 6)
    let side = Int(14 * spacing)
    var image = Raster<Float>(width: side, height: side, filling: 0)
    let (u, v) = (Point(spacing, 0).rotated(by: 0.3), Point(0, spacing).rotated(by: 0.3))
    let places = (-20...20).flatMap { i in (-20...20).map { j in u * Double(i) + v * Double(j) + Point(8, 8) * spacing }
    }
    let width = 0.2 * spacing
    let index = PlanarIndex(places)
    for y in 0..<side {
      for x in 0..<side {
        let place = Point(Double(x), Double(y))
        let near = index.neighbours(of: place, within: 4 * width)
        let value = near.reduce(0.1) { $0 + exp(-(places[$1] - place).squaredLength / (2 * width * width)) }
        image[x, y] = Float(random.poisson(10 * value))
      }
    }
    let found = try ColumnFinder().found(in: prepared(image), name: "wide")
    #expect(found.route != .atoms)
    let inside = places.filter { $0.x > 0 && $0.y > 0 && $0.x < Double(side) && $0.y < Double(side) }
    #expect(abs(found.sites.count - inside.count) < inside.count / 6)  // Some are listed that stand just outside.
  }

  /// One spot has neither order nor much sign, but no noise is as high.
  @Test func `is one atom if it is higher than any noise`() throws {
    var image = smoothNoise(width: 2, seed: 9)
    for y in 0..<side {
      for x in 0..<side {
        let squared = Double((x - 120) * (x - 120) + (y - 90) * (y - 90))
        image[x, y] += Float(160 * exp(-squared / 18))
      }
    }
    let found = try ColumnFinder().found(
      among: [ColumnFinder.Proposal(position: Point(121, 90), probability: 0.9)], in: prepared(image), name: "atom")
    #expect(found.sites.count == 1)
    #expect((found.sites.sites[0].position - Point(120, 90)).length < 0.5)
  }
}
