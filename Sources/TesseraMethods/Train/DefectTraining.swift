import Foundation
import TesseraImaging
import TesseraLearning
import TesseraNetworks
import TesseraNumerics
import TesseraSegmentation
import TesseraSimulation

/// Grows the forest that tells classes of nanoparticles [P21], on simulated micrographs.
///
/// Particles are found in each micrograph as `ParticleFinder` finds them, and take the class of the planted particle that they cover; a region
/// that covers none is background, and so is an outline that is laid where no particle is. Trees are grown on whole micrographs, so that out of bag means: of a micrograph that the tree has not
/// seen. Every fifth micrograph is held back for the scores.
public struct DefectTraining: Sendable, Codable, Equatable {
  /// Micrographs: 5 or more.
  public var micrographs = 520
  /// Width and height of a micrograph in pixels.
  public var side = 1024
  /// Number of particles that are tried in each micrograph, some of which find no place.
  public var particles = 14
  /// Of `ParticleMaterial.all`; silver, cadmium sulphide and zinc oxide are left for trials.
  public var materials = ["Au", "Pt", "Pd", "Cu", "CdSe", "CdSe", "CdSe"]
  /// What the forest is told of a region.
  public var features = ParticleFeatures()
  /// How trees are grown; its seed is replaced by `seed`.
  public var fitter = ForestFitter()
  /// The seed of all random choices: of micrographs and of trees.
  public var seed: UInt64 = 1

  /// A training on 520 micrographs of the default materials.
  public init() {}

  /// A region that was found, what the forest is told of it, and what it is.
  package struct Row: Sendable, Codable, Equatable {
    /// Number of the micrograph in which the region lies, from 0.
    package var micrograph: Int
    /// Class of the planted particle that the region covers, or background.
    package var label: ParticleClass
    /// Values in the order of `ParticleFeatures.names`.
    package var features: [Float]
  }

  /// Regions of a class that it takes to learn it.
  private static let leastRows = 10

  /// Share of five-fold twins among the faulted particles of cubic crystals, and of micrographs from a scanning microscope.
  private static let (fiveFold, scannedShare) = (0.2, 0.2)

  /// Regions whose overlap with the truth lies between these, as a share of their own pixels, are left out: neither one nor the other.
  private static let clear = 0.25...0.75

  func check() throws(ParameterError) {
    try require(
      micrographs >= 5 && micrographs <= 1_000_000, setting("micrographs"), is: micrographs,
      mustBe: "between 5 and 1000000")
  }

  func simulation(_ number: Int) -> ParticleSimulation {
    var random = RandomSource(seed: seed ^ 0x44_6566_6563_7473, stream: UInt64(number))
    var simulation = ParticleSimulation()
    simulation.field.material = materials[random.index(below: materials.count)]
    simulation.field.film = random.between(2, 10)
    simulation.field.number = particles
    simulation.field.diameters = random.between(2.5, 4)...random.between(5, 8)
    simulation.field.shares = [0.3, 0.3, 0.25, 0.15]
    let isCorrected = random.uniform() < 0.4
    simulation.optics.voltage = [200, 300][random.index(below: 2)]
    simulation.optics.sphericalAberration = isCorrected ? random.between(-0.02, 0.02) : random.between(0.5, 1.2)
    simulation.optics.defocus = isCorrected ? random.between(0, 30) : random.between(25, 95)
    simulation.optics.focalSpread = random.between(2.5, 5)
    simulation.optics.dose = 500 * pow(10, random.uniform())
    simulation.optics.cameraTransfer = random.between(0.25, 0.7)
    (simulation.frame.width, simulation.frame.height) = (side, side)
    simulation.frame.nanometresPerPixel = random.between(0.022, 0.04)
    simulation.field.fiveFold = Self.fiveFold
    simulation.seed = random.next()
    return simulation
  }

  /// The micrograph of a simulation, some as a scanning microscope would take them.
  private func micrograph(_ number: Int) throws -> SimulatedParticles {
    let simulation = simulation(number)
    var random = RandomSource(seed: seed ^ 0x5363_616e, stream: UInt64(number))
    guard random.uniform() < Self.scannedShare else { return try simulation.run() }
    var scan = ParticleSimulation.Scan()
    (scan.probe, scan.tail, scan.tailShare) = (
      random.between(0.05, 0.09), random.between(0.2, 0.5), random.between(0, 0.6)
    )
    (scan.support, scan.grain) = (random.between(0.02, 0.4), random.between(0.05, 0.25))
    scan.counts = 10 * pow(50, random.uniform())
    return try simulation.scanned(scan)
  }

