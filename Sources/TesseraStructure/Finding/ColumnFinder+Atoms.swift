import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics

extension ColumnFinder {
  /// The coarsest scale at which single atoms are sought, in pixels.
  private static let widestAtom = 8.0

  /// Single atoms without order, fitted; nil where columns are the better account of the image, or nothing stands out of
  /// the support.
  ///
  /// - Parameter columns: the scale at which the image shows columns, nil if it shows none or was not asked.
  func singleAtoms(
    in prepared: Preparation.Prepared, noise: NoiseModel, instead columns: ScaleLadder.Choice?
  ) -> Found? {
    let isGiven = route == .atoms
    // An atom is a few pixels wide: what stands in order on a scale of its own is a crystal. On a coarser scale, slow changes of a
    // support may stand at even distances, but not each opposite to another. Of a lattice that only its reflections show, the image
    // holds no column by itself: what stands out by itself is an atom on it, or it stands on the lattice.
    if !isGiven, let columns, columns.order != .none, columns.reflections == nil,
      columns.scale < Self.widestAtom || !isDisordered(at: columns.scale, in: prepared, noise: noise)
    {
      return nil
    }
    var detector = atoms
    detector.strongShare = contrastThreshold ?? atoms.strongShare
    let detection = detector.detection(in: prepared.image, isMeasured: prepared.isMeasured, noise: noise, scale: scale)
    guard !detection.places.isEmpty else { return nil }
    if !isGiven {
      // Shot noise is stronger on the bright grains of a texture, so that its spots rise higher there than the slow part tells.
      let judged = detector.detection(
        in: prepared.image, isMeasured: prepared.isMeasured, noise: noise, scale: detection.scale,
        level: max(1, detection.scale))
      guard
        atoms.accounts(for: judged, insteadOfColumnsAt: columns)
          || (columns?.order == ScaleLadder.Order.none && judged.standsOut(of: prepared.image.count)
            && isDisordered(at: columns!.scale, in: prepared, noise: noise))
          || (columns?.reflections.map { judged.standsBeside($0, in: prepared.image) } ?? false)
      else { return nil }
    }
    let sigma = max(1, detection.sigma)
    let seeds = detection.places.map { GaussianColumn(amplitude: 1, centre: $0, sigma: sigma) }
    // The background may follow the support's texture: it varies over six widths of an atom.
    let outcome = fit.outcome(
      seeds: seeds, in: prepared.image, isMeasured: prepared.isMeasured, noiseFactor: noise.localFactor, sigma: sigma,
      spacing: 3 * sigma)
    let kept = plausible(outcome, image: prepared.image, sigma: sigma, margin: 0.25 * sigma + 0.5)
      .filter { outcome.isListed($0, in: prepared.isMeasured, sigma: sigma) }
    guard !kept.isEmpty else { return nil }
    let reason =
      scale != nil
      ? "given"
      : "at this smoothing, single atoms rise highest above the surrounding texture, by "
        + "\(detection.strongHeight.text(decimals: 1)) of the texture's standard deviations"
        + (isGiven ? "" : ", and show no lattice order")
    var found = Self.result(
      outcome.selecting(kept), outside: outcome.selecting([]), route: .atoms,
      scale: ScaleLadder.Choice(scale: detection.scale, reason: reason),
      signalToNoise: Statistics.median(detection.heights))
    let shares = detection.textureShares(threshold: detector.threshold)
    if let caution = Self.textureCaution(kept.map { shares[$0] }) { found.warnings.append(caution) }
    return found
  }

  /// From this share on a reader is told that spots may be texture: as of places from a network, one in four.
  static let tellingTexture = 0.25

  /// What to say of single atoms of which the texture of the support has as many by itself; nil: nothing.
  /// - Parameter shares: of each atom, that of the texture in spots as high, 0 ... 1.
  static func textureCaution(_ shares: [Double]) -> String? {
    let texture = shares.reduce(0, +)
    guard texture >= 1, texture > tellingTexture * Double(shares.count) else { return nil }
    return
      "about \(Int(saturating: texture.rounded())) of these \(shares.count) atoms may be spots of the support: that many are as high as "
      + "the lower spots of its texture make expect; check them by eye, or raise \(setting("contrast threshold"))"
  }
}

extension ColumnFinder {
  /// Whether what a scale shows stands in no order: maxima of noise and texture do.
  private func isDisordered(at scale: Double, in prepared: Preparation.Prepared, noise: NoiseModel) -> Bool {
    let image = prepared.image
    let places = candidates(in: image, prepared.isMeasured, scale: scale, noise: noise).places
    let texture = SupportTexture()
    return texture.order(of: places, width: image.width, height: image.height) < texture.leastOrder
  }
}

extension AtomDetector.Detection {
  /// By how much the strongest spots must be higher than those of noise, in standard deviations of the filtered image.
  private static let leastExcess = 0.25

  /// Whether the strongest spots are higher than those of an image of so many pixels that is noise: the k highest of `NoiseMaxima` reach the u
  /// with n(u) = k, by 1 / u more on average.
  func standsOut(of pixelCount: Int) -> Bool {
    let height = NoiseMaxima(area: Double(pixelCount), underLaplacian: scale)
      .height(exceededBy: Double(AtomDetector.strongCount(of: pixelCount)))
    return places.count >= 4 && strongHeight >= height + 1 / height + Self.leastExcess
  }

  /// Whether the spots are single atoms that stand anywhere on a lattice of these reflections (in cycles per pixel), which is too faint
  /// to show its own columns: higher than noise and texture make them, in no order of their own as the columns of another grain are, and
  /// with no phase of the lattice in common.
  func standsBeside(_ reflections: (first: Point, second: Point), in image: Raster<Float>) -> Bool {
    let texture = SupportTexture()
    guard strongHeight >= AtomDetector.leastStrongHeight && standsOut(of: image.count),
      texture.order(of: places, width: image.width, height: image.height) < texture.leastOrder
    else { return false }
    return [reflections.first, reflections.second].allSatisfy {
      CrystalPlanes.coherence(of: places, on: $0) < CrystalPlanes.leastCoherence
    }
  }
}

extension AtomDetector {
  /// The strongest spots of a texture that is a Gaussian random field stand less high, in standard deviations.
  static let leastStrongHeight = 4.4
  /// Maxima that stand in order at a scale so many times coarser than the atoms' are slow changes of the support.
  private static let coarserThanAtoms = 2.5

  /// Whether spots are single atoms rather than the columns of a crystal, or its noise, at the scale that `columns` names.
  ///
  /// The strongest spots of a texture that is a Gaussian random field stand less than 4.4 deviations high. A crystal that
  /// covers part of the image raises the deviation there, so that its columns stay below that too. Slow changes of a
  /// support can make even or steady maxima as well, at a scale much coarser than the atoms'.
  func accounts(for detection: Detection, insteadOfColumnsAt columns: ScaleLadder.Choice?) -> Bool {
    guard detection.places.count >= 4 && detection.strongHeight >= Self.leastStrongHeight else { return false }
    guard let columns, columns.order != .none else { return true }
    return columns.scale > Self.coarserThanAtoms * detection.scale
  }
}
