import Foundation
import NetworkTestSupport
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNetworks
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

struct `Columns that a network finds` {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "tessera-network-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

  private func simulated(_ specimen: String = "square", size: Int = 200) throws -> SimulatedMicrograph {
    var options = SimulationOptions()
    (options.width, options.height, options.dose) = (size, size, 1e5)
    return try Simulation(specimen: specimen, options: options).run()
  }

  /// A network that passes pixels on is in doubt of most columns; one with this calibration is not.
  private static let sure = ProbabilityCalibration(slope: 1, offset: 6)

  /// The finder of a network in a file of the folder.
  private func finder(_ model: NetworkModel) throws -> NetworkFinder {
    let path = folder.appending(path: "\(UUID().uuidString).tessera-model").path
    try model.write(to: path)
    var finder = NetworkFinder()
    finder.model = path
    return finder
  }

  /// The mean distance of nearest neighbours.
  private func spacing(_ simulated: SimulatedMicrograph) -> Float {
    Float(PlanarIndex(simulated.sites.map(\.position)).medianSpacing ?? 0)
  }

  @Test func `are those of the image, each with a probability`() throws {
    let simulated = try simulated()
    var model = try NetworkModel.handedOn(spacing: spacing(simulated))
    model.calibration = ProbabilityCalibration(slope: 0.5, offset: 0)
    let finder = try finder(model)
    let prepared = try Preparation().prepared(simulated.micrograph)
    let found = try finder.found(by: ColumnFinder(), in: prepared, name: "square")
    // Columns centred just outside are no rows of the truth.
    let inner = found.sites.positions.filter { (1...198).contains($0.x) && (1...198).contains($0.y) }
    let score = SiteScore(inner, truth: simulated.sites.map(\.position))
    #expect(score.precision > 0.98 && score.recall > 0.98)
    let proposed = try #require(found.proposed)
    #expect(proposed.probabilities.count == found.sites.count && proposed.count >= found.sites.count)
    // At half the slope the largest value of this network, 1 / (1 + e⁻⁶), becomes 1 / (1 + e⁻³).
    #expect(proposed.probabilities.allSatisfy { $0 > 0.2 && $0 < 0.953 })
    #expect(proposed.source.wholeMatch(of: /[-0-9A-F]+\.tessera-model, CRC-32 [0-9a-f]{8}/) != nil)
    #expect(proposed.spacing == Double(spacing(simulated)).rounded(to: proposed.spacing!))
    #expect(found.warnings.allSatisfy { $0.hasPrefix("the network is in doubt: ") })
  }

  @Test(.slow) func `stand in the tables and the record of every method`() throws {
    let simulated = try simulated("mose2", size: 256)
    let network = try finder(NetworkModel.handedOn(spacing: spacing(simulated), gain: 12, middle: 0.35))
    var crystal = CrystalMethod()
    (crystal.finder.route, crystal.network) = (.network, network)
    let result = try crystal.result(on: simulated.micrograph)
    #expect(result.finding.route == .network)
    #expect(result.choices.contains { $0.name == "network" && $0.value.contains("CRC-32") && $0.reason == "given" })
    #expect(result.choices.contains { $0.name == "candidates" })
    #expect(result.choices.contains { $0.name == "method" && $0.value == "network" })
    var strain = StrainMethod()
    (strain.finder.route, strain.network, strain.route) = (.network, network, .columns)
    let strained = try strain.result(on: simulated.micrograph)
    #expect(strained.columns?.sites.count == result.finding.sites.count)
    #expect(strained.choices.contains { $0.name == "network" })
    var count = CountMethod()
    (count.finder.route, count.network) = (.network, network)
    let counted = try count.result(on: simulated.micrograph)
    #expect(counted.choices.contains { $0.name == "network" })
    var motifs = MotifMethod()
    (motifs.finder.route, motifs.network) = (.network, network)
    let sorted = try motifs.result(on: simulated.micrograph)
    let table = SiteTable(
      sites: sorted.sites, accuracies: sorted.finding.accuracies, probabilities: sorted.finding.proposed?.probabilities)
    let lines = String(decoding: table.csv, as: UTF8.self).split(separator: "\n")
    #expect(lines[0].hasSuffix(",fit_flag,probability"))
    #expect(lines.count == sorted.sites.count + 1)
    for (line, site) in zip(lines.dropFirst(), sorted.sites.sites) {
      let last = line.split(separator: ",", omittingEmptySubsequences: false).last!
      #expect(site.kind == .vacant ? last.isEmpty : Double(last).map { $0 > 0 && $0 <= 1 } == true)
    }
  }

