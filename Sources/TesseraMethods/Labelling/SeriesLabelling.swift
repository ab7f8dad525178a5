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
    let frames = frames(of: series, like: first)
    var aligned = AlignedImages(
      series: series, labelling: self,
      alignment: try SeriesAlignment(frames, by: registration) { try progress(0.4 * $0) },
      calibration: first.calibration)
    try progress(0.4)
    let source = try best ?? aligned.best { try progress(0.4 + 0.2 * $0) }
    if let number = source.number, aligned.alignment.images[number] == nil {
      aligned.alignment = SeriesAlignment(reference: number, of: frames)
    }
    var labels = try aligned.labels(of: source, given: columns)
    try aligned.placeOthers(labels, frames: frames)
    var images = try self.images(aligned, labels) { try progress(0.6 + 0.2 * $0) }
    if images.contains(where: \.isContradicted), source != .mean || best == nil, aligned.alignment.record != nil,
      let number = try best?.number ?? aligned.clearest()
    {
      // What an image of another specimen says of the shifts cannot mislead where each is placed by its own columns.
      aligned.alignment = SeriesAlignment(reference: number, of: frames)
      labels = try aligned.labels(of: .image(number), given: columns)
      try aligned.placeOthers(labels, frames: frames)
      images = try self.images(aligned, labels) { try progress(0.8 + 0.2 * $0) }
    }
    return result(images.map(\.image), labels, aligned)
  }

  private typealias Outcome = (image: LabelledSeries.Image, isContradicted: Bool)

  private func images(
    _ aligned: AlignedImages, _ labels: AlignedImages.Labels, progress: (Double) throws -> Void
  ) throws -> [Outcome] {
    try (0..<aligned.series.count).map { index in
      try progress(Double(index) / Double(aligned.series.count))
      return try aligned.image(index, with: labels)
    }
  }

  private func result(
    _ images: [LabelledSeries.Image], _ labels: AlignedImages.Labels, _ aligned: AlignedImages
  ) -> LabelledSeries {
    let origin = images.first { $0.reason == nil }?.shift ?? .zero
    let moved = images.map { image in
      var image = image
      image.shift = image.shift - origin
      return image
    }
    var warnings = aligned.alignment.warnings + labels.warnings
    let distorted = moved.filter { $0.reason == nil && $0.residual > Self.largestResidual * labels.spacing }
    if !distorted.isEmpty {
      warnings.append(
        "columns of \(distorted.map(\.name).joined(separator: ", ")) lie beside their labels by up to "
          + "\(Text.fixed(distorted.map(\.residual).max()!, 1)) pixels (root mean square): these images are distorted, or atoms have moved"
      )
    }
    if aligned.alignment.record == nil {
      warnings.append(
        "the images could not be registered together, so each was placed by the columns of \(aligned.series.names[labels.source.number ?? 0]) alone: of a "
          + "crystal with few defects it may be a lattice vector off"
      )
    }
    return LabelledSeries(
      images: moved, source: labels.source, columnCount: labels.places.count,
      registration: aligned.alignment.record, calibration: aligned.calibration, warnings: warnings)
  }

  private func frames(of series: ImageSeries, like first: Micrograph) -> FrameSeries {
    FrameSeries(
      count: series.count, width: first.width, height: first.height, name: series.name,
      frameName: { series.names[$0] }, remedies: series.isStack ? .choosing : [],
      read: {
        let micrograph = try series.micrograph($0)
        // An image that shows nothing is left out by the registration.
        return (try? preparation.prepared(micrograph))?.image ?? micrograph.pixels
      })
  }

  /// Labels that miss their columns by more than this share of the spacing teach a network to miss them.
  private static let largestResidual = 0.1
}
