import TesseraFitting
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
      for: found.sites.positions, heights: found.sites.sites.map(\.amplitude), in: prepared.image,
      isMeasured: prepared.isMeasured, noise: noise, scale: found.scale)
    var found = found
    // Single atoms have a test of their own (`textureCaution`).
    if found.route != .atoms { found.warnings += evidence.cautions }
    guard let doubt = evidence.doubt else { return found }
    // Who chooses a method or a scale wants the spots all the same.
    if route == .auto && scale == nil {
      throw DataError(
        "\(name): no atom columns were found; \(doubt); \(setting("method", found.route == .atoms ? "atoms" : "scale-space")) "
          + "lists them all the same")
    }
    found.warnings.append("these \(found.sites.columnCount) columns may be none: \(doubt); check them by eye")
    return found
  }

  /// The columns less those that stand alone and are no more than noise gives (`LoneColumns`); all of them where a threshold of their height was
  /// chosen by hand.
  func withoutChance(
    _ kept: [Int], of outcome: ColumnFit.Outcome, in prepared: Preparation.Prepared, sigma: Double, spacing: Double
  ) -> [Int] {
    guard noiseThreshold == Self().noiseThreshold, contrastThreshold == nil else { return kept }
    let places = kept.map { outcome.columns[$0].centre }
    let areChance = LoneColumns(
      width: prepared.image.width, height: prepared.image.height, sigma: sigma, spacing: spacing
    ).areChance(places, evidence: kept.map { outcome.evidence[$0] })
    // Those of a lattice that few counts show here and there have its phase.
    let alone = zip(places, areChance).filter(\.1).map(\.0)
    guard alone.isEmpty || !Self.belongToLattice(alone, of: prepared.image) else { return kept }
    return zip(kept, areChance).filter { !$0.1 }.map(\.0)
  }

  /// Places at random have a common phase with a chance of one per cent at most.
  private static let leastChanceExponent = 4.6

  /// Whether places have a phase in common on both families of planes of an image.
  private static func belongToLattice(_ places: [Point], of image: Raster<Float>) -> Bool {
    guard let (first, second) = CrystalPlanes.pair(in: image) else { return false }
    let least = max(CrystalPlanes.leastCoherence, (leastChanceExponent / Double(places.count)).squareRoot())
    return [first, second].allSatisfy { CrystalPlanes.coherence(of: places, on: $0) >= least }
  }

  /// Where fewer columns of those that the reflections have room for are found, much of them was missed.
  private static let leastFoundShare = 0.7

  /// What to say where the scale came from a lattice in the power spectrum and many of its columns were not found; nil: nothing.
  /// - Parameter pixelCount: of the image.
  static func missed(by choice: ScaleLadder.Choice, found count: Int, pixelCount: Int) -> String? {
    guard let (first, second) = choice.reflections, case let expected = Double(pixelCount) * abs(first.cross(second)),
      Double(count) < leastFoundShare * expected
    else { return nil }
    return
      "the lattice in the power spectrum has room for about \(Int(saturating: expected.rounded())) columns in the image, of which "
      + "\(count) were found: the crystal fills a part of it, or the counts are too few; \(setting("method", "network")) may find more"
  }

  static func nothing(in name: String) -> DataError {
    DataError(
      "\(name): no atom columns were found above the noise; average several frames, use a longer exposure, or lower "
        + setting("noise threshold"))
  }
}
