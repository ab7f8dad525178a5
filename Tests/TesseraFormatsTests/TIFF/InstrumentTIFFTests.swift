import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

/// Files as microscopes and other programs write them, built byte by byte.
struct `TIFF files of microscopes` {
  let folder = TemporaryFolder()

  private struct Tag {
    var number: Int
    /// 2 text, 3 and 4 whole numbers, 5 ratio, 7 bytes.
    var type: UInt16
    var count: Int
    var content: [UInt8]
  }

  private func short(_ number: Int, _ value: Int) -> Tag {
    Tag(number: number, type: 3, count: 1, content: bytes(UInt16(value)))
  }
  private func long(_ number: Int, _ value: Int) -> Tag {
    Tag(number: number, type: 4, count: 1, content: bytes(UInt32(value)))
  }
  private func ratio(_ number: Int, _ top: UInt32, _ bottom: UInt32) -> Tag {
    Tag(number: number, type: 5, count: 1, content: bytes(top) + bytes(bottom))
  }
  private func text(_ number: Int, _ words: String) -> Tag {
    let content = Array(words.utf8) + [0]
    return Tag(number: number, type: 2, count: content.count, content: content)
  }
  private func block(_ number: Int, _ content: [UInt8]) -> Tag {
    Tag(number: number, type: 7, count: content.count, content: content)
  }

  /// One image of bytes, 3 x 2 unless the tags say otherwise, in a classic file or a BigTIFF.
  private func tiff(
    _ extra: [Tag], pixels: [UInt8] = [1, 2, 3, 4, 5, 6], width: Int = 3, bits: Int = 8, isLarge: Bool = false
  ) -> [UInt8] {
    let start = isLarge ? 16 : 8
    var tags = [
      short(256, width), short(257, 2), short(258, bits), short(259, 1), short(262, 1), short(278, 2),
      long(273, start), long(279, pixels.count),
    ]
    tags.removeAll { tag in extra.contains { $0.number == tag.number } }
    tags = (tags + extra).sorted { $0.number < $1.number }
    let padded = pixels + [UInt8](repeating: 0, count: pixels.count % 2)
    let directory = start + padded.count
    let inline = isLarge ? 8 : 4
    var behind = directory + (isLarge ? 8 + 20 * tags.count + 8 : 2 + 12 * tags.count + 4)
    var entries: [UInt8] = []
    var blocks: [UInt8] = []
    func number(_ value: Int) -> [UInt8] { isLarge ? bytes(UInt64(value)) : bytes(UInt32(value)) }
    for tag in tags {
      entries += bytes(UInt16(tag.number)) + bytes(tag.type) + number(tag.count)
      if tag.content.count <= inline {
        entries += tag.content + [UInt8](repeating: 0, count: inline - tag.content.count)
      } else {
        entries += number(behind)
        blocks += tag.content
        behind += tag.content.count
      }
    }
    let head: [UInt8] =
      isLarge
      ? [0x49, 0x49, 43, 0, 8, 0, 0, 0] + number(directory) : [0x49, 0x49, 42, 0] + number(directory)
    let count = isLarge ? bytes(UInt64(tags.count)) : bytes(UInt16(tags.count))
    return head + padded + count + entries + number(0) + blocks
  }

  private func size(_ bytes: [UInt8]) throws -> Calibration? {
    try ImageFile.open(path: folder.file("t.tif", bytes)).datasets[0].calibration
  }

  @Test func `BigTIFF is read like TIFF`() throws {
    let words = text(270, "ImageJ=1.53t\nunit=nm\n")
    let file = try ImageFile.open(
      path: folder.file("b.tif", tiff([words, ratio(282, 50, 1), ratio(283, 25, 1), short(296, 1)], isLarge: true)))
    #expect(try file.read().pixels.values == [1, 2, 3, 4, 5, 6])
    #expect(file.datasets[0].calibration == Calibration(x: 0.02, y: 0.04))
  }

