import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What `MoireMethod` found in one image.
public struct MoireResult: MethodResult {
  /// The settings that gave the result.
  public var settings: MoireMethod
  /// The input, the times and the warnings that led to the result.
  public var record: RunRecord
  /// Twist, heterostrain, both layers, and the anchors with their stackings; `period` and the constants of the layers
  /// are in nm where the micrograph has a calibration.
  public var moire: Moire
  /// The columns, their nearest anchors, and what they say of the domains; nil if unresolved.
  public var domains: MoireDomains?

  /// Twist, heterostrain, periods and numbers of anchors.
  public var summary: MoireSummary {
    MoireSummary(of: moire, domains: domains, settings: settings, calibration: micrograph.calibration)
  }

  /// Twist, moire period and number of anchors, in one sentence; or that the twist is unresolved.
  public var sentences: [String] {
    guard let twist = moire.twist else {
      return ["twist unresolved"]
    }
    let period = LengthText(calibration: micrograph.calibration).withError(moire.period)
    return ["twist \(Text.degrees(twist)), moire period \(period), \(Number.count(moire.anchors.count)) anchors"]
  }

  /// Writes `anchors.csv`, one row per anchor, and `domains.tif`, the stacking of each pixel; `twist.tif` with its errors in
  /// `twist-error.tif`; `sites.csv`, one row per column, and `divergence.csv`, one row per pair of domains.
  public func write(to files: ResultFiles) throws {
    try files.write(table, as: "anchors.csv")
    try files.writeLabels(moire.domains, as: "domains.tif")
    if let map = moire.map {
      let (width, height) = (micrograph.width, micrograph.height)
      try files.writeImages(map.planes(width: width, height: height), names: TwistMap.planeNames, as: "twist.tif")
      try files.writeImages(
        map.planes(width: width, height: height, isError: true), names: TwistMap.planeNames, as: "twist-error.tif")
    }
    if let domains {
      try files.write(siteTable(domains), as: "sites.csv")
      if let divergence = domains.divergence { try files.write(table(of: divergence), as: "divergence.csv") }
    }
  }

  /// One row per column: the columns of every table of sites, then the nearest anchor.
  private func siteTable(_ domains: MoireDomains) -> Data {
    var sites = SiteTable(
      sites: domains.finding.sites, accuracies: domains.finding.accuracies, calibration: micrograph.calibration)
    sites.extraColumns = ["anchor", "anchor_kind", "anchor_distance_px", "pc1", "pc2"]
    sites.extras = domains.sites.nearest.enumerated().map { site, own in
      let place = domains.divergence?.plane[site] ?? Point(.nan, .nan)
      return [
        own.anchor.map { "\($0 + 1)" } ?? "", own.stacking.map { moire.stackings[$0].rawValue } ?? "",
        TableWriter.number(own.stacking == nil ? .nan : own.distance), TableWriter.number(place.x),
        TableWriter.number(place.y),
      ]
    }
    return sites.csv
  }

  /// One row a pair of whole domains of one stacking.
  private func table(of divergence: DomainDivergence.Outcome) -> Data {
    var table = TableWriter(columns: [
      "anchor_a", "anchor_b", "kind", "kl_ab", "kl_ba", "split_half", "corrected", "corrected_error",
    ])
    for pair in divergence.pairs {
      table.add([
        "\(pair.first + 1)", "\(pair.second + 1)", moire.anchors[pair.first].stacking.rawValue,
        TableWriter.significant(pair.forward), TableWriter.significant(pair.backward),
        TableWriter.significant(pair.splitHalf), TableWriter.significant(pair.corrected.value),
        TableWriter.significant(pair.corrected.error),
      ])
    }
    return table.data
  }

  /// One row an anchor.
  private var table: Data {
    var table = TableWriter(columns: [
      "id", "x", "y", "x_nm", "y_nm", "kind", "error_px", "error_nm", "column_x", "column_y",
    ])
    let calibration = micrograph.calibration
    for (index, anchor) in moire.anchors.enumerated() {
      let place = calibration?.nanometres(anchor.position)
      let error = calibration.map { anchor.error * $0.meanNanometresPerPixel }
      table.add([
        "\(index + 1)", TableWriter.number(anchor.position.x), TableWriter.number(anchor.position.y),
        TableWriter.number(place?.x ?? .nan), TableWriter.number(place?.y ?? .nan), anchor.stacking.rawValue,
        TableWriter.number(anchor.error), TableWriter.number(error ?? .nan, decimals: 6),
        TableWriter.number(moire.centres[index].x), TableWriter.number(moire.centres[index].y),
      ])
    }
    return table.data
  }

  /// Where each stacking lies and what it looks like, and the spectrum with the waves of both layers.
  public func report() -> ReportDocument { MoireChapter(result: self).document }
}

extension Text {
  /// A number with its standard error, to two digits of the error: `3.1004 ± 0.0011`.
  static func withError(_ measured: Moire.Measured) -> String {
    fixed(measured.value, error: measured.error)
  }

  /// An angle in radians as degrees with its error.
  static func degrees(_ measured: Moire.Measured) -> String {
    withError(measured.scaled(by: 180 / .pi)) + "°"
  }
}

extension LengthText {
  /// A length in this unit with its error.
  func withError(_ measured: Moire.Measured) -> String { "\(Text.withError(measured))\u{A0}\(unit)" }
}

extension Moire.Measured {
  func scaled(by factor: Double) -> Moire.Measured { .init(value * factor, error: error * abs(factor)) }
}
