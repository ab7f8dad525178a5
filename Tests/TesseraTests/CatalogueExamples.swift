import Foundation
import Tessera

/// The examples of the documentation catalogue, each as its article prints it: `CatalogueTests` holds the two together and runs them.
enum CatalogueExamples {
  static let all: [String: @Sendable () throws -> Void] = [
    "CountingAtoms": countingAtoms,
    "FindingColumns": findingColumns,
    "FindingMotifs": findingMotifs,
    "GettingStarted": gettingStarted,
    "MeasuringStrain": measuringStrain,
    "ReadingAndWritingImages": readingAndWritingImages,
    "SegmentingByLocalSymmetry": segmentingByLocalSymmetry,
    "SimulatingMicrographs": simulatingMicrographs,
  ]

  static func countingAtoms() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (384, 384)
    options.thickness = 6
    let simulated = try Simulation(specimen: "wedge", options: options).run()

    let result = try CountMethod().result(on: simulated.micrograph)
    let pairs = SiteMatch(result.finding.sites.positions, truth: simulated.sites.map(\.position)).matches
    let correct = pairs.count { result.counts.counts[$0.predicted] == simulated.sites[$0.truth].atoms }
    print("\(correct) of \(pairs.count) columns have the right number of atoms")
    print("mean probability of a number: \(Statistics.mean(result.counts.probabilities))")
  }

  static func findingColumns() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (256, 256)
    let simulated = try Simulation(specimen: "graphene", options: options).run()

    let prepared = try Preparation().prepared(simulated.micrograph)
    var finder = ColumnFinder()
    finder.noiseThreshold = 3
    let found = try finder.found(in: prepared, name: "graphene")
    let errors = found.positionErrors.map(\.x).filter(\.isFinite)
    print("\(found.sites.count) columns at a scale of \(found.scale) pixels: \(found.scaleReason)")
    print("median standard error of x: \(Statistics.median(errors)) pixels")
  }

  static func findingMotifs() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (256, 256)
    let simulated = try Simulation(specimen: "srtio3", options: options).run()

    var method = MotifMethod()
    method.descriptor.form = .invariant
    let result = try method.result(on: simulated.micrograph)
    for label in 1...result.classes.count {
      let heights = zip(result.sites.sites, result.classes.labels).filter { $1 == label }.map { $0.0.amplitude }
      print("motif \(label): \(heights.count) columns, mean height \(Statistics.mean(heights))")
    }
  }

  static func gettingStarted() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (256, 256)
    let simulated = try Simulation(specimen: "mose2", options: options).run()
    let micrograph = simulated.micrograph

    let prepared = try Preparation().prepared(micrograph)
    let found = try ColumnFinder().found(in: prepared, name: micrograph.name)
    // Columns just outside the image, whose flanks it shows, are found too; the truth lists those inside.
    let inside = found.sites.sites.filter { $0.kind != .outside }.map(\.position)
    let columns = simulated.sites.filter { !$0.isVacant }.map(\.position)
    let score = SiteScore(inside, truth: columns)
    print("\(inside.count) columns found, \(columns.count) in the specimen")
    print("F1 score \(score.f1), root mean square distance \(score.rms) pixels")
  }

  static func measuringStrain() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (512, 512)
    (options.field, options.strain) = ("step", 0.02)
    let simulated = try Simulation(specimen: "strained", options: options).run()

    var method = StrainMethod()
    method.reference = .region(x: 40, y: 40, width: 150, height: 430)
    let map = try method.result(on: simulated.micrograph).maps[0]
    func meanStrain(_ columns: Range<Int>) -> Double {
      let values = columns.flatMap { x in (40..<472).map { y in Double(map.planes.exx[x, y]) } }
      return Statistics.mean(values.filter(\.isFinite))
    }
    print("exx left \(meanStrain(40..<190)), right \(meanStrain(322..<472))")
    print("resolution \(map.resolution) pixels")
  }

  static func readingAndWritingImages() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appending(path: "ramp.tif").path
    let ramp = Raster(width: 64, height: 32, values: (0..<64 * 32).map { Float($0 % 64) })
    let image = Micrograph(name: "ramp", pixels: ramp, calibration: Calibration(nanometresPerPixel: 0.02))
    try TIFFWriter.write(ImageStack(image), to: path)

    let file = try ImageFile.open(path: path)
    let micrograph = try file.read()
    print("\(file.format): \(micrograph.width) x \(micrograph.height) pixels")
    print("\(micrograph.calibration!.nanometresPerPixelX) nm per pixel, last value \(micrograph.pixels[63, 31])")
    try FileManager.default.removeItem(at: folder)
  }

  static func segmentingByLocalSymmetry() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (384, 384)
    let simulated = try Simulation(specimen: "two-lattices", options: options).run()

    let segmentation = try SegmentMethod().result(on: simulated.micrograph).segmentation
    for pattern in segmentation.patterns {
      print("pattern \(pattern.label): \(pattern.fraction) of the image, lattice \(pattern.isOrdered)")
    }
    let equal = zip(segmentation.labels.values, simulated.scene.labels!.values).count { $0 == $1 }
    print("\(Double(equal) / Double(segmentation.labels.count)) of the pixels agree with the truth")
  }

  static func simulatingMicrographs() throws {
    var options = SimulationOptions()
    (options.width, options.height) = (256, 256)
    options.vacancies = [0.08, 0.02]
    options.counts = 100
    let simulation = try Simulation(specimen: "mose2", options: options)
    let simulated = try simulation.run()

    let defects = Dictionary(grouping: simulated.sites, by: \.defect).mapValues(\.count)
    for (name, count) in defects.sorted(by: { $0.key < $1.key }) {
      print(name.isEmpty ? "perfect" : name, count)
    }
    let again = try simulation.run()
    print("the same image again:", again.micrograph.pixels.values == simulated.micrograph.pixels.values)
  }
}
