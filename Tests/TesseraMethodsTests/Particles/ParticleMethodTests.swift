import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraImaging
import TesseraLearning
import TesseraMethods
import TesseraNetworks
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation
import TestSupport
import Testing

struct `Nanoparticles` {
  /// Four particles of gold on 3 nm of carbon.
  static let simulated: SimulatedParticles = {
    var simulation = ParticleSimulation()
    simulation.frame.width = 640
    simulation.frame.height = 512
    (simulation.field.film, simulation.field.number, simulation.seed) = (3, 5, 7)
    (simulation.field.touching, simulation.field.shares) = (0, [0.4, 0.4, 0.2, 0])
    return try! simulation.run()
  }()

  @Test(.slow) func `are found where they were planted, and measured`() throws {
    let simulated = Self.simulated
    let result = try ParticleMethod().result(on: simulated.micrograph)
    let truth = simulated.instances
    let score = InstanceScore(result.labels.map { Int($0) }, truth: truth.labels.map { Int($0) })
    #expect(score.foundCount == score.trueCount && score.falseCount == 0, "\(score)")
    let mask = MaskScore(result.mask.map { $0 ? 1 : 0 }, truth: truth.labels.map { Float($0) })
    #expect(mask.dice > 0.93, "\(mask.dice)")
    for particle in result.particles {
      let label = truth.labels[Int(particle.measures.centroid.x.rounded()), Int(particle.measures.centroid.y.rounded())]
      let area = Double(truth.places[Int(label) - 1].area)
      #expect(abs(particle.measures.area - area) < 0.12 * area)
      let sum = particle.probabilities.values.reduce(0, +)
      let probability = particle.probability ?? 0
      #expect(abs(sum - 1) < 1e-9 && probability >= 0.2 && probability < 1)
      #expect((particle.confidence ?? 0) > 0.7 && particle.areaError >= particle.measures.areaError)
    }
    // The same on one thread.
    let again = try Workers.$limit.withValue(1) { try ParticleMethod().result(on: simulated.micrograph) }
    #expect(again.labels == result.labels && again.map == result.map)
    #expect(again.particles.map(\.probabilities) == result.particles.map(\.probabilities))
  }

  @Test(arguments: [0.0, 2, 6, 20]) func `are not found in noise`(width: Double) throws {
    var random = RandomSource(seed: 3)
    let noise = Raster<Float>(width: 400, height: 300, filling: 0).map { _ in Float(random.gaussian()) }
    let micrograph = Micrograph(name: "noise", pixels: GaussianFilter.smoothed(noise, sigma: width))
    let result = try ParticleMethod().result(on: micrograph)
    #expect(result.particles.isEmpty, "\(result.particles.map(\.evidence))")
    #expect(result.summary.fractionOnAxis == nil)
    #expect(result.warnings.contains { $0.contains("no particle") })
  }

  /// Bright columns on a square lattice.
  private static func columns(_ spacing: Double, of width: Double, side: Int, seed: UInt64) -> Raster<Float> {
    var random = RandomSource(seed: seed)
    var pixels = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side {
      for x in 0..<side {
        let (u, v) = (Double(x).remainder(dividingBy: spacing), Double(y).remainder(dividingBy: spacing))
        pixels[x, y] = Float(exp(-(u * u + v * v) / (2 * width * width))) + 0.05 * Float(random.gaussian())
      }
    }
    return pixels
  }

  @Test func `on a lattice are said to be columns, perhaps, or are sought at the scale of columns`() throws {
    let pixels = Self.columns(40, of: 6, side: 400, seed: 4)
    // Particles of 12 nm, 40 nm apart: so the scale says.
    let known = try ParticleMethod().result(
      on: Micrograph(name: "columns", pixels: pixels, calibration: Calibration(nanometresPerPixel: 1)))
    #expect(known.particles.count > 20)
    let spacing = try #require(known.latticeSpacing)
    #expect(abs(spacing - 40) < 1)
    #expect(known.warnings.contains { $0.contains("they may be columns of atoms") })
    #expect(known.sentences[0].contains("may be columns"))
    // Without a scale, a lattice is one of atoms.
    let unknown = try ParticleMethod().result(on: Micrograph(name: "columns", pixels: pixels))
    #expect(unknown.particles.isEmpty)
    #expect(unknown.warnings.contains { $0.contains("40 px apart") })
    // Particles at random places are on none.
    #expect(try ParticleMethod().result(on: Self.simulated.micrograph).latticeSpacing == nil)
  }

  @Test(arguments: [1, 2] as [UInt64]) func `in the middle of one crystal are none, one on a support is`(seed: UInt64)
    throws
  {
    let crystal = Self.columns(9, of: 2.2, side: 500, seed: seed)
    var random = RandomSource(seed: seed + 20)
    let cloud = GaussianFilter.broadlySmoothed(crystal.map { _ in Float(random.gaussian()) }, sigma: 45)
    let spread = Float(Statistics.deviation(cloud.values))
    let calibration = Calibration(nanometresPerPixel: 0.03)
    func result(_ pixel: (Int) -> Float) throws -> ParticleResult {
      let pixels = Raster(width: 500, height: 500, values: crystal.values.indices.map(pixel))
      return try ParticleMethod().result(on: Micrograph(name: "a", pixels: pixels, calibration: calibration))
    }
    let filled = try result { crystal.values[$0] + 0.25 * cloud.values[$0] / spread }
    #expect(filled.particles.isEmpty)
    func isIn(_ index: Int) -> Bool { hypot(Double(index % 500) - 260, Double(index / 500) - 240) < 80 }
    let alone = try result { isIn($0) ? crystal.values[$0] + 0.2 : 0.05 * Float(random.gaussian()) }
    #expect(alone.particles.count == 1)
    let particle = try #require(alone.particles.first)
    #expect(abs(particle.measures.equivalentDiameter / 160 - 1) < 0.1)
  }

