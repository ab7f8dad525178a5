import Foundation

/// Thermo Fisher's Velox (`.emd`): `/Data/Image/<id>/Data` with height, width and frames, and JSON metadata beside it.
enum VeloxConvention {
  static func contents(_ file: any HDF5Source, _ root: HDF5Node, _ options: ReadingOptions) throws -> HDF5Reader
    .Contents?
  {
    guard let data = root.child("Data"),
      let groups = data.child("Image") ?? data.child("Spectrum") ?? data.child("Line"),
      root.child("Version") != nil || groups.children.contains(where: { $0.child("Metadata") != nil })
    else { return nil }
    var contents = HDF5Reader.Contents(format: "Velox EMD", images: [])
    for group in data.child("Image")?.children ?? [] {
      guard let array = group.child("Data")?.array, array.shape.count == 3 else { continue }
      let facts = metadata(of: group, file)
      contents.images.append(image(array, facts, id: group.name))
      contents.images[contents.images.count - 1].description.acquisition = acquisition(facts)
      contents.metadata.append(.init("image \(contents.images.count - 1)", facts))
    }
    for group in (data.child("Spectrum")?.children ?? []) + (data.child("Line")?.children ?? []) {
      guard let array = group.child("Data")?.array, array.shape.count <= 2 else { continue }
      let order = array.shape.count == 2 ? [1, 0] : [0]
      let axes = array.shape.enumerated().map { DatasetAxis(name: $0 == 0 ? "Energy" : "frame", size: $1) }
      contents.images.append(HDF5Image(array, name: "spectrum", kind: .spectrum, order: order, axes: axes))
    }
    if let stream = data.child("SpectrumStream"), !stream.children.isEmpty {
      contents.warnings.append("holds \(stream.children.count) X-ray event streams, which are not read")
    }
    return contents.images.isEmpty ? nil : contents
  }

  private static func image(_ array: HDF5Array, _ facts: MetadataTree, id: String) -> HDF5Image {
    let result = facts["BinaryResult"] ?? .empty
    let axis = { (name: String, size: Int, side: String, place: String) -> DatasetAxis in
      // Metres, or reciprocal metres for diffraction; both are told in nm.
      let unit = result["PixelUnit\(place.uppercased())"]?.text ?? ""
      let factor = unit == "m" ? 1e9 : unit == "1/m" ? 1e-9 : 1
      guard let scale = result["PixelSize", side]?.number, scale > 0 else { return DatasetAxis(name: name, size: size) }
      return DatasetAxis(
        name: name, size: size, scale: scale * factor, offset: (result["Offset", place]?.number ?? 0) * factor,
        units: unit == "m" ? "nm" : unit == "1/m" ? "1/nm" : unit)
    }
    var frames = DatasetAxis(name: "frame", size: array.shape[2])
    if let time = frameTime(facts), time > 0 { (frames.scale, frames.units) = (time, "s") }
    let name = result["Detector"]?.text ?? ""
    return HDF5Image(
      array, name: name.isEmpty ? id : name, order: [2, 0, 1],
      axes: [axis("y", array.shape[0], "height", "y"), axis("x", array.shape[1], "width", "x"), frames],
      dropsSingleFrame: true)
  }

  /// Seconds from frame to frame: of a scan, or of the camera that took the image.
  private static func frameTime(_ facts: MetadataTree) -> Double? {
    if let time = facts["Scan", "FrameTime"]?.number { return time }
    guard let detector = facts["BinaryResult", "DetectorIndex"]?.text else { return nil }
    return facts["Detectors", "Detector-\(detector)", "ExposureTime"]?.number
  }

  /// The JSON of the first frame: a column of `Metadata`, ended by zeros.
  private static func metadata(of group: HDF5Node, _ file: any HDF5Source) -> MetadataTree {
    guard let array = group.child("Metadata")?.array, array.type == .uint8, array.shape.count == 2,
      array.shape[0] <= 1 << 22,
      let bytes = try? file.values(of: array, start: [0, 0], count: [array.shape[0], 1])
    else { return .empty }
    return MetadataTree(json: Array(bytes.prefix { $0 != 0 })) ?? .empty
  }

  private static func acquisition(_ facts: MetadataTree) -> [String: String] {
    var named: [String: String] = [:]
    if let volts = facts["Optics", "AccelerationVoltage"]?.number { named["voltage_kv"] = "\(volts / 1000)" }
    if let seconds = facts["Acquisition", "AcquisitionStartDatetime", "DateTime"]?.number, seconds > 0 {
      named["date"] = Date(timeIntervalSince1970: seconds).formatted(.iso8601)
    }
    if let radians = facts["Optics", "BeamConvergence"]?.number, radians > 0 {
      named["convergence_mrad"] = "\(radians * 1000)"
    }
    for (name, path) in [
      ("detector", ["BinaryResult", "Detector"]), ("dwell_time_s", ["Scan", "DwellTime"]),
      ("microscope", ["Instrument", "InstrumentClass"]),
      ("magnification", ["CustomProperties", "StemMagnification", "value"]),
      ("camera_length_m", ["Optics", "CameraLength"]), ("specimen", ["Sample", "SampleDescription"]),
    ] {
      if let text = facts[path[...]]?.text, !text.isEmpty { named[name] = text }
    }
    return named
  }
}

extension MetadataTree {
  /// A JSON value; nil if the bytes are none. Keys are sorted, since a dictionary has no order.
  init?(json bytes: [UInt8]) {
    guard let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
      return nil
    }
    self.init(json: value)
  }

  private init(json value: Any) {
    switch value {
    case let group as [String: Any]:
      self = .group(group.sorted { $0.key < $1.key }.map { .init($0.key, MetadataTree(json: $0.value)) })
    case let list as [Any]: self = .list(list.map { MetadataTree(json: $0) })
    case let text as String: self = .text(text)
    case let number as NSNumber: self = .number(number.doubleValue)
    default: self = .text("")
    }
  }
}
