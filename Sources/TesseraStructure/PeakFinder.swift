import Foundation
import TesseraImaging
import TesseraNumerics

/// Finds the atom columns of a prepared image and fits their places, heights and widths.
///
/// Smooth, dilate, locate (H20, M22: methods section "Feature points"), with the scale taken from the image, then a
/// joint fit that also removes what is no column. Columns at the border are kept.
public struct PeakFinder: Sendable, Codable, Equatable {
  /// How the image is smoothed before its maxima are taken.
  public enum Route: String, Sendable, Codable, CaseIterable {
    /// Scale space unless the columns hardly rise above the noise there; then patch SVD first.
    case auto
    /// Laplacian of the Gaussian at the columns' own scale [H20].
    case scaleSpace = "scale-space"
    /// Patch-SVD denoising [M22], then the Laplacian of the Gaussian.
    case svd
  }
  public var route = Route.auto
  /// Standard deviation of the Laplacian of the Gaussian, in pixels; nil: from the image.
  public var scale: Double?
  /// A maximum must exceed this many standard deviations of the noise in the smoothed image.
  public var noiseThreshold = 4.0
  /// A maximum must reach this share of the strong maxima around it, 0 ... 1; nil: 0.12, the faintest columns that
  /// matter beside heavy ones (sulphur beside molybdenum has 0.2, interstitial ripples below 0.08).
  public var contrastThreshold: Double?
  /// The fit of all columns.
  public var fit = ColumnFit()

  public init() {}

  /// The columns of an image, and what led to them.
  public struct Found: Sendable {
    public var sites: Sites
    /// Standard errors of x and y, in pixels, and of the amplitude, in the order of `sites`.
    public var positionErrors: [Point]
    public var amplitudeErrors: [Double]
    public var route: Route
    /// Standard deviation of the Laplacian of the Gaussian that was used, in pixels.
    public var scale: Double
    /// Typical response of a column divided by the noise in the smoothed image.
    public var signalToNoise: Double
    /// The fitted background, the residual (image minus model), and the variance model of a pixel:
    /// `constantVariance + gain * intensity`.
    public var background, residual: Raster<Float>
    public var constantVariance, gain: Double
    public var warnings: [String]
  }

  /// - Throws: `DataError` where the image shows no column; `ParameterError` for a setting outside its range.
  public func found(in prepared: Preparation.Prepared, name: String) throws -> Found {
    try require(noiseThreshold > 0, "noise threshold", is: noiseThreshold, mustBe: "positive")
    if let scale { try require(scale >= 0.5, "scale", is: scale, mustBe: "at least 0.5 pixels") }
    if let c = contrastThreshold { try require(c >= 0 && c < 1, "contrast threshold", is: c, mustBe: "in 0 ..< 1") }
    let image = prepared.image
    let noise = max(noiseLevel(of: image), 1e-6 * Double((image.values.max() ?? 1) - (image.values.min() ?? 0)))
    var ladder = ScaleLadder(image: image, noise: noise)
    guard let chosen = scale ?? ladder.columnScale() else {
      throw DataError("\(name): no column rises above the noise; a smoother or longer exposure is needed")
    }
    var candidates = self.candidates(in: image, prepared.isMeasured, scale: chosen, noise: noise)
    var used = route == .svd ? Route.svd : .scaleSpace
    if route == .svd || (route == .auto && candidates.signalToNoise < 6) {
      used = .svd
      let denoised = PatchDenoiser(side: max(8, Int((6 * chosen).rounded()))).denoised(image)
      candidates = self.candidates(in: denoised, prepared.isMeasured, scale: max(1, 0.8 * chosen), noise: noise / 4)
    }
    guard !candidates.places.isEmpty else {
      throw DataError("\(name): no column rises above the noise; a smoother or longer exposure is needed")
    }
    let spacing = Self.typicalSpacing(candidates.places) ?? 8 * chosen
    let kept = settle(candidates.places, in: prepared, scale: chosen, spacing: spacing)
    guard !kept.columns.isEmpty else {
      throw DataError("\(name): no maximum of the image is shaped like a column; there is nothing to fit")
    }
    return Self.result(kept, route: used, scale: chosen, signalToNoise: candidates.signalToNoise)
  }

  /// Places of maxima that pass both thresholds, strongest first where two compete.
  private func candidates(
    in image: Raster<Float>, _ measured: Raster<Bool>, scale: Double, noise: Double
  ) -> (places: [Point], signalToNoise: Double) {
    let response = GaussianFilter.blobResponse(image, sigma: scale)
    let noiseHere = noise * GaussianFilter.blobResponseNoise(sigma: scale)
    let reach = max(1, Int((1.2 * scale).rounded()))
    let maxima = LocalMaxima.indices(in: response, reach: reach).filter {
      measured.values[$0] && Double(response.values[$0]) > noiseThreshold * noiseHere
    }
    let places = maxima.map { Point(Double($0 % image.width), Double($0 / image.width)) }
    let heights = maxima.map { Double(response.values[$0]) }
    let strong = Self.localStrength(places, heights)
    let share = contrastThreshold ?? 0.12
    let kept = maxima.indices.filter { heights[$0] >= share * strong[$0] }
    let refined = kept.map { k in
      LocalMaxima.subpixel(in: response, x: maxima[k] % image.width, y: maxima[k] / image.width)
    }
    return (refined, noiseHere > 0 ? Statistics.median(kept.map { heights[$0] }) / noiseHere : .infinity)
  }

