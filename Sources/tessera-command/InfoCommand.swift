import ArgumentParser
import TesseraFormats

/// `tessera info`: what files hold, without reading pixels unless statistics are asked for.
struct InfoCommand: ThreadedCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Shows the shape, number type, calibration and acquisition data of image files.",
    discussion: """
      EXAMPLE
        tessera info scan.dm4 series.tif --statistics

      lists the datasets of both files with shape (frames x height x width), number type and pixel size, and with the range, \
      mean and standard deviation of the pixel values. Datasets and frames are counted from 0.

      Formats: TIFF, Gatan dm3 and dm4, Velox and Berkeley emd, HyperSpy, NeXus and other HDF5 files, TIA ser and emi, MRC, NumPy \
      npy and npz, PNG, JPEG, BMP, and text tables of numbers. The format is recognised from the content of the file, not from \
      the name. Of a model file (.tessera-model), the images that it was trained on, its scores and its licence are shown.
      """)

  @Argument(help: ArgumentHelp("Image files to describe.", valueName: "file"), completion: .file())
  var files: [String]

  @Flag(help: "Print a JSON array with one object per file on standard output, and nothing else.")
  var json = false

  @Flag(help: "Read all pixel values and show their range, mean and standard deviation.")
  var statistics = false

  @Flag(help: "Show all metadata of the file, as a tree.")
  var all = false

  @OptionGroup var reading: ReadingArguments
  @OptionGroup var threads: ThreadOptions

  func run() throws {
    var summaries: [FileSummary] = []
    defer { if json { try? Messages.printJSON(summaries, keys: .useDefaultKeys) } }
    try forEachInput(files, announced: statistics) { path in
      let summary = try StageLog(of: path).run(statistics ? "statistics" : "headers") {
        try FileSummary(ofModel: path)
          ?? FileSummary(of: reading.open(path), path: path, statistics: statistics, all: all)
      }
      if json { summaries.append(summary) } else { print(summary.table(all: all)) }
    }
  }
}

/// The object of `info --json`: one file.
struct FileSummary: Encodable {
  struct Dataset: Encodable {
    struct PixelSize: Encodable { let x, y: Double }
    struct Statistics: Encodable { let min, max, mean, std: Double? }

    let index: Int
    let name: String
    let kind: DatasetDescription.Kind
    let shape: [Int]
    let type: ScalarType
    let channels: Int
    let axes: [DatasetAxis]
    let pixelSize: PixelSize?
    let statistics: Statistics?
    /// Facts of this dataset alone.
    let acquisition: [String: String]

    enum CodingKeys: String, CodingKey {
      case index, name, kind, shape, type, channels, axes, statistics, acquisition
      case pixelSize = "pixel_size_nm"
    }

    init(_ dataset: DatasetDescription, _ gathered: SampleStatistics?) {
      (index, name, kind, shape) = (dataset.index, dataset.name, dataset.kind, dataset.shape)
      (type, channels, axes) = (dataset.type, dataset.channels, dataset.axes)
      acquisition = dataset.acquisition
      pixelSize = dataset.calibration.map { PixelSize(x: $0.nanometresPerPixelX, y: $0.nanometresPerPixelY) }
      statistics = gathered.map {
        $0.count > 0
          ? Statistics(min: $0.minimum, max: $0.maximum, mean: $0.mean, std: $0.deviation)
          : Statistics(min: nil, max: nil, mean: nil, std: nil)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(index, forKey: .index)
      try container.encode(name, forKey: .name)
      try container.encode(kind, forKey: .kind)
      try container.encode(shape, forKey: .shape)
      try container.encode(type, forKey: .type)
      try container.encode(channels, forKey: .channels)
      try container.encode(axes, forKey: .axes)
      try container.encode(pixelSize, forKey: .pixelSize)  // null when unknown, not left out
      try container.encodeIfPresent(statistics, forKey: .statistics)
      if !acquisition.isEmpty { try container.encode(acquisition, forKey: .acquisition) }
    }
  }

