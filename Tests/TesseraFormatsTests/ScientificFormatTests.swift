import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

/// Writers of image stacks and what they lose.
private let stackWriters: [(extension: String, write: @Sendable (ImageStack, String) throws -> Void)] = [
  ("tif", { try TIFFWriter.write($0, to: $1) }), ("ome.tif", { try TIFFWriter.write($0, as: .openMicroscopy, to: $1) }),
  ("mrc", { try MRCWriter.write($0, to: $1) }), ("hspy", { try HyperSpyWriter.write($0, to: $1) }),
]

struct `Stacks` {
  let folder = TemporaryFolder()

  @Test(arguments: ["tif", "ome.tif", "mrc", "hspy"]) func `come back from every format`(name: String) throws {
    let writer = try #require(stackWriters.first { $0.extension == name })
    let calibration = Calibration(x: 0.0125, y: 0.025)!
    for count in [1, 3] {
      for isShort in [false, true] {
        let path = folder / "\(count)-\(isShort).\(name)"
        let frame = { (index: Int) in ramp(width: 21, height: 13, start: 1000 * index).map { isShort ? $0 : $0 / 7 } }
        let stack = ImageStack(
          count: count, width: 21, height: 13, calibration: calibration, isShort: isShort, frame: frame)
        try writer.write(stack, path)

        let file = try ImageFile.open(path: path)
        #expect(file.datasets[0].shape == (count > 1 ? [3, 13, 21] : [13, 21]))
        #expect(file.datasets[0].type == (isShort ? .uint16 : .float32))
        for index in 0..<count {
          let micrograph = try file.read(frame: index)
          #expect(micrograph.pixels == frame(index))
          let size = try #require(micrograph.calibration)
          #expect(abs(size.nanometresPerPixelX / 0.0125 - 1) < 1e-6)
          #expect(abs(size.nanometresPerPixelY / 0.025 - 1) < 1e-6)
        }
      }
    }
  }

  @Test func `have a chunk a frame in HDF5, without which HyperSpy cannot read lazily`() throws {
    let stack = ImageStack(count: 3, width: 21, height: 13, isShort: true) { ramp(width: 21, height: 13, start: $0) }
    try HyperSpyWriter.write(stack, to: folder / "c.hspy")
    #expect(HDF5Example.chunkSizes(of: "Experiments/__unnamed__/data", at: folder / "c.hspy") == [1, 13, 21])
  }

  @Test(arguments: ["tif", "ome.tif", "mrc", "hspy"]) func `without a scale have none afterwards`(name: String) throws {
    let writer = try #require(stackWriters.first { $0.extension == name })
    try writer.write(ImageStack(Micrograph(name: "x", pixels: ramp(width: 8, height: 8))), folder / "n.\(name)")
    #expect(try ImageFile.open(path: folder / "n.\(name)").read().calibration == nil)
  }

  @Test(arguments: ["tif", "ome.tif", "mrc", "hspy"]) func `are the same bytes each time`(name: String) throws {
    let writer = try #require(stackWriters.first { $0.extension == name })
    let stack = ImageStack(Micrograph(name: "x", pixels: ramp(width: 8, height: 8)))
    try writer.write(stack, folder / "a.\(name)")
    try writer.write(stack, folder / "b.\(name)")
    #expect(folder.contents(of: "a.\(name)") == folder.contents(of: "b.\(name)"))
  }

  @Test(arguments: ["mrc", "hspy"]) func `damaged in any way throw a sentence`(name: String) throws {
    // The HDF5 library crashes on some of these files, so it must not run in this process.
    if name == "hspy" { try #require(readsHDF5InChild, "the command `tessera` is not beside the tests") }
    let writer = try #require(stackWriters.first { $0.extension == name })
    let stack = ImageStack(Micrograph(name: "x", pixels: ramp(width: 30, height: 20)))
    try writer.write(stack, folder / "d.\(name)")
    try checkDamaged(folder.contents(of: "d.\(name)"), mutations: name == "hspy" ? 100 : 300, seed: 7)
  }
}

struct `MRC files` {
  let folder = TemporaryFolder()

