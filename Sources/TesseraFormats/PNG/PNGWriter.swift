import CPNG
import Foundation
import TesseraImaging
import TesseraNumerics

/// Writes PNG images.
public enum PNGWriter {
  /// Writes samples as they are, 8 bits per pixel. A calibration goes into a text that this program reads back.
  public static func write(
    _ pixels: Raster<UInt8>, calibration: Calibration? = nil, to path: String, replacing: Bool = false
  ) throws {
    try write(pixels.values, pixels.width, pixels.height, bits: 8, channels: 1, calibration, path, replacing)
  }

  /// Writes samples as they are, 16 bits per pixel.
  public static func write(
    _ pixels: Raster<UInt16>, calibration: Calibration? = nil, to path: String, replacing: Bool = false
  ) throws {
    try write(pixels.values, pixels.width, pixels.height, bits: 16, channels: 1, calibration, path, replacing)
  }

  /// Stretches finite values from `range` (by default their own) to the 2^`bits` levels; others become 0.
  public static func write(
    stretching pixels: Raster<Float>, from range: ClosedRange<Float>? = nil, bits: Int = 8,
    calibration: Calibration? = nil, to path: String, replacing: Bool = false
  ) throws {
    precondition(bits == 8 || bits == 16, "a PNG image has 8 or 16 bits per sample")
    let finite = pixels.values.lazy.filter(\.isFinite)
    let low = range?.lowerBound ?? finite.min() ?? 0
    let high = range?.upperBound ?? finite.max() ?? 1
    let top = bits == 8 ? 255.0 : 65535
    // In double precision: the range of single-precision values may be no such value.
    let scale = high > low ? top / (Double(high) - Double(low)) : 0
    let levels = pixels.map {
      $0.isFinite ? max(0, min(top, ((Double($0) - Double(low)) * scale).rounded())) : 0
    }
    if bits == 8 {
      try write(levels.map { UInt8($0) }, calibration: calibration, to: path, replacing: replacing)
    } else {
      try write(levels.map { UInt16($0) }, calibration: calibration, to: path, replacing: replacing)
    }
  }

  /// Writes interleaved red, green, blue, 8 bits each.
  public static func write(
    rgb samples: [UInt8], width: Int, height: Int, calibration: Calibration? = nil, to path: String,
    replacing: Bool = false
  ) throws {
    try write(samples, width, height, bits: 8, channels: 3, calibration, path, replacing)
  }

  private static func write<Sample: BitwiseCopyable>(
    _ samples: [Sample], _ width: Int, _ height: Int, bits: Int32, channels: Int32, _ calibration: Calibration?,
    _ path: String, _ replacing: Bool
  ) throws {
    precondition(samples.count == width * height * Int(channels), "an image needs width x height x channels samples")
    guard width > 0, height > 0, width < 1 << 30, height < 1 << 30 else {
      throw FormatError(.unusable, "\(path): a PNG image cannot have \(width) x \(height) pixels; write TIFF instead")
    }
    let size = calibration.map { "\($0.nanometresPerPixelX) \($0.nanometresPerPixelY)" }
    try AtomicOutput.file(at: path, replacing: replacing) { temporary in
      var message = [CChar](repeating: 0, count: 128)
      let status = PNGReader.pixelSizeKey.withCString { key in
        (size ?? "").withCString { text in
          tessera_png_write(
            temporary, UInt32(width), UInt32(height), bits, channels, samples, size == nil ? 0 : 1, [key], [text],
            &message)
        }
      }
      guard status == 0 else { throw FormatError(.inputOutput, "\(path): cannot be written (\(plainText(message)))") }
    }
  }
}