  let path: String
  let format: String
  let datasets: [Dataset]
  let metadata: MetadataTree
  let warnings: [String]

  init(of file: ImageFile, path: String, statistics: Bool, all: Bool) throws {
    self.path = path
    format = file.format
    datasets = try file.datasets.map { dataset in
      Dataset(dataset, statistics ? try file.statistics(dataset: dataset.index) : nil)
    }
    let facts = file.acquisition.sorted { $0.key < $1.key }.map { MetadataTree.Entry($0.key, .text($0.value)) }
    metadata = all ? .group(facts + [.init("all", file.metadata)]) : .group(facts)
    warnings = file.warnings.map(OptionNames.put)
  }

  /// A table for people.
  func table(all: Bool) -> String {
    var rows = [["", "name", "kind", "shape", "type", "pixel size"]]
    let detectors = datasets.map { $0.acquisition["detector"] ?? "" }
    let haveDetectors = Set(detectors).count > 1
    if haveDetectors { rows[0].append("detector") }
    for dataset in datasets {
      let channels = dataset.channels > 1 ? " x \(dataset.channels) channels" : ""
      rows.append([
        "\(dataset.index)", dataset.name, dataset.kind.rawValue,
        dataset.shape.map { "\($0)" }.joined(separator: " x ") + channels, dataset.type.rawValue,
        Self.words(for: dataset),
      ])
      if haveDetectors { rows[rows.count - 1].append(dataset.acquisition["detector"] ?? "") }
      if let statistics = dataset.statistics {
        if rows[0].last != "std" { rows[0] += ["min", "max", "mean", "std"] }
        rows[rows.count - 1] += [statistics.min, statistics.max, statistics.mean, statistics.std].map { value in
          value.map { short($0) } ?? "-"
        }
      }
    }
    var lines = ["\(path): \(format)"] + (datasets.isEmpty ? [] : aligned(rows).map { "  " + $0 })
    if case .group(let entries) = metadata {
      // A detector of one dataset of several stands in the table.
      let facts = entries.filter { $0.name != "all" && !(haveDetectors && $0.name == "detector") }
      lines += aligned(facts.map { [$0.name, $0.value.text ?? ""] }).map { "  " + $0 }
      if all, let tree = entries.first(where: { $0.name == "all" }) { lines += Self.outline(tree.value, depth: 1) }
    }
    lines += warnings.map { "  warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  private static func words(for dataset: Dataset) -> String {
    if let size = dataset.pixelSize {
      // Sizes in single precision may differ in a digit that is not shown.
      let (x, y) = (short(size.x), short(size.y))
      return x == y ? "\(x) nm" : "\(x) x \(y) nm"
    }
    guard dataset.kind == .diffraction || dataset.kind == .spectrum, let axis = dataset.axes.last else {
      return "unknown"
    }
    return "\(short(axis.scale)) \(axis.units) per channel"
  }

  private static func outline(_ tree: MetadataTree, depth: Int) -> [String] {
    let indent = String(repeating: "  ", count: depth)
    switch tree {
    case .group(let entries):
      return entries.flatMap { entry -> [String] in
        guard let text = entry.value.text else {
          return ["\(indent)\(entry.name):"] + outline(entry.value, depth: depth + 1)
        }
        return ["\(indent)\(entry.name): \(text.count > 200 ? text.prefix(200) + "..." : text[...])"]
      }
    case .list(let values):
      let texts = values.compactMap(\.text)
      if texts.count == values.count {
        return [
          "\(indent)\(texts.prefix(16).joined(separator: ", "))\(texts.count > 16 ? ", ... (\(texts.count))" : "")"
        ]
      }
      return values.enumerated().flatMap { ["\(indent)[\($0)]"] + outline($1, depth: depth + 1) }
    default: return ["\(indent)\(tree.text ?? "")"]
    }
  }
}
