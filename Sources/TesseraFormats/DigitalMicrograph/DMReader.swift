/// A Gatan DigitalMicrograph file (`.dm3`, `.dm4`): images, stacks, spectra and spectrum images; thumbnails are skipped.
///
/// Dimension 0 of the file is x, the fastest. An axis is calibrated by its scale, its origin (the index at which the
/// coordinate is 0) and its units.
struct DMReader: FormatReader {
  let datasets: [DatasetDescription]
  let metadata: MetadataTree
  let warnings: [String]
  private let file: FileBytes
  private let images: [DMImage]

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    self.file = file
    let parser = try DMTagParser(file)
    guard case .group(let list)? = parser.tree["ImageList"] else {
      throw FormatError(in: file.path, "is a DigitalMicrograph file without images; export it again")
    }
    let thumbnails = Self.thumbnails(of: parser.tree)
    var images: [DMImage] = []
    var warnings: [String] = []
    for (index, entry) in list.enumerated() where list.count == 1 || !thumbnails.contains("\(index)") {
      guard let block = parser.blocks["ImageList/\(entry.name)/ImageData/Data"] else { continue }
      let image = Result { () throws(FormatError) in
        try DMImage(entry.value, block, isBigEndian: parser.isBigEndian, index: images.count, in: file)
      }
      switch image {
      case .success(let image): images.append(image)
      case .failure(let error): warnings.append("image \(index) is left out: \(error)")
      }
      if case .failure(let error) = image, list.count - thumbnails.count <= 1 { throw error }
    }
    guard !images.isEmpty else {
      throw FormatError(in: file.path, "is a DigitalMicrograph file without an image that can be read; export it again")
    }
    self.images = images
    datasets = images.map { image in
      var description = image.description
      description.acquisition = Self.acquisition(of: image.tags)
      return description
    }
    metadata = parser.tree
    self.warnings = warnings
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    try images[dataset].stream(frame: frame, from: file, body)
  }

  /// Indices of the small copies that the program shows in its file browser.
  private static func thumbnails(of tree: MetadataTree) -> Set<String> {
    guard case .group(let entries)? = tree["Thumbnails"] else { return [] }
    return Set(entries.compactMap { $0.value["ImageIndex"]?.text })
  }

  private static func acquisition(of tags: MetadataTree) -> [String: String] {
    // A stack that was built from images keeps the tags of the first under `source`.
    let tags = tags["ImageTags", "source", "Tags at creation"] ?? tags["ImageTags"] ?? .empty
    var facts: [String: String] = [:]
    let paths: [(String, [String])] = [
      ("date", ["DataBar", "Acquisition Date"]), ("time", ["DataBar", "Acquisition Time"]),
      ("detector", ["DataBar", "Signal Name"]), ("device", ["DataBar", "Device Name"]),
      ("magnification", ["Microscope Info", "Indicated Magnification"]),
      ("microscope", ["Microscope Info", "Name"]), ("mode", ["Microscope Info", "Illumination Mode"]),
      ("imaging_mode", ["Microscope Info", "Imaging Mode"]), ("operator", ["Session Info", "Operator"]),
      ("specimen", ["Session Info", "Specimen"]), ("dwell_time_us", ["DigiScan", "Sample Time"]),
      ("exposure_s", ["DataBar", "Exposure Time (s)"]),
      ("camera_length_mm", ["Microscope Info", "STEM Camera Length"]),
      ("probe_current_na", ["Microscope Info", "Probe Current (nA)"]),
      ("convergence_mrad", ["Microscope Info", "Probe Convergence Semiangle (mrad)"]),
    ]
    for (name, path) in paths {
      if let text = tags[path[...]]?.text, !text.isEmpty, text != "0.0" { facts[name] = text }
    }
    if let voltage = tags["Microscope Info", "Voltage"]?.number, voltage > 0 {
      facts["voltage_kv"] = "\(voltage / 1000)"
    }
    return facts
  }
}
