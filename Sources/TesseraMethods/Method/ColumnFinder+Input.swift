import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension ColumnFinder {
  /// The columns of an input: found in its image, or those that are known, fitted where they are.
  ///
  /// - Parameters:
  ///   - input: the micrograph, with columns that are known already, if there are any.
  ///   - prepared: the image; where its scan lines differ in brightness, it is left without these offsets (`LineOffsets`).
  ///   - network: how a network finds them, for the route `network`; nil: with the network of the program.
  public func columns(
    of input: MethodInput, in prepared: inout Preparation.Prepared, network: NetworkFinder? = nil
  ) throws -> Found {
    func find(_ prepared: inout Preparation.Prepared) throws -> Found {
      try withoutLineOffsets(in: &prepared) { try columnsAsFound(of: input, in: $0, network: network) }
    }
    var found = try input.columns == nil ? withContrast(of: &prepared, finding: find) : find(&prepared)
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

  /// The columns that are found in an image, which is left without the offsets of its scan lines.
  func columns(in prepared: inout Preparation.Prepared, name: String) throws -> Found {
    try withContrast(of: &prepared) { prepared in
      try withoutLineOffsets(in: &prepared) { try found(in: $0, name: name) }
    }
  }

  private func withoutLineOffsets(
    in prepared: inout Preparation.Prepared, finding find: (Preparation.Prepared) throws -> Found
  ) rethrows -> Found {
    var found = try find(prepared)
    var first: LineOffsets?
    for _ in 0..<Self.offsetRounds {
      guard let offsets = found.lineOffsets(in: prepared) else { break }
      prepared.image = offsets.removed(from: prepared.image)
      found = try find(prepared)
      first = first ?? offsets
    }
    if let first, let height = found.medianHeight {
      found.warnings.append(
        "\(Self.lineWarning) by \(Number.percent(first.deviation / height)) of the height of a column; these offsets were taken off"
          + (first.deviation > Self.largeOffset * height
            ? " as far as the columns show them; motifs along single rows may come of what is left" : ""))
    }
    return found
  }

  /// How the warning of uneven lines begins.
  static let lineWarning = "scan lines differ in brightness"

  /// Columns that were fitted in spite of the offsets have taken a part of them; once these are off, they give back the rest.
  private static let offsetRounds = 6
  /// Of larger offsets, as a share of a column's height, a part stays.
  private static let largeOffset = 0.07
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

extension ColumnFinder.Found {
  /// Offsets below this share of a column's height change no class.
  private static let leastShare = 0.02

  var medianHeight: Double? {
    let heights = sites.sites.map(\.amplitude).filter { $0.isFinite && $0 > 0 }
    return heights.isEmpty ? nil : Statistics.median(heights)
  }

  /// The offsets of the scan lines, from what the fit leaves over between the columns; nil where lines do not differ.
  func lineOffsets(in prepared: Preparation.Prepared) -> LineOffsets? {
    guard let height = medianHeight else { return nil }
    let (image, isMeasured) = (prepared.image, prepared.isMeasured)
    let rise = concurrentRows(width: image.width, height: image.height, of: Float.nan) { y, row in
      for x in 0..<row.count where isMeasured[x, y] {
        row[x] = (image[x, y] - residual[x, y] - background[x, y]) / Float(height)
      }
    }
    let offsets = LineOffsets(of: residual, rise: rise)
    guard let offsets, offsets.deviation > Self.leastShare * height else { return nil }
    // Lines that are shifted leave the flanks of columns over, which are no offsets.
    return LineShifts(of: prepared.image).areSeen ? nil : offsets
  }
}

extension LineShifts {
  /// Shifts of lines, in pixels, from which on neither their brightness nor the shape of columns is judged.
  private static let leastJitter = 0.5

  /// Whether lines are shifted against one another by more than that.
  var areSeen: Bool { agreement >= Self.leastAgreement && jitter >= Self.leastJitter }
}
