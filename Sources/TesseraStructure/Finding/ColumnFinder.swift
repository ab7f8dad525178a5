import Foundation
import TesseraFitting
import TesseraImaging
import TesseraNumerics

/// Finds the atom columns of a prepared image and fits their places, heights and widths.
///
/// Smooth, dilate, locate (H20, M22: methods section "Feature points"), with the scale taken from the image, then a
/// joint fit that also removes what is no column. Columns at the border are kept.
///
/// ```swift
/// let prepared = try Preparation().prepared(micrograph)
/// let found = try ColumnFinder().found(in: prepared, name: micrograph.name)
/// for site in found.sites.sites { print(site.position, site.amplitude) }
/// ```
public struct ColumnFinder: Sendable, Codable, Equatable {
  /// How the image is smoothed before its maxima are taken.
  public enum Route: String, Sendable, Codable, CaseIterable {
    /// Single atoms where nothing stands in order; else scale space, unless the columns hardly rise above the noise there:
    /// then patch SVD first.
    case auto
    /// Laplacian of the Gaussian at the columns' own scale [H20].
    case scaleSpace = "scale-space"
    /// Patch-SVD denoising [M22], then the Laplacian of the Gaussian.
    case svd
    /// Single atoms on a support without order (`AtomDetector`).
    case atoms
    /// Maxima of a dense map of `fold`-fold symmetry [H20, M22]; where a column stands there, the site is that column.
    case symmetry
    /// Places that a network proposes, of which those stand that the pixels support: `found(among:in:name:)`.
    case network
  }
  /// How the image is smoothed before its maxima are taken, or who proposes places.
  public var route = Route.auto
  /// Order of the rotation axes that the route `symmetry` seeks, 2 ... 40.
  public var fold: Int?
  /// Standard deviation of the Laplacian of the Gaussian, in pixels; nil: from the image.
  public var scale: Double?
  /// A maximum must exceed this many standard deviations of the noise in the smoothed image.
  public var noiseThreshold = 2.5
  /// A maximum must reach this share of the strong maxima around it, 0 ... 1; nil: 0.06, the faintest columns that
  /// matter beside heavy ones (sulphur beside molybdenum has 0.2).
  public var contrastThreshold: Double?
  /// How single atoms are told from their support.
  public var atoms = AtomDetector()
  /// The fit of all columns.
  public var fit = ColumnFit()

  /// A finder that takes route, scale and thresholds from the image.
  public init() {}

  /// The columns of an image, and what led to them.
  public struct Found: Sendable {
    /// The columns, those included whose centre lies up to one and a half standard deviations outside the image and is
    /// well determined.
    public var sites: Sites
    /// Columns centred just outside the image, of which the image shows a flank; they are in no table, but their tails
    /// reach patches at the border.
    public var outside: Sites
    /// What the fit knows of each column, in the order of `sites`.
    public var accuracies: [ColumnAccuracy]
    /// What the fit let differ from column to column.
    public var shape: ColumnFit.Shape
    /// The route that was taken; never `auto`.
    public var route: Route
    /// Standard deviation of the Laplacian of the Gaussian that was used, in pixels.
    public var scale: Double
    /// Why that scale.
    public var scaleReason: String
    /// Typical response of a column divided by the noise in the smoothed image.
    public var signalToNoise: Double
    /// The fitted background, the residual (image minus model), and the variance model of a pixel:
    /// `constantVariance + gain * intensity`.
    public var background, residual: Raster<Float>
    /// Constants of the variance model: the first in squared intensity units, the gain in intensity units.
    public var constantVariance, gain: Double
    /// The noise just above the frequencies of the columns over white noise of the same variance per pixel; more than 1 where
    /// neighbouring pixels share their noise, as in interpolated images. The errors contain its root, or more.
    public var noiseCorrelation = 1.0
    /// What a user should know about the search, one sentence each.
    public var warnings: [String]
    /// What the route `network` began with; nil of the others.
    public var proposed: Proposed?

    /// Standard errors of x and y, in pixels, and of the amplitude, in the order of `sites`.
    public var positionErrors: [Point] { accuracies.map(\.position) }
    /// `positionErrors` for what compares places with one another: infinite for a column that the border cuts. What a Gaussian
    /// lacks pulls such a column, as its other side is not seen, and its standard error knows nothing of that.
    public var trustedErrors: [Point] {
      accuracies.map { $0.flag == .border ? Point(.infinity, .infinity) : $0.position }
    }

    /// The image without the fitted background.
    public func flattened(_ image: Raster<Float>) -> Raster<Float> {
      Raster(width: image.width, height: image.height, values: zip(image.values, background.values).map { $0 - $1 })
    }
  }

  /// Throws where the given scale is out of its range. Columns are about four times as far apart: of a larger scale than a
  /// quarter of the image there would be one.
  func checkScale(for image: Raster<Float>) throws(ParameterError) {
    guard let scale else { return }
    try require((0.5...1000).contains(scale), setting("scale"), is: scale, mustBe: "between 0.5 and 1000 pixels")
    let limit = Double(max(16, min(image.width, image.height))) / 4
    try require(scale <= limit, setting("scale"), is: scale, mustBe: "at most a quarter of the image, \(limit) pixels")
  }

