import Foundation
import TesseraFormats
import TesseraImaging
import TesseraMethods
import TesseraNumerics
import TestSupport
import Testing

struct `Masks to train on` {
  private let folder = TemporaryFolder()

  private func image(_ name: String, side: Int = 200, _ value: (Int, Int) -> Float) throws -> String {
    var pixels = Raster<Float>(width: side, height: side, filling: 0)
    for y in 0..<side { for x in 0..<side { pixels[x, y] = value(x, y) } }
    try TIFFWriter.write([pixels], to: folder / name)
    return folder / name
  }

  private func fault(_ files: MaskFiles, side: Int = 160) -> String {
    do {
      _ = try files.read(side: side)
      return ""
    } catch { return "\(error)" }
  }

  @Test func `find the image of their name, or the one that is named`() throws {
    _ = try image("a.tif") { Float(($0 * 7 + $1 * 13) % 29) }
    let mask = try image("a.mask.tif") { x, y in x > 50 && y > 60 && x < 120 ? 3 : 0 }
    let read = try MaskFiles(masks: [mask]).read(side: 160)
    #expect(read.names == ["a.tif"] || read.names == ["a"])
    #expect(read.entries[0].mask.values.count { $0 == 1 } == 69 * 139)
    #expect(try MaskFiles(masks: [mask], images: [folder / "a.tif"]).read(side: 160) == read)
    #expect(
      fault(MaskFiles(masks: [mask, mask], images: [folder / "a.tif"])).contains("2 masks are given, but 1 images"))
  }

  @Test func `are refused where they cannot belong to their image`() throws {
    let picture = try image("b.tif") { Float(($0 * 7 + $1 * 13) % 29) }
    func refused(_ mask: String, side: Int = 160) -> String {
      fault(MaskFiles(masks: [mask], images: [picture]), side: side)
    }
    #expect(
      try refused(image("small.tif", side: 100) { x, _ in x > 50 ? 1 : 0 }).contains("100 x 100 pixels, but its image"))
    #expect(try refused(image("none.tif") { _, _ in 0 }).contains("all pixels are 0"))
    #expect(try refused(image("all.tif") { _, _ in 1 }).contains("no pixel is 0"))
    let half = try image("half.tif") { x, _ in x > 50 ? 1 : 0 }
    #expect(refused(half, side: 224).contains("needs 224 x 224"))
    #expect(refused(folder / "missing.tif") != "" && refused(half) == "")
  }
}
