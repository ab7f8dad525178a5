import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics

/// Whether pairs of columns hide in the maxima of a scale.
///
/// Where counts are few, the first scale whose maxima stand in order may be that of pairs: each column alone stays below
/// the noise that the ladder asks for, although all together leave no doubt. And where two layers lie on each other, columns
/// stand in pairs and rings of many sizes, of which the first order is that of the moire. So both accounts of a part of the
/// image are fitted, and the likelihood decides.
extension ColumnFinder {
  /// Columns that stand higher above the noise than this show one by one, in standard deviations: what a finer scale finds are summits
  /// of the image, if it is more than the flanks of spots that are no Gaussians.
  private static let clearSignal = 20.0
  /// Of clear columns, merged ones are many if they come in more than every sixth place, and as high as this share of those around.
  private static let leastClearGrowth = 1.15
  private static let clearHeight = 0.4
  /// Pairs of a crystal come in every cell, so that there are a third more columns at least, but for some that stay unseen.
  /// What a finer scale adds here and there are the flanks of spots that are no Gaussians.
  private static let leastGrowth = 1.3
  /// Side of the part that is tried, in scales: some two hundred columns.
  private static let trialSide = 60.0

  /// The scale itself, or the finer one whose columns account for the image better, and the smoothing that finds them.
  ///
  /// The finer columns must raise the log likelihood by more than (1 / 2) ln n for each unknown that they have more: the
  /// Bayesian information criterion (Schwarz, Annals of Statistics 6 (1978) 461), n being the pixels that a column of
  /// the coarse scale has. The coarse columns may be ellipses, so that a stretched spot is not taken for two.
  func finer(
    than choice: ScaleLadder.Choice, in prepared: Preparation.Prepared
  ) -> (scale: ScaleLadder.Choice, smoothing: Route) {
    let part = Self.liveliest(
      of: prepared, side: max(192, Int(saturating: Self.trialSide * choice.scale)), scale: choice.scale)
    let noise = NoiseModel(of: part.image, measured: part.isMeasured)
    var (result, smoothing) = (choice, route)
    let maxima = candidates(in: part.image, part.isMeasured, scale: choice.scale, noise: noise)
    guard choice.scale >= 2.0.squareRoot() else { return (choice, route) }
    if maxima.signalToNoise >= Self.clearSignal {
      result.scale = unmerged(from: choice.scale, maxima, in: part, noise: noise)
      if result.scale < choice.scale { result.reason = Self.mergedReason }
      return (result, route)
    }
    guard var coarse = attempt(from: maxima, scale: choice.scale, route, in: part, noise: noise) else {
      return (choice, route)
    }
    while result.scale / 2.0.squareRoot() >= 1, coarse.rawSignalToNoise < Self.clearSignal {
      let scale = result.scale / 2.0.squareRoot()
      // Denoised first, faint columns beside strong ones show as well.
      let smoothings = route == .auto ? [Route.auto, .svd] : [route]
      func gain(of fine: Attempt, over other: Attempt) -> Double {
        Self.gain(of: fine.inside, over: other.inside, in: part, noise: noise)
      }
      var fine: (attempt: Attempt, smoothing: Route)?
      for smoothing in smoothings where fine?.attempt.route != .svd {
        guard let attempt = attempt(scale: scale, smoothing, in: part, noise: noise),
          attempt.inside.columns.count > Int(Self.leastGrowth * Double(coarse.inside.columns.count)),
          attempt.inside.standsEvenly, gain(of: attempt, over: fine?.attempt ?? coarse) > 0
        else { continue }
        fine = (attempt, smoothing)
      }
      guard let fine else { break }
      var stretched = self
      stretched.fit.shape = .elliptical
      if let ellipses = stretched.attempt(scale: result.scale, smoothing, in: part, noise: noise),
        gain(of: fine.attempt, over: ellipses) <= 0
      {
        break
      }
      (coarse, smoothing, result.scale) = (fine.attempt, fine.smoothing, scale)
      result.reason = Self.mergedReason
    }
    return (result, smoothing)
  }

  private static let mergedReason = "by likelihood, each maximum of a coarser smoothing contains two or more columns"

