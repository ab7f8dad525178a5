import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension RunRecord.Choice {
  /// The lattice of the largest crystal, or that there is none.
  static func lattice(of grains: Grains?) -> Self {
    guard let grains, let lattice = grains.lattice else {
      return .init("lattice", "none", "no translation carries most columns onto columns of their kind")
    }
    let (u, v) = (Text.fixed(lattice.grid.u, 2), Text.fixed(lattice.grid.v, 2))
    let count = lattice.basis.count
    return .init(
      "lattice", "u \(u) v \(v) px",
      (grains.grains.count > 1 ? "of the largest of \(grains.grains.count) grains, " : "")
        + "shared by \(Int(saturating: (100 * lattice.indexedShare).rounded())) % of the columns; "
        + "\(count) column\(count == 1 ? "" : "s") per cell")
  }

  /// The waves of displacement in the lattice.
  static func modulation(_ found: LatticeModulation, grains: Grains?, calibration: Calibration?) -> Self {
    let count = found.waves.count
    let length = LengthText(calibration: calibration)
    let list = found.waves.map { wave in
      "\(length(wave.amplitude)) with a period of \(length(wave.period))"
    }
    return .init(
      "modulation", "\(count) wave\(count == 1 ? "" : "s")",
      "columns leave the mean lattice in waves that stand out of the noise of \(length(found.residual)): "
        + ReportHeadline.list(list))
  }

  /// That features without the mean brightness were used, and what they showed with it.
  static func brightness(leftOutInsteadOf bright: StructureKind) -> Self {
    .init(
      "mean brightness", "left out",
      "with the mean brightness of the patches among the features, "
        + (bright.kind == .continuous ? "the motifs seem to change gradually" : "all sites seem to be of one motif")
        + "; without it there are kinds, which its slow changes hide")
  }

  /// How many nodes are vacant, and what became of the other empty ones.
  static func vacantNodes(_ count: Int, undecided: Int, added: Int) -> Self {
    .init(
      "vacant nodes", "\(count)",
      "empty nodes among filled ones at which the pixels show no column"
        + (added == 0
          ? ""
          : "; at \(added) node\(added == 1 ? "" : "s") the pixels show a column that is fainter than its like, which was added")
        + (undecided == 0
          ? ""
          : "; \(undecided) further node\(undecided == 1 ? " is" : "s are") without a column, but the pixels do not show "
            + "that \(undecided == 1 ? "it is" : "they are") vacant"))
  }

  /// Which network proposed columns, and what became of its candidates.
  static func network(_ proposed: ColumnFinder.Proposed) -> [Self] {
    var list: [Self] = [
      .init("network", proposed.source, proposed.sourceReason),
      .init(
        "candidates", "\(proposed.count)",
        "maxima of the network's map; \(proposed.probabilities.count) of them are columns that the pixels support"
          + (proposed.unmeasured > 0 ? ", \(proposed.unmeasured) lie where there is no measurement" : "")),
    ]
    if let spacing = proposed.spacing {
      list.append(
        .init(
          "predicted spacing", "\(Text.fixed(spacing, 2)) px", "mean distance of nearest neighbours, by the network"))
    }
    return list
  }
}

extension ColumnFinder {
  /// The smoothing scale and the route that led to the columns, with the reasons.
  /// - Parameter isGiven: whether the positions were given and only fitted.
  func choices(for found: Found, isGiven: Bool) -> [RunRecord.Choice] {
    // An image without noise has any ratio.
    let ratio = found.signalToNoise < 1000 ? Text.fixed(found.signalToNoise, 1) : "more than 1000"
    let method =
      isGiven
      ? ("given positions", "the columns of a table were fitted, none added or removed")
      : (
        found.route.rawValue,
        route != .auto ? "given" : "columns rise to \(ratio) times the noise at that scale"
      )
    return [
      .init("scale", "\(Text.fixed(found.scale, 2)) px", found.scaleReason), .init("method", method.0, method.1),
    ] + (found.proposed.map(RunRecord.Choice.network) ?? [])
  }
}
