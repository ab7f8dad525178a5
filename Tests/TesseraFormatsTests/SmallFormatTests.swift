import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

struct `PNG files` {
  let folder = TemporaryFolder()

  @Test func `of 8 and 16 bits come back bit for bit, with their scale`() throws {
    let calibration = Calibration(x: 0.01, y: 0.02)!
    let deep = ramp(width: 33, height: 9)
    try PNGWriter.write(deep.map { UInt16($0) }, calibration: calibration, to: folder / "deep.png")
    let shallow = deep.map { Float(Int($0) % 256) }
    try PNGWriter.write(shallow.map { UInt8($0) }, to: folder / "shallow.png")

    let first = try ImageFile.open(path: folder / "deep.png").read()
    #expect(first.pixels == deep)
    #expect(first.calibration == calibration)
    let second = try ImageFile.open(path: folder / "shallow.png").read()
    #expect(second.pixels == shallow)
    #expect(second.calibration == nil)
  }

  @Test func `of colours give the luminance, with a warning`() throws {
    try PNGWriter.write(rgb: [255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9], width: 4, height: 1, to: folder / "c.png")
    let micrograph = try ImageFile.open(path: folder / "c.png").read()
    let expected: [Float] = [76.245, 149.685, 29.07, 9]
    for (value, wanted) in zip(micrograph.pixels.values, expected) { #expect(abs(value - wanted) < 1e-4) }
    #expect(micrograph.warnings.contains { $0.contains("luminance") })
  }

  @Test func `are stretched over all levels`() throws {
    let image = Raster<Float>(width: 3, height: 1, values: [-1, 0, 1])
    try PNGWriter.write(stretching: image, to: folder / "s.png")
    #expect(try ImageFile.open(path: folder / "s.png").read().pixels.values == [0, 128, 255])
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    try PNGWriter.write(ramp(width: 33, height: 9).map { UInt16($0) }, calibration: nil, to: folder / "a.png")
    try checkDamaged(folder.contents(of: "a.png"))
  }
}

struct `Windows bitmaps` {
  let folder = TemporaryFolder()

  /// A bitmap by hand, with the 40-byte header.
  private func bitmap(
    _ width: Int32, _ height: Int32, bits: UInt16, compression: UInt32 = 0, palette: [UInt8] = [], _ data: [UInt8]
  ) -> [UInt8] {
    let start = UInt32(54 + palette.count)
    return Array("BM".utf8) + bytes(start + UInt32(data.count)) + [0, 0, 0, 0] + bytes(start) + bytes(UInt32(40))
      + bytes(width)
      + bytes(height) + bytes(UInt16(1)) + bytes(bits) + bytes(compression) + bytes(UInt32(data.count))
      + bytes(UInt32(0))
      + bytes(UInt32(0)) + bytes(UInt32(palette.count / 4)) + bytes(UInt32(0)) + palette + data
  }

  private let greys: [UInt8] = (0..<1024).map { $0 % 4 == 3 ? 0 : UInt8($0 / 4) }

  @Test func `stand on their head unless the height is negative`() throws {
    let rows: [UInt8] = [3, 4, 0, 0, 1, 2, 0, 0]
    let up = bitmap(2, 2, bits: 8, palette: greys, rows)
    let down = bitmap(2, -2, bits: 8, palette: greys, rows)
    #expect(try ImageFile.open(path: folder.file("u.bmp", up)).read().pixels.values == [1, 2, 3, 4])
    #expect(try ImageFile.open(path: folder.file("d.bmp", down)).read().pixels.values == [3, 4, 1, 2])
  }

  @Test func `of one bit, 16 and 24 bits are understood`() throws {
    let binary = bitmap(3, 1, bits: 1, palette: [0, 0, 0, 0, 9, 9, 9, 0], [0b1010_0000, 0, 0, 0])
    #expect(try ImageFile.open(path: folder.file("1.bmp", binary)).read().pixels.values == [9, 0, 9])
    let colours = try ImageFile.open(path: folder.file("24.bmp", bitmap(1, 1, bits: 24, [10, 20, 30, 0])))
    #expect(colours.datasets[0].channels == 3)
    #expect(try abs(colours.read().pixels.values[0] - (0.299 * 30 + 0.587 * 20 + 0.114 * 10)) < 1e-4)
    let short = try ImageFile.open(path: folder.file("16.bmp", bitmap(1, 1, bits: 16, [0xFF, 0x7F, 0, 0])))
    #expect(try abs(short.read().pixels.values[0] - 255) < 1e-3)
  }

  @Test(.slow) func `of run lengths are unpacked`() throws {
    // Bottom row: 3 x 7; top row: literal 1 2 3.
    let packed = bitmap(3, 2, bits: 8, compression: 1, palette: greys, [3, 7, 0, 0, 0, 3, 1, 2, 3, 0, 0, 1])
    #expect(try ImageFile.open(path: folder.file("r.bmp", packed)).read().pixels.values == [1, 2, 3, 7, 7, 7])
    try checkDamaged(packed)
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    try checkDamaged(bitmap(5, 4, bits: 8, palette: greys, [UInt8](repeating: 5, count: 32)))
    try checkDamaged(bitmap(5, 4, bits: 24, [UInt8](repeating: 5, count: 64)), seed: 2)
    let lie = bitmap(30_000, 30_000, bits: 8, palette: greys, [1, 2, 3])
    #expect(throws: FormatError.self) { try ImageFile.open(path: folder.file("lie.bmp", lie)) }
    // Two thousand million rows of four times as many bytes are more than 64 bits count.
    let vast = bitmap(.max, .max, bits: 32, [1, 2, 3])
    #expect(throws: FormatError.self) { try ImageFile.open(path: folder.file("vast.bmp", vast)) }
  }
}

struct `Files of no known format` {
  let folder = TemporaryFolder()

