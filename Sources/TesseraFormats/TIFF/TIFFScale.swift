import Foundation

/// The size of a pixel as a TIFF directory states it. Programs disagree where to write it; the most specific wins.
struct TIFFScale {
  var x, y: Double
  var units: (x: String, y: String)
  var offsetX = 0.0
  var offsetY = 0.0
  /// Step of the frames of a stack.
  var series: (scale: Double, units: String)?

  /// The tag in which Zeiss microscopes write their parameters, the two of Thermo Fisher's, and that of Olympus.
  static let zeissTag = 34118
  private static let thermoFisherTags = [34682, 34680]

  /// Nil when nothing says what a pixel measures. A resolution for printing (72, 96, 300 dots per inch) says nothing.
  static func of(_ directory: TIFFDirectory, width: Int, height: Int) -> TIFFScale? {
    digitalMicrograph(directory) ?? imageJ(directory) ?? openMicroscopy(directory)
      ?? thermoFisher(directory).flatMap { thermoFisherScale($0) } ?? zeiss(directory) ?? hitachiOrJEOL(directory)
      ?? resolution(directory)
  }

  /// Tags of Gatan's DigitalMicrograph, which HyperSpy writes as well: units 65003 (x), 65004 (y), 65005 (frames),
  /// origins in pixels 65006 ..., scales 65009 ...
  private static func digitalMicrograph(_ directory: TIFFDirectory) -> TIFFScale? {
    guard let x = directory.number(65009), let y = directory.number(65010), let unit = directory.text(65003) else {
      return nil
    }
    let units = (x: unit.trimmed, y: directory.text(65004)?.trimmed ?? unit.trimmed)
    guard x != 0, y != 0, AxisUnit(units.x) != .none else { return nil }
    var scale = TIFFScale(x: x, y: y, units: units)
    scale.offsetX = directory.number(65006) ?? 0
    scale.offsetY = directory.number(65007) ?? 0
    if let step = directory.number(65011), let unit = directory.text(65005) { scale.series = (step, unit.trimmed) }
    return scale
  }

  /// ImageJ writes the unit into the description and pixels per unit into the resolution.
  ///
  /// With the resolution in centimetres and the unit `um`, the resolution counts: ij.io.FileOpener does the same.
  private static func imageJ(_ directory: TIFFDirectory) -> TIFFScale? {
    guard let text = directory.text(TIFFTag.description, where: { $0.hasPrefix("ImageJ=") }),
      let x = directory.number(TIFFTag.xResolution), let y = directory.number(TIFFTag.yResolution), x > 0, y > 0
    else { return nil }
    let pairs = keyValues(text)
    let unit = (pairs.first { $0.name == "unit" }?.value.text ?? "").replacing("\\u00B5", with: "µ")
    guard AxisUnit(unit) != .none else { return nil }
    let isCentimetre = directory.integer(TIFFTag.resolutionUnit) == 3
    let factor = isCentimetre && AxisUnit(unit) == .length(nanometres: 1e3) ? 1e4 : 1
    var scale = TIFFScale(x: factor / x, y: factor / y, units: (unit, unit))
    if let interval = pairs.first(where: { $0.name == "finterval" })?.value.number, interval > 0 {
      scale.series = (interval, "s")
    }
    return scale
  }

  /// OME-TIFF: `PhysicalSizeX` of the first `Pixels`, in micrometres unless a unit is given.
  ///
  /// Source: OME Data Model 2016-06, element Pixels.
  private static func openMicroscopy(_ directory: TIFFDirectory) -> TIFFScale? {
    guard let text = directory.text(TIFFTag.description, where: { $0.contains("<Pixels") && $0.contains("OME") }) else {
      return nil
    }
    guard let start = text.firstRange(of: "<Pixels")?.upperBound else { return nil }
    let element = text[start...].prefix { $0 != ">" }
    guard let x = attribute("PhysicalSizeX", of: element).flatMap({ Double($0) }), x > 0 else { return nil }
    let y = attribute("PhysicalSizeY", of: element).flatMap { Double($0) } ?? x
    return TIFFScale(
      x: x, y: y,
      units: (attribute("PhysicalSizeXUnit", of: element) ?? "µm", attribute("PhysicalSizeYUnit", of: element) ?? "µm"))
  }