  /// A header with the sizes, mode and cell given; everything else as the standard wants it.
  private func mrc(mode: UInt32, bigEndian: Bool, cell: Float, maximum: Float = 0, _ data: [UInt8]) -> [UInt8] {
    var head = [UInt8](repeating: 0, count: 1024)
    func put(_ value: UInt32, _ offset: Int) {
      let little = bytes(value)
      head.replaceSubrange(offset..<offset + 4, with: bigEndian ? little.reversed() : little)
    }
    for (offset, value) in [
      (0, UInt32(2)), (4, 2), (8, 1), (12, mode), (28, 2), (32, 2), (36, 1), (64, 1), (68, 2), (72, 3),
    ] {
      put(value, offset)
    }
    for offset in [40, 44] { put(cell.bitPattern, offset) }
    put(maximum.bitPattern, 80)
    head.replaceSubrange(208..<212, with: Array("MAP ".utf8))
    head.replaceSubrange(212..<214, with: bigEndian ? [0x11, 0x11] : [0x44, 0x44])
    return head + data
  }

  @Test func `of both byte orders give the same image`() throws {
    let little = try ImageFile.open(
      path: folder.file("l", mrc(mode: 6, bigEndian: false, cell: 4, [1, 0, 2, 0, 3, 0, 4, 1])))
    let big = try ImageFile.open(
      path: folder.file("b", mrc(mode: 6, bigEndian: true, cell: 4, [0, 1, 0, 2, 0, 3, 1, 4])))
    #expect(try little.read().pixels.values == [1, 2, 3, 260])
    #expect(try big.read().pixels == little.read().pixels)
    #expect(abs(try #require(big.datasets[0].calibration).nanometresPerPixelX - 0.2) < 1e-9)
  }

  @Test func `hold signed bytes unless the header says otherwise`() throws {
    let signed = try ImageFile.open(
      path: folder.file("s", mrc(mode: 0, bigEndian: false, cell: 0, maximum: 100, [1, 2, 3, 255])))
    let unsigned = try ImageFile.open(
      path: folder.file("u", mrc(mode: 0, bigEndian: false, cell: 0, maximum: 255, [1, 2, 3, 255])))
    #expect(try signed.read().pixels.values == [1, 2, 3, -1])
    #expect(try unsigned.read().pixels.values == [1, 2, 3, 255])
    #expect(signed.datasets[0].calibration == nil)
  }

  @Test func `whose header leaves the sign of bytes open are read as signed, with a warning`() throws {
    for (maximum, isOpen) in [(Float(0), true), (100, false), (255, false)] {
      let path = folder.file("o\(maximum)", mrc(mode: 0, bigEndian: false, cell: 0, maximum: maximum, [1, 2, 3, 255]))
      let file = try ImageFile.open(path: path)
      #expect(file.warnings.contains { $0.contains("signed") } == isOpen)
    }
    // 16 bits leave nothing open.
    let deep = mrc(mode: 1, bigEndian: false, cell: 0, [1, 0, 2, 0, 3, 0, 255, 255])
    #expect(try ImageFile.open(path: folder.file("d", deep)).warnings.isEmpty)
  }

  @Test(arguments: [([2, 1, 3], 0.3, 0.2), ([3, 1, 2], 0.4, 0.2), ([1, 3, 2], 0.2, 0.4), ([0, 0, 0], 0.2, 0.3)])
  func `have the pixel size of the cell's axes that run along columns and rows`(
    axes: [UInt32], x: Double, y: Double
  ) throws {
    var file = mrc(mode: 0, bigEndian: false, cell: 0, maximum: 9, [1, 2, 3, 4])
    for (index, axis) in axes.enumerated() { file.replaceSubrange(64 + 4 * index..<68 + 4 * index, with: bytes(axis)) }
    // 2, 3 and 4 Å of the axes X, Y and Z, sampled once each.
    for (index, length) in [Float(2), 3, 4].enumerated() {
      file.replaceSubrange(28 + 4 * index..<32 + 4 * index, with: bytes(UInt32(1)))
      file.replaceSubrange(40 + 4 * index..<44 + 4 * index, with: bytes(length.bitPattern))
    }
    let size = try #require(try ImageFile.open(path: folder.file("a", file)).datasets[0].calibration)
    #expect(abs(size.nanometresPerPixelX - x) < 1e-9 && abs(size.nanometresPerPixelY - y) < 1e-9)
  }

