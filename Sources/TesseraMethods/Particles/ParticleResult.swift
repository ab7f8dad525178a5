import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// What `ParticleMethod` found in one image.
public struct ParticleResult: MethodResult {
  /// The settings that gave the result.
  public var settings: ParticleMethod
  /// The input, the choices, the times and the warnings that led to the result.
  public var record: RunRecord
  /// Those that the border does not cut.
  public var particles: [Particle]
  /// Particles that the border cuts; they stand in the mask only.
  public var cut: Int
  /// Regions that the forest takes for background.
  public var falseCount: Int
  /// Length of the shorter lattice vector in pixels where the particles lie on a lattice, as columns of atoms do; nil elsewhere.
  public var latticeSpacing: Double?
  /// `id` of the particle at each pixel; 0: none.
  public var labels: Raster<UInt16>
  /// Pixels of all particles, cut ones among them.
  public var mask: Raster<Bool>
  /// The network's probability that a pixel belongs to a particle, or what stands in its place; nil where a mask was given.
  public var map: Raster<Float>?
  /// Value of the map from which on a pixel belongs to a particle, 0 ... 1.
  public var threshold: Double

  /// Numbers of particles per class, diameters and coverage.
  public var summary: ParticleSummary { ParticleSummary(of: self) }

  /// The number of particles, their median diameter and the shares on axis and with a fault, in one sentence.
  public var sentences: [String] {
    guard !particles.isEmpty else { return ["no particles"] }
    let length = LengthText(calibration: micrograph.calibration)
    let diameters = particles.map(\.measures.equivalentDiameter)
    let summary = summary
    var sentence =
      "\(particles.count) \(particles.count == 1 ? "particle" : "particles"), median diameter \(length(Statistics.median(diameters)))"
    if let onAxis = summary.fractionOnAxis {
      sentence += ", \(Number.percent(onAxis)) on axis"
      if let faulted = summary.fractionFaulted { sentence += ", of which \(Number.percent(faulted)) show a fault" }
    }
    if latticeSpacing != nil { sentence += "; they lie on a lattice and may be columns of atoms" }
    return [sentence]
  }

  /// Writes `mask.tif`, `instances.tif`, `particles.csv`, if the network judged `probability.tif`, and on request `review.csv`.
  public func write(to files: ResultFiles) throws {
    try files.writeMask(mask, as: "mask.tif")
    try files.writeLabels(labels, as: "instances.tif")
    try files.write(ParticleTable(self).csv, as: "particles.csv")
    if settings.hasReview { try files.write(ParticleReview(of: self).csv, as: "review.csv") }
    if let map, settings.finder.route == .network {
      try files.writeImages([map], names: ["probability"], as: "probability.tif")
    }
  }

  /// The outlines on the micrograph, the distribution of sizes, and the particles of each class.
  public func report() -> ReportDocument { ParticleChapter(result: self).document }
}
