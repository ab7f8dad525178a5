import TesseraImaging
import TesseraNumerics

/// An image file that is open: what it holds, and its images when asked for.
///
///     let file = try ImageFile.open(path: "scan.tif")
///     print(file.datasets[0].shape)
///     let micrograph = try file.read(frame: 2)
///
/// Opening reads headers only. Formats are recognised by content, never by name.
public struct ImageFile: Sendable {
  /// The path as it was given to `open(path:options:)`.
  public let path: String
  /// Name of the format, such as `TIFF`.
  public let format: String
  /// The arrays of the file in its order, at least one; others than images are among them.
  public let datasets: [DatasetDescription]
  /// Everything the file says about itself.
  public var metadata: MetadataTree { reader.metadata }
  /// The facts a microscopist asks for first, by name: `voltage_kv`, `magnification`, `detector`, `date`, ...; of the dataset
  /// that is read when none is named.
  public var acquisition: [String: String] { acquisition(of: DatasetChoice(among: datasets).chosen) }
  /// What the reader wants the user to know about the file as a whole.
  public let warnings: [String]

  private let reader: any FormatReader
  let options: ReadingOptions
  /// Size of the file in bytes.
  let byteCount: Int

  /// Opens a file and reads its headers.
  public static func open(path: String, options: ReadingOptions = ReadingOptions()) throws -> ImageFile {
    let bytes = try FileBytes(path: path)
    let format = try FileFormat.of(bytes)
    let reader = try format.open(bytes, options)
    guard !reader.datasets.isEmpty else {
      throw FormatError(in: path, "contains no array of numbers; name a file with an image")
    }
    for dataset in reader.datasets {
      guard checkedProduct(dataset.shape + [dataset.channels, dataset.type.size]) != nil else {
        throw FormatError(in: path, "claims an impossible shape \(dataset.shape); the header is damaged")
      }
    }
    return ImageFile(
      path: path, format: reader.formatName ?? format.name, datasets: reader.datasets, warnings: reader.warnings,
      reader: reader, options: options, byteCount: bytes.count)
  }

  /// The same facts of one dataset: what the file states of all, and what it states of this one alone.
  public func acquisition(of dataset: DatasetDescription) -> [String: String] {
    reader.acquisition.merging(dataset.acquisition) { _, own in own }
  }

  /// One image as a micrograph.
  ///
  /// - Parameters:
  ///   - dataset: index into `datasets`; nil takes `defaultDataset`, with a warning when there are others.
  ///   - frame: from 0; nil takes the first frame of a stack, with a warning.
  public func read(dataset: Int? = nil, frame: Int? = nil) throws -> Micrograph {
    let (chosen, warnings) = try choice(dataset: dataset, frame: frame)
    try checkPacking(of: chosen)
    let (pixels, colours) = try pixels(of: chosen, frame: frame ?? 0)
    var image = micrograph(pixels, of: chosen, isColoured: colours?.areOwn ?? false, warnings)
    image.drawn = colours?.drawn
    return image
  }

  /// What `read` would read, and what it would say of it, without the pixels.
  func choice(dataset: Int?, frame: Int?) throws -> (dataset: DatasetDescription, warnings: [String]) {
    var warnings = self.warnings
    let chosen = try choose(dataset, &warnings)
    if frame == nil && chosen.frameCount > 1 {
      warnings.append(
        "stack of \(chosen.frameCount) frames: frame 0 is read; choose another with \(setting("frame")), or average several "
          + "with \(setting("frames"))"
      )
    }
    try checkFrame(frame ?? 0, of: chosen)
    _ = try checkedPixelCount(of: chosen)
    return (chosen, warnings)
  }

