import Foundation
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
    let source = micrograph.pixels
    guard source.width >= Self.smallestSide, source.height >= Self.smallestSide else {
      throw DataError(
        "\(micrograph.name): the image has \(source.width) x \(source.height) pixels; an analysis needs at least "
          + "\(Self.smallestSide) x \(Self.smallestSide)")
    }
    let finite = source.values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else {
      throw DataError("\(micrograph.name): no pixel holds a finite value; export the image again")
    }
    guard low < high else {
      throw DataError("\(micrograph.name): all pixels have the value \(low); there is nothing to find")
    }
    var image = source
    var measured = source.map(\.isFinite)
    var warnings: [String] = []
    if finite.count < source.count {
      warnings.append("\(source.count - finite.count) pixels are not finite and were left out")
    }
    let labels = masksLabels ? BurnedInLabels.boxes(in: source) : []
    for box in labels {
      for y in box.y..<box.y + box.height { for x in box.x..<box.x + box.width { measured[x, y] = false } }
      warnings.append(
        "a label drawn into the image at x \(box.x)-\(box.x + box.width), y \(box.y)-\(box.y + box.height) was left out"
      )
    }
    if masksLabels, let drawn = micrograph.drawn, drawn.count == source.count {
      for index in drawn.values.indices where drawn.values[index] { measured.values[index] = false }
      warnings.append(
        "\(drawn.values.count { $0 }) pixels that were drawn into the grey picture in colour, or lie beside such, were left out"
      )
    }
    let blank = BlankAreas.areas(in: source)
    if masksLabels, let bar = InformationBar.rows(in: source, isBlank: blank?.isBlank) {
      for y in bar { for x in 0..<source.width { measured[x, y] = false } }
      warnings.append("the bar of information in lines \(bar.lowerBound) to \(bar.upperBound - 1) was left out")
    }
    if let blank {
      let before = measured.values.count { $0 }
      for index in measured.values.indices where blank.isBlank.values[index] { measured.values[index] = false }
      let share = Double(before - measured.values.count { $0 }) / Double(source.count)
      if share > 0 {
        warnings.append(
          "\(Self.percent(share)) of the pixels are blank, of the value \(blank.values[0])\(blank.values.count > 1 ? " and others" : "") "
            + "in areas without any noise; they were left out")
      }
    }
    // Labels have extreme values of their own.
    func measuredPixels() -> Raster<Float> {
      Raster(
        width: source.width, height: source.height, values: zip(source.values, measured.values).map { $1 ? $0 : .nan })
    }
    var seen = measuredPixels()
    var dead: [(lines: DeadLines, before: Raster<Bool>)] = []
    for direction in [DeadLines.Direction.rows, .columns] {
      let lines = DeadLines(direction, in: seen)
      guard !lines.runs.isEmpty else { continue }
      dead.append((lines, measured))
      for index in lines.runs.joined().flatMap({ lines.pixels(of: $0, in: source) }) { measured.values[index] = false }
      seen = measuredPixels()
    }
    let saturation = Saturation(of: seen)
    if let saturation {
      warnings.append(
        "\(Self.percent(saturation.share)) of the pixels have the largest value, \(saturation.value): the image is saturated there, and "
          + "heights of these columns say nothing of how bright they are")
    }
    let unit = Self.unit(of: max(abs(low), abs(high)))
    if unit != 1 { image = image.map { Float(Double($0) / unit) } }
    Self.fill(&image, where: measured)
    for (lines, before) in dead {
      let mended = lines.mend(&image)
      for index in mended.flatMap({ lines.pixels(of: $0, in: image) }) { measured.values[index] = before.values[index] }
      warnings.append(lines.sentence(mended: mended))
    }
    if let blocks = PixelBlocks(in: source) {
      image = blocks.interpolated(image)
      warnings.append(
        "pixels lie in blocks of equal ones, \(Self.size(blocks.width)) x \(Self.size(blocks.height)) on average, as where an image was "
          + "magnified without interpolation: values between the middles of the blocks were interpolated; the image as it was recorded shows as much"
      )
    }
    if spikeThreshold > 0 {
      let count = removeSpikes(from: &image)
      if count > 0 {
        warnings.append(
          "\(count) \(count == 1 ? "spike (a single outlying pixel) was" : "spikes (single outlying pixels) were") replaced by "
            + "the surroundings")
      }
    }
    // Without its spikes the image may need another unit, or none.
    let magnitude = image.values.reduce(Float(0)) { max($0, abs($1)) }
    let finalUnit = Self.unit(of: magnitude, times: unit)
    if finalUnit != unit { image = image.map { Float(Double($0) * (unit / finalUnit)) } }
    if finalUnit != 1 {
      warnings.append(
        "the pixel values, up to \(Double(magnitude) * unit), were divided by \(finalUnit), because squares of such values "
          + "cannot be computed; intensities are in this unit")
    }
    guard image.values.contains(where: { $0 != image.values[0] }) else {
      throw DataError("\(micrograph.name): all pixels but single outlying ones are equal; there is nothing to find")
    }
    let inverted =
      contrast == .dark
      || (contrast == .auto && Self.columnsAreDark(in: image, seen: seen, of: micrograph, saturation: saturation))
    if inverted {
      let top = image.values.max() ?? 0
      let bottom = image.values.min() ?? 0
      image = image.map { top + bottom - $0 }
      if contrast == .auto {
        warnings.append(
          "columns look dark, so the contrast was inverted; \(setting("contrast", "bright")) keeps the image as it is")
      }
    }
    return Prepared(
      image: image, isMeasured: measured, isInverted: inverted, labels: labels, saturation: saturation,
      warnings: warnings)
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

  /// Replaces lone spikes by the median of their neighbours; returns how many.
  private func removeSpikes(from image: inout Raster<Float>) -> Int {
    let noise = noiseLevel(of: image)
    guard noise > 0 else { return 0 }
    // The summit of a clean column stands above its neighbours too, but not by half of what columns rise by.
    let stride = max(1, image.count / 50_000)
    let sample = Swift.stride(from: 0, to: image.count, by: stride).map { image.values[$0] }.sorted()
    let rise = Statistics.quantile(sorted: sample, 0.99) - Statistics.quantile(sorted: sample, 0.5)
    let (width, height, limit) = (image.width, image.height, max(Float(spikeThreshold * noise), rise / 2))
    let source = image
    let candidates = concurrentMap(count: height) { y -> [(Int, Float)] in
      guard y > 0, y + 1 < height else { return [] }
      let v = source.values.span
      var row: [(Int, Float)] = []
      for x in 1..<width - 1 {
        let i = y * width + x
        let bound = v[i] - limit
        if v[i - 1] > bound || v[i + 1] > bound || v[i - width] > bound || v[i + width] > bound { continue }
        let ring = [
          v[i - width - 1], v[i - width], v[i - width + 1], v[i - 1], v[i + 1], v[i + width - 1], v[i + width],
          v[i + width + 1],
        ]
        if ring.allSatisfy({ $0 < bound }) { row.append((i, Statistics.median(ring))) }
      }
      return row
    }.flatMap { $0 }
    guard !candidates.isEmpty else { return 0 }
    // A few counts among none are no spike: what counts is how far the pixel lies above the mean of its neighbours once the
    // noise is made the same everywhere (Anscombe, Biometrika 35 (1948) 246, with a constant added to the variance).
    let model = NoiseModel(of: image)
    let (gain, constant) = (model.gain, max(0, model.constantVariance))
    func stabilised(_ value: Double) -> Double {
      gain * Double(rise) > 1e-6 * constant
        ? 2 / gain * max(0, gain * value + 0.375 * gain * gain + constant).squareRoot() : value / constant.squareRoot()
    }
    let found = candidates.filter { index, _ in
      let mean = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1]
        .reduce(0.0) { $0 + Double(source.values[index + $1]) / 8 }
      return stabilised(Double(source.values[index])) - stabilised(mean) > spikeThreshold
    }
    // Many "spikes" are the image's own contrast (columns of one pixel), not X-rays.
    guard found.count * 1000 < image.count else { return 0 }
    for (index, value) in found { image.values[index] = value }
    return found.count
  }

  private static func size(_ pixels: Double) -> String { String(format: "%.3g", pixels) }

  private static func percent(_ share: Double) -> String {
    let percent = 100 * share
    return percent < 1 ? "less than 1 %" : "\(Int(saturating: percent.rounded())) %"
  }

  /// Skewness of the flattened image below which columns look dark, where nothing says what the detector is.
  private static let darkSkewness = -0.5
  /// The same where the name of the file or dataset speaks of a detector that shows columns dark: a name may be about
  /// another image, or about a specimen, so the image must not contradict.
  private static let namedDarkSkewness = 0.0

  /// Dark columns, by the detector that the file states of this image; else by names and by the shape of what is saturated, or the
  /// skewness of the flattened image.
  /// - Parameter seen: the image as the file has it, NaN where nothing was measured.
  private static func columnsAreDark(
    in image: Raster<Float>, seen: Raster<Float>, of micrograph: Micrograph, saturation: Saturation?
  ) -> Bool {
    let facts = micrograph.metadata
    if let detector = facts["detector"].flatMap({ DetectorContrast(words: $0) }) { return detector == .dark }
    let names = [facts["dataset"], facts["signal"], facts["imaging_mode"], facts["mode"], micrograph.name]
    let named = names.lazy.compactMap { $0.flatMap { DetectorContrast(words: $0) } }.first
    if named == .bright { return false }
    // Cut off at the top, bright columns leave a distribution that leans the other way.
    if let saturation, saturation.share > cutShare { return !saturation.areIslands(in: seen) }
    return flattenedSkewness(of: image) < (named == .dark ? namedDarkSkewness : darkSkewness)
  }

  /// More saturated pixels than this share bend the distribution of the values.
  private static let cutShare = 0.02

  /// Skewness of the image after a light smoothing and without its slow background; positive for bright dots.
  ///
  /// The smoothing takes the noise away and must leave the columns: where one of two pixels, which suits most images, takes most of the
  /// structure too, columns are finer and it is of 0.8 pixels.
  static func flattenedSkewness(of image: Raster<Float>) -> Double {
    let side = Double(min(image.width, image.height))
    let slow = GaussianFilter.broadlySmoothed(image, sigma: max(8, side / 16))
    func flattened(_ sigma: Double) -> [Double] {
      zip(GaussianFilter.smoothed(image, sigma: sigma).values, slow.values).map { Double($0 - $1) }
    }
    /// Variance beyond that of the noise, which smoothing by sigma leaves 1 / (4 pi sigma^2) of.
    let noise = noiseLevel(of: image)
    func structure(_ flat: [Double], _ sigma: Double) -> Double {
      let deviation = Statistics.deviation(flat)
      return deviation * deviation - noise * noise / (4 * .pi * sigma * sigma)
    }
    let (fine, coarse) = (flattened(0.8), flattened(2))
    let isFine =
      structure(fine, 0.8) > noise * noise / (4 * .pi * 0.64) && structure(coarse, 2) < 0.1 * structure(fine, 0.8)
    let flat = isFine ? fine : coarse
    let mean = Statistics.mean(flat)
    let deviation = Statistics.deviation(flat)
    guard deviation > 0 else { return 0 }
    let cubes = flat.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) }
    return cubes / (deviation * deviation * deviation) / Double(flat.count)
  }
}
