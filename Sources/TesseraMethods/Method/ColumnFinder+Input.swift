import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension ColumnFinder {
  /// The columns of an input: found in its image, or those that are known, fitted where they are.
  ///
  /// - Parameter network: how a network finds them, for the route `network`; nil: with the network of the program.
  public func columns(
    of input: MethodInput, in prepared: Preparation.Prepared, network: NetworkFinder? = nil
  ) throws -> Found {
    var found = try columnsAsFound(of: input, in: prepared, network: network)
    if found.route != .atoms, let spacing = PlanarIndex(found.sites.positions).medianSpacing,
      let calibration = input.micrograph.calibration
    {
      let length = spacing * calibration.meanNanometresPerPixel
      if !Self.plausibleSpacing.contains(length) {
        found.warnings.append(
          "neighbouring columns are \(Text.fixed(length, 3)) nm apart by the calibration, and atom columns stand about 0.1 to 1 nm apart: "
            + "lengths are wrong unless the pixel size of \(Float(calibration.meanNanometresPerPixel)) nm is right; set \(setting("pixel size"))"
        )
      }
    }
    return found
  }

  /// Distances of neighbouring columns that no crystal leaves, in nm.
  private static let plausibleSpacing = 0.04...2.0

  private func columnsAsFound(
    of input: MethodInput, in prepared: Preparation.Prepared, network: NetworkFinder?
  ) throws -> Found {
    let name = input.micrograph.name
    if let known = input.columns { return try fitted(at: known.sites.positions, in: prepared, name: name) }
    guard route == .network else { return try found(in: prepared, name: name) }
    return try (network ?? NetworkFinder()).found(by: self, in: prepared, name: name)
  }
}
