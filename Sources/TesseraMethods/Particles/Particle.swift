import TesseraImaging
import TesseraNumerics
import TesseraSegmentation

/// One nanoparticle of an image.
public struct Particle: Sendable {
  /// Its label in `instances.tif`: 1 upwards.
  public var id: Int
  /// Size and shape in pixels.
  public var measures: RegionMeasures
  /// Standard deviation of the area in square pixels, by the pixels' size and by how sharply the map of the network ends.
  public var areaError: Double
  /// Mean of the network's map inside; nil without a network.
  public var confidence: Double?
  /// How much more the image changes across the outline than across the same outline laid elsewhere, in standard deviations of such
  /// placements: in brightness or in texture, whichever is more. Nil where there is no room elsewhere, and of a given mask where the image
  /// cannot show columns of atoms.
  public var evidence: Double?
  /// Whether the texture that the support shows around is missing inside, as in a hole: see `SmoothInterior`. False of a given mask, and where
  /// that cannot be told.
  public var isSmooth = false
  /// What a given mask says of the particle; nil without a mask.
  public var given: MaskLabel?
  /// Whether the region looks like its surroundings: the image changes across its outline no more than across the same outline elsewhere,
  /// and no lattice stands out of its noise; or the forest takes it for background. Such a region of a given mask has no class.
  public var isBlank = false
  /// Probability of each class; empty where the image cannot show columns of atoms, or its scale is unknown, and of a blank region.
  public var probabilities: [ParticleClass: Double]

  /// The most probable class; nil where nothing can be said.
  public var kind: ParticleClass? {
    guard !probabilities.isEmpty else { return nil }
    return ParticleClass.allCases.max { probabilities[$0, default: 0] < probabilities[$1, default: 0] }
  }
  /// Of the most probable class; nil where nothing can be said.
  public var probability: Double? { kind.flatMap { probabilities[$0] } }
  /// Standard deviation of the equivalent diameter in pixels, from that of the area.
  public var diameterError: Double {
    measures.area > 0 ? areaError * measures.equivalentDiameter / (2 * measures.area) : 0
  }

  /// The probabilities given that there is a particle.
  mutating func removeBackground() {
    guard !probabilities.isEmpty else { return }
    probabilities[.background] = 0
    let sum = ParticleClass.allCases.reduce(0) { $0 + probabilities[$1, default: 0] }
    if sum > 0 { probabilities = probabilities.mapValues { $0 / sum } }
  }
}