  @Test func `ImageJ may state a unit for y and values that are not those stored`() throws {
    func file(_ words: String, _ more: Tag...) throws -> ImageFile {
      try ImageFile.open(
        path: folder.file(
          "j.tif",
          tiff([text(270, "ImageJ=1.53t\n" + words), ratio(282, 50, 1), ratio(283, 25, 1), short(296, 1)] + more)))
    }
    #expect(try file("unit=nm\nyunit=\\u00C5\n").datasets[0].calibration == Calibration(x: 0.02, y: 0.004))
    #expect(try file("unit=nm\n").read().warnings.isEmpty)
    #expect(try file("unit=nm\ncf=0\nc0=0.0\nc1=1.0\n").read().warnings.isEmpty)
    let signed = try file("unit=nm\ncf=0\nc0=-32768.0\nc1=1.0\nvunit=Gray Value\n").read()
    #expect(signed.pixels.values == [1, 2, 3, 4, 5, 6])
    #expect(signed.warnings.contains { $0.contains("values are -32768.0 + 1.0 times what is stored") })
    #expect(
      try file("unit=nm\n", short(274, 6)).read().warnings.contains {
        $0.contains("turned or mirrored (orientation 6)")
      })
    #expect(try file("unit=nm\n", short(274, 1)).read().warnings.isEmpty)
  }

  @Test func `planes become colours`() throws {
    let offsets = Tag(number: 273, type: 4, count: 3, content: [8, 14, 20].flatMap { bytes(UInt32($0)) })
    let counts = Tag(number: 279, type: 4, count: 3, content: [6, 6, 6].flatMap { bytes(UInt32($0)) })
    let bits = Tag(number: 258, type: 3, count: 3, content: [8, 8, 8].flatMap { bytes(UInt16($0)) })
    let pixels = [10, 20, 30].flatMap { [UInt8](repeating: $0, count: 6) }
    let planes = tiff([offsets, counts, bits, short(262, 2), short(277, 3), short(284, 2)], pixels: pixels)
    let file = try ImageFile.open(path: folder.file("p.tif", planes))
    #expect(file.datasets[0].channels == 3)
    #expect(try file.read().pixels.values.allSatisfy { abs($0 - (2.99 + 11.74 + 3.42)) < 1e-4 })
  }

  @Test func `a hyperstack without directories of its own is a stack`() throws {
    let words = text(270, "ImageJ=1.53t\nimages=3\nslices=3\nhyperstack=true\nunit=nm\nfinterval=0.5\n")
    let file = try ImageFile.open(
      path: folder.file(
        "h.tif", tiff([words, ratio(282, 10, 1), ratio(283, 10, 1), long(279, 6)], pixels: (1...18).map { UInt8($0) })))
    #expect(file.datasets[0].shape == [3, 2, 3])
    #expect(try file.read(frame: 2).pixels.values == [13, 14, 15, 16, 17, 18])
    #expect(file.datasets[0].axes[0].scale == 0.5)
  }

  @Test func `samples of ten bits are unpacked, and pages of several slices refused`() throws {
    // 1, 2, 1023 and 512, 0, 3: ten bits each, a row ends with a whole byte.
    let rows: [UInt8] = [0x00, 0x40, 0x2F, 0xFC, 0x80, 0x00, 0x00, 0x0C]
    let file = try ImageFile.open(path: folder.file("t.tif", tiff([], pixels: rows, bits: 10)))
    #expect(file.datasets[0].type == .uint16)
    #expect(try file.read().pixels.values == [1, 2, 1023, 512, 0, 3])
    let error = #expect(throws: FormatError.self) {
      try ImageFile.open(path: folder.file("d.tif", tiff([short(32997, 4)])))
    }
    #expect(error?.description.contains("4 slices") == true)
  }

  @Test func `Thermo Fisher's cameras state the width of their field`() throws {
    let words = "[IRBeam]\r\nHFW=0.003\r\nVFW=0.004\r\n[Image]\r\nResolutionX=3\r\nResolutionY=2\r\n"
    #expect(try size(tiff([text(34682, words)])) == Calibration(x: 1e6, y: 2e6))
  }

  @Test func `the images of OME-XML have their own scales, also where they are alike`() throws {
    let pixels = (1...12).map { Float($0) }
    let words = """
      <OME><Image Name="first"><Pixels PhysicalSizeX="0.3" PhysicalSizeXUnit="nm"><TiffData IFD="0" PlaneCount="1"/></Pixels>\
      </Image><Image Name="second &amp; last"><Pixels PhysicalSizeX="5" PhysicalSizeXUnit="Å"><TiffData IFD="1"/></Pixels>\
      </Image></OME>
      """
    // Two pages as the writer makes them, then its description put in the place of the first's.
    let raster = { (start: Int) in Raster(width: 3, height: 2, values: Array(pixels[start..<start + 6])) }
    try TIFFWriter.write([raster(0), raster(6)], to: folder / "o.tif")
    var whole = folder.contents(of: "o.tif")
    let own = Array("ImageJ=".utf8)
    let place = try #require(whole.indices.first { whole[$0...].starts(with: own) })
    let old = try #require(whole[place...].firstIndex(of: 0)) - place + 1
    // The directory names the text's length and place.
    let entry = try #require(
      whole.indices.first { whole[$0...].starts(with: bytes(UInt16(270)) + bytes(UInt16(2)) + bytes(UInt32(old))) })
    let text = Array(words.utf8) + [0]
    whole.replaceSubrange(entry + 4..<entry + 12, with: bytes(UInt32(text.count)) + bytes(UInt32(whole.count)))
    let file = try ImageFile.open(path: folder.file("p.tif", whole + text))
    #expect(file.datasets.map(\.name) == ["first", "second & last"])
    #expect(file.datasets.map { $0.calibration?.nanometresPerPixelX } == [0.3, 0.5])
    #expect(try file.read(dataset: 1).pixels == raster(6))
  }

  @Test func `Thermo Fisher writes metres into its own tag`() throws {
    let words =
      "[Beam]\r\nHV=300000\r\n[Scan]\r\nPixelWidth=2.5e-11\r\nPixelHeight=5e-11\r\n[System]\r\nSystemType=Titan\r\n"
    let path = folder.file("f.tif", tiff([text(34682, words)]))
    let file = try ImageFile.open(path: path)
    #expect(file.datasets[0].calibration == Calibration(x: 0.025, y: 0.05))
    #expect(file.acquisition["voltage_kv"] == "300.0" && file.acquisition["microscope"] == "Titan")
  }

  @Test func `Zeiss counts in pixels of a screen of 1024 columns`() throws {
    // The table's fourth line holds metres a screen pixel; a 2048 pixel image has half of that.
    let table = "0\n0\n0\n2e-9\n1\n"
    let pixels = [UInt8](repeating: 0, count: 2 * 2048)
    let wide = tiff([text(34118, table)], pixels: pixels, width: 2048)
    #expect(abs(try #require(try size(wide)).nanometresPerPixelX - 1) < 1e-12)
    let agreed = tiff(
      [text(34118, table + "AP_IMAGE_PIXEL_SIZE\nImage Pixel Size = 1.001 nm\n")], pixels: pixels, width: 2048)
    #expect(abs(try #require(try size(agreed)).nanometresPerPixelX - 1) < 1e-12)
    let other = tiff(
      [text(34118, table + "AP_IMAGE_PIXEL_SIZE\nImage Pixel Size = 3 nm\n")], pixels: pixels, width: 2048)
    #expect(abs(try #require(try size(other)).nanometresPerPixelX - 3) < 1e-12)
  }

  @Test func `Hitachi and JEOL's older software write into the description`() throws {
    let hitachi = tiff([text(270, "[SemImageFile]\r\nInstructName=S-5500\r\nPixelSize=9.92\r\n")])
    #expect(try size(hitachi)?.nanometresPerPixelX == 9.92)
    let jeol = tiff([text(270, "$CM_FORMAT JEOL\r\n$$SM_MICRON_BAR 50\r\n$$SM_MICRON_MARKER 100nm\r\n")])
    #expect(try size(jeol)?.nanometresPerPixelX == 2)
  }

  @Test func `JEOL's SightX scales the camera by the magnification, or the camera length`() throws {
    func report(_ mode: String, _ value: String, _ unit: String) -> Tag {
      text(
        270,
        "<?xml version=\"1.0\"?><TemReporter><ElectronGun><AccelerationVoltage>200000</AccelerationVoltage></ElectronGun>"
          + "<ModeString>\(mode)</ModeString><SelectorValue>\(value)</SelectorValue>"
          + "<SelectorUnitString>\(unit)</SelectorUnitString></TemReporter>")
    }
    let resolution = [ratio(282, 100, 1), ratio(283, 100, 1), short(296, 3)]
    // 0.1 mm a pixel, 100,000 times: 1 nm.
    let image = try size(tiff([report("MAG", "100000", "X")] + resolution))
    #expect(abs(try #require(image).nanometresPerPixelX - 1) < 1e-12)
    let pattern = try ImageFile.open(path: folder.file("d.tif", tiff([report("DIFF", "50", "cm")] + resolution)))
    #expect(pattern.datasets[0].kind == .diffraction && pattern.datasets[0].calibration == nil)
    // lambda = 2.5079 pm at 200 kV: 1e-4 m / (0.5 m 2.5079e-12 m) = 0.079748 1/nm.
    #expect(abs(pattern.datasets[0].axes[1].scale - 0.079748) < 1e-5)
  }

  @Test func `TVIPS keeps nm in the second version of its block`() throws {
    var block = [UInt8](repeating: 0, count: 3000)
    block.replaceSubrange(0..<4, with: bytes(UInt32(2)))
    block.replaceSubrange(2968..<2976, with: bytes(Float(1.5).bitPattern) + bytes(Float(1.75).bitPattern))
    #expect(try size(tiff([self.block(37706, block)])) == Calibration(x: 1.5, y: 1.75))
    block[0] = 1
    #expect(try size(tiff([self.block(37706, block)])) == nil)
  }

  @Test func `Olympus lists a block with a power of ten`() throws {
    // Pixels end at 14, the directory follows; the block lies where the tag's number points, at the end of the file.
    let plain = tiff([long(33560, 0)])
    let place = plain.count
    var list = Array("SIS0".utf8) + [UInt8](repeating: 0, count: 54)
    list += bytes(UInt16(1)) + bytes(UInt16(1)) + bytes(UInt16(1))
    list += bytes(UInt32(place + 80))
    var data = [UInt8](repeating: 0, count: 10) + bytes(UInt16(bitPattern: -9))
    data += bytes(Double(0.25).bitPattern) + bytes(Double(0.5).bitPattern)
    let file = tiff([long(33560, place)]) + list + [UInt8](repeating: 0, count: 80 - list.count) + data
    let read = try #require(try size(file))
    #expect(abs(read.nanometresPerPixelX - 0.25) < 1e-12 && abs(read.nanometresPerPixelY - 0.5) < 1e-12)
  }

  @Test func `samples of 12 bits and of one bit are unpacked`() throws {
    // 0x123, 0x456, 0x789 and half a byte of filling, twice.
    let twelve = tiff([], pixels: [0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0x56, 0x78, 0x90], bits: 12)
    let file = try ImageFile.open(path: folder.file("w.tif", twelve))
    #expect(file.datasets[0].type == .uint16)
    #expect(try file.read().pixels.values == [0x123, 0x456, 0x789, 0x123, 0x456, 0x789])
    let one = try ImageFile.open(path: folder.file("o.tif", tiff([], pixels: [0b1010_0000, 0b0100_0000], bits: 1)))
    #expect(one.datasets[0].type == .bool)
    #expect(try one.read().pixels.values == [1, 0, 1, 0, 1, 0])
  }

  @Test func `the lowest bit may come first`() throws {
    let turned = tiff([short(266, 2)], pixels: [0x80, 0x40, 0xC0, 0x20, 0xA0, 0x60])
    #expect(try ImageFile.open(path: folder.file("r.tif", turned)).read().pixels.values == [1, 2, 3, 4, 5, 6])
  }
}
