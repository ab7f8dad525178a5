/// DigitalMicrograph's HDF5 (`.dm5`): the tags of its other files as groups and attributes; the values of image i lie in
/// `/ImageList/[i]/ImageData/Data`, rows before columns.
///
/// There is no official description; names and places are those of the tags of `.dm4`.
enum DigitalMicrographConvention {
  static func contents(_ file: any HDF5Source, _ root: HDF5Node, _ options: ReadingOptions) throws -> HDF5Reader
    .Contents?
  {
    guard let list = (root.child("ImageList") ?? root.child("DocumentObjectList")?.child("ImageList"))?.children,
      list.contains(where: { $0.child("ImageData") != nil })
    else { return nil }
    let thumbnails = Set(
      (root.child("Thumbnails")?.children ?? []).compactMap {
        $0.attribute("ImageIndex")?.number.flatMap { Int(exactly: $0) }
      })
    var contents = HDF5Reader.Contents(format: "DigitalMicrograph HDF5", images: [])
    // By number: as texts, [10] would come before [2].
    let numbered = list.compactMap { node in number(of: node).map { (number: $0, node: node) } }
      .sorted { $0.number < $1.number }
    let kept = numbered.filter { !thumbnails.contains($0.number) && isWhole($0.node) }
    for (number, node) in kept.isEmpty ? numbered : kept {
      guard let data = node.child("ImageData"), let array = data.child("Data")?.array else { continue }
      let title = text(node, "Name") ?? "image \(number)"
      var image = HDF5Image(array, name: title, axes: axes(of: data, array.shape))
      image.description.acquisition = acquisition(node)
      contents.images.append(image)
    }
    return contents.images.isEmpty ? nil : contents
  }

  /// The number in a name such as `[1]`.
  private static func number(of node: HDF5Node) -> Int? { Int(node.name.filter { $0 != "[" && $0 != "]" }) }

  /// Whether an image has a pixel at all: some thumbnails are empty.
  private static func isWhole(_ node: HDF5Node) -> Bool {
    node.child("ImageData")?.child("Data")?.array.map { array in array.shape.allSatisfy { $0 > 0 } } ?? false
  }

  /// A tag is an attribute of its group, or a dataset of a text in it.
  private static func text(_ node: HDF5Node?, _ name: String) -> String? {
    let text = node?.attribute(name)?.text ?? node?.child(name)?.text
    return text?.isEmpty == false ? text : nil
  }

  /// Dimension 0 of the tags is x, the last of the array.
  private static func axes(of data: HDF5Node, _ shape: [Int]) -> [DatasetAxis] {
    let dimensions = data.child("Calibrations")?.child("Dimension")
    return shape.indices.map { index in
      let place = shape.count - 1 - index
      var axis = DatasetAxis(name: place < 2 ? ["x", "y"][place] : "frame", size: shape[index])
      guard let tags = dimensions?.child("[\(place)]") ?? dimensions?.child("\(place)") else { return axis }
      axis.scale = tags.attribute("Scale")?.number ?? 1
      axis.offset = -(tags.attribute("Origin")?.number ?? 0) * axis.scale
      axis.units = (text(tags, "Units") ?? "").trimmed
      return axis
    }
  }

  private static func acquisition(_ image: HDF5Node) -> [String: String] {
    guard let tags = image.child("ImageTags") else { return [:] }
    var facts: [String: String] = [:]
    for (fact, group, name) in [
      ("detector", "DataBar", "Signal Name"), ("date", "DataBar", "Acquisition Date"),
      ("time", "DataBar", "Acquisition Time"), ("device", "DataBar", "Device Name"),
      ("microscope", "Microscope Info", "Name"), ("magnification", "Microscope Info", "Indicated Magnification"),
      ("mode", "Microscope Info", "Illumination Mode"), ("imaging_mode", "Microscope Info", "Imaging Mode"),
    ] {
      facts[fact] = text(tags.child(group), name)
    }
    if let volts = tags.child("Microscope Info")?.attribute("Voltage")?.number, volts > 0 {
      facts["voltage_kv"] = "\(volts / 1000)"
    }
    return facts
  }
}