  @Test(.slow) func `that are doubtful are listed with the reasons`() throws {
    var method = ParticleMethod()
    method.hasReview = true
    let result = try method.result(on: Self.simulated.micrograph)
    let review = ParticleReview(of: result)
    #expect(review.entries.allSatisfy { !$0.reasons.isEmpty })
    let listed = Set(review.entries.map(\.particle.id))
    for particle in result.particles where (particle.probability ?? 1) < 0.8 { #expect(listed.contains(particle.id)) }
    let files = MemoryFiles()
    try result.write(to: ResultFiles(inMemory: files))
    #expect(files.files.contains { $0.name == "review.csv" })
  }

  @Test func `by simpler rules are found where the image is simple`() throws {
    var random = RandomSource(seed: 9)
    var pixels = Raster<Float>(width: 300, height: 300, filling: 0)
    for y in 0..<300 {
      for x in 0..<300 {
        let isIn = hypot(Double(x) - 100, Double(y) - 120) < 40 || hypot(Double(x) - 210, Double(y) - 200) < 30
        pixels[x, y] = (isIn ? 1 : 0) + 0.1 * Float(random.gaussian())
      }
    }
    let micrograph = Micrograph(
      name: "discs", pixels: pixels, calibration: Calibration(nanometresPerPixel: 0.05), metadata: [:])
    var method = ParticleMethod()
    method.finder.route = .otsu
    let result = try method.result(on: micrograph)
    #expect(result.labels.values.max().map { $0 <= 2 } == true && result.mask.values.count { $0 } > 7000)
    method.finder.route = .fourier
    #expect(throws: Never.self) { try method.result(on: micrograph) }
  }
}

struct `The model of defects` {
  private let folder = TemporaryFolder()

  private func small() throws -> DefectModel {
    var random = RandomSource(seed: 1)
    var features = ParticleFeatures()
    features.isRich = false
    let labels = (0..<90).map { $0 % 3 }
    let table = Matrix<Float>(
      rows: 90, columns: 5,
      values: labels.flatMap { label in (0..<5).map { _ in Float(label) + Float(random.gaussian()) } })
    var fitter = ForestFitter()
    fitter.treeCount = 12
    let fit = try fitter.fit(table, labels: labels, classCount: 3)
    return DefectModel(
      forest: fit.forest, features: features, classes: [.fault, .noFault, .misoriented], sharpness: 1.5,
      training: TrainingRecord(program: "test", data: "numbers", imageCount: 90, epochs: 1, seed: 1), licence: "none")
  }

  @Test func `is the same when it is read again`() throws {
    let model = try small()
    let path = folder / "a.tessera-model"
    try model.write(to: path)
    let read = try DefectModel(readFrom: path)
    // Shares of leaves lose what half precision does not hold.
    let row: [Float] = [0.3, 1.2, 0.8, 1.1, 0.2]
    for (a, b) in zip(model.probabilities(of: row), read.probabilities(of: row)) { #expect(abs(a - b) < 2e-3) }
    try read.write(to: folder / "b.tessera-model")
    #expect(FileManager.default.contentsEqual(atPath: path, andPath: folder / "b.tessera-model"))
    #expect(abs(read.probabilities(of: row).reduce(0, +) - 1) < 1e-9)
  }

  @Test func `of another kind or damaged is refused with a sentence`() throws {
    let path = folder / "a.tessera-model"
    try small().write(to: path)
    let other = #expect(throws: FormatError.self) { try NetworkModel(readFrom: path, kind: .particles) }
    #expect(other?.description.contains("is a model of defects, but a model of particles is needed here") == true)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for place in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 60)) {
      bytes[place] ^= 0x55
      try bytes.write(to: URL(fileURLWithPath: path))
      #expect(throws: FormatError.self) { try DefectModel(readFrom: path) }
      bytes[place] ^= 0x55
    }
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
    #expect(throws: FormatError.self) { try DefectModel(readFrom: path) }
  }

  @Test func `that has not learnt a class says so`() throws {
    let model = try small()
    #expect(model.unlearntClasses == [.agglomeration, .background])
    let caution = try #require(model.caution(name: "mine"))
    #expect(
      caution.hasPrefix("mine knows the classes fault, no-fault, misoriented alone")
        && caution.contains("agglomeration or background"))
    let path = folder / "three.tessera-model"
    try model.write(to: path)
    var method = ParticleMethod()
    method.defects = path
    var random = RandomSource(seed: 2)
    let image = Raster<Float>(width: 128, height: 128, filling: 0).map { _ in Float(100 + 5 * random.gaussian()) }
    var micrograph = Micrograph(name: "image", pixels: image)
    // Without a scale no class is told, and nothing is to be said.
    #expect(try !method.result(on: micrograph).warnings.contains { $0.contains("knows the classes") })
    micrograph.calibration = Calibration(nanometresPerPixel: 0.04)
    #expect(
      try method.result(on: micrograph).warnings.contains { $0.contains("three.tessera-model knows the classes") })
  }

  @Test func `that comes with the program knows its classes`() {
    let model = DefectModel.shipped
    #expect(model.caution(name: "it") == nil)
    #expect(Set(model.classes).isSuperset(of: [.fault, .noFault, .misoriented, .agglomeration]))
    #expect(model.forest.featureCount == model.features.names.count)
    #expect((model.training.scores["mean_recall"] ?? 0) > 0.7)
  }
}