  /// The mean of frames after registration, with `registration` set.
  ///
  /// - Parameters:
  ///   - dataset: index into `datasets`; nil takes `defaultDataset`, with a warning when there are others.
  ///   - frames: both ends included; nil takes all.
  ///   - registration: how the shifts of the frames are found.
  ///   - progress: is told the part of the work that is done, 0 ... 1; may throw to stop.
  public func read(
    dataset: Int? = nil, registering frames: ClosedRange<Int>? = nil, by registration: Registration,
    progress: (Double) throws -> Void = { _ in }
  ) throws -> Micrograph {
    var warnings = self.warnings
    let chosen = try choose(dataset, &warnings)
    let range = frames ?? 0...max(0, chosen.frameCount - 1)
    try checkFrame(range.upperBound, of: chosen)
    try checkPacking(of: chosen, frames: range.count)
    let images = datasets.filter { $0.isImage && $0.shape.suffix(2) != chosen.shape.suffix(2) }
    if chosen.frameCount == 1, !images.isEmpty {
      let sizes = ([chosen] + images).prefix(4).map { "\($0.width) x \($0.height)" }.joined(separator: ", ")
      throw FormatError(
        in: path, "holds images of different sizes (\(sizes)); only frames of equal size can be registered")
    }
    var hasColours = false
    let series = FrameSeries(
      count: range.count, width: chosen.width, height: chosen.height, name: fileName(path),
      frameName: { "frame \(range.lowerBound + $0)" },
      read: { index in
        let (pixels, colours) = try self.pixels(of: chosen, frame: range.lowerBound + index)
        hasColours = hasColours || colours != nil
        return pixels
      })
    var result = try registration.registered(series, progress: progress)
    for index in result.record.frames.indices { result.record.frames[index].frame += range.lowerBound }
    var mean = micrograph(
      result.mean, of: chosen, isColoured: hasColours, warnings + result.warnings)
    mean.registration = result.record
    return mean
  }

  /// The mean of several frames, both ends included. Memory: two frames.
  public func read(dataset: Int? = nil, meanOf frames: ClosedRange<Int>) throws -> Micrograph {
    var warnings = self.warnings
    let chosen = try choose(dataset, &warnings)
    try checkFrame(frames.upperBound, of: chosen)
    try checkPacking(of: chosen, frames: frames.count)
    var sum = [Double](repeating: 0, count: try checkedPixelCount(of: chosen))
    var hasColours = false
    for frame in frames {
      let (raster, colours) = try pixels(of: chosen, frame: frame)
      let values = raster.values
      hasColours = hasColours || colours != nil
      for index in values.indices { sum[index] += Double(values[index]) }
    }
    let scale = 1 / Double(frames.count)
    let mean = Raster(width: chosen.width, height: chosen.height, values: sum.map { Float($0 * scale) })
    return micrograph(mean, of: chosen, isColoured: hasColours, warnings)
  }

  /// Smallest, largest and mean stored value and the standard deviation, over all frames and channels of a dataset.
  public func statistics(dataset index: Int) throws -> SampleStatistics {
    let dataset = try dataset(at: index)
    if dataset.isImage { _ = try checkedPixelCount(of: dataset) }
    var statistics = SampleStatistics()
    for frame in 0..<dataset.frameCount {
      try reader.stream(dataset: index, frame: frame) { statistics.add($0, as: dataset.type) }
    }
    return statistics
  }

  /// Gives `body` the stored values of one frame, little-endian and row-major, in pieces.
  package func forEachPiece(dataset index: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    try checkFrame(frame, of: try dataset(at: index))
    try reader.stream(dataset: index, frame: frame, body)
  }

  /// The dataset of this index, or a sentence that says how many there are.
  public func dataset(at index: Int) throws(FormatError) -> DatasetDescription {
    guard datasets.indices.contains(index) else {
      throw FormatError(in: path, "has no dataset \(index); it holds \(datasets.count), counted from 0")
    }
    return datasets[index]
  }

  /// The dataset that is read when none is named: the first of the images that serve best (`DatasetChoice`), otherwise the
  /// first of all. Reads a few rows of an image where there are several.
  public var defaultDataset: Int { bestDataset().dataset.index }

  /// The dataset that serves best, and why those before it do not. What is blank or cannot be read is passed over.
  private func bestDataset() -> (dataset: DatasetDescription, reasons: [String]) {
    let choice = DatasetChoice(among: datasets)
    let images = datasets.count(where: \.isImage)
    guard images > 1 else { return (choice.chosen, []) }
    var failures: [Int: String] = [:]
    // Blank images are thumbnails or failed acquisitions: a file with more than these is not searched through.
    while failures.count < min(8, images) {
      let next = DatasetChoice(among: datasets, without: failures)
      guard next.chosen.isImage, let failure = fault(of: next.chosen) else { return (next.chosen, next.reasons) }
      failures[next.chosen.index] = failure
    }
    return (choice.chosen, choice.reasons)
  }

