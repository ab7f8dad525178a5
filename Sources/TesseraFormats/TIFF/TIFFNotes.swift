/// The texts in a TIFF directory: what programs and microscopes wrote about the image.
struct TIFFNotes {
  let tree: MetadataTree
  let acquisition: [String: String]
  /// Number of images that an ImageJ header promises.
  let imageJCount: Int?

  init(_ directory: TIFFDirectory) {
    var entries: [MetadataTree.Entry] = []
    var acquisition: [String: String] = [:]
    let named = [
      ("make", TIFFTag.make), ("model", TIFFTag.model), ("software", TIFFTag.software), ("date", TIFFTag.date),
      ("description", TIFFTag.description),
    ]
    for (name, tag) in named {
      guard let text = directory.text(tag, where: { !$0.isEmpty }) else { continue }
      entries.append(.init(name, .text(text)))
      if name != "description" && name != "make" { acquisition[name == "model" ? "microscope" : name] = text }
    }
    var count: Int?
    if let text = directory.text(TIFFTag.description, where: { $0.hasPrefix("ImageJ=") }) {
      let pairs = keyValues(text)
      entries.append(.init("ImageJ", .group(pairs)))
      count = pairs.first { $0.name == "images" }?.value.text.flatMap { Int($0) }
    }
    if let tree = TIFFScale.thermoFisher(directory) {
      entries.append(.init("ThermoFisher", tree))
      Self.addThermoFisher(tree, to: &acquisition)
    }
    if let text = directory.text(TIFFScale.zeissTag) {
      entries.append(.init("Zeiss", .text(text)))
    }
    tree = .group(entries)
    self.acquisition = acquisition
    imageJCount = count
  }

  /// What a directory says of its pixels that is not applied to them.
  ///
  /// ImageJ stores signed integers of 16 bits as unsigned ones, 32768 higher, and says so by a calibration of values: function 0 is
  /// `c0 + c1 value`, 20 none. Source: ij.io.TiffEncoder, ij.measure.Calibration.
  static func warnings(of directory: TIFFDirectory) -> [String] {
    var warnings: [String] = []
    if let orientation = directory.integer(TIFFTag.orientation), (2...8).contains(orientation) {
      warnings.append(
        "is to be shown turned or mirrored (orientation \(orientation)): lines and pixels are given as stored")
    }
    if let text = directory.text(TIFFTag.description, where: { $0.hasPrefix("ImageJ=") }) {
      let pairs = keyValues(text)
      func number(_ name: String) -> Double? { pairs.first { $0.name == name }?.value.number }
      let (function, offset, factor) = (number("cf"), number("c0") ?? 0, number("c1") ?? 1)
      if function == 0, offset != 0 || factor != 1 {
        warnings.append(
          "states that values are \(offset) + \(factor) times what is stored (ImageJ): values are given as stored")
      } else if let function, !(function == 0 || function == 20) {
        warnings.append("states a curve from what is stored to values (ImageJ): values are given as stored")
      }
    }
    return warnings
  }

  private static func addThermoFisher(_ tree: MetadataTree, to acquisition: inout [String: String]) {
    if let voltage = tree["Beam", "HV"]?.number { acquisition["voltage_kv"] = "\(voltage / 1000)" }
    if let dwell = tree["Scan", "Dwelltime"]?.number ?? tree["Scan", "Dwell"]?.number {
      acquisition["dwell_time_s"] = "\(dwell)"
    }
    for (name, path) in [
      ("detector", ["Detectors", "Name"]), ("date", ["User", "Date"]), ("microscope", ["System", "SystemType"]),
    ] {
      if let text = tree[path[...]]?.text, !text.isEmpty { acquisition[name] = text }
    }
  }
}

/// Lines `key=value` as entries; other lines are left out.
func keyValues(_ text: String) -> [MetadataTree.Entry] {
  text.split(whereSeparator: \.isNewline).compactMap { line in
    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    return .init(parts[0].trimmed, .text(parts[1].trimmed))
  }
}

/// The sections `[name]` of an INI text, each a group of its keys.
func sections(_ text: String) -> MetadataTree {
  var groups: [MetadataTree.Entry] = []
  var name = ""
  var lines: [Substring] = []
  func close() { if !name.isEmpty { groups.append(.init(name, .group(keyValues(lines.joined(separator: "\n"))))) } }
  for line in text.split(whereSeparator: \.isNewline) {
    if line.first == "[", let end = line.firstIndex(of: "]") {
      close()
      name = String(line[line.index(after: line.startIndex)..<end])
      lines = []
    } else {
      lines.append(line)
    }
  }
  close()
  return .group(groups)
}

extension StringProtocol {
  /// Without white space at both ends.
  var trimmed: String {
    var part = self[...]
    while part.first?.isWhitespace == true { part = part.dropFirst() }
    while part.last?.isWhitespace == true { part = part.dropLast() }
    return String(part)
  }
}
