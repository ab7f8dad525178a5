import TesseraImaging
import TesseraNumerics

/// What holds for columns by every route: something in the image tells them from noise.
extension ColumnFinder {
  /// The columns, with a warning where nothing tells them from smooth noise (`ColumnEvidence`).
  /// - Throws: `DataError` where nothing does, and the method and the scale were left to the program.
  func held(
    _ found: Found, against noise: NoiseModel, in prepared: Preparation.Prepared, name: String
  ) throws(DataError) -> Found {
    let evidence = ColumnEvidence(
      for: found.sites.positions, in: prepared.image, isMeasured: prepared.isMeasured, noise: noise, scale: found.scale)
    guard let doubt = evidence.doubt else { return found }
    // Who chooses a method or a scale wants the spots all the same.
    if route == .auto && scale == nil {
      throw DataError(
        "\(name): no atom columns were found; \(doubt); \(setting("method", found.route == .atoms ? "atoms" : "scale-space")) "
          + "lists them all the same")
    }
    var doubted = found
    doubted.warnings.append("these \(found.sites.count) columns may be none: \(doubt); check them by eye")
    return doubted
  }

  static func nothing(in name: String) -> DataError {
    DataError(
      "\(name): no atom columns were found above the noise; average several frames, use a longer exposure, or lower "
        + setting("noise threshold"))
  }
}
