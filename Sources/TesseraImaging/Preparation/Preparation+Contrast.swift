import Foundation
import TesseraNumerics

/// Whether columns are dark.
extension Preparation {
  /// Skewness of the flattened image below which columns look dark, where nothing says what the detector is.
  private static let darkSkewness = -0.5
  /// From here on columns are taken for bright. Between both the skewness leaves the question open: the middles of a honeycomb's rings stand out as
  /// its columns do, the other way.
  private static let brightSkewness = 0.0
  /// The same where the name of the file or dataset speaks of a detector that shows columns dark: a name may be about
  /// another image, or about a specimen, so the image must not contradict.
  private static let namedDarkSkewness = 0.0

  /// Dark columns, by the detector that the file states of this image; else by names and by the shape of what is saturated, or the
  /// skewness of the flattened image; and whether that leaves the question open.
  /// - Parameter seen: the image as the file has it, NaN where nothing was measured.
  static func columnsAreDark(
    in image: Raster<Float>, seen: Raster<Float>, of micrograph: Micrograph, saturation: Saturation?
  ) -> (isDark: Bool, isOpen: Bool) {
    let facts = micrograph.metadata
    if let detector = facts["detector"].flatMap({ DetectorContrast(words: $0) }) { return (detector == .dark, false) }
    let names = [facts["dataset"], facts["signal"], facts["imaging_mode"], facts["mode"], micrograph.name]
    let named = names.lazy.compactMap { $0.flatMap { DetectorContrast(words: $0) } }.first
    if named == .bright { return (false, false) }
    // Cut off at the top, bright columns leave a distribution that leans the other way.
    if let saturation, saturation.share > cutShare { return (!saturation.areIslands(in: seen), false) }
    let skewness = flattenedSkewness(of: image)
    if named == .dark { return (skewness < namedDarkSkewness, false) }
    return (skewness < darkSkewness, (darkSkewness..<brightSkewness).contains(skewness))
  }

  /// More saturated pixels than this share bend the distribution of the values.
  private static let cutShare = 0.02

  /// Widths of the light smoothing in pixels, for columns that are finer than most, and for most.
  private static let (fineSmoothing, smoothing) = (0.8, 2.0)
  /// Columns are fine where the coarser smoothing leaves less than this share of the structure that the finer one does, as it does of waves
  /// shorter than 7.6 pixels.
  private static let fineShare = 0.1
  /// The slow background is a sixteenth of the side wide, and at least so many pixels, wider than columns are.
  private static let (backgroundsPerSide, leastBackground) = (16.0, 8.0)

  /// Skewness of the image after a light smoothing and without its slow background; positive for bright dots.
  ///
  /// The smoothing takes the noise away and must leave the columns: where one of two pixels, which suits most images, takes most of the
  /// structure too, columns are finer and it is of 0.8 pixels.
  static func flattenedSkewness(of image: Raster<Float>) -> Double {
    let side = Double(min(image.width, image.height))
    let slow = GaussianFilter.broadlySmoothed(image, sigma: max(leastBackground, side / backgroundsPerSide))
    func flattened(_ sigma: Double) -> [Double] {
      zip(GaussianFilter.smoothed(image, sigma: sigma).values, slow.values).map { Double($0 - $1) }
    }
    let noise = noiseLevel(of: image)
    /// Of the noise's variance, smoothing by sigma leaves 1 / (4 pi sigma^2).
    func remaining(_ sigma: Double) -> Double { noise * noise / (4 * .pi * sigma * sigma) }
    /// Variance beyond that of the noise.
    func structure(_ flat: [Double], _ sigma: Double) -> Double {
      let deviation = Statistics.deviation(flat)
      return deviation * deviation - remaining(sigma)
    }
    let (fine, coarse) = (flattened(fineSmoothing), flattened(smoothing))
    let isFine =
      structure(fine, fineSmoothing) > remaining(fineSmoothing)
      && structure(coarse, smoothing) < fineShare * structure(fine, fineSmoothing)
    let flat = isFine ? fine : coarse
    let mean = Statistics.mean(flat)
    let deviation = Statistics.deviation(flat)
    guard deviation > 0 else { return 0 }
    let cubes = flat.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) * ($1 - mean) }
    return cubes / (deviation * deviation * deviation) / Double(flat.count)
  }
}

extension Preparation.Prepared {
  /// Mirrors the intensities about the middle of their range, so that dark columns are bright.
  /// - Parameter isChosen: whether the image has decided, which a warning says.
  public mutating func invert(isChosen: Bool) {
    let (top, bottom) = (image.values.max() ?? 0, image.values.min() ?? 0)
    image = image.map { top + bottom - $0 }
    isInverted.toggle()
    if isChosen {
      warnings.append(
        "columns look dark, so the contrast was inverted; \(setting("contrast", "bright")) keeps the image as it is")
    }
  }
}
