/// NeXus: a group of the class `NXdata` names its `signal` and the datasets of its `axes`.
///
/// Source: NeXus manual, NXdata, versions 2 (attribute `signal` of the dataset) and 3 (attributes of the group).
enum NeXusConvention {
  static func contents(_ file: any HDF5Source, _ root: HDF5Node, _ options: ReadingOptions) throws -> HDF5Reader
    .Contents?
  {
    var contents = HDF5Reader.Contents(format: "NeXus", images: [])
    for group in root.all where group.attribute("NX_class")?.text == "NXdata" {
      let named = group.attribute("signal")?.text.flatMap { group.child($0) }
      guard let data = named ?? group.children.first(where: { $0.attribute("signal") != nil }), let array = data.array
      else { continue }
      let names = axisNames(group.attribute("axes") ?? data.attribute("axes"))
      let axes = array.shape.indices.map { index in
        axis(
          index < names.count ? group.child(names[index]) : nil, file, size: array.shape[index], index,
          array.shape.count)
      }
      let name = group.path.split(separator: "/").joined(separator: "/")
      let meaning = (group.attribute("interpretation") ?? data.attribute("interpretation"))?.text ?? ""
      contents.images.append(
        HDF5Image(array, name: name, kind: meaning.hasPrefix("spectrum") ? .spectrum : nil, axes: axes))
    }
    return contents.images.isEmpty ? nil : contents
  }

  /// A list of names, or one text with colons or commas between them.
  private static func axisNames(_ value: MetadataTree?) -> [String] {
    switch value {
    case .list(let values): values.map { $0.text ?? "" }
    case .text(let text): text.split { ":,[] ".contains($0) }.map(String.init)
    default: []
    }
  }

  private static func axis(_ node: HDF5Node?, _ file: any HDF5Source, size: Int, _ index: Int, _ rank: Int)
    -> DatasetAxis
  {
    let place = rank - 1 - index
    var axis = DatasetAxis(name: place < 2 ? ["x", "y"][place] : "frame", size: size)
    guard let node, let array = node.array else { return axis }
    let coordinates = file.numbers(of: array)
    guard coordinates.count == size, size > 1 else { return axis }
    axis.name = node.name
    axis.units = node.attribute("units")?.text ?? ""
    axis.offset = coordinates[0]
    axis.scale = (coordinates[size - 1] - coordinates[0]) / Double(size - 1)
    return axis
  }
}

/// Any other HDF5 file: every array of two and more dimensions; those of one, if there is nothing else.
enum PlainConvention {
  static func contents(_ file: any HDF5Source, _ root: HDF5Node, _ options: ReadingOptions) throws -> HDF5Reader
    .Contents?
  {
    let nodes = root.all.filter { $0.array != nil }
    let large = nodes.filter { $0.array!.shape.filter { $0 > 1 }.count >= 2 }
    var contents = HDF5Reader.Contents(format: "HDF5", images: [])
    for node in large.isEmpty ? nodes : large {
      guard let array = node.array else { continue }
      let isLast = options.frameAxis == .last && array.shape.count == 3
      let name = String(node.path.dropFirst())
      let order = StoredArray.orderOfChannels(array.shape) ?? (isLast ? [2, 0, 1] : nil)
      contents.images.append(HDF5Image(array, name: name, order: order, dropsSingleFrame: false))
      if order == nil, let warning = warningAboutFrameAxis(of: array.shape) {
        contents.warnings.append("\(name): \(warning)")
      }
    }
    return contents.images.isEmpty ? nil : contents
  }
}
