import TesseraImaging
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import Testing

struct `Proposed columns` {
  private typealias Proposal = ColumnFinder.Proposal

  private func simulated(dose: Double = 1e6) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    (options.width, options.height, options.dose, options.seed) = (200, 160, dose, 3)
    return try Simulation(specimen: "square", options: options).run()
  }

  private func prepared(_ image: Raster<Float>) throws -> Preparation.Prepared {
    try Preparation().prepared(Micrograph(name: "haadf", pixels: image))
  }

  /// True places that are not at the border.
  private func inner(_ simulated: SimulatedMicrograph, until right: Double = 191) -> [Point] {
    let (across, down) = (8.0..<right, 8.0..<151)
    return simulated.sites.map(\.position).filter { across.contains($0.x) && down.contains($0.y) }
  }

  /// Normal noise about a level.
  private func noise(seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    return Raster(width: 200, height: 160, values: (0..<200 * 160).map { _ in Float(100 + 5 * random.gaussian()) })
  }

  @Test func `stand where the pixels show them, in the order of the proposals`() throws {
    let simulated = try simulated()
    let prepared = try prepared(simulated.micrograph.pixels)
    let truth = inner(simulated)
    let proposals = truth.enumerated().map { index, place in
      Proposal(position: place + Point(0.8, -0.6), probability: Double(index) / Double(truth.count))
    }
    let found = try ColumnFinder().found(among: proposals, in: prepared, name: "square")
    #expect(found.route == .network && found.sites.count == truth.count)
    for (site, place) in zip(found.sites.sites, truth) { #expect((site.position - place).length < 0.3) }
    let proposed = try #require(found.proposed)
    #expect(proposed.probabilities == proposals.map(\.probability))
    #expect(proposed.count == truth.count && proposed.unmeasured == 0)
    let known = try ColumnFinder().found(in: prepared, name: "square")
    #expect(abs(found.scale / known.scale - 1) < 0.5)
  }

  @Test func `fall between columns and on empty ground`() throws {
    let simulated = try simulated()
    let truth = inner(simulated, until: 100)
    // The right half is ground with its noise, and so are the centres of the cells.
    var image = simulated.micrograph.pixels
    var random = RandomSource(seed: 5)
    let (low, spread) = (Statistics.quantile(image.values, 0.02), Statistics.quantile(image.values, 0.1))
    for y in 0..<160 { for x in 112..<200 { image[x, y] = low + (spread - low) * Float(random.gaussian()) } }
    var proposals = truth.map { Proposal(position: $0, probability: 0.9) }
    for y in stride(from: 10.0, to: 150, by: 12) {
      for x in stride(from: 124.0, to: 190, by: 12) {
        proposals.append(Proposal(position: Point(x, y), probability: 0.8))
      }
    }
    let found = try ColumnFinder().found(among: proposals, in: prepared(image), name: "half")
    let falseOnes = found.sites.sites.count { $0.position.x > 112 }
    #expect(found.sites.count - falseOnes == truth.count)
    #expect(falseOnes <= 2)
    #expect(found.proposed!.probabilities.prefix(truth.count).allSatisfy { $0 == 0.9 })
  }

  /// What comes out where there is nothing: 300 places on noise.
  @Test func `hardly ever stand on noise alone`() throws {
    var standing = 0
    for seed: UInt64 in 1...3 {
      let prepared = try prepared(noise(seed: seed))
      let proposals = (0..<300).map { index in
        Proposal(position: Point(Double(index % 20) * 9 + 8, Double(index / 20) * 10 + 8), probability: 1)
      }
      standing += (try? ColumnFinder().found(among: proposals, in: prepared, name: "noise").sites.count) ?? 0
    }
    // Seventeen when this was written.
    #expect(standing <= 30, "\(standing) of 900")
  }

  @Test func `are not found where all fall, or where there is no measurement`() throws {
    func refusal(_ proposals: [Proposal], _ image: Raster<Float>) throws -> String? {
      do {
        _ = try ColumnFinder().found(among: proposals, in: prepared(image), name: "scan")
        return nil
      } catch let error as DataError { return error.description }
    }
    let sentence = "scan: no atom columns were found above the noise"
    #expect(try refusal([], noise(seed: 1))?.hasPrefix(sentence) == true)
    var image = try simulated().micrograph.pixels
    for y in 30..<90 { for x in 30..<90 { image[x, y] = .nan } }
    let inside = Proposal(position: Point(60, 60), probability: 1)
    #expect(try refusal([inside], image)?.hasPrefix(sentence) == true)
    for place in [Point(-50, 60), Point(1e30, 60), Point(.nan, 60), Point(.infinity, -.infinity)] {
      #expect(try refusal([Proposal(position: place, probability: 1)], image)?.hasPrefix(sentence) == true)
    }
    let simulated = try simulated()
    let all = simulated.sites.map { Proposal(position: $0.position, probability: 0.5) }
    let found = try ColumnFinder().found(among: all + [inside], in: prepared(image), name: "scan")
    #expect(found.proposed!.unmeasured > 3)
    #expect(!found.sites.positions.contains { (35...85).contains($0.x) && (35...85).contains($0.y) })
  }

  @Test func `do not become one another`() throws {
    let simulated = try simulated()
    let prepared = try prepared(simulated.micrograph.pixels)
    let truth = inner(simulated)
    // Two candidates for each column, a pixel apart.
    let twice = truth.flatMap { place in
      [-0.5, 0.5].map { Proposal(position: place + Point($0, 0), probability: 0.5) }
    }
    let found = try ColumnFinder().found(among: twice, in: prepared, name: "square")
    #expect(found.sites.count == truth.count)
  }

  @Test func `are needed by the route of networks`() throws {
    var finder = ColumnFinder()
    finder.route = .network
    #expect(throws: ParameterError.self) { try finder.found(in: prepared(noise(seed: 1)), name: "noise") }
  }

  @Test func `keep to the thresholds`() throws {
    let simulated = try simulated()
    let prepared = try prepared(simulated.micrograph.pixels)
    let all = simulated.sites.map { Proposal(position: $0.position, probability: 0.5) }
    var finder = ColumnFinder()
    finder.noiseThreshold = 1e6
    #expect(throws: DataError.self) { try finder.found(among: all, in: prepared, name: "square") }
    finder.noiseThreshold = 0
    #expect(throws: ParameterError.self) { try finder.found(among: all, in: prepared, name: "square") }
    finder = ColumnFinder()
    finder.contrastThreshold = 0.999
    let count = (try? finder.found(among: all, in: prepared, name: "square").sites.count) ?? 0
    #expect(count < all.count / 2)
  }
}
