/// The images that the OME-XML of a TIFF file describes, by the directory at which each begins.
///
/// Source: OME Data Model 2016-06, elements Image, Pixels and TiffData. Sets of several files, whose directories are
/// counted in each, are not told apart; a single name is this file's.
struct OMEImages {
  /// Scale and name by the index of the first directory.
  private(set) var byDirectory: [Int: (scale: TIFFScale?, name: String)] = [:]

  /// Empty where the description is no OME-XML.
  init(_ directory: TIFFDirectory) {
    guard let text = directory.text(TIFFTag.description, where: { $0.contains("<Pixels") && $0.contains("OME") }),
      Self.namesOneFile(text)
    else { return }
    var rest = text[...]
    while let start = rest.firstRange(of: "<Pixels")?.upperBound, byDirectory.count < 4096 {
      let before = rest[..<start]
      let end = rest[start...].firstRange(of: "</Pixels>")?.lowerBound ?? rest.endIndex
      let block = rest[start..<end]
      let name = before.ranges(of: "<Image ").last.flatMap { Self.attribute("Name", of: before[$0.lowerBound...]) }
      let first = block.ranges(of: "<TiffData").compactMap { data in
        Int(Self.attribute("IFD", of: block[data.lowerBound...]) ?? "0")
      }.min()
      byDirectory[first ?? 0] = (Self.scale(of: block), name ?? "")
      rest = rest[end...].dropFirst()
    }
  }

  /// Whether all pages are said to lie in one file, this one: some programs name it for each.
  private static func namesOneFile(_ text: String) -> Bool {
    var rest = text[...]
    var known: Substring?
    for _ in 0..<100_000 {
      guard let start = rest.firstRange(of: " FileName=\"")?.upperBound else { return true }
      let name = rest[start...].prefix(1024).prefix { $0 != "\"" }
      if let known, known != name { return false }
      (known, rest) = (name, rest[start...])
    }
    return false
  }

  /// `PhysicalSizeX` and `PhysicalSizeY` of a Pixels element, in micrometres unless a unit is given.
  static func scale(of element: Substring) -> TIFFScale? {
    guard let x = attribute("PhysicalSizeX", of: element).flatMap({ Double($0) }), x > 0 else { return nil }
    let y = attribute("PhysicalSizeY", of: element).flatMap { Double($0) } ?? x
    return TIFFScale(
      x: x, y: y,
      units: (attribute("PhysicalSizeXUnit", of: element) ?? "µm", attribute("PhysicalSizeYUnit", of: element) ?? "µm"))
  }

  /// An attribute of the element that the text begins with.
  static func attribute(_ name: String, of text: Substring) -> String? {
    // No attribute holds a "<": an element without its end does not reach over those behind it.
    let element = text.first.map { String($0) + text.dropFirst().prefix { $0 != ">" && $0 != "<" } } ?? ""
    guard let start = element.firstRange(of: " \(name)=\"")?.upperBound else { return nil }
    let value = String(element[start...].prefix { $0 != "\"" })
    return value.replacing("&#181;", with: "µ").replacing("&#197;", with: "Å").replacing("&amp;", with: "&")
  }
}
