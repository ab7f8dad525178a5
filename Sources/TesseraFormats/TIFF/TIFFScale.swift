import Foundation

/// The size of a pixel as a TIFF directory states it. Programs disagree where to write it; the most specific wins.
struct TIFFScale {
  var x, y: Double
  var units: (x: String, y: String)
  var offsetX = 0.0
  var offsetY = 0.0
  /// Step of the frames of a stack.
  var series: (scale: Double, units: String)?

  /// Nil when nothing says what a pixel measures. A resolution for printing (72, 96, 300 dots per inch) says nothing.
  static func of(_ directory: TIFFDirectory, width: Int, height: Int) -> TIFFScale? {
    digitalMicrograph(directory) ?? imageJ(directory) ?? OMEImages(directory).byDirectory.min { $0.key < $1.key }?.value
      .scale
      ?? thermoFisher(directory).flatMap { thermoFisherScale($0) } ?? zeiss(directory, width: width)
      ?? olympus(directory) ?? tvips(directory) ?? sightX(directory) ?? hitachiOrJEOL(directory)
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
    let unit = unescaped(pairs.first { $0.name == "unit" }?.value.text ?? "")
    guard AxisUnit(unit) != .none else { return nil }
    // A second unit is written where that of y is another (ij.io.TiffEncoder).
    let unitOfY = pairs.first { $0.name == "yunit" }?.value.text.map(unescaped) ?? unit
    let isCentimetre = directory.integer(TIFFTag.resolutionUnit) == 3
    func factor(_ unit: String) -> Double { isCentimetre && AxisUnit(unit) == .length(nanometres: 1e3) ? 1e4 : 1 }
    var scale = TIFFScale(x: factor(unit) / x, y: factor(unitOfY) / y, units: (unit, unitOfY))
    if let interval = pairs.first(where: { $0.name == "finterval" })?.value.number, interval > 0 {
      scale.series = (interval, "s")
    }
    return scale
  }

  /// ImageJ writes letters beyond ASCII as `\u00B5`.
  private static func unescaped(_ text: String) -> String {
    text.replacing(/\\u([0-9A-Fa-f]{4})/) { match in
      UInt32(match.1, radix: 16).flatMap { Unicode.Scalar($0) }.map { String(Character($0)) } ?? ""
    }
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
