import Foundation
import TesseraImaging
import TesseraNumerics

/// What a script wants of the particles of an image. Lengths in nm, or in pixels where the scale is unknown (`unit`).
public struct ParticleSummary: Sendable, Encodable {
  /// Number of particles that the border does not cut.
  public var particles: Int
  /// Particles that the border cuts, and regions that were taken for background: not among `particles`.
  public var cutByBorder, leftOutAsBackground: Int
  /// Particles of each class; null where particles have none.
  @Explicit public var classes: [String: Int]?
  /// Share of the particles that show columns of atoms (classes fault and no-fault), 0 ... 1; null without particles,
  /// and where they have no class.
  @Explicit public var fractionOnAxis: Double?
  /// Wilson's interval of 95 % for that share: lower and upper end.
  @Explicit public var fractionOnAxisInterval: [Double]?
  /// Share of those that show a fault; null where no particle shows columns.
  @Explicit public var fractionFaulted: Double?
  /// Wilson's interval of 95 % for that share: lower and upper end.
  @Explicit public var fractionFaultedInterval: [Double]?
  /// Unit of `diameter`: `nm`, or `px` where the scale is unknown.
  public var unit: String
  /// Length of the shorter lattice vector, in `unit`, where the particles lie on a lattice, as columns of atoms do; null elsewhere.
  @Explicit public var latticeSpacing: Double?
  /// How the equivalent diameters are distributed, in `unit`; null without particles.
  @Explicit public var diameter: Spread?
  /// Share of the image's pixels that belong to particles.
  public var coverage: Double
  /// Rank correlation of each measure with the probability of a fault, over the particles on axis; absent for fewer than ten.
  public var correlations: [String: Double]?

  /// How a length is distributed.
  public struct Spread: Sendable, Encodable {
    /// Mean, population standard deviation and median.
    public var mean, deviation, median: Double
    /// Mean and standard deviation of the logarithm: the log-normal law that fits best.
    public var logMean, logDeviation: Double
  }

  init(of result: ParticleResult) {
    let all = result.particles
    particles = all.count
    (cutByBorder, leftOutAsBackground) = (result.cut, result.falseCount)
    let classified = all.filter { $0.kind != nil }
    if !classified.isEmpty {
      let kinds = ParticleClass.allCases.filter { $0 != .background }
      classes = Dictionary(uniqueKeysWithValues: kinds.map { kind in (kind.rawValue, all.count { $0.kind == kind }) })
    }
    let onAxis = all.filter { $0.kind == .fault || $0.kind == .noFault }
    let faulted = onAxis.count { $0.kind == .fault }
    if !classified.isEmpty {
      fractionOnAxis = Double(onAxis.count) / Double(classified.count)
      fractionOnAxisInterval = Statistics.shareInterval(onAxis.count, of: classified.count)
    }
    if !onAxis.isEmpty {
      fractionFaulted = Double(faulted) / Double(onAxis.count)
      fractionFaultedInterval = Statistics.shareInterval(faulted, of: onAxis.count)
    }
    let scale = result.micrograph.calibration?.meanNanometresPerPixel
    unit = LengthText.unit(isCalibrated: scale != nil)
    let diameters = all.map { $0.measures.equivalentDiameter * (scale ?? 1) }
    if !diameters.isEmpty {
      let logs = diameters.map { log($0) }
      diameter = Spread(
        mean: Statistics.mean(diameters), deviation: Statistics.deviation(diameters),
        median: Statistics.median(diameters), logMean: Statistics.mean(logs), logDeviation: Statistics.deviation(logs))
    }
    latticeSpacing = result.latticeSpacing.map { $0 * (scale ?? 1) }
    coverage = Double(result.mask.values.count { $0 }) / Double(max(1, result.mask.count))
    if onAxis.count >= 10 {
      let probability = onAxis.map { $0.probabilities[.fault, default: 0] }
      let measures: [(String, (Particle) -> Double)] = [
        ("diameter", { $0.measures.equivalentDiameter }), ("aspect", { $0.measures.aspect }),
        ("circularity", { $0.measures.circularity }), ("solidity", { $0.measures.solidity }),
      ]
      correlations = Dictionary(
        uniqueKeysWithValues: measures.map { ($0.0, Statistics.rankCorrelation(onAxis.map($0.1), probability)) })
    }
  }
}
