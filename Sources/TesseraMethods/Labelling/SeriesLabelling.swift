import TesseraFitting
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// Gives the images of one region, taken at other doses or foci, the columns of the best of them, as labels for a training.
///
/// [A23] labels its images so: the series is aligned by cross-correlation, and what a person sees in the best image holds for the others, in which
/// nobody could. Here the best image is that in which columns have the smallest errors; the mean of the series counts as one.
///
/// ```swift
/// let series = ImageSeries(names: ["a", "b", "c"]) { images[$0] }
/// let labelled = try SeriesLabelling().result(of: series)
/// for image in labelled.labelled { print(image.name, image.labels.count) }
/// ```
public struct SeriesLabelling: Sendable {
  /// How each image is prepared.
  public var preparation = Preparation()
  /// How columns are found in the best image, and fitted in all.
  public var finder = ColumnFinder()
  /// How a network finds them, for the route `network` of the finder; nil: with the network of the program.
  public var network: NetworkFinder?
  /// How images are aligned: shifted, and freed of the drift within frames. Lines are not moved one by one, so `mode` stays `rigid`.
  public var registration = Registration()
  /// The best image; nil: the one in which columns have the smallest errors.
  public var best: LabelledSeries.Source?

  /// Labels by the image in which columns have the smallest errors.
  public init() {}

  /// The labels of all images.
  ///
  /// - Parameters:
  ///   - series: two images or more, of equal size.
  ///   - columns: gives the columns of the best image, as a person has labelled them; nil: they are found.
  ///   - progress: is told the part of the work that is done, 0 ... 1; may throw to stop.
  /// - Throws: `DataError` where images cannot be aligned, or the best one shows no columns; what reading an image throws.
  public func result(
    of series: ImageSeries, columns: ((Micrograph) throws -> KnownColumns)? = nil,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> LabelledSeries {
    if case .image(let index) = best {
      try require(series.names.indices.contains(index), setting("best"), is: index, mustBe: "below \(series.count)")
    }
    let first = try series.micrograph(0)
    guard series.count > 1 else {
      throw DataError("\(first.name): holds one image, but a series has two or more of one region")
    }
    let registered = try registration.registered(frames(of: series, like: first)) { try progress(0.4 * $0) }
    let fainter = try registered.record.frames.indices.map { index in
      registered.record.frames[index].isUsed
        ? nil : try FaintFrame(index, of: frames(of: series, like: first), beside: registered)
    }
    try progress(0.5)
    let aligned = AlignedImages(
      series: series, labelling: self, registered: registered, fainter: fainter, calibration: first.calibration)
    let source = try best ?? aligned.best { try progress(0.5 + 0.2 * $0) }
    if case .image(let index) = source, !aligned.isAligned(index) {
      throw DataError("\(series.names[index]): shows something else than most images, so that it cannot label them")
    }
    let labels = try aligned.labels(of: source, given: columns)
    let images = try series.names.indices.map { index in
      try progress(0.7 + 0.3 * Double(index) / Double(series.count))
      return try aligned.image(index, with: labels)
    }
    let distorted = images.filter { $0.reason == nil && $0.residual > Self.largestResidual * labels.spacing }
    return LabelledSeries(
      images: images, source: source, labelsAreGiven: columns != nil, columnCount: labels.places.count,
      registration: registered.record, calibration: first.calibration,
      warnings: registered.warnings + labels.warnings
        + (distorted.isEmpty
          ? []
          : [
            "columns of \(distorted.map(\.name).joined(separator: ", ")) lie beside their labels by up to "
              + "\(Text.fixed(distorted.map(\.residual).max()!, 1)) pixels (root mean square): these images are distorted, or atoms have moved"
          ]))
  }

  private func frames(of series: ImageSeries, like first: Micrograph) -> FrameSeries {
    FrameSeries(count: series.count, width: first.width, height: first.height, name: first.name) {
      let micrograph = try series.micrograph($0)
      // An image that shows nothing is left out by the registration.
      return (try? preparation.prepared(micrograph))?.image ?? micrograph.pixels
    }
  }

  /// Labels that miss their columns by more than this share of the spacing teach a network to miss them.
  private static let largestResidual = 0.1
}
