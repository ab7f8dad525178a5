/// HyperSpy (`.hspy`, `.hdf5`): `/Experiments/<title>/data` with groups `axis-0`, `axis-1`, ... beside it.
enum HyperSpyConvention {
  static func contents(_ file: any HDF5Source, _ root: HDF5Node, _ options: ReadingOptions) throws -> HDF5Reader
    .Contents?
  {
    guard let experiments = root.child("Experiments") else { return nil }
    var contents = HDF5Reader.Contents(format: "HyperSpy HDF5", images: [])
    for experiment in experiments.children {
      guard let array = experiment.child("data")?.array else { continue }
      let metadata = (experiment.child("metadata") ?? experiment.child("mapped_parameters"))?.metadata ?? .empty
      let title = metadata["General", "title"]?.text ?? metadata["title"]?.text ?? ""
      let groups = array.shape.indices.map { experiment.child("axis-\($0)") }
      var image = HDF5Image(
        array, name: title.isEmpty ? experiment.name : title, kind: kind(metadata, groups),
        axes: array.shape.indices.map { axis(groups[$0], size: array.shape[$0], place: array.shape.count - 1 - $0) })
      image.description.acquisition = acquisition(metadata)
      image.description.acquisition["detector"] = detector(experiment.child("original_metadata")?.metadata ?? .empty)
      contents.images.append(image)
    }
    return contents.images.isEmpty ? nil : contents
  }

  private static func axis(_ group: HDF5Node?, size: Int, place: Int) -> DatasetAxis {
    let fallback = place < 2 ? ["x", "y"][place] : "frame"
    guard let group else { return DatasetAxis(name: fallback, size: size) }
    let text = { (name: String) -> String in
      let value = group.attribute(name)?.text ?? ""
      return value == "_None_" || value == "None" || value == "t" ? "" : value
    }
    let name = text("name")
    return DatasetAxis(
      name: name.isEmpty ? fallback : name, size: size, scale: group.attribute("scale")?.number ?? 1,
      offset: group.attribute("offset")?.number ?? 0, units: text("units"))
  }

  /// One signal axis is a spectrum, whatever its unit; two are an image, told further by their units.
  private static func kind(_ metadata: MetadataTree, _ axes: [HDF5Node?]) -> DatasetDescription.Kind? {
    let signals = axes.filter { $0?.attribute("navigate").map { $0 == .truth(false) } ?? false }.count
    if signals == 1 || axes.count == 1 { return .spectrum }
    let record = metadata["Signal", "record_by"]?.text ?? metadata["record_by"]?.text
    return signals == 0 && record == "spectrum" ? .spectrum : nil
  }

  /// HyperSpy keeps the detector only among the metadata of the file that it had read: Velox's or DigitalMicrograph's.
  private static func detector(_ original: MetadataTree) -> String? {
    let places = [
      ["BinaryResult", "Detector"], ["ImageList", "TagGroup0", "ImageTags", "DataBar", "Signal Name"],
    ]
    return places.lazy.compactMap { original[$0[...]]?.text }.first { !$0.isEmpty }
  }

  private static func acquisition(_ metadata: MetadataTree) -> [String: String] {
    let instrument =
      metadata["Acquisition_instrument", "TEM"] ?? metadata["Acquisition_instrument", "SEM"] ?? metadata["TEM"]
    var facts: [String: String] = [:]
    for (fact, name) in [
      ("voltage_kv", "beam_energy"), ("magnification", "magnification"), ("camera_length_mm", "camera_length"),
      ("microscope", "microscope"), ("mode", "acquisition_mode"), ("convergence_mrad", "convergence_angle"),
    ] {
      if let text = instrument?[name]?.text, !text.isEmpty { facts[fact] = text }
    }
    for (fact, name) in [("date", "date"), ("time", "time"), ("original_file", "original_filename")] {
      if let text = metadata["General", name]?.text, !text.isEmpty { facts[fact] = text }
    }
    return facts
  }
}
