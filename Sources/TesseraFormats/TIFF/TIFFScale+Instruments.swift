import Foundation

/// Pixel sizes in the tags and texts of microscopes and cameras.
extension TIFFScale {
  /// Where Zeiss, Thermo Fisher (FEI), Olympus and TVIPS write their parameters.
  static let zeissTag = 34118
  private static let thermoFisherTags = [34682, 34680]
  private static let olympusTag = 33560
  private static let tvipsTag = 37706

  /// The parameters of Thermo Fisher (FEI) microscopes: an INI text with metres.
  static func thermoFisher(_ directory: TIFFDirectory) -> MetadataTree? {
    for tag in thermoFisherTags {
      if let text = directory.text(tag), text.contains("[") { return sections(text) }
    }
    return nil
  }

  static func thermoFisherScale(_ tree: MetadataTree) -> TIFFScale? {
    for section in ["Scan", "EScan", "IScan", "CBS", "IRBeam"] {
      if let x = tree[section, "PixelWidth"]?.number, let y = tree[section, "PixelHeight"]?.number, x > 0, y > 0 {
        return TIFFScale(x: x, y: y, units: ("m", "m"))
      }
    }
    // Cameras state the width and height of their field instead.
    if let width = tree["IRBeam", "HFW"]?.number, let height = tree["IRBeam", "VFW"]?.number, width > 0, height > 0,
      let columns = tree["Image", "ResolutionX"]?.number, let rows = tree["Image", "ResolutionY"]?.number, columns > 0,
      rows > 0
    {
      return TIFFScale(x: width / columns, y: height / rows, units: ("m", "m"))
    }
    return nil
  }

  /// Zeiss: the fourth value of the leading table is the size of a pixel on a screen of 1024 columns, in metres; the line
  /// after `AP_IMAGE_PIXEL_SIZE` reads `Image Pixel Size = 2.614 nm`, with fewer digits, and wins where they disagree.
  static func zeiss(_ directory: TIFFDirectory, width: Int) -> TIFFScale? {
    guard let text = directory.text(zeissTag) else { return nil }
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { $0.trimmed }
    var stated: (size: Double, unit: String)?
    if let index = lines.firstIndex(of: "AP_IMAGE_PIXEL_SIZE"), index + 1 < lines.count,
      let words = lines[index + 1].split(separator: "=").last?.split(separator: " "), words.count >= 2,
      let size = Double(words[0]), size > 0
    {
      stated = (size, String(words[1]))
    }
    if lines.count > 3, let metres = Double(lines[3]), metres > 0, metres < 1 {
      let size = metres * 1024 / Double(width)
      guard let stated, case .length(let nanometres) = AxisUnit(stated.unit),
        abs(stated.size * nanometres / (size * 1e9) - 1) > 0.01
      else { return TIFFScale(x: size, y: size, units: ("m", "m")) }
    }
    return stated.map { TIFFScale(x: $0.size, y: $0.size, units: ($0.unit, $0.unit)) }
  }

  /// Olympus (Soft Imaging Solutions): a block that lists others; the first kind holds the power of ten and the size of a
  /// pixel along x and y, in metres. Little-endian, whatever the file's order.
  ///
  /// There is no description; this is the layout that tifffile reads.
  static func olympus(_ directory: TIFFDirectory) -> TIFFScale? {
    guard var cursor = directory.block(olympusTag), (try? cursor.text(4)) == "SIS0" else { return nil }
    cursor.isBigEndian = false
    guard (try? cursor.skip(54)) != nil, let count = try? cursor.integer(UInt16.self) else { return nil }
    for _ in 0..<count {
      guard let kind = try? cursor.integer(UInt16.self), (try? cursor.integer(UInt16.self)) != nil,
        let place = try? cursor.integer(UInt32.self)
      else { return nil }
      guard kind == 1 else { continue }
      var block = ByteCursor(cursor.file, at: Int(place) + 10)
      guard let power = try? block.integer(Int16.self), let x = try? block.double(), let y = try? block.double(),
        x > 0, y > 0, x.isFinite, y.isFinite, (-15...0).contains(power)
      else { return nil }
      let unit = pow(10, Double(power))
      return TIFFScale(x: x * unit, y: y * unit, units: ("m", "m"))
    }
    return nil
  }

  /// TVIPS cameras (EM-MENU): in the second version of their block the size of a pixel in nm stands behind 244 bytes of the
  /// first version and 2724 of the second.
  ///
  /// Source: TemData structure of the EM-MENU help file, as tifffile lists it.
  static func tvips(_ directory: TIFFDirectory) -> TIFFScale? {
    guard var cursor = directory.block(tvipsTag), (try? cursor.integer(Int32.self)) == 2,
      (try? cursor.skip(2964)) != nil, let x = try? cursor.float(), let y = try? cursor.float(), x > 0, y > 0,
      x.isFinite, y.isFinite
    else { return nil }
    return TIFFScale(x: Double(x), y: Double(y), units: ("nm", "nm"))
  }

  /// JEOL's SightX writes XML; the resolution is that of the camera, to be divided by the magnification. A diffraction
  /// pattern is told apart by its mode; its scale follows from camera length L and wavelength, q = d / (L lambda).
  static func sightX(_ directory: TIFFDirectory) -> TIFFScale? {
    guard let text = directory.text(TIFFTag.description, where: { $0.contains("<TemReporter") }),
      let x = directory.number(TIFFTag.xResolution), let y = directory.number(TIFFTag.yResolution), x > 0, y > 0,
      let value = element("SelectorValue", of: text).flatMap({ Double($0) }), value > 0
    else { return nil }
    let metres = directory.integer(TIFFTag.resolutionUnit) == 3 ? 1e-2 : 2.54e-2
    switch element("ModeString", of: text) {
    case "MAG": return TIFFScale(x: metres / x / value, y: metres / y / value, units: ("m", "m"))
    case "DIFF":
      let units = ["m": 1.0, "cm": 1e-2, "mm": 1e-3]
      guard let unit = element("SelectorUnitString", of: text).flatMap({ units[$0] }),
        let volts = element("AccelerationVoltage", of: text).flatMap({ Double($0) }), volts > 0
      else { return nil }
      let step = 1e-9 * metres / (value * unit * electronWavelength(volts: volts))
      return TIFFScale(x: step / x, y: step / y, units: ("1/nm", "1/nm"))
    default: return nil
    }
  }

  /// De Broglie wavelength of an accelerated electron in metres, lambda = h / sqrt(2 m e U (1 + e U / (2 m c^2))).
  ///
  /// Source: Kirkland, Advanced Computing in Electron Microscopy (2nd ed.), eq. 2.5.
  static func electronWavelength(volts: Double) -> Double {
    let (planck, mass, charge, light) = (6.62607015e-34, 9.1093837015e-31, 1.602176634e-19, 299_792_458.0)
    let energy = charge * volts
    return planck / (2 * mass * energy * (1 + energy / (2 * mass * light * light))).squareRoot()
  }

  /// The text between `<name>` and `</name>`, the first time that it occurs.
  static func element(_ name: String, of text: String) -> String? {
    guard let start = text.firstRange(of: "<\(name)>")?.upperBound,
      let end = text[start...].firstRange(of: "</\(name)>")?.lowerBound
    else { return nil }
    return String(text[start..<end]).trimmed
  }

  /// Hitachi and JEOL put text into the description: `PixelSize=9.92` (nm), or `$$SM_MICRON_BAR` and
  /// `$$SM_MICRON_MARKER` (pixels and length of the scale bar).
  static func hitachiOrJEOL(_ directory: TIFFDirectory) -> TIFFScale? {
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
}
