/// How two hexagonal layers lie on each other where three-fold axes of both coincide.
///
/// Of the three-fold axes of a layer one goes through its brighter columns, one through its dimmer ones and one through the
/// hollows. Source of the names: He et al., Phys. Rev. B 89 (2014) 075409.
public enum Stacking: String, Sendable, Codable, CaseIterable {
  /// Layers that point the same way, like columns on like columns.
  case aa = "AA"
  /// Layers that point the same way, brighter columns of the first on dimmer ones of the second.
  case ab = "AB"
  /// Layers that point the same way, dimmer columns of the first on brighter ones of the second.
  case ba = "BA"
  /// Layers that point opposite ways, brighter columns on dimmer ones throughout: the stacking of 2H crystals.
  case aaPrime = "AA'"
  /// Layers that point opposite ways, brighter columns on brighter ones.
  case abPrime = "AB'"
  /// Layers that point opposite ways, dimmer columns on dimmer ones.
  case aPrimeB = "A'B"
}

/// Which way the second of two layers points.
public enum LayerOrientation: String, Sendable, Codable {
  /// Like the first: a twist near 0 degrees (3R stacking).
  case parallel
  /// Opposite to the first: a twist near 60 degrees (2H stacking).
  case antiparallel
  /// The columns of a layer do not show which way it points: there is one per cell, or they are alike, or the image is too noisy.
  case unknown
}
