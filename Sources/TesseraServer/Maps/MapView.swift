import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraNumerics
import TesseraProject

/// The result of a measurement as the page shows it, read from its files: maps, what their colours mean, and places to go to.
struct MapView: Sendable {
  let measurement: ProjectStep.Measurement
  /// Where its files lie.
  let folder: URL
  let layers: [MapLayer]

  /// - Parameter folder: the unpacked result.
  init(_ measurement: ProjectStep.Measurement, at folder: URL) {
    (self.measurement, self.folder) = (measurement, folder)
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }
    layers = Self.known(for: measurement.command).filter { exists($0.file) }.flatMap(\.layers)
  }

  private static func known(for command: String) -> [(file: String, layers: [MapLayer])] {
    switch command {
    case "strain":
      // With both methods the maps of each stand under a name of their own.
      [("strain", ""), ("strain-gpa", " by phase"), ("strain-columns", " by columns")].map { stem, suffix in
        let file = "\(stem).tif"
        func name(_ plane: String) -> String { stem == "strain" ? plane : "\(stem)-\(plane)" }
        return (
          file,
          [
            .values(name("exx"), "exx" + suffix, file: file, page: 0, with: [1, 2]),
            .values(name("eyy"), "eyy" + suffix, file: file, page: 1, with: [0, 2]),
            .values(name("exy"), "exy" + suffix, file: file, page: 2, with: [0, 1]),
            .values(name("rotation"), "rotation" + suffix + " (rad)", file: file, page: 3),
          ]
        )
      }
    case "segment": [("segmentation.tif", [.labels("patterns", "patterns", file: "segmentation.tif")])]
    case "particles": [("instances.tif", [.labels("particles", "particles", file: "instances.tif")])]
    case "moire":
      [
        ("domains.tif", [.labels("domains", "stackings", file: "domains.tif")]),
        (
          "twist.tif",
          [
            .values("twist", "twist (degrees)", file: "twist.tif", page: 0, isSigned: false),
            .values("exx", "heterostrain exx", file: "twist.tif", page: 1, with: [2, 3]),
            .values("eyy", "heterostrain eyy", file: "twist.tif", page: 2, with: [1, 3]),
            .values("exy", "heterostrain exy", file: "twist.tif", page: 3, with: [1, 2]),
          ]
        ),
      ]
    default: []
    }
  }

  /// - Throws: `DataError` where the result has no such map.
  func layer(_ name: String) throws -> MapLayer {
    guard let layer = layers.first(where: { $0.name == name }) else {
      throw DataError("this result of \(measurement.command) has no map called \(name)")
    }
    return layer
  }

  /// A table of the result; nil where it wrote none.
  func table(_ name: String) throws -> CSVTable? {
    let path = folder.appendingPathComponent(name).path
    return FileManager.default.fileExists(atPath: path) ? try CSVTable(path: path) : nil
  }
}
