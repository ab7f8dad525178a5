import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

struct `Packed TIFF pages` {
  let folder = TemporaryFolder()
  private let calibration = Calibration(x: 0.0123, y: 0.0456)!

  /// Noise with all that single precision has: NaN, infinities, both zeros, denormals.
  private func page(_ width: Int, _ height: Int, seed: Int) -> Raster<Float> {
    var values = (0..<width * height).map {
      Float(bitPattern: UInt32(truncatingIfNeeded: ($0 &+ seed) &* 2_654_435_761))
    }
    for (index, value) in [Float.nan, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude].enumerated() {
      values[index % values.count] = value
    }
    return Raster(width: width, height: height, values: values)
  }

  @Test(arguments: [(1, 1), (5, 3), (16, 16), (256, 256), (257, 255), (700, 520)])
  func `come back bit for bit, with names and scale`(size: (Int, Int)) throws {
    let pages = (0..<3).map { page(size.0, size.1, seed: $0) }
    try TIFFWriter.writePacked(pages, names: ["exx", "eyy", "exy"], calibration: calibration, to: folder / "a.tif")
    let file = try ImageFile.open(path: folder / "a.tif")
    #expect(file.datasets.map(\.shape) == [[3, size.1, size.0]] && file.datasets[0].type == .float32)
    #expect(file.datasets[0].name.contains("exx") && file.datasets[0].calibration == calibration)
    for (index, page) in pages.enumerated() {
      #expect(try file.read(frame: index).pixels.values.map(\.bitPattern) == page.values.map(\.bitPattern))
    }
  }

  @Test func `are the same bytes on any number of threads, and smaller where there is nothing`() throws {
    var image = page(900, 700, seed: 1)
    for index in 0..<450_000 { image.values[index] = .nan }
    var files: [Data] = []
    for threads in [1, 2, 7] {
      try Workers.$limit.withValue(threads) {
        try TIFFWriter.writePacked([image, image], to: folder / "a.tif", replacing: true)
      }
      files.append(try Data(contentsOf: URL(fileURLWithPath: folder / "a.tif")))
    }
    #expect(files[0] == files[1] && files[1] == files[2])
    #expect(files[0].count < 2 * 900 * 700 * 4 / 2)
  }
}
