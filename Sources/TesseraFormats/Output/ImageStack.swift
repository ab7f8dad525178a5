import TesseraImaging
import TesseraNumerics

/// Images of equal size that are written one after the other; a single image is a stack of one.
///
/// Frames are asked for in rising order, each once, so that a long stack need not be in memory.
public struct ImageStack {
  public let count, width, height: Int
  /// Nil writes no scale.
  public let calibration: Calibration?
  /// Title of the images; some formats hold it.
  public let name: String
  /// Whether all values are whole numbers of 0 ... 65535, which 16 bits hold; otherwise single precision is written.
  public let isShort: Bool
  let frame: (Int) throws -> Raster<Float>

  /// - Parameter frame: gives image `0 ..< count`, of `width` x `height` pixels.
  public init(
    count: Int, width: Int, height: Int, calibration: Calibration? = nil, name: String = "", isShort: Bool = false,
    frame: @escaping (Int) throws -> Raster<Float>
  ) {
    precondition(count > 0 && width > 0 && height > 0, "a stack needs an image with a pixel")
    (self.count, self.width, self.height) = (count, width, height)
    (self.calibration, self.name, self.isShort, self.frame) = (calibration, name, isShort, frame)
  }

  /// One image.
  public init(_ micrograph: Micrograph, isShort: Bool = false) {
    self.init(
      count: 1, width: micrograph.width, height: micrograph.height, calibration: micrograph.calibration,
      name: micrograph.name, isShort: isShort
    ) { _ in micrograph.pixels }
  }

  /// Bytes of one image as it is written.
  var frameSize: Int { width * height * (isShort ? 2 : 4) }

  /// Gives `emit` the bytes of all frames, little-endian, in pieces that end with a row.
  func emitFrames(_ emit: (RawSpan) throws -> Void) throws {
    let rows = max(1, (1 << 20) / width)
    for index in 0..<count {
      let pixels = try frame(index)
      precondition(pixels.width == width && pixels.height == height, "all images of a stack have one size")
      for first in stride(from: 0, to: height, by: rows) {
        let part = pixels.values[first * width..<min(height, first + rows) * width]
        if isShort {
          let levels = part.map { UInt16($0) }
          try emit(levels.span.bytes)
        } else {
          try emit(part.span.bytes)
        }
      }
    }
  }
}
