import TesseraNumerics

/// Makes a micrograph ready for analysis: unusable pixels masked and filled, burned-in labels masked, X-ray spikes
/// removed, contrast turned so that columns are bright. Nothing is smoothed, and intensities keep their units.
public struct Preparation: Sendable, Codable, Equatable {
  /// Which way columns stand out.
  public enum Contrast: String, Sendable, Codable, CaseIterable {
    /// Decided from the image's detector, or from its name and skewness.
    case auto
    /// Columns are bright (ADF, HAADF).
    case bright
    /// Columns are dark (ABF, bright field): the image is inverted.
    case dark
  }
  /// How columns stand out; decides whether the image is inverted.
  public var contrast = Contrast.auto
  /// Mask scale bars and captions that were drawn into the pixels.
  public var masksLabels = true
  /// A pixel that exceeds each of its eight neighbours by this many noise standard deviations, and by half of what the
  /// brightest hundredth rises above the median, is a spike; 0: keep.
  public var spikeThreshold = 8.0

  /// The standard preparation: contrast decided from the image, labels masked, spikes removed.
  public init() {}

  /// The prepared image, and what was done to it.
  public struct Prepared: Sendable {
    /// Intensities, finite everywhere, columns bright.
    public var image: Raster<Float>
    /// True where a pixel holds a measurement.
    public var isMeasured: Raster<Bool>
    /// True where columns were dark: intensities are then mirrored about the middle of their range.
    public var isInverted: Bool
    /// True where the distribution of the values alone has decided, and dark columns may have such a one as well as bright ones.
    public var isContrastOpen = false
    /// Labels that were masked.
    public var labels: [BurnedInLabels.Box]
    /// Nil where the largest value is no limit.
    public var saturation: Saturation?
    /// What was left out, replaced or inverted, one sentence each.
    public var warnings: [String]

    /// The share of pixels that hold a measurement, 0 ... 1.
    public var measuredShare: Double {
      Double(isMeasured.values.count { $0 }) / Double(max(1, isMeasured.count))
    }
  }

  /// The smallest side, in pixels, of an image that can be analysed.
  public static let smallestSide = 16
  /// - Throws: `DataError` where nothing can be analysed: too small, no finite pixel, or all pixels equal.
  public func prepared(_ micrograph: Micrograph) throws -> Prepared {
    let unit = try Self.unit(of: micrograph)
    var pixels = MeasuredPixels(of: micrograph, masksLabels: masksLabels)
    // Labels have extreme values of their own: what is saturated is asked of the rest.
    let seen = pixels.seen
    let saturation = Saturation(of: seen)
    var warnings = pixels.warnings
    if let saturation {
      warnings.append(
        "\(Self.percent(saturation.share)) of the pixels have the largest value, \(saturation.value): the image is saturated there, and "
          + "heights of these columns say nothing of how bright they are")
    }
    var image = micrograph.pixels
    if unit != 1 { image = image.map { Float(Double($0) / unit) } }
    Self.fill(&image, where: pixels.isMeasured)
    warnings += pixels.mendLines(of: &image)
    if let blocks = PixelBlocks(in: micrograph.pixels) {
      image = blocks.interpolated(image)
      warnings.append(blocks.sentence)
    }
    if spikeThreshold > 0 {
      let count = removeSpikes(from: &image, where: pixels.isMeasured)
      if count > 0 {
        warnings.append(
          "\(count) \(count == 1 ? "spike (a single outlying pixel) was" : "spikes (single outlying pixels) were") replaced by "
            + "the surroundings")
      }
    }
    if let sentence = Self.rescale(&image, from: unit) { warnings.append(sentence) }
    guard image.values.contains(where: { $0 != image.values[0] }) else {
      throw DataError("\(micrograph.name): all pixels but single outlying ones are equal; there is nothing to find")
    }
    let (isDark, isOpen) =
      contrast == .auto
      ? Self.columnsAreDark(in: image, seen: seen, of: micrograph, saturation: saturation) : (contrast == .dark, false)
    var prepared = Prepared(
      image: image, isMeasured: pixels.isMeasured, isInverted: false, isContrastOpen: isOpen, labels: pixels.labels,
      saturation: saturation, warnings: warnings)
    if isDark { prepared.invert(isChosen: contrast == .auto) }
    return prepared
  }

  /// The unit of the values as they are.
  /// - Throws: `DataError` for an image of too few pixels, without a finite one, or with a single value.
  private static func unit(of micrograph: Micrograph) throws -> Double {
    let source = micrograph.pixels
    guard source.width >= smallestSide, source.height >= smallestSide else {
      throw DataError(
        "\(micrograph.name): the image has \(source.width) x \(source.height) pixels; an analysis needs at least "
          + "\(smallestSide) x \(smallestSide)")
    }
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in source.values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    guard low <= high else {
      throw DataError("\(micrograph.name): no pixel holds a finite value; export the image again")
    }
    guard low < high else {
      throw DataError("\(micrograph.name): all pixels have the value \(low); there is nothing to find")
    }
    return unit(of: max(abs(low), abs(high)))
  }

  /// Magnitudes whose squares, summed over an image, single precision holds.
  private static let computable = 1e-12...1e12

  /// What values are divided by so that they can be computed with: 1 for the values of any detector, otherwise the power of
  /// two that makes the largest magnitude about 1, which changes no digit.
  package static func unit(of largest: Float, times given: Double = 1) -> Double {
    let magnitude = Double(largest) * given
    guard magnitude > 0, !computable.contains(magnitude) else { return 1 }
    return Double(sign: .plus, exponent: magnitude.exponent, significand: 1)
  }
  /// Gives the image the unit that it needs without its spikes, which may be another one, or none; a sentence where it has one.
  private static func rescale(_ image: inout Raster<Float>, from unit: Double) -> String? {
    let magnitude = image.values.reduce(Float(0)) { max($0, abs($1)) }
    let final = Self.unit(of: magnitude, times: unit)
    if final != unit { image = image.map { Float(Double($0) * (unit / final)) } }
    guard final != 1 else { return nil }
    return
      "the pixel values, up to \(Double(magnitude) * unit), were divided by \(final), because squares of such values "
      + "cannot be computed; intensities are in this unit"
  }

  /// Gives masked pixels the smooth continuation of those around them.
  private static func fill(_ image: inout Raster<Float>, where measured: Raster<Bool>) {
    guard measured.values.contains(false) else { return }
    let weights = measured.map { $0 ? Float(1) : 0 }
    let clean = Raster(
      width: image.width, height: image.height,
      values: zip(image.values, measured.values).map { $1 ? $0 : 0 })
    let sigma = Double(max(image.width, image.height)) / 64
    let smooth = GaussianFilter.broadlySmoothed(clean, weights: weights, sigma: max(4, sigma))
    for index in image.values.indices where !measured.values[index] { image.values[index] = smooth.values[index] }
  }

  /// A share in per cent, as a warning says it.
  static func percent(_ share: Double) -> String {
    let percent = 100 * share
    return percent < 1 ? "less than 1 %" : "\(Int(saturating: percent.rounded())) %"
  }
}