  @Test func `have no such column where no network was asked`() {
    let table = SiteTable(sites: Sites([Site(position: Point(1, 2))]))
    #expect(!String(decoding: table.csv, as: UTF8.self).contains("probability"))
  }

  @Test func `come with a warning where the image is unlike those of the training`() throws {
    let simulated = try simulated()
    let prepared = try Preparation().prepared(simulated.micrograph)
    func warnings(mean: Float, limit: Double) throws -> [String] {
      var model = try NetworkModel.handedOn(spacing: spacing(simulated))
      model.trainingSpread = TrainingSpread(mean: [mean], axes: [[10]], limit: limit)
      model.calibration = Self.sure
      return try finder(model).found(by: ColumnFinder(), in: prepared, name: "square").warnings
    }
    let means = try NetworkModel.handedOn(spacing: 10).maps(of: prepared.image).bottomMeans
    #expect(try warnings(mean: means[0], limit: 2).isEmpty)
    let far = try warnings(mean: means[0] - 0.5, limit: 2)
    #expect(
      far == [
        "this image is unlike the training images of the network (distance 5.00; 0.995 of those that it was tested on lie "
          + "within 2.00); check the columns by eye"
      ])
  }

  @Test func `begin at the lower bound that the model file holds, unless one is given`() throws {
    let simulated = try simulated()
    let prepared = try Preparation().prepared(simulated.micrograph)
    var model = try NetworkModel.handedOn(spacing: spacing(simulated))
    model.threshold = 0.97
    var finder = try finder(model)
    func count() throws -> Int { try finder.found(by: ColumnFinder(), in: prepared, name: "square").proposed!.count }
    let high = try? count()
    (finder.boundIsGiven, finder.detector.filterLowerBound) = (true, 0.3)
    #expect(try count() > high ?? 0)
  }

  @Test func `come with a warning where the network is in doubt`() throws {
    let simulated = try simulated()
    let prepared = try Preparation().prepared(simulated.micrograph)
    func warnings(offset: Double) throws -> [String] {
      var model = try NetworkModel.handedOn(spacing: spacing(simulated))
      model.calibration = ProbabilityCalibration(slope: 1, offset: offset)
      return try finder(model).found(by: ColumnFinder(), in: prepared, name: "square").warnings
    }
    #expect(try warnings(offset: 6).isEmpty)
    let doubt = try warnings(offset: -8)
    #expect(doubt.count == 1 && doubt[0].hasPrefix("the network is in doubt: by its own probabilities about "))
  }

  /// A real image whose columns a person has labelled, none of whose kind the network was trained on; a part of it without the label
  /// that is drawn in.
  @Test(.slow, .enabled(if: Repository.hasSharedImages, "the folder ../shared/data is not there"))
  func `are those that a person has labelled`() throws {
    let folder = Repository.sharedImages.deletingLastPathComponent().appending(path: "columns")
    let image = try ImageFile.open(path: folder.appending(path: "res2_real_000.bmp").path).read()
    let text = try String(contentsOf: folder.appending(path: "res2_real_000.csv"), encoding: .utf8)
    let labels = text.split(whereSeparator: \.isNewline).dropFirst().compactMap { line -> Point? in
      let numbers = line.split(separator: ",").map { Double($0.trimmingCharacters(in: .whitespaces)) }
      guard numbers.count > 2, let x = numbers[1], let y = numbers[2] else { return nil }
      return Point(x, y)
    }
    #expect(labels.count == 2030)
    let found = try NetworkFinder().found(
      by: ColumnFinder(), in: Preparation().prepared(image), name: "res2_real_000")
    let inner = { (place: Point) in (12...1012).contains(place.x) && (12...892).contains(place.y) }
    let (ours, theirs) = (PlanarIndex(found.sites.positions), PlanarIndex(labels))
    let limit = theirs.nearestDistances().reduce(0, +) / Double(labels.count) / 2
    func share(_ places: [Point], _ index: PlanarIndex) -> Double {
      let inside = places.filter(inner)
      return Double(inside.count { !index.neighbours(of: $0, within: limit).isEmpty }) / Double(inside.count)
    }
    #expect(share(labels, ours) > 0.985)
    #expect(share(found.sites.positions, theirs) > 0.985)
    #expect(found.warnings.isEmpty)
  }

  @Test func `are dark ones, too, and none lies where there is no measurement`() throws {
    let simulated = try simulated()
    var image = simulated.micrograph.pixels
    let top = image.values.max()!
    image = image.map { top - $0 }
    for y in 40..<90 { for x in 50..<100 { image[x, y] = .nan } }
    var preparation = Preparation()
    preparation.contrast = .dark
    let prepared = try preparation.prepared(Micrograph(name: "bright field", pixels: image))
    let found = try finder(NetworkModel.handedOn(spacing: spacing(simulated)))
      .found(by: ColumnFinder(), in: prepared, name: "square")
    #expect(Double(found.sites.count) > 0.8 * Double(simulated.sites.count))
    #expect(!found.sites.positions.contains { (54...96).contains($0.x) && (44...86).contains($0.y) })
  }

  @Test(arguments: [(16, 16), (17, 40), (300, 16)])
  func `are sought in images smaller than the network is deep`(size: (Int, Int)) throws {
    var random = RandomSource(seed: 1)
    let pixels = (0..<size.0 * size.1).map { _ in Float(100 + random.gaussian()) }
    let prepared = try Preparation().prepared(
      Micrograph(name: "small", pixels: Raster(width: size.0, height: size.1, values: pixels)))
    do {
      let found = try NetworkFinder().found(by: ColumnFinder(), in: prepared, name: "small")
      #expect(found.sites.positions.allSatisfy { $0.x.isFinite && $0.y.isFinite })
    } catch let error as DataError { #expect(error.description.hasPrefix("small: ")) }
  }

  @Test func `are not sought with settings or files that are wrong`() throws {
    let prepared = try Preparation().prepared(simulated().micrograph)
    var finder = NetworkFinder()
    finder.detector.filterWindow = 1
    #expect(throws: ParameterError.self) { try finder.found(by: ColumnFinder(), in: prepared, name: "square") }
    var other = try NetworkModel.handedOn(spacing: 10)
    other.kind = .particles
    finder = try self.finder(other)
    do {
      _ = try finder.found(by: ColumnFinder(), in: prepared, name: "square")
      Issue.record("a network of particles is used")
    } catch { #expect("\(error)".hasSuffix("is a model of particles, but a model of atoms is needed here")) }
    // A network that sees nothing.
    finder = try self.finder(NetworkModel.handedOn(spacing: 10, gain: 1, middle: 30))
    do {
      _ = try finder.found(by: ColumnFinder(), in: prepared, name: "square")
      Issue.record("columns are found in an empty map")
    } catch { #expect("\(error)".hasPrefix("square: no atom columns were found above the noise")) }
  }
}

extension Double {
  /// The number itself if it is that of a half, which a model file holds; so that spacings can be compared.
  fileprivate func rounded(to half: Double) -> Double { abs(self - half) < 0.001 * half ? half : self }
}
