import Foundation
import TesseraFormats
import TesseraNumerics
import TesseraSimulation
import TesseraStructure

/// Writes a simulated micrograph and its truth: `NAME.tif` (or `.npy`), `NAME.sites.csv`, `NAME.truth.json`, and where
/// the specimen has them `NAME.labels.tif`, `NAME.strain.tif`, `NAME.twist.tif`, `NAME.units.csv` and `NAME.patches.npy`. A series is a stack in one file.
public struct SimulationFiles: Sendable {
  /// Where the image goes; the other names follow from it.
  public let image: String
  /// Whether files that exist give way.
  public let replacing: Bool

  /// Files beside `image`, a path that ends in `.tif` or `.npy`; nothing is written yet.
  public init(image: String, replacing: Bool = false) {
    self.image = image
    self.replacing = replacing
  }

  /// Throws what `write` would throw for places that are taken, before anything is computed.
  public func check() throws { try check(endings: ["sites.csv", "truth.json"]) }

  func check(endings: [String]) throws {
    guard Self.extensions.contains((image as NSString).pathExtension.lowercased()) else {
      throw FormatError(.cannotWrite, "\(image): a simulation is written as .tif or .npy; name one of these")
    }
    for path in [image] + endings.map(beside) {
      try AtomicOutput.checkPlace(path, replacing: replacing)
    }
  }

  /// Writes every file and returns the names, the image first.
  public func write(_ result: SimulatedMicrograph) throws -> [String] {
    try write(result, ImageStack(result.micrograph), truth: TruthDocument(of: result))
  }

  /// Writes every file of a series, its frames one by one, and returns the names, the stack first.
  ///
  /// - Parameters:
  ///   - series: the frames and the truth of their specimen.
  ///   - progress: is told the part of the frames that is done, 0 ... 1; may throw to stop.
  public func write(
    _ series: SimulatedSeries, progress: @escaping (Double) throws -> Void = { _ in }
  ) throws -> [String] {
    let result = series.micrograph
    var truth = TruthDocument(of: result)
    truth.series = TruthDocument.Series(of: series)
    let stack = ImageStack(
      count: series.count, width: result.micrograph.width, height: result.micrograph.height,
      calibration: result.micrograph.calibration, name: result.micrograph.name
    ) { index in
      try progress(Double(index) / Double(series.count))
      return index == 0 ? result.micrograph.pixels : series.frame(index)
    }
    return try write(result, stack, truth: truth)
  }

  private func write(_ result: SimulatedMicrograph, _ stack: ImageStack, truth: TruthDocument) throws -> [String] {
    try check()
    var names = [image, beside("sites.csv"), beside("truth.json")]
    let (micrograph, scene) = (result.micrograph, result.scene)
    if (image as NSString).pathExtension.lowercased() == "npy" {
      try NPYWriter.write(stack, to: image, replacing: replacing)
    } else {
      try TIFFWriter.write(stack, to: image, replacing: replacing)
    }
    try AtomicOutput.file(at: names[1], replacing: replacing, contents: Data(result.sites.csv.utf8))
    try AtomicOutput.file(at: names[2], replacing: replacing, contents: truth.json())
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
    if let twist = scene.twist {
      names.append(beside("twist.tif"))
      try TIFFWriter.write(
        twist, names: TwistMap.planeNames, calibration: micrograph.calibration, to: names.last!, replacing: replacing)
    }
    if result.simulation.specimen is PentagonalOxide {
      names.append(beside("units.csv"))
      let units = TrueUnits(of: result.sites, sublattice: PentagonalOxide.pentagon)
      try AtomicOutput.file(at: names.last!, replacing: replacing, contents: Data(units.csv.utf8))
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

  func beside(_ ending: String) -> String { (image as NSString).deletingPathExtension + "." + ending }
}
