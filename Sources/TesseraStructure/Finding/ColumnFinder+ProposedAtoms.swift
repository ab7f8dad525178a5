import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics

/// Single atoms at places that something else proposes.
extension ColumnFinder {
  /// Proposed places of single atoms on a support, fitted; nil where they stand in order, or nothing stands out of the support.
  ///
  /// A network that looks at shapes takes the support's own spots for atoms. So what is proposed must stand out of the texture around it,
  /// as `AtomDetector` measures it.
  func proposedAtoms(
    _ proposals: [Proposal], areTrusted: Bool, in prepared: Preparation.Prepared, noise: NoiseModel, name: String
  ) throws -> Found? {
    let image = prepared.image
    let places = proposals.map(\.position)
    guard Self.areScattered(places, width: image.width, height: image.height) else { return nil }
    var detector = atoms
    if areTrusted { (detector.threshold, detector.strongShare) = (Self.trustedThreshold, Self.trustedShare) }
    detector.strongShare = contrastThreshold ?? detector.strongShare
    let detection = detector.detection(in: image, isMeasured: prepared.isMeasured, noise: noise, scale: scale)
    guard
      detection.places.count >= 4,
      areTrusted || detection.strongHeight >= AtomDetector.leastStrongHeight
        || detection.standsOut(of: image.count)
    else { return nil }
    let sigma = max(1, detection.sigma)
    let index = PlanarIndex(places)
    let texture = detection.textureShares(threshold: detector.threshold)
    var seeds: [GaussianColumn] = []
    var probabilities: [Double] = []
    var shares: [Double] = []
    for (spot, share) in zip(detection.places, texture) {
      let near = index.neighbours(of: spot, within: Self.reachOfProposals * detection.scale)
      guard let best = near.map({ proposals[$0].probability }).max() else { continue }
      seeds.append(GaussianColumn(amplitude: 1, centre: spot, sigma: sigma))
      // An atom looks like one to the network, and is none of the spots that the support has by itself.
      probabilities.append(best * (1 - share))
      shares.append(share)
    }
    guard !seeds.isEmpty else { return nil }
    // The background may follow the support's texture, as for atoms that nobody proposes.
    let outcome = fit.outcome(
      seeds: seeds, in: image, isMeasured: prepared.isMeasured, noiseFactor: noise.localFactor, sigma: sigma,
      spacing: 3 * sigma)
    let kept = plausible(outcome, image: image, sigma: sigma, margin: 0.25 * sigma + 0.5)
      .filter { outcome.isListed($0, in: prepared.isMeasured, sigma: sigma, reach: Self.listedReach) }
    guard !kept.isEmpty else { throw Self.nothing(in: name) }
    var found = Self.result(
      outcome.selecting(kept), outside: outcome.selecting([]), route: .network,
      scale: ScaleLadder.Choice(
        scale: detection.scale,
        reason: scale != nil
          ? "given" : "at this smoothing, single atoms rise highest above the surrounding texture"),
      signalToNoise: Statistics.median(detection.heights))
    found.proposed = Proposed(
      probabilities: kept.map { probabilities[$0] }, count: proposals.count, unmeasured: 0)
    let caution = Self.textureCaution(kept.map { shares[$0] })
    found.proposed?.isTextureDoubted = caution != nil
    if let caution { found.warnings.append(caution) }
    return found
  }

  /// A spot is proposed if a place is proposed within so many scales of it.
  private static let reachOfProposals = 2.0
  /// What a person's labels have taught a network to propose may be fainter than what is found without: local standard deviations, and
  /// share of the strongest spots.
  private static let (trustedThreshold, trustedShare) = (3.2, 0.45)
  /// Where a tenth of the places have surroundings in order, there is a crystal.
  private static let orderedShareOfAtoms = 0.1
  /// Distances to the nearest neighbour scatter by less in crystals, ordered or not: those of columns in ReS2, whose rows are no
  /// lattice of single sites, by 6 %, of single atoms by 24 % and more.
  private static let scatterOfAtoms = 0.17
  /// Squares as wide as the distance of nearest neighbours, one around each place, cover so much of the image at most: places at random
  /// 22 %, the spots of a film, which keep their distance, up to 50 %, columns of crystals 70 to 115 %.
  private static let largestCoverage = 0.6

  /// Whether places stand here and there rather than in a crystal.
  private static func areScattered(_ places: [Point], width: Int, height: Int) -> Bool {
    guard places.count >= 4 else { return true }
    let distances = PlanarIndex(places).nearestDistances()
    let median = Statistics.median(distances)
    let coverage = Double(places.count) * median * median / (Double(width) * Double(height))
    guard coverage < largestCoverage, Statistics.robustDeviation(distances) > scatterOfAtoms * median else {
      return false
    }
    let texture = SupportTexture().regionalOrder(of: places, width: width, height: height)
    return texture.order < SupportTexture().leastOrder
      && texture.share(from: ColumnEvidence.leastLocalOrder) < orderedShareOfAtoms
  }
}
