import Foundation
import TesseraImaging
import TesseraNumerics

/// What tells the spots of an image from those that smooth noise has: their order, their sign, and their height.
///
/// Noise that is smooth has bright spots of the size of columns everywhere, far above the noise of a pixel, so that no fit and no network
/// that looks at one spot can tell them. But noise is as dark as it is bright, and has no reflections. So one of four must hold:
///
/// - *Order.* Neighbours have another one opposite (`SupportTexture.order`): at random one in seven, in crystals half and more; it is
///   enough if parts of the image are in order.
/// - *Sign.* The response r of the blob filter at the scale of the columns has positive skewness, ⟨r³⟩ / ⟨r²⟩^(3/2): bright spots rise
///   higher than dark ones are deep. Its standard error comes from leaving out one part of the image at a time (jackknife: Efron, The
///   Annals of Statistics 7 (1979) 1), so it holds for noise of any spectrum. What counting alone gives is taken off, with the gain g, the
///   variance σ² and the filter w: g σ² Σw³ by the skewness of counts, and 3 g ⟨r (w² * I)⟩ because they scatter more where the image I is
///   bright, so that a symmetric texture has higher summits than it has deep valleys.
/// - *Reflections.* The spectrum of the image has points in two directions, as all columns of a lattice make together (`CrystalPlanes`),
///   however few of them stand above the noise.
/// - *Height.* The highest spot is one that a Gaussian random field of this area has with a chance of 1 % at most
///   (`NoiseMaxima`).
///
/// And the spots are no ridges: an image of planes without columns has order, too. Noise as high as stripes makes round spots of them;
/// then the spectrum tells, which has reflections of stripes in one direction alone (`CrystalPlanes.areParallel`).
public struct ColumnEvidence: Sendable, Equatable {
  /// Mean share of neighbours with another one opposite, 0 ... 1, and the share of sites around which it is 0.4 or more.
  public var order = 0.0
  /// Share of sites in whose surroundings four in ten neighbours have another one opposite, 0 ... 1.
  public var orderedShare = 0.0
  /// Number of sites.
  public var count = 0
  /// Sites in surroundings without order beside others in order, if they are clearly lower; else 0.
  public var disorderedCount = 0
  /// Robust standard deviation of the heights over their median.
  public var heightScatter = 0.0
  /// Skewness of the blob filter's response; 0 where order has decided before.
  public var asymmetry = 0.0
  /// Whether the spectrum shows a lattice; false where it was not asked, because order or sign has decided before.
  public var hasReflections = false
  /// Standard error of `asymmetry`.
  public var asymmetryError = Double.infinity
  /// How many spots as high as the highest site a Gaussian random field of this area has on average; infinite where it was not asked.
  public var expectedCount = Double.infinity
  /// Median over the sites of the smaller curvature over the larger: 1 of a round spot, 0 of a ridge.
  public var roundness = 1.0
  /// Whether the spots are not clearly round and all planes of the image run in one direction.
  public var isStriped = false

  /// Of noise as many neighbours have one opposite, and how the share of one site scatters.
  private static let (orderOfNoise, orderScatter) = (0.17, 0.3)
  /// Sites of a whole image are in order from this share on, and more where they are few.
  private static let leastOrder = 0.3
  /// A part of the image is in order where so many neighbours have one opposite, and counts from this share of the sites on.
  static let leastLocalOrder = 0.4
  private static let leastOrderedShare = 0.05
  private static let fewestOrdered = 12
  /// Surroundings with fewer neighbours opposite have no order: of 25 sites of noise, the share scatters by .06.
  private static let mostDisorder = 0.25
  /// So many sites, and so large a part of all, are more than a few at defects; and they are lower than this share of those in order.
  private static let (fewestDisordered, leastDisorderedShare, disorderedHeight) = (25, 0.1, 0.7)
  /// Heights of columns without order scatter by 5 to 9 % (simulated amorphous layers of 3 to 40 counts), those of the maxima of textures, made
  /// of few atoms or of many, by 23 to 43 %.
  private static let mostScatter = 0.2
  /// Skewness in units of its standard error, and the least that matters: no texture is perfectly symmetric.
  private static let leastSignificance = 3.0
  private static let leastAsymmetry = 0.08
  private static let largestExpectedCount = 0.01
  /// Of stripes with noise the median is below 0.15, of maxima of noise about 0.4, of columns 0.5 to 0.9.
  private static let leastRoundness = 0.15
  /// From here on they are those of columns, whatever the spectrum shows.
  private static let clearRoundness = 0.5

  /// Whether the sites stand in order.
  public var hasOrder: Bool {
    let least = Self.orderOfNoise + 3 * Self.orderScatter / Double(max(1, count)).squareRoot()
    return order >= max(Self.leastOrder, least)
      || (orderedShare >= Self.leastOrderedShare && orderedShare * Double(count) >= Double(Self.fewestOrdered))
  }
  /// Whether bright spots rise higher than dark ones are deep.
  public var hasSign: Bool {
    asymmetry >= Self.leastAsymmetry && asymmetry >= Self.leastSignificance * asymmetryError
  }
  /// Whether a spot is higher than those of noise.
  public var hasHeight: Bool { expectedCount <= Self.largestExpectedCount }
  /// Whether the sites lie on ridges.
  public var isRidged: Bool { count > 1 && (roundness < Self.leastRoundness || isStriped) }

