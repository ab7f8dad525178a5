import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics

/// The folder of a result while it is written: where the tables, arrays and images of a method go.
public struct ResultFiles {
  let folder: URL
  let calibration: Calibration?

  /// Writes bytes; `name` is the path below the folder, and folders on the way are made.
  public func write(_ data: Data, as name: String) throws {
    let place = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: place)
  }

  /// Writes a row-major array of float32 as a NumPy file.
  public func writeArray(_ values: [Float], shape: [Int], as name: String) throws {
    try NPYWriter.write(values, shape: shape, to: path(name))
  }

  /// Writes a value as JSON with keys in snake case, sorted, so that equal results are equal bytes.
  public func writeJSON(_ value: some Encodable, as name: String) throws {
    try write(try JSONEncoder.forResults().document(value), as: name)
  }

  /// Writes float32 images as pages of a TIFF file, each named in its metadata, with the calibration of the micrograph.
  public func writeImages(_ images: [Raster<Float>], names: [String], as name: String) throws {
    try TIFFWriter.write(images, names: names, calibration: calibration, to: path(name))
  }

  /// Writes a label map as a TIFF file of uint16.
  public func writeLabels(_ labels: Raster<UInt16>, as name: String) throws {
    try TIFFWriter.write([labels], calibration: calibration, to: path(name), replacing: true)
  }

  /// Writes a mask as a TIFF file of uint8: 1 where it is true.
  public func writeMask(_ mask: Raster<Bool>, as name: String) throws {
    try TIFFWriter.write([mask.map { UInt8($0 ? 1 : 0) }], calibration: calibration, to: path(name), replacing: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
}
