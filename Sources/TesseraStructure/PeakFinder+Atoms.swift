import Foundation
import TesseraImaging
import TesseraNumerics

extension PeakFinder {
  /// Single atoms without order, fitted; nil where none stands out of the support.
  func singleAtoms(in prepared: Preparation.Prepared, noise: NoiseModel) -> Found? {
    let image = prepared.image
    let detection = atoms.detection(in: image, isMeasured: prepared.isMeasured, noise: noise, scale: scale)
    guard !detection.places.isEmpty else { return nil }
    let sigma = max(1, detection.sigma)
    let seeds = detection.places.map { GaussianColumn(amplitude: 1, centre: $0, sigma: sigma) }
    // The background may follow the support's texture: it varies over six widths of an atom.
    let outcome = fit.outcome(
      seeds: seeds, in: image, isMeasured: prepared.isMeasured, noiseFactor: noise.localFactor, sigma: sigma,
      spacing: 3 * sigma)
    let kept = plausible(outcome, image: image, sigma: sigma, margin: 0.25 * sigma)
    guard !kept.isEmpty else { return nil }
    var found = Self.result(
      outcome.selecting(kept), outside: outcome.selecting([]), route: .atoms,
      scale: ScaleLadder.Choice(
        scale: detection.scale,
        reason: scale != nil
          ? "given" : "the coarsest smoothing at which the strongest spots stand highest above the texture around"),
      signalToNoise: Statistics.median(detection.heights))
    found.routeReason =
      route == .atoms
      ? "given"
      : "spots stand at uneven distances and the power spectrum has no ring: single atoms, each \(atoms.threshold.formatted(1)) "
        + "or more local standard deviations above the texture around"
    return found
  }
}