  /// Whether the sites have no order, and heights that are as unlike as those of a texture's maxima.
  public var isUneven: Bool {
    !hasOrder && !hasReflections && count >= Self.fewestDisordered && heightScatter > Self.mostScatter
  }

  /// What to say of sites that may be no columns, a sentence each: of some beside a crystal, of all that stand in no order.
  public var cautions: [String] {
    if disorderedCount > 0 {
      return [
        "\(disorderedCount) of the \(count) columns are low and stand in no order, unlike the others: they may be the texture of "
          + "a part of the image without a crystal; check them by eye"
      ]
    }
    guard isUneven, doubt == nil else { return [] }
    return [
      "these \(count) columns stand in no order, and their heights scatter by \(Int(saturating: (100 * heightScatter).rounded())) % as those "
        + "of the bright spots of a texture do: they may be the texture of a support without any column; check them by eye"
    ]
  }

  /// Why these sites may be no columns, as the end of a sentence; nil: nothing speaks against them.
  public var doubt: String? {
    if isRidged {
      return "its bright spots lie on stripes, along which they are not resolved (the smaller curvature is "
        + "\(roundness.text(decimals: 2)) of the larger; of columns 0.5 to 0.9"
        + (isStriped ? "; and all planes of the image run in one direction)" : ")")
    }
    if hasOrder || hasSign || hasReflections || hasHeight { return nil }
    return
      "nothing tells its bright spots from smooth noise: they stand in no order, and dark spots are as deep as they are high "
      + "(skewness \(asymmetry.text(decimals: 2)) ± \(asymmetryError.text(decimals: 2)))"
  }
}

extension ColumnEvidence {
  /// The side of the parts that are left out one by one, in scales, and in pixels at least.
  private static let (partInScales, partInPixels) = (8.0, 16)
  /// What is slower than this, in scales, is background.
  private static let slowness = 3.0

  /// The evidence for sites in an image.
  ///
  /// - Parameters:
  ///   - places: of the sites, in pixels.
  ///   - heights: of the sites above the background, in intensity units.
  ///   - isMeasured: pixels without a measurement count for nothing.
  ///   - scale: of the blob filter, in pixels.
  init(
    for places: [Point], heights: [Double], in image: Raster<Float>, isMeasured: Raster<Bool>, noise: NoiseModel,
    scale: Double
  ) {
    count = places.count
    guard !places.isEmpty else { return }
    let regional = SupportTexture().regionalOrder(of: places, width: image.width, height: image.height)
    order = regional.order
    orderedShare = regional.share(from: Self.leastLocalOrder)
    disorderedCount = Self.lowAndDisordered(regional.around, heights)
    let median = Statistics.median(heights)
    if median > 0 { heightScatter = Statistics.robustDeviation(heights) / median }
    roundness = Self.roundness(of: places, in: image, scale: scale)
    isStriped = roundness < Self.clearRoundness && CrystalPlanes.areParallel(in: image)
    // What is cheap comes first, and one of the four is enough.
    if hasOrder { return }
    (asymmetry, asymmetryError) = Self.skewness(in: image, isMeasured, noise, scale: scale)
    if hasSign && heightScatter <= Self.mostScatter { return }
    hasReflections =
      CrystalPlanes.pair(in: image).map { CrystalPlanes.spacing(of: $0) >= CrystalPlanes.finest } ?? false
    if hasSign || hasReflections { return }
    let detection = AtomDetector().detection(
      in: image, isMeasured: isMeasured, noise: noise, scale: max(1, scale), level: max(1, scale))
    let index = PlanarIndex(places)
    let highest = zip(detection.places, detection.heights).first { spot, _ in
      AtomDetector.isInner(spot, image.width, image.height, scale: scale)
        && !index.neighbours(of: spot, within: 2 * scale).isEmpty
    }?.1
    let noiseMaxima = NoiseMaxima(area: Double(image.count), underLaplacian: detection.scale)
    expectedCount = highest.map(noiseMaxima.expectedCount) ?? .infinity
  }

  /// Number of sites without order around them, where they are many and lower than those in order.
  private static func lowAndDisordered(_ order: [Double], _ heights: [Double]) -> Int {
    let ordered = order.indices.filter { order[$0] >= leastLocalOrder }
    let disordered = order.indices.filter { order[$0] < mostDisorder }
    guard ordered.count >= fewestOrdered, disordered.count >= fewestDisordered,
      Double(disordered.count) >= leastDisorderedShare * Double(order.count),
      Statistics.median(disordered.map { heights[$0] })
        < disorderedHeight * Statistics.median(ordered.map { heights[$0] })
    else { return 0 }
    return disordered.count
  }

