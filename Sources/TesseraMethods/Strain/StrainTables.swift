import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TesseraStructure

extension StrainResult {
  /// Writes `strain.tif` and `strain-error.tif` of the main route, the maps of both routes where both were used, and
  /// `strain.csv` with one row per column.
  public func write(to files: ResultFiles) throws {
    let main = maps[0]
    try files.writePlanes(main.planes, as: "strain.tif")
    if let errors = main.errors { try files.writePlanes(errors, as: "strain-error.tif") }
    if maps.count > 1 {
      for map in maps {
        try files.writePlanes(map.planes, as: "strain-\(map.source.rawValue).tif")
        if map.source != main.source, let errors = map.errors {
          try files.writePlanes(errors, as: "strain-\(map.source.rawValue)-error.tif")
        }
      }
    }
    if let columns, !columnStrains.isEmpty {
      try files.write(Self.table(of: columns.sites, columnStrains), as: "strain.csv")
    }
  }

  /// `strain.csv`: one row per column, in the order in which they were found; empty where the strain is unknown.
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

extension ResultFiles {
  /// Writes the planes of a strain map as pages of a TIFF file, each named in its metadata.
  func writePlanes(_ planes: StrainPlanes, as name: String) throws {
    try writeImages(planes.all, names: StrainPlanes.names, as: name)
  }
}
