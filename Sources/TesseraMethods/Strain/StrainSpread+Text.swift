import TesseraFigures
import TesseraStructure

extension StrainSpread {
  /// Whether the map shows strain, for its first sentence; empty where no errors are known.
  var sentence: String {
    guard let exx = planes.first(where: { $0.name == "exx" }) else { return "" }
    let strains = planes.filter { $0.name != "rotation" }
    func list(_ value: (Plane) -> Double) -> String {
      strains.map { "\($0.name) \(Number.short(100 * value($0), digits: 2))\u{A0}%" }.joined(separator: ", ")
    }
    let means = planes.compactMap { plane in plane.meanText.map { "\(plane.name) \($0)" } }
    let meanSentence = means.isEmpty ? "" : " Means: \(means.joined(separator: ", "))."
    let beyond =
      planes.filter(\.hasMeanBeyondNoise).map { "the mean of \($0.name)" }
      + planes.filter(\.variesBeyondNoise).map { means.isEmpty ? $0.name : "the variation of \($0.name)" }
    if beyond.isEmpty {
      return "The map shows no strain beyond its noise: over the map, exx varies by "
        + "\(Number.short(100 * exx.deviation, digits: 2))\u{A0}%, and noise alone gives "
        + "\(Number.short(100 * exx.error, digits: 2))\u{A0}%." + meanSentence
    }
    return "Standard deviations over the map: \(list(\.deviation)); noise alone gives \(list(\.error)).\(meanSentence) "
      + "Beyond the noise: \(ReportHeadline.list(beyond))."
  }
}

extension StrainSpread {
  /// That the map may show the scan and not the specimen; nil where it does not look so.
  var scanWarning: String? {
    let names = scanned
    guard !names.isEmpty else { return nil }
    let shares = planes.filter { names.contains($0.name) }.map { Text.fixed(100 * $0.lineShare, 0) }
    return
      "\(ReportHeadline.list(names)) are nearly the same all along each scan line (\(ReportHeadline.list(shares)) % of the variance), as drift "
      + "and errors of the scan make them; only layers of the specimen along the lines would do so, too: compare images scanned in two directions"
  }
}

extension StrainSpread.Plane {
  /// The mean with its standard error, strains in per cent and rotations in milliradians; nil where the mean is no result.
  var meanText: String? {
    guard let meanError else { return nil }
    let (scale, unit) = name == "rotation" ? (1000.0, "mrad") : (100.0, "%")
    return "\(Text.fixed(scale * mean, error: scale * meanError)) \(unit)"
  }
}
