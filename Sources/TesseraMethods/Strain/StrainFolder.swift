import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

/// The files of a strain analysis, as docs/results-folder.md lists them.
public struct StrainFolder: Sendable {
  public var result: StrainResult
  public var settings: StrainAnalysis
  /// The input as the user typed it.
  public var input: String
  public var version: String

  public init(_ result: StrainResult, settings: StrainAnalysis, input: String, version: String = TesseraVersion.current)
  {
    (self.result, self.settings, self.input, self.version) = (result, settings, input, version)
  }

  /// Writes the folder, whole or not at all.
  ///
  /// - Parameter start: when the command began, for the total time; nil leaves it out.
  /// - Returns: the summary that was written.
  /// - Throws: `FormatError` where the place is taken (unless `replacing`) or cannot be written.
  @discardableResult
  public func write(to path: String, replacing: Bool = false, since start: ContinuousClock.Instant? = nil) throws
    -> StrainDocument
  {
    try AtomicOutput.folder(at: path, replacing: replacing) { folder in
      let calibration = result.micrograph.calibration
      func write(_ planes: StrainPlanes, _ name: String) throws {
        try planes.write(to: folder.appendingPathComponent(name).path, calibration: calibration)
      }
      let main = result.maps[0]
      try write(main.planes, "strain.tif")
      if let errors = main.errors { try write(errors, "strain-error.tif") }
      if result.maps.count > 1 {
        for map in result.maps {
          try write(map.planes, "strain-\(map.method.rawValue).tif")
          if map.method != main.method, let errors = map.errors {
            try write(errors, "strain-\(map.method.rawValue)-error.tif")
          }
        }
      }
      if let columns = result.columns, !result.columnStrains.isEmpty {
        try Self.table(of: columns.sites, result.columnStrains).write(to: folder.appendingPathComponent("strain.csv"))
      }
      var timed = result
      var clock = StageClock()
      let files = clock.run("report") { StrainReport(of: result, input: input, version: version).files() }
      for file in files { try folder.write(file.data, as: file.path) }
      timed.timings += clock.timings
      if let start { timed.timings.append(.init(stage: "total", seconds: (ContinuousClock.now - start) / .seconds(1))) }
      let summary = StrainDocument(of: timed, settings: settings, input: input, version: version)
      try summary.json().write(to: folder.appendingPathComponent("summary.json"))
      return summary
    }
  }

  /// `strain.csv`: one row a column, in the order in which they were found; empty where the strain is unknown.
  static func table(of sites: Sites, _ strains: [LocalStrain?]) -> Data {
    var table = TableWriter(columns: [
      "id", "x", "y", "exx", "eyy", "exy", "rotation", "hydrostatic", "shear", "principal_major", "principal_minor",
      "principal_angle", "exx_error", "eyy_error", "exy_error", "rotation_error",
    ])
    for (index, site) in sites.sites.enumerated() {
      let place = [String(index), TableWriter.number(site.position.x), TableWriter.number(site.position.y)]
      guard index < strains.count, let strain = strains[index] else {
        table.add(place + [String](repeating: "", count: 13))
        continue
      }
      let (g, e) = (strain.gradient, strain.errors)
      let values = [
        g.exx, g.eyy, g.exy, g.rotation, g.hydrostatic, g.largestShear, g.principal.major, g.principal.minor,
        g.principal.angle, e.x, e.y, e.z, e.w,
      ]
      table.add(place + values.map { TableWriter.number($0, decimals: 7) })
    }
    return table.data
  }
}

extension StrainPlanes {
  /// Writes the planes as pages of a TIFF file, each named in its metadata.
  func write(to path: String, calibration: Calibration?) throws {
    try TIFFWriter.write(all, names: Self.names, calibration: calibration, to: path)
  }
}
