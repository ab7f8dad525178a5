import Foundation
import TesseraFormats
import TesseraNumerics
import TesseraSimulation

/// Writes a simulated micrograph and its truth: `NAME.tif` (or `.npy`), `NAME.sites.csv`, `NAME.truth.json`, and where
/// the specimen has them `NAME.labels.tif`, `NAME.strain.tif` and `NAME.patches.npy`.
public struct SimulationFiles: Sendable {
  /// Where the image goes; the other names follow from it.
  public let image: String
  /// Whether files that exist give way.
  public let replacing: Bool

  public init(image: String, replacing: Bool = false) {
    self.image = image
    self.replacing = replacing
  }

  /// Throws what `write` would throw for places that are taken, before anything is computed.
  public func check() throws {
    guard Self.extensions.contains((image as NSString).pathExtension.lowercased()) else {
      throw FormatError(.cannotWrite, "\(image): a simulation is written as .tif or .npy; name one of these")
    }
    for path in [image, beside("sites.csv"), beside("truth.json")] {
      try AtomicOutput.checkPlace(path, replacing: replacing)
    }
  }

  /// Writes every file and returns the names, the image first.
  public func write(_ result: SimulatedMicrograph) throws -> [String] {
    try check()
    var names = [image, beside("sites.csv"), beside("truth.json")]
    let (micrograph, scene) = (result.micrograph, result.scene)
    if (image as NSString).pathExtension.lowercased() == "npy" {
      try NPYWriter.write(
        micrograph.pixels.values, shape: [micrograph.height, micrograph.width], to: image, replacing: replacing)
    } else {
      try TIFFWriter.write(
        [micrograph.pixels], calibration: micrograph.calibration, to: image, replacing: replacing)
    }
    try AtomicOutput.file(at: names[1], replacing: replacing, contents: Data(result.sites.csv.utf8))
    try AtomicOutput.file(at: names[2], replacing: replacing, contents: TruthDocument(of: result).json())
    if let labels = scene.labels {
      names.append(beside("labels.tif"))
      try TIFFWriter.write([labels], calibration: micrograph.calibration, to: names.last!, replacing: replacing)
    }
    if let strain = scene.strain {
      names.append(beside("strain.tif"))
      try TIFFWriter.write(
        [strain.exx, strain.eyy, strain.exy, strain.rotation], names: ["exx", "eyy", "exy", "rotation"],
        calibration: micrograph.calibration, to: names.last!, replacing: replacing)
    }
    if let sheet = result.simulation.specimen as? MotifSheet {
      names.append(beside("patches.npy"))
      let size = sheet.motifs.size
      let patches = sheet.patches(of: micrograph.pixels)
      try NPYWriter.write(patches.values, shape: [patches.rows, size, size], to: names.last!, replacing: replacing)
    }
    return names
  }

  private static let extensions = ["tif", "tiff", "npy"]

  private func beside(_ ending: String) -> String { (image as NSString).deletingPathExtension + "." + ending }
}
