import CZlib
import Foundation
import TesseraNumerics

/// Writes pixels as a PNG file of the smallest fitting kind: grey, palette or true colour.
///
/// Cairo's own writer spends most of a report's time on the noise of micrographs and keeps three bytes per pixel.
/// Source: PNG (third edition), W3C 2025, §5 (chunks), §7.2 (pixels), §9 (filters).
enum PNGEncoder {
  /// - Parameter pixels: 0x00RRGGBB; at least one.
  static func data(of pixels: Raster<UInt32>) -> Data {
    var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    let isGray = pixels.values.allSatisfy { $0 & 255 == $0 >> 16 && $0 & 255 == $0 >> 8 & 255 }
    if isGray {
      append(header(pixels, colorType: 0), named: "IHDR", to: &file)
      let noisy = isNoisy(pixels)
      append(compressed(rows(of: pixels, bytesPerPixel: 1, differences: !noisy), fast: noisy), named: "IDAT", to: &file)
    } else if isNoisy(pixels) {
      let palette = Palette(of: pixels)
      append(header(pixels, colorType: 3), named: "IHDR", to: &file)
      append(palette.colors.flatMap { bytes(of: $0).dropFirst() }, named: "PLTE", to: &file)
      let indices = pixels.map { UInt32(palette.index(of: $0)) }
      append(compressed(rows(of: indices, bytesPerPixel: 1, differences: false), fast: true), named: "IDAT", to: &file)
    } else {
      append(header(pixels, colorType: 2), named: "IHDR", to: &file)
      append(compressed(rows(of: pixels, bytesPerPixel: 3, differences: true), fast: false), named: "IDAT", to: &file)
    }
    append([], named: "IEND", to: &file)
    return file
  }

  /// Whether more than a quarter of neighbouring pixels differ clearly, as in a micrograph and unlike in a plot or a
  /// smooth map. Noise does not compress, so there a palette saves most, and 256 colours look like all of them.
  private static func isNoisy(_ pixels: Raster<UInt32>) -> Bool {
    var changes = 0
    for y in stride(from: 0, to: pixels.height, by: 4) {
      let row = pixels.values[y * pixels.width..<(y + 1) * pixels.width]
      var previous = Int(row.first! >> 8 & 255)
      for pixel in row {
        let green = Int(pixel >> 8 & 255)
        if abs(green - previous) > 3 { changes += 1 }
        previous = green
      }
    }
    return changes * 16 > pixels.count
  }

  /// Filtered rows: a filter byte, then the pixels, each as it is or as its difference from the one on its left.
  private static func rows(of pixels: Raster<UInt32>, bytesPerPixel: Int, differences: Bool) -> [UInt8] {
    let length = 1 + bytesPerPixel * pixels.width
    return [UInt8](unsafeUninitializedCapacity: length * pixels.height) { output, count in
      var place = 0
      for y in 0..<pixels.height {
        output[place] = differences ? 1 : 0
        place += 1
        var previous: UInt32 = 0
        for pixel in pixels.values[y * pixels.width..<(y + 1) * pixels.width] {
          for shift in stride(from: UInt32(8 * (bytesPerPixel - 1)), through: 0, by: -8) {
            let before = differences ? UInt8(truncatingIfNeeded: previous >> shift) : 0
            output[place] = UInt8(truncatingIfNeeded: pixel >> shift) &- before
            place += 1
          }
          previous = pixel
        }
      }
      count = place
    }
  }

  private static func header(_ pixels: Raster<UInt32>, colorType: UInt8) -> [UInt8] {
    bytes(of: UInt32(pixels.width)) + bytes(of: UInt32(pixels.height)) + [8, colorType, 0, 0, 0]
  }

  /// The zlib stream of the rows. Searching noise for repetitions is in vain, so `fast` hardly searches.
  private static func compressed(_ input: [UInt8], fast: Bool) -> [UInt8] {
    var length = compressBound(UInt(input.count))
    return [UInt8](unsafeUninitializedCapacity: Int(length)) { output, count in
      let status = compress2(output.baseAddress, &length, input, UInt(input.count), fast ? 2 : 6)
      precondition(status == Z_OK, "zlib compresses any bytes into a buffer of compressBound")
      count = Int(length)
    }
  }

  private static func append(_ content: [UInt8], named name: String, to file: inout Data) {
    let body = Array(name.utf8) + content
    file += bytes(of: UInt32(content.count))
    file += body
    file += bytes(of: UInt32(crc32(0, body, UInt32(body.count))))
  }

  private static func bytes(of number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
