import TesseraFormats
import TesseraImaging
import TesseraNumerics
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