  @Test(arguments: ["", "%PDF-1.4", "MQ1,000001", "\u{0}\u{1}\u{2}\u{3}", "not an image\nat all\n"])
  func `are named in a sentence`(text: String) {
    let error = #expect(throws: FormatError.self) {
      try ImageFile.open(path: folder.file("x.tif", Array(text.utf8)))
    }
    #expect(error?.kind == .unusable)
    #expect(error?.description.hasPrefix("x.tif: ") == true)
  }

  /// How each format of the field that is not read begins, and what its refusal names.
  private static let strangers: [(start: String, place: Int, name: String)] = [
    ("MQ1,000001,00384", 0, ".mib"), ("IMGBLO", 0, ".blo"), ("DSCOMPRESSED", 0, ".sur"), ("DIGITAL SURF", 0, ".sur"),
    ("{\nHEADER_BYTES=  512;", 0, "SMV"), ("\u{0}\u{1}\u{0}\u{0}\u{2}\u{0}\u{0}\u{0}\u{3}", 0, ".tvips"),
    ("AAMVHFSS", 0, ".bcf"), ("MAPSPECTRA_DATA", 0, ".spd"), ("JED-2200:LibJxImage", 4, "JEOL"),
    ("SIMPLE  =    T", 0, "FITS"), ("MATLAB 5.0 MAT-file", 0, "MATLAB"),
  ]

  @Test(arguments: strangers.indices) func `of the field that are not read are called by their name`(index: Int) {
    let stranger = Self.strangers[index]
    var content = [UInt8](repeating: 0, count: 2048)
    let start = Array(stranger.start.utf8)
    content.replaceSubrange(stranger.place..<stranger.place + start.count, with: start)
    let path = folder.file("x.dat", content)
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: path) }
    let sentence = error?.description ?? ""
    #expect(sentence.contains(stranger.name) && sentence.contains("not read"))
  }

  @Test func `of Zarr are called by their name, whether folder or archive`() throws {
    try FileManager.default.createDirectory(atPath: folder / "a.zspy", withIntermediateDirectories: false)
    _ = folder.file("a.zspy/.zgroup", Array("{\"zarr_format\": 2}".utf8))
    // An archive with one empty member of that name: local header, directory, end.
    let name = Array(".zgroup".utf8)
    let sizes = [UInt8](repeating: 0, count: 16)
    let length = bytes(UInt16(name.count)) + [0, 0]
    var local: [UInt8] = [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0]
    local += sizes + length + name
    var entry: [UInt8] = [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0, 0, 0]
    entry += sizes + length + [UInt8](repeating: 0, count: 14) + name
    var end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0]
    end += bytes(UInt32(entry.count)) + bytes(UInt32(local.count)) + [0, 0]
    _ = folder.file("b.zspy", local + entry + end)
    for name in ["a.zspy", "b.zspy"] {
      let error = #expect(throws: FormatError.self) { try ImageFile.open(path: folder / name) }
      #expect(error?.description.contains("Zarr") == true)
    }
  }

  /// How files begin that stand in the place of an image, and what each sentence tells to do.
  private static let standIns: [(start: [UInt8], remedy: String)] = [
    (
      [0, 5, 0x16, 7, 0, 2, 0, 0] + Array("Mac OS X        ".utf8),
      "take the file of the same name without “._” (scan.dm4)"
    ),
    ([0, 5, 0x16, 0, 0, 2, 0, 0], "AppleSingle"),
    (Array("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 4711\n".utf8), "4711 bytes"),
    (Array("version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 4711\n".utf8), "`git lfs pull`"),
    (Array("/annex/objects/MD5E-s12--ab.tif\n".utf8), "`git annex get`"),
    ([0x4C, 0, 0, 0, 1, 0x14, 2, 0], "Windows shortcut"), ([UInt8](repeating: 0, count: 5000), "copy it again"),
  ]

  @Test(arguments: standIns.indices) func `that stand for another say how to get it`(index: Int) {
    let path = folder.file("._scan.dm4", Self.standIns[index].start)
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: path) }
    #expect(error?.description.contains(Self.standIns[index].remedy) == true)
  }

  @Test func `missing files whose name is no UTF-8 say so`() {
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: folder / "probe_\u{FFFD}m.tif") }
    #expect(error?.kind == .missing && error?.description.contains("not UTF-8") == true)
  }

  @Test func `missing files and folders are told apart`() {
    #expect(#expect(throws: FormatError.self) { try ImageFile.open(path: folder / "absent.tif") }?.kind == .missing)
    #expect(#expect(throws: FormatError.self) { try ImageFile.open(path: folder.path) }?.kind == .unusable)
  }
}
