import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

struct `TIFF files` {
  let folder = TemporaryFolder()
  let calibration = Calibration(x: 0.0123, y: 0.0456)!

  /// A classic file by hand: pixel data right behind the eight header bytes, then one directory.
  private func tiff(_ tags: [(tag: UInt16, type: UInt16, count: UInt32, value: UInt32)], data: [UInt8]) -> [UInt8] {
    let padded = data + [UInt8](repeating: 0, count: data.count % 2)
    var result: [UInt8] = [0x49, 0x49, 42, 0] + bytes(UInt32(8 + padded.count)) + padded + bytes(UInt16(tags.count))
    for entry in tags { result += bytes(entry.tag) + bytes(entry.type) + bytes(entry.count) + bytes(entry.value) }
    return result + [0, 0, 0, 0]
  }

  @Test func `of single precision come back bit for bit, with their scale`() throws {
    var image = ramp(width: 31, height: 17)
    image[3, 4] = .nan
    try TIFFWriter.write([image], calibration: calibration, to: folder / "a.tif")
    let file = try ImageFile.open(path: folder / "a.tif")
    let micrograph = try file.read()
    #expect(file.datasets[0].type == .float32)
    #expect(micrograph.pixels.values.map(\.bitPattern) == image.values.map(\.bitPattern))
    #expect(micrograph.calibration == calibration)
  }

  @Test(arguments: [1e-4, 0.0123, 0.5, 1, 33.3, 5000]) func `keep any pixel size`(size: Double) throws {
    try TIFFWriter.write(
      [ramp(width: 4, height: 4)], calibration: Calibration(nanometresPerPixel: size), to: folder / "a.tif",
      replacing: true)
    #expect(try ImageFile.open(path: folder / "a.tif").read().calibration?.nanometresPerPixelX == size)
  }

  @Test func `of 16 bits hold a stack with page names`() throws {
    let pages = (0..<3).map { ramp(width: 20, height: 10, start: $0 * 7).map { UInt16($0) } }
    try TIFFWriter.write(pages, names: ["exx", "eyy", "exy"], to: folder / "s.tif")
    let file = try ImageFile.open(path: folder / "s.tif")
    #expect(file.datasets.map(\.shape) == [[3, 10, 20]])
    #expect(file.datasets[0].type == .uint16)
    #expect(file.datasets[0].name.contains("exx"))
    #expect(file.datasets[0].calibration == nil)
    for (index, page) in pages.enumerated() {
      #expect(try file.read(frame: index).pixels.values == page.values.map { Float($0) })
    }
  }

