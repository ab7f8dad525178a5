import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

struct `Conversions` {
  let folder = TemporaryFolder()

  private func stack() throws -> ImageFile {
    let stack = ImageStack(
      count: 3, width: 5, height: 4, calibration: Calibration(nanometresPerPixel: 0.1), isShort: true
    ) { ramp(width: 5, height: 4, start: $0) }
    try TIFFWriter.write(stack, to: folder / "in.tif", replacing: true)
    return try ImageFile.open(path: folder / "in.tif")
  }

  @Test(arguments: ["tif", "ome.tif", "mrc", "hspy", "npy"]) func `keep a stack a stack`(name: String) throws {
    _ = try Conversion().run(on: stack(), to: folder / "out.\(name)")
    let file = try ImageFile.open(path: folder / "out.\(name)")
    #expect(file.datasets[0].shape == [3, 4, 5])
    for frame in 0..<3 { #expect(try file.read(frame: frame).pixels == ramp(width: 5, height: 4, start: frame)) }
    #expect((file.datasets[0].calibration == nil) == (name == "npy"))
  }

  /// Integers that single precision would round.
  private static let wide: [Int32] = [16_777_217, -16_777_219, 2_147_483_647, 1, 0, -5]

  @Test(arguments: ["tif", "ome.tif", "hspy"]) func `keep every digit of 32-bit integers`(name: String) throws {
    try folder.write(Self.wide.flatMap { bytes(UInt32(bitPattern: $0)) }, npy: "<i4", "(1, 2, 3)", as: "w.npy")
    let warnings = try Conversion().run(on: ImageFile.open(path: folder / "w.npy"), to: folder / "w.\(name)")
    #expect(!warnings.contains { $0.contains("rounded") })
    let file = try ImageFile.open(path: folder / "w.\(name)")
    #expect(file.datasets[0].type == .int32)
    var stored: [Int32] = []
    try file.forEachPiece(dataset: 0, frame: 0) { piece in
      piece.withUnsafeBytes { stored += $0.bindMemory(to: Int32.self).map { Int32(littleEndian: $0) } }
    }
    #expect(stored == Self.wide)
  }

  @Test(arguments: ["mrc", "npy"]) func `say when integers are rounded`(name: String) throws {
    try folder.write(Self.wide.flatMap { bytes(UInt32(bitPattern: $0)) }, npy: "<i4", "(2, 3)", as: "w.npy")
    let file = try ImageFile.open(path: folder / "w.npy")
    #expect(try Conversion().run(on: file, to: folder / "out.\(name)").contains { $0.contains("rounded") })
  }

  @Test func `take one frame, some, or their mean`() throws {
    var conversion = Conversion()
    conversion.frames = .one(2)
    _ = try conversion.run(on: stack(), to: folder / "one.tif")
    #expect(try ImageFile.open(path: folder / "one.tif").read().pixels == ramp(width: 5, height: 4, start: 2))
    conversion.frames = .each(1...2)
    _ = try conversion.run(on: stack(), to: folder / "some.tif")
    #expect(try ImageFile.open(path: folder / "some.tif").read(frame: 1).pixels == ramp(width: 5, height: 4, start: 2))
    conversion.frames = .mean(0...1)
    _ = try conversion.run(on: stack(), to: folder / "mean.tif")
    #expect(try ImageFile.open(path: folder / "mean.tif").read().pixels.values[0] == 0.5)
  }

  @Test func `leave raw values in their own type and shape`() throws {
    var conversion = Conversion()
    conversion.isRaw = true
    _ = try conversion.run(on: stack(), to: folder / "raw.npy")
    let file = try ImageFile.open(path: folder / "raw.npy")
    #expect(file.datasets[0].type == .uint16)
    #expect(file.datasets[0].shape == [3, 4, 5])
    #expect(throws: FormatError.self) { try conversion.run(on: stack(), to: folder / "raw.tif") }
  }

  @Test func `to an unknown name or over a file are refused, and leave nothing`() throws {
    let file = try stack()
    #expect(throws: FormatError.self) { try Conversion().run(on: file, to: folder / "x.xyz") }
    #expect(throws: FormatError.self) { try Conversion().run(on: file, to: folder / "in.tif") }
    var conversion = Conversion()
    conversion.frames = .each(1...9)
    #expect(throws: FormatError.self) { try conversion.run(on: file, to: folder / "long.tif") }
    #expect(folder.names == ["in.tif"])
  }

  @Test func `say when the pixel size is lost`() throws {
    let warnings = try Conversion().run(on: stack(), to: folder / "a.npy")
    #expect(warnings.contains { $0.contains("pixel size") })
  }
}

extension TemporaryFolder {
  /// Writes values as a NumPy file of this type and shape.
  fileprivate func write(_ values: [UInt8], npy type: String, _ shape: String, as name: String) throws {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    _ = file(name, start + bytes(UInt16(header.utf8.count)) + Array(header.utf8) + values)
  }
}

struct `Statistics of stored values` {
  let folder = TemporaryFolder()

  @Test func `cover all frames and leave out what is not finite`() throws {
    try NPYWriter.write([1, 2, .nan, 3, 4, .infinity], shape: [2, 1, 3], to: folder / "s.npy")
    let statistics = try ImageFile.open(path: folder / "s.npy").statistics(dataset: 0)
    #expect(statistics.count == 4)
    #expect(statistics.minimum == 1 && statistics.maximum == 4 && statistics.mean == 2.5)
    #expect(abs(statistics.deviation - 1.25.squareRoot()) < 1e-12)
  }
}