  /// For each place the 80 % quantile of the heights of its 24 nearest neighbours.
  private static func localStrength(_ places: [Point], _ heights: [Double]) -> [Double] {
    let index = PlanarIndex(places)
    return concurrentMap(count: places.count) { k in
      Statistics.quantile(index.nearest(25, to: places[k]).map { heights[$0] }, 0.8)
    }
  }

  /// Median distance to the nearest neighbour; nil with fewer than two places.
  static func typicalSpacing(_ places: [Point]) -> Double? {
    places.count > 1 ? Statistics.median(PlanarIndex(places).nearestDistances()) : nil
  }

  /// Fits, removes what is no column (no significant height, outside the image, on top of a stronger one), fits again.
  private func settle(
    _ places: [Point], in prepared: Preparation.Prepared, scale: Double, spacing: Double
  ) -> ColumnFit.Outcome {
    let image = prepared.image
    var seeds = places.map { GaussianColumn(amplitude: 1, centre: $0, sigma: scale) }
    var first = fit
    first.shape = .shared
    first.sweepLimit = 5
    var outcome = first.outcome(
      seeds: seeds, in: image, isMeasured: prepared.isMeasured, sigma: scale, spacing: spacing)
    let sigma = Statistics.median(outcome.columns.map(\.sigma))
    let keep = plausible(outcome, width: image.width, height: image.height, sigma: sigma)
    seeds = keep.map { outcome.columns[$0] }
    // Widths of its own need a column well above the noise.
    var final = fit
    let ratio = Statistics.median(
      keep.map { outcome.columns[$0].amplitude / max(outcome.amplitudeErrors[$0], 1e-30) })
    if ratio < 8 { final.shape = .shared } else if ratio < 20 && fit.shape == .elliptical { final.shape = .round }
    guard !seeds.isEmpty else { return outcome.selecting([]) }
    outcome = final.outcome(
      seeds: seeds, in: image, isMeasured: prepared.isMeasured, sigma: sigma, spacing: spacing)
    return outcome.selecting(plausible(outcome, width: image.width, height: image.height, sigma: sigma))
  }

  /// Indices of the fitted columns that stand: inside the image, significant, and not within 0.9 standard deviations
  /// of a higher one.
  private func plausible(_ outcome: ColumnFit.Outcome, width: Int, height: Int, sigma: Double) -> [Int] {
    let columns = outcome.columns
    let index = PlanarIndex(columns.map(\.centre))
    let heights = columns.map(\.amplitude)
    let strong = Self.localStrength(columns.map(\.centre), heights)
    return columns.indices.filter { i in
      let c = columns[i]
      let inside =
        c.centre.x >= -0.5 && c.centre.y >= -0.5 && c.centre.x < Double(width) - 0.5
        && c.centre.y < Double(height) - 0.5
      let significant = c.amplitude > 3 * outcome.amplitudeErrors[i] && c.amplitude > 0.08 * strong[i]
      guard inside && significant else { return false }
      return index.neighbours(of: c.centre, within: 0.9 * sigma).allSatisfy {
        (heights[$0], -$0) <= (heights[i], -i)
      }
    }
  }

  private static func result(
    _ outcome: ColumnFit.Outcome, route: Route, scale: Double, signalToNoise: Double
  ) -> Found {
    let sites = outcome.columns.map { column -> Site in
      let axes = column.axes
      let (x, y) = (Int(column.centre.x.rounded()), Int(column.centre.y.rounded()))
      return Site(
        position: column.centre, amplitude: column.amplitude, sigmaMajor: axes.major, sigmaMinor: axes.minor,
        angle: axes.angle, background: Double(outcome.background[x, y]))
    }
    return Found(
      sites: Sites(sites), positionErrors: outcome.positionErrors, amplitudeErrors: outcome.amplitudeErrors,
      route: route, scale: scale, signalToNoise: signalToNoise, background: outcome.background,
      residual: outcome.residual, constantVariance: outcome.constantVariance, gain: outcome.gain, warnings: [])
  }
}

extension ColumnFit.Outcome {
  /// The columns with these indices; images stay.
  func selecting(_ indices: [Int]) -> Self {
    var part = self
    part.columns = indices.map { columns[$0] }
    part.amplitudeErrors = indices.map { amplitudeErrors[$0] }
    part.positionErrors = indices.map { positionErrors[$0] }
    return part
  }
}