  /// Throws where a setting is out of its range.
  func checkSettings(for image: Raster<Float>) throws(ParameterError) {
    try require(
      noiseThreshold > 0 && noiseThreshold <= 1e6, setting("noise threshold"), is: noiseThreshold,
      mustBe: "above 0 and at most 1000000")
    try checkScale(for: image)
    if let c = contrastThreshold {
      try require(c >= 0 && c < 1, setting("contrast threshold"), is: c, mustBe: "0 or more and below 1")
    }
  }

  /// - Throws: `DataError` where the image shows no column; `ParameterError` for a setting outside its range.
  public func found(in prepared: Preparation.Prepared, name: String) throws -> Found {
    guard route != .network else {
      throw ParameterError(
        "\(setting("method", "network")) needs the places that a network proposes; run the method that knows the network"
      )
    }
    try checkSettings(for: prepared.image)
    let image = prepared.image
    let noise = NoiseModel(of: image, measured: prepared.isMeasured)
    let ladder = ScaleLadder(image: image, noise: noise)
    try StopSignal.check()
    let choice =
      route == .atoms ? nil : scale.map { ScaleLadder.Choice(scale: $0, reason: "given") } ?? ladder.columnScale()
    if route == .atoms || route == .auto, let atoms = singleAtoms(in: prepared, noise: noise, instead: choice) {
      return try held(atoms, against: noise, in: prepared, name: name)
    }
    guard let choice else {
      throw Self.nothing(in: name)
    }
    try StopSignal.check()
    let (chosen, smoothing) = scale == nil ? finer(than: choice, in: prepared) : (choice, route)
    try StopSignal.check()
    guard let columns = attempt(scale: chosen.scale, smoothing, in: prepared, noise: noise, seeksFaint: true) else {
      throw Self.nothing(in: name)
    }
    try StopSignal.check()
    guard !columns.inside.columns.isEmpty else {
      throw DataError("\(name): no maximum in the image has the shape of a column, so there is nothing to fit")
    }
    var found = Self.result(
      columns.inside, outside: columns.outside, route: columns.route, scale: chosen,
      signalToNoise: columns.signalToNoise)
    if columns.textureCount > 0 {
      found.warnings.append(
        "\(columns.textureCount) faint maxima without lattice order were rejected as texture of the support; "
          + "to keep them, set \(setting("contrast threshold", "0.06"))")
    }
    if let missed = Self.missed(by: chosen, found: found.sites.count, pixelCount: image.count) {
      found.warnings.append(missed)
    }
    found = try held(found, against: noise, in: prepared, name: name)
    return route == .symmetry ? try symmetric(among: found, in: prepared, name: name) : found
  }

  /// The columns that one scale finds and the fit lets stand.
  struct Attempt {
    /// Columns of the image, and those just outside it that reach in.
    var inside, outside: ColumnFit.Outcome
    var route: Route
    /// Median response over the noise, and the same before the image was denoised.
    var signalToNoise, rawSignalToNoise: Double
    /// Maxima that were left out as texture of a support.
    var textureCount: Int
  }

  /// Columns whose median response is below this hardly rise above the noise: their maxima are sought in the denoised image.
  private static let faintSignal = 6.5
  /// Side of the denoiser's patches, in scales: a column with its surroundings.
  private static let denoiserSide = 6.0
  /// The denoised image bears a finer scale, and has about a quarter of the noise.
  private static let denoisedScale = 0.8
  private static let denoisedNoise = 0.25
  /// The spacing that is taken for a lone column, in scales.
  static let loneSpacing = 8.0

  /// Maxima at this scale, fitted; nil where none passes the thresholds.
  /// - Parameters:
  ///   - route: how the image is smoothed before.
  ///   - seeksFaint: whether a faint sublattice is sought in the residual; not where scales are compared, as it would make up for a wrong one.
  func attempt(
    scale: Double, _ route: Route, in prepared: Preparation.Prepared, noise: NoiseModel, seeksFaint: Bool = false
  ) -> Attempt? {
    var maxima = candidates(in: prepared.image, prepared.isMeasured, scale: scale, noise: noise)
    maxima.seeksFaint = seeksFaint
    return attempt(from: maxima, scale: scale, route, in: prepared, noise: noise)
  }

  /// The maxima of the image as it is, or of the denoised one where these are too faint, fitted.
  func attempt(
    from maxima: Candidates, scale: Double, _ route: Route, in prepared: Preparation.Prepared, noise: NoiseModel
  ) -> Attempt? {
    var candidates = maxima
    let raw = maxima.signalToNoise
    var used = route == .svd ? Route.svd : .scaleSpace
    if route == .svd || (route == .auto && raw < Self.faintSignal) {
      used = .svd
      let denoised = PatchDenoiser(side: max(8, Int(saturating: (Self.denoiserSide * scale).rounded()))).denoised(
        prepared.image)
      candidates = self.candidates(
        in: denoised, prepared.isMeasured, scale: max(1, Self.denoisedScale * scale), noise: noise,
        noiseShare: Self.denoisedNoise)
      candidates.seeksFaint = maxima.seeksFaint
    }
    guard !candidates.places.isEmpty else { return nil }
    let spacing = PlanarIndex(candidates.places).medianSpacing ?? Self.loneSpacing * scale
    let kept = settle(candidates, in: prepared, scale: scale, spacing: spacing, noise: noise)
    return Attempt(
      inside: kept.inside, outside: kept.outside, route: used, signalToNoise: candidates.signalToNoise,
      rawSignalToNoise: raw, textureCount: candidates.textureCount)
  }

