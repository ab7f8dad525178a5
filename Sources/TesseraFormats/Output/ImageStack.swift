import TesseraImaging
import TesseraNumerics

/// Images of equal size that are written one after the other; a single image is a stack of one.
///
/// Frames are asked for in rising order, each once, so that a long stack need not be in memory.
public struct ImageStack {
  /// Number of images, and size of each in pixels.
  public let count, width, height: Int
  /// Nil writes no scale.
  public let calibration: Calibration?
  /// Title of the images; some formats hold it.
  public let name: String
  /// Type of the values as they are written: `uint16` or `float32`, or a type of integers that go over untouched.
  public let type: ScalarType
  private let source: Source

  private enum Source {
    case pixels((Int) throws -> Raster<Float>)
    /// Little-endian values of a whole frame.
    case stored((Int) throws -> [UInt8])
  }

  /// - Parameters:
  ///   - count: number of images, 1 or more.
  ///   - width: of each image, in pixels, 1 or more.
  ///   - height: of each image, in pixels, 1 or more.
  ///   - calibration: size of a pixel; nil writes no scale.
  ///   - name: title of the images; some formats hold it.
  ///   - isShort: whether all values are whole numbers of 0 ... 65535, which 16 bits hold; otherwise single precision is
  ///     written.
  ///   - frame: gives image `0 ..< count`, of `width` x `height` pixels.
  public init(
    count: Int, width: Int, height: Int, calibration: Calibration? = nil, name: String = "", isShort: Bool = false,
    frame: @escaping (Int) throws -> Raster<Float>
  ) {
    precondition(count > 0 && width > 0 && height > 0, "a stack needs an image with a pixel")
    (self.count, self.width, self.height) = (count, width, height)
    (self.calibration, self.name, type) = (calibration, name, isShort ? .uint16 : .float32)
    source = .pixels(frame)
  }

  /// Images whose values are written as they are.
  ///
  /// - Parameter stored: gives the bytes of image `0 ..< count`, row-major and little-endian.
  init(
    count: Int, width: Int, height: Int, calibration: Calibration?, name: String, type: ScalarType,
    stored: @escaping (Int) throws -> [UInt8]
  ) {
    precondition(count > 0 && width > 0 && height > 0, "a stack needs an image with a pixel")
    (self.count, self.width, self.height) = (count, width, height)
    (self.calibration, self.name, self.type) = (calibration, name, type)
    source = .stored(stored)
  }

  /// One image.
  public init(_ micrograph: Micrograph, isShort: Bool = false) {
    self.init(
      count: 1, width: micrograph.width, height: micrograph.height, calibration: micrograph.calibration,
      name: micrograph.name, isShort: isShort
    ) { _ in micrograph.pixels }
  }

  /// Bytes of one image as it is written.
  var frameSize: Int { width * height * type.size }

  /// Gives `emit` the bytes of all frames, little-endian, in pieces that end with a row.
  func emitFrames(_ emit: (RawSpan) throws -> Void) throws {
    for index in 0..<count { try emitFrame(index, emit) }
  }

  /// Gives `emit` the bytes of one frame, little-endian, in pieces that end with a row.
  func emitFrame(_ index: Int, _ emit: (RawSpan) throws -> Void) throws {
    let rows = max(1, (1 << 20) / width)
    switch source {
    case .pixels(let frame):
      let pixels = try frame(index)
      precondition(pixels.width == width && pixels.height == height, "all images of a stack have one size")
      for first in stride(from: 0, to: height, by: rows) {
        let part = pixels.values[first * width..<min(height, first + rows) * width]
        if type == .uint16 {
          let levels = part.map { UInt16($0) }
          try emit(levels.span.bytes)
        } else {
          try emit(part.span.bytes)
        }
      }
    case .stored(let frame):
      let bytes = try frame(index)
      precondition(bytes.count == frameSize, "all images of a stack have one size")
      let rowSize = width * type.size
      for first in stride(from: 0, to: height, by: rows) {
        let part = bytes[first * rowSize..<min(height, first + rows) * rowSize]
        try emit(part.span.bytes)
      }
    }
  }
}