  /// Why an image cannot be analysed, as far as its first rows tell; nil if it can.
  private func fault(of dataset: DatasetDescription) -> String? {
    struct Enough: Error {}
    guard (try? checkedPixelCount(of: dataset)) != nil else { return "is too large or empty" }
    var statistics = SampleStatistics()
    do {
      // Of a series, a blank frame at the beginning says nothing.
      for frame in Set([0, dataset.frameCount / 2, dataset.frameCount - 1]).sorted() {
        try reader.stream(dataset: dataset.index, frame: frame) { bytes in
          statistics.add(bytes, as: dataset.type)
          if statistics.minimum < statistics.maximum { throw Enough() }
        }
      }
      return statistics.count == 0 ? "has no finite value" : "is blank"
    } catch is Enough { return nil } catch { return "cannot be read (\(error))" }
  }

  func choose(_ index: Int?, _ warnings: inout [String]) throws(FormatError) -> DatasetDescription {
    let best = index == nil ? bestDataset() : nil
    let chosen = if let best { best.dataset } else { try dataset(at: index ?? 0) }
    let images = datasets.filter(\.isImage)
    guard chosen.kind != .spectrum, chosen.shape.count >= 2 else {
      let others =
        images.isEmpty ? "" : "; datasets with images: \(images.map { "\($0.index)" }.joined(separator: ", "))"
      throw FormatError(in: path, "dataset \(chosen.index) holds \(chosen.kind.rawValue) data, not an image\(others)")
    }
    if index == nil && images.count > 1 {
      warnings.append(
        "holds \(images.count) images: dataset \(chosen.index) (\(chosen.name)) is read"
          + (best?.reasons.isEmpty == false ? ", because \(best!.reasons.joined(separator: " and "))" : "")
          + "; choose another with \(setting("dataset"))"
      )
    }
    if chosen.kind == .diffraction {
      warnings.append("is a diffraction pattern: its axes are reciprocal, so it has no pixel size")
    }
    return chosen
  }

  private func checkFrame(_ frame: Int, of dataset: DatasetDescription) throws(FormatError) {
    guard frame >= 0, frame < dataset.frameCount else {
      throw FormatError(
        in: path, "has no frame \(frame); dataset \(dataset.index) has \(dataset.frameCount), counted from 0")
    }
  }

  func checkedPixelCount(of dataset: DatasetDescription) throws(FormatError) -> Int {
    guard let count = checkedProduct([dataset.width, dataset.height]), count > 0 else {
      throw FormatError(
        in: path, "claims an impossible size \(dataset.width) x \(dataset.height); the header is damaged")
    }
    guard count <= options.pixelLimit else {
      throw FormatError(
        in: path,
        "has \(dataset.width) x \(dataset.height) pixels, more than the limit \(options.pixelLimit); "
          + "raise \(setting("max pixels"))"
      )
    }
    return count
  }

  /// One frame, and its colours if it has any.
  private func pixels(
    of dataset: DatasetDescription, frame: Int
  ) throws -> (raster: Raster<Float>, colours: ImageColours?) {
    try checkFrame(frame, of: dataset)
    let count = try checkedPixelCount(of: dataset)
    var values: [Float] = []
    var chroma: [Float] = []
    try reader.stream(dataset: dataset.index, frame: frame) { bytes in
      // Reserved with the first piece: a file that fails before costs no memory.
      if values.isEmpty { values.reserveCapacity(count) }
      Self.append(bytes, of: dataset, to: &values, chroma: &chroma)
    }
    guard values.count == count else {
      throw FormatError(in: path, "gave \(values.count) of \(count) pixels; the file is damaged, export it again")
    }
    let raster = Raster(width: dataset.width, height: dataset.height, values: values)
    return (raster, ImageColours(chroma: chroma, of: raster))
  }

  func micrograph(
    _ pixels: Raster<Float>, of dataset: DatasetDescription, isColoured: Bool, _ warnings: [String]
  ) -> Micrograph {
    var warnings = warnings
    // Three equal channels are a grey image, which many programs save so.
    if isColoured { warnings.append("is a colour image: its luminance is read") }
    if dataset.colour == .grey && dataset.channels > 1 {
      warnings.append("has \(dataset.channels) channels: the first is read")
    }
    if dataset.type.isComplex { warnings.append("holds complex values: their amplitude is read") }
    var facts = acquisition(of: dataset)
    if datasets.count > 1 || dataset.name != "image" { facts["dataset"] = dataset.name }
    return Micrograph(
      name: fileName(path), pixels: pixels, calibration: dataset.calibration, metadata: facts, warnings: warnings)
  }
}
