import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics

/// The folder of a result while it is written: where the tables, arrays and images of a method go.
public struct ResultFiles {
  private enum Place {
    case folder(URL)
    case memory(MemoryFiles)
  }

  private let place: Place
  private let calibration: Calibration?

  init(folder: URL, calibration: Calibration?) { (place, self.calibration) = (.folder(folder), calibration) }

  /// Files that are kept instead of written; arrays and images stay what they are.
  public init(inMemory files: MemoryFiles) { (place, calibration) = (.memory(files), nil) }

  /// Writes bytes; `name` is the path below the folder, and folders on the way are made.
  public func write(_ data: Data, as name: String) throws {
    try put(.bytes(data), as: name) { file in
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try AtomicOutput.write(data, to: file.path)
    }
  }

  /// Writes a row-major array of float32 as a NumPy file.
  public func writeArray(_ values: [Float], shape: [Int], as name: String) throws {
    try put(.array(values, shape: shape), as: name) { try NPYWriter.write(values, shape: shape, to: $0.path) }
  }

  /// Writes a value as JSON with keys in snake case, sorted, so that equal results are equal bytes.
  public func writeJSON(_ value: some Encodable, as name: String) throws {
    try write(try JSONEncoder.forResults().document(value), as: name)
  }

  /// Writes float32 images as pages of a TIFF file, packed without loss, each named in its metadata, with the calibration of
  /// the micrograph.
  public func writeImages(_ images: [Raster<Float>], names: [String], as name: String) throws {
    try put(.images(images, names: names), as: name) {
      try TIFFWriter.writePacked(images, names: names, calibration: calibration, to: $0.path)
    }
  }

  /// Writes a label map as a TIFF file of uint16.
  public func writeLabels(_ labels: Raster<UInt16>, as name: String) throws {
    try put(.labels(labels), as: name) {
      try TIFFWriter.write([labels], calibration: calibration, to: $0.path, replacing: true)
    }
  }

  /// Writes a mask as a TIFF file of uint8: 1 where it is true.
  public func writeMask(_ mask: Raster<Bool>, as name: String) throws {
    let mask = mask.map { UInt8($0 ? 1 : 0) }
    try put(.mask(mask), as: name) {
      try TIFFWriter.write([mask], calibration: calibration, to: $0.path, replacing: true)
    }
  }

  private func put(_ content: MemoryFiles.Content, as name: String, _ write: (URL) throws -> Void) throws {
    try StopSignal.check()
    switch place {
    case .folder(let folder): try write(folder.appendingPathComponent(name))
    case .memory(let files): files.add(content, as: name)
    }
  }
}