  private static func attribute(_ name: String, of element: Substring) -> String? {
    guard let start = element.firstRange(of: " \(name)=\"")?.upperBound else { return nil }
    let value = String(element[start...].prefix { $0 != "\"" })
    return value.replacing("&#181;", with: "µ").replacing("&#197;", with: "Å")
  }

  /// The parameters of Thermo Fisher (FEI) microscopes: an INI text with metres.
  static func thermoFisher(_ directory: TIFFDirectory) -> MetadataTree? {
    for tag in thermoFisherTags {
      if let text = directory.text(tag), text.contains("[") { return sections(text) }
    }
    return nil
  }

  private static func thermoFisherScale(_ tree: MetadataTree) -> TIFFScale? {
    for section in ["Scan", "EScan", "IScan", "CBS", "IRBeam"] {
      if let x = tree[section, "PixelWidth"]?.number, let y = tree[section, "PixelHeight"]?.number, x > 0, y > 0 {
        return TIFFScale(x: x, y: y, units: ("m", "m"))
      }
    }
    return nil
  }

  /// Zeiss: the line after `AP_IMAGE_PIXEL_SIZE` reads `Image Pixel Size = 2.614 nm`; the fourth value of the leading
  /// table is the same in metres, with more digits.
  private static func zeiss(_ directory: TIFFDirectory) -> TIFFScale? {
    guard let text = directory.text(zeissTag) else { return nil }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { $0.trimmed }
    if lines.count > 3, let metres = Double(lines[3]), metres > 0, metres < 1 {
      return TIFFScale(x: metres, y: metres, units: ("m", "m"))
    }
    guard let index = lines.firstIndex(of: "AP_IMAGE_PIXEL_SIZE"), index + 1 < lines.count,
      let value = lines[index + 1].split(separator: "=").last
    else { return nil }
    let words = value.split(separator: " ")
    guard words.count >= 2, let size = Double(words[0]), size > 0 else { return nil }
    return TIFFScale(x: size, y: size, units: (String(words[1]), String(words[1])))
  }

  /// Hitachi and JEOL put text into the description: `PixelSize=9.92` (nm), or `$$SM_MICRON_BAR` and
  /// `$$SM_MICRON_MARKER` (pixels and length of the scale bar).
  private static func hitachiOrJEOL(_ directory: TIFFDirectory) -> TIFFScale? {
    guard let text = directory.text(TIFFTag.description) else { return nil }
    if text.contains("SEM]") || text.contains("InstructName"),
      let size = keyValues(text).first(where: { $0.name == "PixelSize" })?.value.number, size > 0
    {
      return TIFFScale(x: size, y: size, units: ("nm", "nm"))
    }
    var words: [Substring: Substring] = [:]
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("$") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2 { words[parts[0]] = parts[1] }
    }
    guard let bar = words["$$SM_MICRON_BAR"].flatMap({ Double($0.trimmed) }), bar > 0,
      let marker = words["$$SM_MICRON_MARKER"]?.trimmed
    else { return nil }
    let number = marker.prefix { $0.isNumber || $0 == "." }
    guard let length = Double(number), length > 0 else { return nil }
    let unit = marker.dropFirst(number.count).trimmed
    return TIFFScale(x: length / bar, y: length / bar, units: (unit, unit))
  }

  /// The resolution in dots per centimetre or inch, believed where it is finer than a micrometre.
  private static func resolution(_ directory: TIFFDirectory) -> TIFFScale? {
    guard let x = directory.number(TIFFTag.xResolution), let y = directory.number(TIFFTag.yResolution), x > 0, y > 0
    else { return nil }
    let unit = directory.integer(TIFFTag.resolutionUnit) ?? 2
    guard unit == 2 || unit == 3 else { return nil }
    let nanometres = unit == 2 ? 2.54e7 : 1e7
    guard nanometres / x < 1e3, nanometres / y < 1e3 else { return nil }
    return TIFFScale(x: nanometres / x, y: nanometres / y, units: ("nm", "nm"))
  }
}
