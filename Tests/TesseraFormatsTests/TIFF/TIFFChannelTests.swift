import TesseraFormats
import TestSupport
import Testing

struct `Channels of TIFF files` {
  private let folder = TemporaryFolder()

  /// Pages of 4 x 3 pixels, page i full of i; the first has the description.
  private func pages(_ count: Int, _ description: String) -> [HandMadeTIFF.Page] {
    (0..<count).map { index in
      HandMadeTIFF.Page(
        width: 4, height: 3, bits: 8, [UInt8](repeating: UInt8(index), count: 12),
        description: index == 0 ? description : "")
    }
  }

  private let ome = """
    <OME><Image ID="a"><Pixels SizeX="4" SizeY="3" SizeC="2" SizeT="3" SizeZ="1" DimensionOrder="ORDER"><Channel ID="0" \
    Name="HAADF"/><Channel ID="1" Name="BF"/><TiffData FileName="a.tif"/></Pixels></Image></OME>
    """

  @Test func `of ImageJ are a dataset each, with their labels`() throws {
    var pages = pages(6, "ImageJ=1.53t\nimages=6\nchannels=2\nframes=3\nhyperstack=true\nunit=nm\n")
    pages[0].imageJ = HandMadeTIFF.labels(["HAADF", "BF", "HAADF", "BF", "HAADF", "BF"])
    let file = try ImageFile.open(path: folder.file("c.tif", HandMadeTIFF.bytes(pages)))
    #expect(file.datasets.map(\.name) == ["HAADF", "BF"])
    #expect(file.datasets.map(\.shape) == [[3, 3, 4], [3, 3, 4]])
    #expect(file.datasets.map { $0.acquisition["detector"] } == ["HAADF", "BF"])
    #expect(try (0..<3).map { try file.read(dataset: 1, frame: $0).pixels.values[0] } == [1, 3, 5])
  }

  @Test func `without labels are numbered`() throws {
    let pages = pages(2, "ImageJ=1.53t\nimages=2\nchannels=2\nhyperstack=true\n")
    let file = try ImageFile.open(path: folder.file("c.tif", HandMadeTIFF.bytes(pages)))
    #expect(file.datasets.map(\.name) == ["channel 0", "channel 1"])
    #expect(file.datasets.allSatisfy { $0.kind == .image })
  }

  @Test(arguments: [("XYCZT", [1, 3, 5] as [Float]), ("XYZTC", [3, 4, 5])])
  func `of OME follow the order of the dimensions`(order: String, second: [Float]) throws {
    let pages = pages(6, ome.replacing("ORDER", with: order))
    let file = try ImageFile.open(path: folder.file("c.tif", HandMadeTIFF.bytes(pages)))
    #expect(file.datasets.map(\.name) == ["HAADF", "BF"])
    #expect(try (0..<3).map { try file.read(dataset: 1, frame: $0).pixels.values[0] } == second)
  }

  @Test func `of tifffile's named axes are told from frames`() throws {
    let channels = pages(2, #"{"shape": [2, 3, 4], "axes": "CYX"}"#)
    #expect(try ImageFile.open(path: folder.file("c.tif", HandMadeTIFF.bytes(channels))).datasets.count == 2)
    let frames = pages(2, #"{"shape": [2, 3, 4], "axes": "TYX"}"#)
    #expect(try ImageFile.open(path: folder.file("f.tif", HandMadeTIFF.bytes(frames))).datasets.count == 1)
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    var pages = pages(6, "ImageJ=1.53t\nimages=6\nchannels=2\nframes=3\n")
    pages[0].imageJ = HandMadeTIFF.labels(["HAADF", "BF", "a", "b", "c", "d"])
    try checkDamaged(HandMadeTIFF.bytes(pages), mutations: 600, seed: 61)
    try checkDamaged(HandMadeTIFF.bytes(pages, linked: 1), mutations: 300, seed: 62)
  }
}

struct `Stacks of ImageJ` {
  private let folder = TemporaryFolder()

  private func stack(_ count: Int, linked: Int?, _ more: String = "") -> [UInt8] {
    let pages = (0..<count).map { index in
      HandMadeTIFF.Page(
        width: 40, height: 30, bits: 16, (0..<1200).flatMap { value -> [UInt8] in bytes(UInt16(1000 * index + value)) },
        description: index == 0 ? "ImageJ=1.53t\nimages=6\n\(more)" : "")
    }
    return HandMadeTIFF.bytes(pages, linked: linked)
  }

  @Test func `with one directory have all frames`() throws {
    let file = try ImageFile.open(path: folder.file("a.tif", stack(6, linked: 1)))
    #expect(file.datasets[0].shape == [6, 30, 40] && file.warnings.isEmpty)
    #expect(try file.read(frame: 5).pixels.values[7] == 5007)
  }

  @Test(arguments: [1, 2]) func `with a broken chain have the frames that are whole`(linked: Int) throws {
    // Four frames of the six promised, and part of the directories behind them.
    let file = try ImageFile.open(path: folder.file("a.tif", stack(4, linked: linked)))
    #expect(file.datasets[0].shape == [4, 30, 40])
    #expect(file.warnings.contains { $0.contains("promises 6 images, but only 4 are there") })
    #expect(try file.read(frame: 3).pixels.values[7] == 3007)
    #expect(throws: FormatError.self) { try file.read(frame: 4) }
  }

  @Test func `that were cut in a channel keep channels apart`() throws {
    let file = try ImageFile.open(path: folder.file("a.tif", stack(5, linked: 1, "channels=2\nframes=3\n")))
    #expect(file.datasets.map(\.shape) == [[2, 30, 40], [2, 30, 40]])
    #expect(try file.read(dataset: 1, frame: 1).pixels.values[0] == 3000)
  }
}

struct `Colours of three equal channels` {
  private let folder = TemporaryFolder()

  @Test(arguments: [false, true]) func `are grey, without a warning`(isPlanar: Bool) throws {
    let grey = (0..<12).map { UInt8(20 * $0) }
    let pixels = isPlanar ? grey + grey + grey : grey.flatMap { [UInt8](repeating: $0, count: 3) }
    let page = HandMadeTIFF.Page(width: 4, height: 3, bits: 8, samples: 3, isPlanar: isPlanar, pixels)
    let image = try ImageFile.open(path: folder.file("g.tif", HandMadeTIFF.bytes([page]))).read()
    #expect(image.pixels.values == grey.map { Float($0) })
    #expect(image.warnings.isEmpty)
  }

  @Test func `but for one pixel are a colour image`() throws {
    var pixels = (0..<12).flatMap { value -> [UInt8] in [UInt8](repeating: UInt8(value), count: 3) }
    pixels[20] = 99
    let page = HandMadeTIFF.Page(width: 4, height: 3, bits: 8, samples: 3, pixels)
    let image = try ImageFile.open(path: folder.file("g.tif", HandMadeTIFF.bytes([page]))).read()
    #expect(image.warnings.contains { $0.contains("luminance") })
  }
}
