/// Berkeley's EMD and its descendants (Prismatic, py4DSTEM, emdfile): a group with `emd_group_type` 1 or `array` holds
/// one array and, for each axis, a dataset `dim1`, `dim2`, ... with the coordinates, their name and units.
///
/// Source: "EMD 0.2 specification", emdatasets.com. Arrays are in the order of their axes: the last but one runs down, the last
/// runs right, whatever they are called, since the x of py4DSTEM runs down. Only Prismatic stores columns before rows.
enum BerkeleyConvention {
  static func contents(_ file: any HDF5Source, _ root: HDF5Node, _ options: ReadingOptions) throws -> HDF5Reader
    .Contents?
  {
    var contents = HDF5Reader.Contents(format: "Berkeley EMD", images: [])
    for group in root.all {
      let kind = group.attribute("emd_group_type")?.text
      guard kind == "1" || kind == "array" else { continue }
      let arrays = group.children.filter { $0.array != nil && !isDimension($0.name) }
      guard let data = arrays.first(where: { $0.name == "data" }) ?? arrays.first, let array = data.array else {
        continue
      }
      let hasZero = group.child("dim0") != nil
      let axes = array.shape.indices.map { index in
        axis(
          group.child("dim\(hasZero ? index : index + 1)"), file, size: array.shape[index], index, of: array.shape.count
        )
      }
      let order = isPrismatic(group) && kind == "1" ? prismaticOrder(of: axes) : nil
      contents.images.append(HDF5Image(array, name: group.name, order: order, axes: axes))
    }
    contents.images = joined(contents.images, depths: depths(in: root))
    if let microscope = root.child("microscope") {
      for (fact, name) in [("voltage_kv", "voltage"), ("microscope", "name")] {
        if let text = microscope.attribute(name)?.text, !text.isEmpty { contents.acquisition[fact] = text }
      }
    }
    return contents.images.isEmpty ? nil : contents
  }

  /// Prismatic writes a group for each depth in the specimen, `NAME_depth0000`, `NAME_depth0001`, ...: those of one name,
  /// shape and type become a series along the depth.
  ///
  /// - Parameter depths: the axis along the depth, for a number of slices.
  private static func joined(_ images: [HDF5Image], depths: (Int) -> DatasetAxis) -> [HDF5Image] {
    var names: [String] = []
    var series: [String: [HDF5Image]] = [:]
    for image in images {
      let parts = image.description.name.split(separator: "_", omittingEmptySubsequences: false)
      let isSlice = parts.count > 1 && parts.last!.hasPrefix("depth") && Int(parts.last!.dropFirst(5)) != nil
      let parent = image.array.path.split(separator: "/").dropLast(2).joined(separator: "/")
      let shape = "\(image.description.shape) \(image.description.type)"
      // Whatever is no slice stands alone.
      let key = isSlice ? "\(parent)/\(parts.dropLast().joined(separator: "_")) \(shape)" : "\(names.count)"
      if series[key] == nil { names.append(key) }
      series[key, default: []].append(image)
    }
    return names.map { name in
      let group = series[name]!
      guard group.count > 1 else { return group[0] }
      let title = group[0].description.name.split(separator: "_").dropLast().joined(separator: "_")
      return HDF5Image(series: group, name: title, axis: depths(group.count))
    }
  }

  /// Prismatic's parameters give the distance of slices in Ångström, `ns` steps of the thickness `s`, and the depth `zs` of
  /// the first; where it is 0, the first lies one distance deep. They hold only where the slices fill the specimen, of `t`
  /// cells of `c`: the last may be thinner.
  private static func depths(in root: HDF5Node) -> (Int) -> DatasetAxis {
    let parameters = root.all.first { $0.name == "simulation_parameters" }
    let number = { (name: String, index: Int) -> Double? in
      switch parameters?.attribute(name) {
      case .list(let values): values.indices.contains(index) ? values[index].number : nil
      case let value: value?.number
      }
    }
    guard let steps = number("ns", 0), let thickness = number("s", 0), let first = number("zs", 0),
      let cells = number("t", 2), let cell = number("c", 0)
    else { return { DatasetAxis(name: "depth", size: $0) } }
    let distance = steps * thickness
    return { count in
      guard distance > 0, abs(cells * cell / (Double(count) * distance) - 1) < 1e-4 else {
        return DatasetAxis(name: "depth", size: count)
      }
      return DatasetAxis(name: "depth", size: count, scale: distance, offset: first == 0 ? distance : first, units: "Å")
    }
  }

  private static func isDimension(_ name: String) -> Bool { name.hasPrefix("dim") && Int(name.dropFirst(3)) != nil }

  /// The scale is the mean distance of the coordinates; only the first two are written by some programs.
  private static func axis(_ node: HDF5Node?, _ file: any HDF5Source, size: Int, _ index: Int, of rank: Int)
    -> DatasetAxis
  {
    let names = ["x", "y"]
    let place = rank - 1 - index
    var axis = DatasetAxis(name: place < 2 ? names[place] : "frame", size: size)
    guard let node else { return axis }
    if let name = node.attribute("name")?.text, !name.isEmpty { axis.name = name }
    let units = (node.attribute("units")?.text ?? "").filter { $0 != "[" && $0 != "]" }
    // The specification writes prefixes with an underscore, `n_m`, and `u` for micro.
    axis.units = units == "n_m" ? "nm" : units == "u_m" ? "µm" : units == "n_m^-1" ? "1/nm" : units
    let coordinates = node.array.map { file.numbers(of: $0) } ?? []
    if coordinates.count >= 2 {
      let last = coordinates.count == size ? size - 1 : 1
      axis.scale = (coordinates[last] - coordinates[0]) / Double(last)
      axis.offset = coordinates[0]
    }
    return axis
  }

  /// Whether Prismatic wrote a group, which puts everything into `4DSTEM_simulation` and each image under `realslices`.
  private static func isPrismatic(_ group: HDF5Node) -> Bool {
    let parents = group.path.split(separator: "/").dropLast()
    return parents.first == "4DSTEM_simulation"
      || parents.isEmpty == false && group.child("realslice") != nil
        && !parents.contains("4DSTEM_experiment")
  }

  /// Frames, then rows, then columns of Prismatic's arrays, whose axes `R_x` and `R_y` come in this order; nil where an image of
  /// the detector (`Q_x`, `Q_y`) is last.
  private static func prismaticOrder(of axes: [DatasetAxis]) -> [Int]? {
    guard !axes.contains(where: { $0.name.hasPrefix("Q") }), let x = axes.firstIndex(where: { $0.name == "R_x" }),
      let y = axes.firstIndex(where: { $0.name == "R_y" })
    else { return nil }
    return axes.indices.filter { $0 != x && $0 != y } + [y, x]
  }
}