  /// The scale itself, or the finer one at which clear columns no longer merge. Ellipses are compared with ellipses, so that there is a
  /// gain only where two columns describe a spot better than a stretched one.
  /// - Parameter maxima: at the coarsest scale.
  private func unmerged(
    from coarsest: Double, _ maxima: Candidates, in part: Preparation.Prepared, noise: NoiseModel
  ) -> Double {
    var stretched = self
    stretched.fit.shape = .elliptical
    var (scale, maxima, known) = (coarsest, maxima, Attempt?.none)
    while scale / 2.0.squareRoot() >= 1 {
      let next = scale / 2.0.squareRoot()
      let finer = candidates(in: part.image, part.isMeasured, scale: next, noise: noise)
      guard Double(finer.places.count) > Self.leastClearGrowth * Double(maxima.places.count),
        let coarse = known ?? stretched.attempt(from: maxima, scale: scale, route, in: part, noise: noise),
        let fine = stretched.attempt(from: finer, scale: next, route, in: part, noise: noise),
        Self.showsMerged(fine.inside, in: part.image, beside: coarse.inside),
        Self.gain(of: fine.inside, over: coarse.inside, in: part, noise: noise) > 0
      else { break }
      (scale, maxima, known) = (next, finer, fine)
    }
    return scale
  }

  /// Whether there are more clear columns in the finer of two accounts: summits of the image, about as high as those around.
  private static func showsMerged(
    _ fine: ColumnFit.Outcome, in image: Raster<Float>, beside coarse: ColumnFit.Outcome
  ) -> Bool {
    let sigma = Statistics.median(fine.columns.map(\.sigma))
    let smooth = GaussianFilter.smoothed(image, sigma: sigma / 2)
    func count(_ outcome: ColumnFit.Outcome) -> Int {
      let strong = localStrength(outcome.columns.map(\.centre), outcome.columns.map(\.amplitude))
      return zip(outcome.columns, strong).count {
        $0.amplitude > clearHeight * $1 && isSummit($0.centre, in: smooth, radius: sigma)
      }
    }
    return Double(count(fine)) > leastClearGrowth * Double(count(coarse))
  }

  /// By how much the log likelihood of `fine` exceeds that of `coarse`, less what its further unknowns cost.
  private static func gain(
    of fine: ColumnFit.Outcome, over coarse: ColumnFit.Outcome, in part: Preparation.Prepared, noise: NoiseModel
  ) -> Double {
    let cost = 0.5 * log(Double(part.image.count) / Double(max(1, coarse.columns.count)))
    let start = cost * Double(coarse.unknownCount - fine.unknownCount)
    return part.image.values.indices.reduce(start) { sum, i in
      guard part.isMeasured.values[i] else { return sum }
      let (a, b) = (Double(coarse.residual.values[i]), Double(fine.residual.values[i]))
      let variance = noise.variance(ofPixel: i, at: Double(part.image.values[i]) - (a + b) / 2)
      return sum + (a * a - b * b) / (2 * variance)
    }
  }

  /// The square part of the image whose columns stand out most.
  private static func liveliest(of prepared: Preparation.Prepared, side: Int, scale: Double) -> Preparation.Prepared {
    let image = prepared.image
    let (width, height) = (min(side, image.width), min(side, image.height))
    let (across, down) = (image.width / width, image.height / height)
    guard across * down > 1 else { return prepared }
    let response = GaussianFilter.blobResponse(image, sigma: scale)
    func corner(_ k: Int) -> (x: Int, y: Int) {
      // Parts are spread over the whole image.
      let (i, j) = (k % across, k / across)
      return (
        across > 1 ? i * (image.width - width) / (across - 1) : (image.width - width) / 2,
        down > 1 ? j * (image.height - height) / (down - 1) : (image.height - height) / 2
      )
    }
    let energies = (0..<across * down).map { k -> Double in
      let corner = corner(k)
      return response.cropped(x: corner.x, y: corner.y, width: width, height: height).values
        .reduce(0.0) { $0 + Double($1 * $1) }
    }
    let chosen = corner(energies.indices.max { (energies[$0], -$0) < (energies[$1], -$1) } ?? 0)
    var part = prepared
    part.image = image.cropped(x: chosen.x, y: chosen.y, width: width, height: height)
    part.isMeasured = prepared.isMeasured.cropped(x: chosen.x, y: chosen.y, width: width, height: height)
    return part
  }
}

extension ColumnFit.Outcome {
  /// Whether the distances to the nearest neighbour scatter less than those of noise.
  fileprivate var standsEvenly: Bool {
    guard columns.count >= 12 else { return false }
    let distances = PlanarIndex(columns.map(\.centre)).nearestDistances()
    return Statistics.robustDeviation(distances) <= ScaleLadder.evenScatter * Statistics.median(distances)
  }

  /// Places, heights and widths of all columns.
  fileprivate var unknownCount: Int {
    switch shape {
    case .shared: 3 * columns.count + 1
    case .round: 4 * columns.count
    case .elliptical: 6 * columns.count
    }
  }
}
