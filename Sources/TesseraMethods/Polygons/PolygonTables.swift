import Foundation
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The tables of polygonal units; docs/results-folder.md lists their columns.
struct PolygonTables {
  let result: PolygonResult

  /// `units.csv`: one row per unit.
  var units: Data {
    var table = TableWriter(columns: [
      "id", "x", "y", "sides", "filling", "level2", "level3", "x_nm", "y_nm", "area_nm2", "amplitude",
      "amplitude_error",
      "filling_probability", "agrees", "regularity", "radius", "middle", "phase", "sure",
    ])
    let (calibration, outcome) = (result.micrograph.calibration, result.configurations)
    var codes = [(level2: Int?, level3: Int?)](repeating: (nil, nil), count: result.net.units.count)
    for (position, unit) in result.coded.enumerated() {
      codes[unit] = (outcome.level2.types[position], outcome.level3.types[position])
    }
    var isOrdered = [Bool](repeating: false, count: codes.count)
    for position in outcome.phase?.units ?? [] { isOrdered[result.coded[position]] = true }
    let isCoded = Set(result.coded)
    for (id, unit) in result.net.units.enumerated() {
      let place = calibration.map { $0.nanometres(unit.centre) } ?? Point(.nan, .nan)
      let area = calibration.map { unit.area * $0.nanometresPerPixelX * $0.nanometresPerPixelY } ?? .nan
      table.add([
        "\(id)", TableWriter.number(unit.centre.x), TableWriter.number(unit.centre.y), "\(unit.sides)",
        unit.filling?.rawValue ?? "", codes[id].level2.map(String.init) ?? "", codes[id].level3.map(String.init) ?? "",
        TableWriter.number(place.x, decimals: 6), TableWriter.number(place.y, decimals: 6),
        TableWriter.number(area, decimals: 6), TableWriter.number(unit.amplitude),
        TableWriter.number(unit.amplitudeError),
        TableWriter.number(unit.fillingProbability), unit.agrees.map { $0 ? "1" : "0" } ?? "",
        TableWriter.number(unit.regularity), TableWriter.number(unit.radius), unit.middle.map(String.init) ?? "",
        isCoded.contains(id) ? (isOrdered[id] ? "1" : "0") : "", unit.isRegularlyBonded ? "1" : "0",
      ])
    }
    return table.data
  }

  /// `codes.csv`: one row per level, kind of windows and type that occurs.
  var codes: Data {
    var table = TableWriter(columns: [
      "level", "windows", "type", "pattern", "count", "fraction", "expected", "q_value",
    ])
    for (level, found) in [(2, result.configurations.level2), (3, result.configurations.level3)] {
      for (windows, statistics) in [("overlapping", found.overlapping), ("disjoint", found.disjoint)] {
        for code in statistics?.codes ?? [] {
          table.add([
            "\(level)", windows, "\(code.type)", UnitCodes.pattern(ofType: code.type, bits: level == 2 ? 4 : 16),
            "\(code.count)", TableWriter.number(code.fraction, decimals: 6), TableWriter.significant(code.expected),
            TableWriter.significant(code.qValue),
          ])
        }
      }
    }
    return table.data
  }
}