  /// Fits, looks into what is left over for columns that have no maximum of their own and beyond the border for those
  /// that reach in, removes what is no column, and fits again.
  private func settle(
    _ candidates: Candidates, in prepared: Preparation.Prepared, scale: Double, spacing: Double, noise: NoiseModel
  ) -> (inside: ColumnFit.Outcome, outside: ColumnFit.Outcome) {
    let image = prepared.image
    let starts = candidates.places.map { GaussianColumn(amplitude: 1, centre: $0, sigma: scale) }
    let first = fitted(
      starts, in: prepared, noise: noise, sigma: scale, spacing: spacing, shape: .shared, sweepLimit: Self.firstSweeps)
    let sigma = Statistics.median(first.columns.map(\.sigma))
    var seeds = plausible(first, image: image, sigma: sigma, margin: Self.firstOutermost * sigma)
      .map { first.columns[$0] }
    let left = residualColumns(from: first, prepared: prepared, sigma: sigma, spacing: spacing, noise: noise)
    seeds += (left.missed + (candidates.seeksFaint ? left.faint : [])).filter {
      $0.amplitude > candidates.textureHeight
    }
    guard !seeds.isEmpty && !StopSignal.isStopped else { return (first.selecting([]), first.selecting([])) }
    seeds += beyondBorder(seeds, isMeasured: prepared.isMeasured, sigma: sigma, spacing: spacing)
    let second = fitted(
      seeds, in: prepared, noise: noise, sigma: sigma, spacing: spacing, shape: .shared, sweepLimit: Self.secondSweeps,
      after: first)
    let kept = withoutChance(
      plausible(second, image: image, sigma: sigma, margin: Self.outermost * sigma), of: second, in: prepared,
      sigma: sigma, spacing: spacing)
    guard !kept.isEmpty && !StopSignal.isStopped else { return (second.selecting([]), second.selecting([])) }
    let last = finalFit(of: kept, after: second, in: prepared, noise: noise, sigma: sigma, spacing: spacing)
    let all = plausible(last, image: image, sigma: sigma, margin: Self.outermost * sigma)
    let isListed = all.map { last.isListed($0, in: prepared.isMeasured, sigma: sigma) }
    return (
      last.selecting(zip(all, isListed).filter(\.1).map(\.0)),
      last.selecting(zip(all, isListed).filter { !$1 }.map(\.0))
    )
  }

  /// Columns closer than this, in standard deviations, are one: at less than 2 their sum has a single maximum, and at less than 1 a
  /// somewhat wider column looks like the pair.
  private static let closest = 0.9

  /// Indices of the fitted columns that stand: inside the image or at most `margin` outside, significant, and not
  /// within `closest` of a higher one.
  func plausible(
    _ outcome: ColumnFit.Outcome, image: Raster<Float>, sigma: Double, margin: Double
  ) -> [Int] {
    let columns = outcome.columns
    let index = PlanarIndex(columns.map(\.centre))
    let heights = columns.map(\.amplitude)
    let highest = heights.max() ?? 0
    let stand = concurrentMap(count: columns.count) { i in
      let c = columns[i]
      guard outcome.evidence[i] > Self.leastEvidence && Self.stands(c.centre, in: image, margin: margin) else {
        return false
      }
      guard
        c.amplitude > Self.faintestShare * highest
          || c.amplitude > Self.faintestShare * Self.localStrength(at: c.centre, index, heights)
      else { return false }
      return index.neighbours(of: c.centre, within: Self.closest * sigma).allSatisfy {
        (heights[$0], -$0) <= (heights[i], -i)
      }
    }
    return columns.indices.filter { stand[$0] }
  }

  /// Whether a place lies in the image or at most `margin` outside, in pixels.
  private static func stands(_ place: Point, in image: Raster<Float>, margin: Double) -> Bool {
    place.x >= -margin && place.y >= -margin && place.x <= Double(image.width - 1) + margin
      && place.y <= Double(image.height - 1) + margin
  }

  static func result(
    _ outcome: ColumnFit.Outcome, outside: ColumnFit.Outcome, route: Route, scale: ScaleLadder.Choice,
    signalToNoise: Double
  ) -> Found {
    Found(
      sites: outcome.sites, outside: outside.sites, accuracies: outcome.accuracies, shape: outcome.shape, route: route,
      scale: scale.scale, scaleReason: scale.reason, signalToNoise: signalToNoise, background: outcome.background,
      residual: outcome.residual, constantVariance: outcome.constantVariance, gain: outcome.gain,
      noiseCorrelation: outcome.noiseCorrelation, warnings: [])
  }
}
