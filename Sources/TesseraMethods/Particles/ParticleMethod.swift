import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNetworks
import TesseraNumerics
import TesseraSegmentation

/// Finds the nanoparticles of a micrograph, measures them and tells what can be seen of each: columns of atoms, a fault, none of these,
/// or several particles over each other.
///
/// ```swift
/// let result = try ParticleMethod().result(on: micrograph)
/// print(result.particles.map(\.measures.equivalentDiameter))
/// ```
public struct ParticleMethod: Method {
  /// How the micrograph is prepared; `init()` leaves contrast as it is and keeps spikes, which lattice fringes may
  /// resemble.
  public var preparation: Preparation
  /// Finds the pixels of particles and divides them into particles.
  public var finder = ParticleFinder()
  /// Path of a model file of the kind `defects`; nil: the forest that comes with the program.
  public var defects: String?

  /// Whether the particles that a person should look at are listed, with the reasons.
  public var hasReview = false

  /// The network and the forest that come with the program, on an image whose contrast is left as it is.
  public init() {
    preparation = Preparation()
    // The network knows dark and bright particles; turned contrast would hide which they are.
    preparation.contrast = .bright
    // The fringes of a lattice are no spikes; those are removed as in [P21], by their distance from the median around.
    preparation.spikeThreshold = 0
  }

  /// Pixels that are so many standard deviations of the image off the median of their 3 x 3 surroundings become that median.
  private static let spikeLimit = 5.0

  /// Side of a pixel in nm up to which an image can show columns of atoms: spacings of .2 nm are then two and a half pixels wide.
  public static let coarsestPixel = 0.08

  /// Columns of atoms lie nearer to each other than this, in nm.
  static let widestColumns = 1.5

  /// Mask, label map and the network's map.
  public var bytesPerPixel: Int { 1 + 2 + 4 }

  /// The paper on segmentation and defects of nanoparticles by a network and a forest [P21].
  public static let references = [
    "C. K. Groschner, C. Choi and M. C. Scott: Machine learning pipeline for segmentation and defect identification from "
      + "high-resolution transmission electron microscopy data. Microscopy and Microanalysis 27 (2021) 549."
  ]

  /// Measuring particles and asking the forest takes about half of the time.
  public static let stages: [(stage: Stage, share: Double)] = [(.prepare, 0.1), (.regions, 0.4), (.classes, 0.5)]

  /// - Throws: `FormatError` for a model or a mask, `DataError` for a mask of another size.
  public func run(on input: MethodInput, clock: inout StageClock) throws -> ParticleResult {
    let prepared = try clock.run(.prepare) {
      var prepared = try preparation.prepared(input.micrograph)
      prepared.image = prepared.image.withoutSpikes(beyond: Self.spikeLimit * prepared.image.standardDeviation)
      return prepared
    }
    let calibration = input.micrograph.calibration
    let pixel = calibration?.meanNanometresPerPixel
    let name = input.micrograph.name
    let forest = try defects.map { try DefectModel(readFrom: $0) } ?? .shipped
    let found = try clock.run(.regions) {
      try finder.found(in: prepared.image, isMeasured: prepared.isMeasured, pixel: pixel, name: name)
    }
    var result = ParticleResult(
      settings: self, record: RunRecord(input, prepared: prepared, clock: clock), particles: [], cut: 0, falseCount: 0,
      labels: found.labels.map { _ in 0 }, mask: found.labels.map { $0 > 0 }, map: found.map, threshold: found.threshold
    )
    try clock.run(.classes) { try measure(found, in: prepared, pixel: pixel, forest, into: &result) }
    result.latticeSpacing = found.latticeSpacing
    result.record = RunRecord(
      input, prepared: prepared, choices: choices(found, forest, result), clock: clock,
      warnings: warnings(found, result, forest, pixel: pixel))
    return result
  }

