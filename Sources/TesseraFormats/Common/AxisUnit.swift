/// What the unit of an axis says about its scale.
enum AxisUnit: Equatable {
  /// A length; the value is the unit in nm.
  case length(nanometres: Double)
  /// A reciprocal length or an angle: the axis of a diffraction pattern.
  case reciprocal
  /// Energy, wavelength in a spectrum, time, and everything unknown.
  case other
  /// No unit.
  case none

  /// Understands the spellings that microscope files use: `nm`, `µm`, `Å`, `[u_m]`, `1/nm`, `nm^-1`, `mrad`, `n_m`.
  init(_ text: String) {
    let plain = text.lowercased().filter { !" []()_\u{0}".contains($0) }
    switch plain {
    case "", "none", "pixel", "pixels", "px", "<undefined>", "undefined", "a.u.", "au": self = .none
    default:
      if let size = Self.nanometres[plain] {
        self = .length(nanometres: size)
      } else if Self.isReciprocal(plain) {
        self = .reciprocal
      } else {
        self = .other
      }
    }
  }

  private static let nanometres: [String: Double] = [
    "m": 1e9, "meter": 1e9, "meters": 1e9, "metre": 1e9, "metres": 1e9, "cm": 1e7, "mm": 1e6, "inch": 2.54e7,
    "in": 2.54e7,
    "um": 1e3, "µm": 1e3, "μm": 1e3, "\\u00b5m": 1e3, "micron": 1e3, "microns": 1e3, "micrometer": 1e3,
    "micrometers": 1e3, "nm": 1, "nanometer": 1, "nanometers": 1, "nanometre": 1, "nanometres": 1, "a": 0.1, "å": 0.1,
    "ang": 0.1, "angstrom": 0.1, "angstroms": 0.1, "ångström": 0.1, "pm": 1e-3, "picometer": 1e-3, "fm": 1e-6,
  ]

  private static func isReciprocal(_ plain: String) -> Bool {
    if ["mrad", "rad", "deg", "degrees", "µrad"].contains(plain) { return true }
    if plain.hasPrefix("1/") { return nanometres[String(plain.dropFirst(2))] != nil }
    for suffix in ["^-1", "^{-1}", "-1", "⁻¹", "**-1"] where plain.hasSuffix(suffix) {
      return nanometres[String(plain.dropLast(suffix.count))] != nil
    }
    return false
  }
}
