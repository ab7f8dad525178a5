import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics
import TestSupport
import Testing

/// Discs of given places and radii in images of 200 x 160 pixels, from result folders.
@Suite struct `A series of particles` {
  private typealias Disc = (x: Double, y: Double, radius: Double)
  private let folder = TemporaryFolder()

  /// Writes the result folder of an image.
  private func result(_ name: String, _ discs: [Disc]) throws -> (image: String, folder: String) {
    var labels = Raster<UInt16>(width: 200, height: 160, filling: 0)
    for y in 0..<160 {
      for x in 0..<200 {
        for (number, disc) in discs.enumerated()
        where hypot(Double(x) - disc.x, Double(y) - disc.y) <= disc.radius { labels[x, y] = UInt16(number + 1) }
      }
    }
    var table = "id,x,y,area_px,area_error_px,area_nm2,circularity,class,probability,p_fault\n"
    for (number, disc) in discs.enumerated() {
      table += "\(number + 1),\(disc.x),\(disc.y),\(Double.pi * disc.radius * disc.radius),4,,1,,,\n"
    }
    let path = folder / name
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data(table.utf8).write(to: URL(fileURLWithPath: path + "/particles.csv"))
    try TIFFWriter.write([labels], to: path + "/instances.tif", replacing: true)
    try TIFFWriter.write([labels.map { $0 > 0 ? UInt16(1) : 0 }], to: path + "/mask.tif", replacing: true)
    return ("\(name).tif", path)
  }

  @Test func `says of each track that ends in another, also after an image without particles`() throws {
    let images = [
      try result("a", [(60, 60, 14), (90, 60, 10), (150, 120, 12)]), try result("b", []),
      try result("c", [(68, 60, 18), (150, 120, 12)]),
    ]
    let series = try ParticleSeries(images, isTracked: true)
    #expect(series.emptyImages == [1] && series.tracks?[1].ending == .joins(1))
    let blocks = try #require(series.sections.last).blocks
    let text = blocks.compactMap { if case .paragraph(let text) = $0 { text } else { nil } }.joined()
    #expect(text.contains("; 1 end in another particle"), "\(text)")
    let list = blocks.compactMap { if case .list(let items) = $0 { items } else { nil } }.flatMap { $0 }
    #expect(list.count == 1 && list[0].hasPrefix("Track 2 joins track 1 in c.tif: "), "\(list)")
  }

  @Test(arguments: [.nan, -1, 1.5, 65536, .infinity] as [Float])
  func `of labels that are none is refused`(value: Float) throws {
    let images = [try result("a", [(60, 60, 14)])]
    #expect(try ParticleSeries(images, isTracked: true).tracks?.count == 1)
    var labels = Raster<Float>(width: 200, height: 160, filling: 0)
    labels[3, 4] = value
    try TIFFWriter.write([labels], to: images[0].folder + "/instances.tif", replacing: true)
    #expect(throws: FormatError.self) { try ParticleSeries(images, isTracked: true) }
  }

  @Test func `of a mask of another image is refused`() throws {
    let images = [try result("a", [(60, 60, 14)])]
    let mask = Raster<UInt16>(width: 160, height: 200, filling: 0)
    try TIFFWriter.write([mask], to: images[0].folder + "/mask.tif", replacing: true)
    #expect(throws: FormatError.self) { try ParticleSeries(images, isTracked: true) }
  }
}