  @Test func `of IMOD state by a flag whether bytes are signed`() throws {
    for isSigned in [false, true] {
      var file = mrc(mode: 0, bigEndian: false, cell: 0, maximum: 255, [1, 2, 3, 255])
      file.replaceSubrange(152..<160, with: bytes(UInt32(1_146_047_817)) + bytes(UInt32(isSigned ? 1 : 0)))
      let path = folder.file("i\(isSigned)", file)
      #expect(try ImageFile.open(path: path).read().pixels.values == [1, 2, 3, isSigned ? -1 : 255])
    }
  }

  @Test func `of Thermo Fisher have the pixel size in their extended header`() throws {
    var file = mrc(mode: 0, bigEndian: false, cell: 0, [1, 2, 3, 4])
    file.replaceSubrange(92..<96, with: bytes(UInt32(768)))
    file.replaceSubrange(104..<108, with: Array("FEI1".utf8))
    var extended = [UInt8](repeating: 0, count: 768)
    extended.replaceSubrange(84..<92, with: bytes(Double(300_000).bitPattern))
    extended.replaceSubrange(156..<172, with: bytes(Double(2e-11).bitPattern) + bytes(Double(4e-11).bitPattern))
    file.insert(contentsOf: extended, at: 1024)
    let read = try ImageFile.open(path: folder.file("f", file))
    let size = try #require(read.datasets[0].calibration)
    #expect(abs(size.nanometresPerPixelX - 0.02) < 1e-12 && abs(size.nanometresPerPixelY - 0.04) < 1e-12)
    #expect(read.acquisition["voltage_kv"] == "300.0")
    #expect(try read.read().pixels.values == [1, 2, 3, 4])
  }

  @Test func `of negative cells have no pixel size`() throws {
    let file = try ImageFile.open(path: folder.file("n", mrc(mode: 0, bigEndian: false, cell: -20, [1, 2, 3, 4])))
    #expect(file.datasets[0].calibration == nil)
  }
}

struct `TIA series` {
  let folder = TemporaryFolder()

  @Test(arguments: [false, true]) func `start with the lowest row`(isLarge: Bool) throws {
    let path = folder.file("a.ser", TIAExample.series(isLarge: isLarge, images: [[1, 2, 3, 4], [5, 6, 7, 8]]))
    let file = try ImageFile.open(path: path)
    #expect(file.datasets[0].shape == [2, 2, 2])
    #expect(try file.read(frame: 1).pixels.values == [7, 8, 5, 6])
    #expect(abs(try #require(file.datasets[0].calibration).nanometresPerPixelX - 0.02) < 1e-12)
  }

  @Test func `that count the same element many times are refused`() throws {
    var file = TIAExample.series(isLarge: false, images: [[1, 2, 3, 4], [5, 6, 7, 8]])
    // Two hundred elements; the table of their places, now behind everything, names the first of the two each time.
    let place = Int(file[22])
    let first = Array(file[place..<place + 4])
    for offset in [14, 18] { file.replaceSubrange(offset..<offset + 4, with: bytes(UInt32(200))) }
    file.replaceSubrange(22..<26, with: bytes(UInt32(file.count)))
    file += (0..<200).flatMap { _ in first }
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: folder.file("many.ser", file)) }
    #expect(error?.description.contains("200 elements") == true)
  }

  @Test func `tell metres from reciprocal metres, and from no unit, by their size`() throws {
    let pattern = try ImageFile.open(
      path: folder.file("p.ser", TIAExample.series(isLarge: false, images: [[1, 2, 3, 4]], step: 5e7)))
    #expect(pattern.datasets[0].kind == .diffraction && pattern.datasets[0].calibration == nil)
    #expect(abs(pattern.datasets[0].axes[0].scale - 0.05) < 1e-12 && pattern.datasets[0].axes[0].units == "1/nm")
    let unknown = try ImageFile.open(
      path: folder.file("u.ser", TIAExample.series(isLarge: false, images: [[1, 2, 3, 4]], step: 1)))
    #expect(unknown.datasets[0].kind == .image && unknown.datasets[0].calibration == nil)
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    try checkDamaged(TIAExample.series(isLarge: false, images: [[1, 2, 3, 4], [5, 6, 7, 8]]), seed: 11)
    try checkDamaged(TIAExample.series(isLarge: true, images: [[1, 2, 3, 4]]), seed: 12)
  }
}