  @Test func `by hand: strips, byte counts and a palette of greys`() throws {
    let plain = tiff(
      [(256, 3, 1, 3), (257, 3, 1, 2), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 6)],
      data: [1, 2, 3, 4, 5, 6])
    #expect(try ImageFile.open(path: folder.file("p.tif", plain)).read().pixels.values == [1, 2, 3, 4, 5, 6])
    let nibbles = tiff(
      [
        (256, 3, 1, 3), (257, 3, 1, 2), (258, 3, 1, 4), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (278, 3, 1, 2),
        (279, 4, 1, 4),
      ],
      data: [0x12, 0x30, 0x45, 0x60])
    #expect(try ImageFile.open(path: folder.file("n.tif", nibbles)).read().pixels.values == [1, 2, 3, 4, 5, 6])
  }

  @Test(
    arguments: [
      ("ImageJ=1.53t\nunit=nm\n", 1, 0.02), ("ImageJ=1.53t\nunit=um\n", 1, 20),
      ("ImageJ=1.53t\nunit=\\u00B5m\n", 1, 20), ("ImageJ=1.53t\nunit=\\u00C5\n", 1, 0.002),
      ("ImageJ=1.53t\nunit=um\n", 3, 200_000), ("ImageJ=1.53t\nunit=pixel\n", 1, nil),
      ("ImageJ=1.53t\nloop=false\n", 2, nil),
      ("<OME><Pixels PhysicalSizeX=\"0.3\" PhysicalSizeXUnit=\"Å\"/></OME>", 1, 0.03),
      ("<OME><Pixels PhysicalSizeX=\"0.3\"/></OME>", 1, 300), ("a scan", 2, nil),
    ] as [(String, UInt32, Double?)])
  func `by hand: the scale of ImageJ and OME is found`(description: String, unit: UInt32, size: Double?) throws {
    // Six pixels at 8, the resolution 50 at 14, the description at 22.
    let text = Array(description.utf8) + [0]
    let file = tiff(
      [
        (256, 3, 1, 3), (257, 3, 1, 2), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (270, 2, UInt32(text.count), 22),
        (273, 4, 1, 8), (279, 4, 1, 6), (282, 5, 1, 14), (283, 5, 1, 14), (296, 3, 1, unit),
      ], data: [1, 2, 3, 4, 5, 6] + bytes(UInt32(50)) + bytes(UInt32(1)) + text)
    let read = try ImageFile.open(path: folder.file("d.tif", file)).datasets[0].calibration?.nanometresPerPixelX
    switch (read, size) {
    case (let read?, let size?): #expect(abs(read / size - 1) < 1e-12)
    default: #expect(read == size)
    }
  }

  @Test func `without data for a huge header are refused at once`() {
    for compression: UInt32 in [1, 5, 8] {
      let lie = tiff(
        [
          (256, 4, 1, 30_000), (257, 4, 1, 30_000), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1),
          (273, 4, 1, 8), (279, 4, 1, 6),
        ],
        data: [1, 2, 3, 4, 5, 6])
      let path = folder.file("lie.tif", lie)
      let error = #expect(throws: FormatError.self) { try ImageFile.open(path: path).read() }
      #expect(error?.kind == .unusable)
    }
  }

  @Test func `whose strips lie over each other are refused before memory is taken`() throws {
    // 8,000 rows of 8,000 pixels, each row a strip, all at the same place.
    let (side, places) = (UInt32(8000), UInt32(8 + 8000))
    let data = [UInt8](repeating: 1, count: 8000) + (0..<8000).flatMap { _ in bytes(UInt32(8)) }
    let lie = tiff(
      [
        (256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, side, places),
        (278, 3, 1, 1),
      ], data: data)
    let file = try ImageFile.open(path: folder.file("lie.tif", lie))
    let error = #expect(throws: FormatError.self) { try file.read() }
    #expect(error?.description.contains("8000 x 8000") == true)
  }

  @Test func `whose first directory lies before the file are refused`() {
    let head: [UInt8] = [0x49, 0x49, 43, 0, 8, 0, 0, 0] + bytes(Int64.min)
    #expect(throws: FormatError.self) { try ImageFile.open(path: folder.file("min.tif", head)) }
  }

  @Test func `of directories that lie over each other end with a warning`() throws {
    // Each directory has 31 tags and begins twelve bytes behind the one before.
    let tags: [(tag: UInt16, type: UInt16, count: UInt32, value: UInt32)] = [
      (256, 3, 1, 3), (257, 3, 1, 2), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 6),
    ]
    var file = tiff(tags, data: [1, 2, 3, 4, 5, 6])
    file.replaceSubrange(file.count - 4..<file.count, with: bytes(UInt32(file.count)))
    for index in 0..<2000 {
      // The count of tags and, as the tags' first bytes, whatever follows; where the chain goes on is fixed below.
      file += bytes(UInt16(31)) + bytes(UInt16(256)) + bytes(UInt16(3)) + bytes(UInt32(1)) + bytes(UInt16(index % 7))
    }
    let first = 8 + 6 + 2 + 7 * 12 + 4
    for index in 0..<1960 {
      let next = first + 12 * index + 2 + 31 * 12
      if next + 4 <= file.count { file.replaceSubrange(next..<next + 4, with: bytes(UInt32(first + 12 * (index + 1)))) }
    }
    let image = try ImageFile.open(path: folder.file("over.tif", file))
    #expect(!image.warnings.isEmpty)
    #expect(image.datasets[0].frameCount == 1)
  }

  @Test func `whose directories form a circle are read once`() throws {
    var circle = tiff(
      [(256, 3, 1, 3), (257, 3, 1, 2), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 6)],
      data: [1, 2, 3, 4, 5, 6])
    circle.replaceSubrange(circle.count - 4..<circle.count, with: bytes(UInt32(14)))
    let file = try ImageFile.open(path: folder.file("c.tif", circle))
    #expect(file.warnings.contains { $0.contains("circle") })
    #expect(try file.read().pixels.count == 6)
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    try TIFFWriter.write(
      [ramp(width: 40, height: 20), ramp(width: 40, height: 20)], calibration: calibration, to: folder / "a.tif")
    try checkDamaged(folder.contents(of: "a.tif"))
    // The directory stands at the end of a small file, so the bytes there are damaged as well.
    let small = tiff(
      [(256, 3, 1, 3), (257, 3, 1, 2), (258, 3, 1, 8), (259, 3, 1, 5), (262, 3, 1, 1), (273, 4, 1, 8), (279, 4, 1, 6)],
      data: [0x80, 0x00, 0x20, 0x50, 0x38, 0x24])
    try checkDamaged(small, mutations: 1000, seed: 3)
  }
}
