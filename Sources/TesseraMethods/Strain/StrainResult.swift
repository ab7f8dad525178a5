import TesseraFigures
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// What a strain analysis found.
public struct StrainResult: MethodResult {
  /// The settings that gave the result.
  public var settings: StrainMethod
  /// The input, the choices, the times and the warnings that led to the result.
  public var record: RunRecord
  /// Nil where only phases were analysed.
  public var columns: KnownColumns?
  /// Nil where the columns share none, or were not sought.
  public var lattice: Lattice?
  /// Nil where only columns were used.
  public var phases: GeometricPhase.Outcome?
  /// By each route; the first is the main one, from columns where both were used.
  public var maps: [StrainMap]
  /// The strain at each column, in the order of `columns`; nil where unknown. Empty without columns.
  public var columnStrains: [LocalStrain?]

  /// One sentence per map: means of the components with their errors, where the reference makes them a result, standard deviations over
  /// the map, their noise, and the resolution.
  public var sentences: [String] {
    maps.map { map in
      let spread = map.spread.planes
      let parts = zip(StrainPlanes.names, map.planes.statistics).enumerated().map { index, part in
        let (name, plane) = part
        let noise = index < spread.count ? " (noise \(Self.amount(spread[index].error, of: name)))" : ""
        return "\(name) \(Self.amount(plane.deviation, of: name))\(noise)"
      }
      let resolution = LengthText(calibration: micrograph.calibration)(map.resolution)
      let means = spread.compactMap { plane in plane.meanText.map { "\(plane.name) \($0)" } }
      let meanPart = means.isEmpty ? "" : "means \(means.joined(separator: ", ")); "
      return
        "strain \(map.source.origin), \(meanPart)standard deviations over the map: \(parts.joined(separator: ", ")); "
        + "resolution \(resolution)"
    }
  }

  /// Strains in per cent, rotations in milliradians.
  private static func amount(_ value: Double, of plane: String) -> String {
    plane == "rotation" ? "\(Number.short(1000 * value, digits: 2)) mrad" : "\(Number.short(100 * value, digits: 2)) %"
  }
}

extension StrainSource {
  /// In words, as a column of a table is headed.
  var name: String { self == .gpa ? "geometric phase" : "positions" }
  /// In words, behind "strain".
  var origin: String { self == .gpa ? "by geometric phase" : "from positions" }
}