  /// Measures the regions that the border does not cut, and asks the forest about each.
  private func measure(
    _ found: ParticleFinder.Found, in prepared: Preparation.Prepared, pixel: Double?, _ forest: DefectModel,
    into result: inout ParticleResult
  ) throws {
    let image = prepared.image
    let (width, height) = (image.width, image.height)
    let ordered = LabelRegions.regions(of: found.labels)
    let whole = ordered.filter {
      !LabelRegions.reachesBorder($0, width: width, height: height) && !LabelRegions.isCut($0, by: prepared.isMeasured)
    }
    result.cut = ordered.count - whole.count
    let isGiven = finder.mask != nil
    let showsColumns = pixel.map { $0 <= Self.coarsestPixel } ?? false
    let view = showsColumns ? LatticeView(image, labels: found.outlined ?? found.labels, pixel: pixel) : nil
    let measured = concurrentMap(count: whole.count) { number -> Particle in
      let region = whole[number]
      let measures = RegionMeasures(of: region, width: width)
      var particle = Particle(
        id: 0, measures: measures, areaError: measures.areaError, confidence: nil,
        evidence: found.evidence(ofLabel: found.labels.values[region[0]]),
        isSmooth: found.isSmooth(label: found.labels.values[region[0]]),
        given: found.given(label: found.labels.values[region[0]]), probabilities: [:])
      // A region of a given mask may be smaller than a pixel of the view.
      if let view, case let seen = view.region(of: found.labels.values[region[0]]), !seen.isEmpty {
        let features = forest.features.values(
          of: seen, in: view.image, measures: RegionMeasures(of: seen, width: view.image.width), pixel: view.pixel)
        particle.probabilities = Dictionary(
          uniqueKeysWithValues: zip(forest.classes, forest.probabilities(of: features)))
        if isGiven {
          let directions =
            forest.features.directions(among: features)
            ?? ParticleFeatures.latticeDirections(of: seen, in: view.image, pixel: view.pixel)
          particle.isBlank = Self.isBlank(particle, directions: directions)
        }
      }
      if let map = found.map, finder.route == .network {
        particle.confidence = Statistics.mean(region.map { map.values[$0] })
        let outline =
          found.outlineError(ofLabel: found.labels.values[region[0]]) ?? blur(of: map, around: found, region: region)
        particle.areaError = hypot(measures.areaError, outline * measures.perimeter)
      }
      return particle
    }
    for (region, particle) in zip(whole, measured) {
      // A mask that was given is taken as it is.
      if !isGiven && particle.kind == .background {
        result.falseCount += 1
        for index in region { result.mask.values[index] = false }
        continue
      }
      var particle = particle
      if particle.isBlank { particle.probabilities = [:] }
      if isGiven { particle.removeBackground() }
      particle.id = result.particles.count + 1
      result.particles.append(particle)
      for index in region { result.labels.values[index] = UInt16(clamping: particle.id) }
    }
  }

  /// Whether nothing in a region of a given mask speaks for a particle. The forest has seen regions that the network outlines, of which this
  /// test left the others out (`ParticleFinder.supported`); of noise or film it would have to take one of its classes.
  private static func isBlank(_ particle: Particle, directions: Int) -> Bool {
    let isSeen =
      particle.evidence.map { $0 > ParticleFinder.clearEvidence } ?? false
      || directions >= ParticleFinder.latticeDirections
    return !isSeen || particle.kind == .background
  }

  /// Standard deviation in pixels of where the outline lies: half the way on which the map falls from three quarters to the threshold.
  private func blur(of map: Raster<Float>, around found: ParticleFinder.Found, region: [Int]) -> Double {
    // Pixels of the region where the map is not high, over those of its edge.
    let width = map.width
    let between = region.count { map.values[$0] < 0.75 && map.values[$0] >= 0.25 }
    let edge = region.count { index in
      let (x, y) = (index % width, index / width)
      return x > 0 && y > 0 && x + 1 < width && y + 1 < map.height
        && [index - 1, index + 1, index - width, index + width].contains {
          found.labels.values[$0] != found.labels.values[index]
        }
    }
    return 0.5 * Double(between) / Double(max(1, edge))
  }
}
