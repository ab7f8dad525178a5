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
    let beyond = planes.filter(\.isBeyondNoise).map(\.name)
    if beyond.isEmpty {
      return "The map shows no strain beyond its noise: over the map, exx varies by "
        + "\(Number.short(100 * exx.deviation, digits: 2))\u{A0}%, and noise alone gives "
        + "\(Number.short(100 * exx.error, digits: 2))\u{A0}%."
    }
    return "Standard deviations over the map: \(list(\.deviation)); noise alone gives \(list(\.error)). "
      + "Beyond the noise: \(ReportHeadline.list(beyond))."
  }
}