  /// Skewness of the response of the blob filter, less that of counting, and its standard error.
  private static func skewness(
    in image: Raster<Float>, _ isMeasured: Raster<Bool>, _ noise: NoiseModel, scale: Double
  ) -> (value: Double, error: Double) {
    var response = GaussianFilter.blobResponse(image, sigma: scale)
    let slow = GaussianFilter.broadlySmoothed(response, sigma: slowness * scale)
    for index in response.values.indices { response.values[index] -= slow.values[index] }
    let filter = FilterSums(scale: scale)
    let gain = max(0, noise.gain)
    // w² is nearly a Gaussian of this width, and its sum the variance that the filter makes of white noise.
    let level = gain > 0 ? GaussianFilter.smoothed(image, sigma: scale / 2.0.squareRoot()) : nil
    let mean = Statistics.mean(image.values)
    let side = max(partInPixels, Int(saturating: (partInScales * scale).rounded()))
    let (across, down) = (max(2, image.width / side), max(2, image.height / side))
    var parts = [(count: Double, second: Double, third: Double)](repeating: (0, 0, 0), count: across * down)
    for y in 0..<image.height {
      let row = y * down / image.height * across
      for x in 0..<image.width where isMeasured[x, y] {
        let (value, part) = (Double(response[x, y]), row + x * across / image.width)
        let excess = level.map { 3 * gain * filter.square * (Double($0[x, y]) - mean) } ?? 0
        parts[part].count += 1
        parts[part].second += value * value
        parts[part].third += value * (value * value - excess)
      }
    }
    parts.removeAll { $0.count == 0 }
    let sum = parts.reduce((0.0, 0.0, 0.0)) { ($0.0 + $1.count, $0.1 + $1.second, $0.2 + $1.third) }
    func ratio(_ count: Double, _ second: Double, _ third: Double) -> Double {
      second > 0 && count > 0 ? third / count / pow(second / count, 1.5) : 0
    }
    let value = ratio(sum.0, sum.1, sum.2)
    let number = Double(parts.count)
    guard number > 1, value.isFinite else { return (0, .infinity) }
    let others = parts.map { ratio(sum.0 - $0.count, sum.1 - $0.second, sum.2 - $0.third) }
    let middle = Statistics.mean(others)
    let variance = (number - 1) / number * others.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }
    // The level has the noise of the response in it, which the excess has counted.
    let counting =
      gain * noise.variance(at: mean) * (filter.cube - 3 * filter.square * filter.withLevel)
      / pow(sum.1 / sum.0, 1.5)
    return (value - (counting.isFinite ? counting : 0), variance.squareRoot())
  }

  /// Sums over the blob filter w.
  private struct FilterSums {
    /// Σ w², Σ w³, and Σ w g with the Gaussian g that stands for w².
    let square, cube, withLevel: Double

    init(scale: Double) {
      let reach = Int(saturating: (5 * scale).rounded(.up))
      var pulse = Raster<Float>(width: 2 * reach + 1, height: 2 * reach + 1, filling: 0)
      pulse[reach, reach] = 1
      let filter = GaussianFilter.blobResponse(pulse, sigma: scale).values.map { Double($0) }
      let level = GaussianFilter.smoothed(pulse, sigma: scale / 2.0.squareRoot()).values
      square = filter.reduce(0) { $0 + $1 * $1 }
      cube = filter.reduce(0) { $0 + $1 * $1 * $1 }
      withLevel = zip(filter, level).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
  }

  /// The image is smoothed by this share of the scale before its curvatures are taken.
  private static let curvatureScale = 0.7

  /// So many places tell the median.
  private static let roundnessSample = 400

  private static func roundness(of places: [Point], in image: Raster<Float>, scale: Double) -> Double {
    guard image.width > 2, image.height > 2 else { return 1 }
    let sigma = max(0.7, curvatureScale * scale)
    let reach = Int(saturating: (4 * sigma).rounded(.up)) + 1
    let step = max(1, places.count / roundnessSample)
    let sample = stride(from: 0, to: places.count, by: step).map { places[$0] }
    let ratios = concurrentMap(count: sample.count) { number -> Double in
      let x = min(max(1, Int(saturating: sample[number].x.rounded())), image.width - 2)
      let y = min(max(1, Int(saturating: sample[number].y.rounded())), image.height - 2)
      let (left, top) = (max(0, x - reach), max(0, y - reach))
      let part = image.cropped(
        x: left, y: top, width: min(image.width, x + reach + 1) - left, height: min(image.height, y + reach + 1) - top)
      let smooth = GaussianFilter.smoothed(part, sigma: sigma)
      func value(_ dx: Int, _ dy: Int) -> Double { Double(smooth[x - left + dx, y - top + dy]) }
      let xx = value(1, 0) + value(-1, 0) - 2 * value(0, 0)
      let yy = value(0, 1) + value(0, -1) - 2 * value(0, 0)
      let xy = (value(1, 1) + value(-1, -1) - value(1, -1) - value(-1, 1)) / 4
      let (mean, half) = ((xx + yy) / 2, hypot((xx - yy) / 2, xy))
      // Bright spots have negative curvatures.
      let (larger, smaller) = (half - mean, -half - mean)
      return larger > 0 ? smaller / larger : 0
    }
    return Statistics.median(ratios)
  }
}
