import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import Testing

@Suite("A written TIFF stack")
struct TIFFLayoutTests {
  private static let pages = (0..<3).map { page in
    Raster<Float>(width: 5, height: 3, values: (0..<15).map { Float(100 * page + $0) })
  }

  private static func written(_ names: [String], calibration: Calibration?) throws -> (Data, ImageFile) {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tiff-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appendingPathComponent("stack.tif").path
    try TIFFWriter.write(pages, names: names, calibration: calibration, to: path)
    return (try Data(contentsOf: URL(fileURLWithPath: path)), try ImageFile.open(path: path))
  }

  @Test("holds its pages without gaps, as ImageJ reads it: from the first directory and the number of images alone")
  func contiguous() throws {
    let (data, _) = try Self.written(
      ["exx", "a much longer name", "c"], calibration: Calibration(nanometresPerPixel: 0.0137))
    let pixels = Self.pages.flatMap(\.values).flatMap { value in withUnsafeBytes(of: value.bitPattern) { [UInt8]($0) } }
    #expect([UInt8](data[8..<8 + pixels.count]) == pixels)
    #expect(String(decoding: data, as: UTF8.self).contains("images=3\n"))
  }

  @Test("gives every page, its scale and its size through the directories")
  func directories() throws {
    let (_, file) = try Self.written(["a", "b", "c"], calibration: Calibration(nanometresPerPixel: 0.0137))
    for (index, page) in Self.pages.enumerated() {
      let frame = try file.read(dataset: nil, frame: index)
      #expect(frame.pixels == page)
      #expect(abs((frame.calibration?.nanometresPerPixelX ?? 0) - 0.0137) < 1e-9)
    }
  }
}