  /// The regions of micrograph `number`.
  func rows(of number: Int, finder: ParticleFinder) throws -> [Row] {
    let simulated = try micrograph(number)
    let image = simulated.micrograph.pixels
    let pixel = simulated.simulation.frame.nanometresPerPixel
    var finder = finder
    // Doubtful regions are what the class of the background is made of.
    finder.leastConfidence = 0.3
    let found = try finder.found(
      in: image, isMeasured: image.map { _ in true }, pixel: pixel, name: "micrograph \(number)")
    let sizes = simulated.instances.places.map(\.area)
    let rows = LabelRegions.regions(of: found.labels).compactMap { region -> Row? in
      if LabelRegions.reachesBorder(region, width: image.width, height: image.height) { return nil }
      var overlap: [Int: Int] = [:]
      for index in region { overlap[Int(simulated.instances.labels.values[index]), default: 0] += 1 }
      let covered = Double(region.count - overlap[0, default: 0]) / Double(region.count)
      let best = overlap.filter { $0.key > 0 }.max { ($0.value, $1.key) < ($1.value, $0.key) }
      let label: ParticleClass
      if covered < Self.clear.lowerBound {
        label = .background
      } else if let best, covered > Self.clear.upperBound,
        Double(best.value) > 0.75 * Double(region.count), Double(best.value) > 0.6 * Double(sizes[best.key - 1])
      {
        label = simulated.instances.kinds[best.key - 1]
      } else if let best, covered > Self.clear.upperBound, Double(best.value) < 0.7 * Double(region.count) {
        // Several particles that were not told apart.
        label = .agglomeration
      } else {
        return nil
      }
      let measures = RegionMeasures(of: region, width: image.width)
      return Row(
        micrograph: number, label: label,
        features: features.values(of: region, in: image, measures: measures, pixel: pixel))
    }
    return rows + misplaced(found.labels, simulated, micrograph: number)
  }

  /// The forest with its scores, and what the report needs.
  func fitted(_ rows: [Row]) throws -> (model: DefectModel, assessment: DefectAssessment) {
    func isHeld(_ row: Row) -> Bool { row.micrograph % 5 == 4 }
    // What hardly ever occurs cannot be learned.
    let classes = ParticleClass.allCases.filter { kind in
      rows.count { !isHeld($0) && $0.label == kind } >= Self.leastRows
        && rows.contains { isHeld($0) && $0.label == kind }
    }
    let trained = rows.filter { !isHeld($0) && classes.contains($0.label) }
    let held = rows.filter { isHeld($0) && classes.contains($0.label) }
    guard classes.count > 1 else {
      throw DataError(
        "\(rows.count) particles in \(micrographs) micrographs are too few to learn from; ask for more \(setting("micrographs"))"
      )
    }
    let labels = trained.map { classes.firstIndex(of: $0.label)! }
    var fitter = fitter
    fitter.seed = seed
    let fit = try fitter.fit(
      Matrix(rows: trained.count, columns: features.names.count, values: trained.flatMap(\.features)), labels: labels,
      classCount: classes.count, groups: trained.map(\.micrograph))
    let sharpness = DefectModel.sharpness(ofShares: fit.outOfBag, labels: labels)
    let record = TrainingRecord(
      program: "tessera \(TesseraVersion.current)",
      data: "simulated micrographs of \(Set(materials).sorted().joined(separator: ", ")) on amorphous carbon",
      imageCount: micrographs,
      epochs: 1, seed: seed)
    var model = DefectModel(
      forest: fit.forest, features: features, classes: classes, sharpness: sharpness, training: record,
      licence: "Apache-2.0")
    let assessment = DefectAssessment(
      classes: classes, outOfBag: (fit.outOfBag, labels),
      held: (
        held.map { model.probabilities(of: $0.features) }, held.map { classes.firstIndex(of: $0.label)! },
        held.map(\.micrograph)
      ), importance: Array(zip(features.names, fit.importance)))
    model.training.scores = assessment.scores
    return (model, assessment)
  }
}
