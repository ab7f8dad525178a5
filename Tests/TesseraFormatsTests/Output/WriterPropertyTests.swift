import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

/// What is written comes back, whatever it was: random sizes, scales and values, the edges of their types among them.
struct `Whatever is written` {
  private let folder = TemporaryFolder()
  private static let seeds: [UInt64] = Array(1...8)

  private struct Sample {
    var frames: [Raster<Float>]
    var calibration: Calibration?
    var isShort: Bool

    init(seed: UInt64) {
      var random = RandomSource(seed: seed)
      let (width, height) = (Int.random(in: 1...70, using: &random), Int.random(in: 1...70, using: &random))
      let isShort = seed.isMultiple(of: 2)
      let edges: [Float] =
        isShort
        ? [0, 1, 255, 256, 32_767, 32_768, 65_535]
        : [
          0, -0.0, 1, .pi, -Float.leastNormalMagnitude / 8, .leastNonzeroMagnitude, .greatestFiniteMagnitude,
          -.infinity, .infinity, .nan,
        ]
      frames = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        Raster(
          width: width, height: height,
          values: (0..<width * height).map { _ in
            if Int.random(in: 0..<5, using: &random) == 0 { return edges.randomElement(using: &random)! }
            return isShort ? Float(UInt16.random(in: 0...(.max), using: &random)) : Float(random.gaussian()) * 1000
          })
      }
      let size = { (random: inout RandomSource) in pow(10, Double.random(in: -4...4, using: &random)) }
      calibration = seed % 4 == 3 ? nil : Calibration(x: size(&random), y: size(&random))
      self.isShort = isShort
    }

    var stack: ImageStack {
      let frames = frames
      return ImageStack(
        count: frames.count, width: frames[0].width, height: frames[0].height, calibration: calibration,
        isShort: isShort
      ) { frames[$0] }
    }
  }

  /// Bit for bit: NaN is NaN, and -0 is not 0.
  private func expectSame(_ found: Raster<Float>, _ wanted: Raster<Float>) {
    #expect(found.width == wanted.width && found.height == wanted.height)
    let isSame = zip(found.values, wanted.values).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
    #expect(isSame)
  }

  @Test(arguments: seeds, ["tif", "ome.tif", "mrc", "hspy", "npy"])
  func `as a stack comes back bit for bit, with its scale`(seed: UInt64, name: String) throws {
    let sample = Sample(seed: seed)
    let path = folder / "s.\(name)"
    switch name {
    case "tif": try TIFFWriter.write(sample.stack, to: path)
    case "ome.tif": try TIFFWriter.write(sample.stack, as: .openMicroscopy, to: path)
    case "mrc": try MRCWriter.write(sample.stack, to: path)
    case "hspy": try HyperSpyWriter.write(sample.stack, to: path)
    default: try NPYWriter.write(sample.stack, to: path)
    }
    let file = try ImageFile.open(path: path)
    #expect(file.datasets.count == 1 && file.datasets[0].frameCount == sample.frames.count)
    #expect(file.datasets[0].type == (sample.isShort ? .uint16 : .float32))
    for (index, frame) in sample.frames.enumerated() { expectSame(try file.read(frame: index).pixels, frame) }
    let found = file.datasets[0].calibration
    guard name != "npy", let wanted = sample.calibration else { return #expect(found == nil) }
    // MRC holds the cell in single precision, TIFF a ratio of two numbers of 32 bits.
    #expect(abs(try #require(found).nanometresPerPixelX / wanted.nanometresPerPixelX - 1) < 1e-6)
    #expect(abs(try #require(found).nanometresPerPixelY / wanted.nanometresPerPixelY - 1) < 1e-6)
  }

  @Test(arguments: seeds) func `as PNG of 16 bits comes back, and of 8 bits in order`(seed: UInt64) throws {
    var sample = Sample(seed: 2 * seed)
    sample.calibration = Calibration(nanometresPerPixel: 0.0125)
    let frame = sample.frames[0]
    try PNGWriter.write(frame.map { UInt16($0) }, calibration: sample.calibration, to: folder / "d.png")
    let deep = try ImageFile.open(path: folder / "d.png").read()
    expectSame(deep.pixels, frame)
    #expect(deep.calibration == sample.calibration)
    try PNGWriter.write(frame.map { UInt8($0 / 257) }, to: folder / "s.png")
    expectSame(try ImageFile.open(path: folder / "s.png").read().pixels, frame.map { Float(UInt8($0 / 257)) })
  }

  @Test(arguments: seeds, [8, 16]) func `stretched to PNG keeps its order`(seed: UInt64, bits: Int) throws {
    let frame = Sample(seed: 2 * seed + 1).frames[0]
    try PNGWriter.write(stretching: frame, bits: bits, to: folder / "o.png")
    let levels = try ImageFile.open(path: folder / "o.png").read().pixels.values
    let pairs = zip(frame.values, levels).filter { $0.0.isFinite }.sorted { $0.0 < $1.0 }
    let rises = zip(pairs, pairs.dropFirst()).allSatisfy { $0.1 <= $1.1 }
    #expect(rises)
    if let least = pairs.first, let most = pairs.last, least.0 < most.0 {
      #expect(least.1 == 0 && most.1 == (bits == 8 ? 255 : 65535))
    }
  }

  private func sites(seed: UInt64, unit: SiteList.Unit) -> SiteList {
    var random = RandomSource(seed: seed)
    let count = Int.random(in: 2...60, using: &random)
    let places = (0..<count).map { _ in
      Point(Double.random(in: 0...500, using: &random), Double.random(in: 0...500, using: &random))
    }
    return SiteList(
      positions: places, unit: unit, elements: places.map { _ in ["Mo", "Se", "W"].randomElement(using: &random)! },
      classes: places.map { _ in Int.random(in: 0...9, using: &random) })
  }

  @Test(arguments: seeds) func `as a table of sites comes back exactly`(seed: UInt64) throws {
    for unit in [SiteList.Unit.pixel, .nanometre] {
      let list = sites(seed: seed, unit: unit)
      try list.writeTable(to: folder / "t.csv", replacing: true)
      #expect(try SiteList.read(path: folder / "t.csv") == list)
      // Atomap's rows hold places alone.
      try list.writePlain(to: folder / "t.txt", replacing: true)
      #expect(try SiteList.read(path: folder / "t.txt").positions == list.positions)
    }
  }

  @Test(arguments: seeds) func `as atoms comes back within a femtometre, at its place`(seed: UInt64)
    throws
  {
    let list = sites(seed: seed, unit: .nanometre)
    try list.writeExtendedXYZ(to: folder / "a.xyz")
    let read = try SiteList.read(path: folder / "a.xyz")
    #expect(read.unit == .nanometre && read.elements == list.elements && read.classes == list.classes)
    let isSame = zip(read.positions, list.positions).allSatisfy { abs($0.x - $1.x) < 1e-6 && abs($0.y - $1.y) < 1e-6 }
    #expect(isSame)
  }

  @Test(arguments: seeds) func `as CIF gives its places from fractions and cell`(seed: UInt64) throws {
    let list = sites(seed: seed, unit: .nanometre)
    try list.writeCIF(to: folder / "a.cif")
    let lines = try String(contentsOfFile: folder / "a.cif", encoding: .utf8).split(separator: "\n")
    let length = { (name: String) in
      lines.first { $0.hasPrefix("_cell_length_\(name) ") }.flatMap { Double($0.split(separator: " ")[1]) } ?? .nan
    }
    let atoms = lines.suffix(list.positions.count).map { $0.split(separator: " ") }
    let top = list.positions.map(\.y).max()!
    for (atom, (place, element)) in zip(atoms, zip(list.positions, list.elements)) {
      let fractions = try atom[2...3].map { try #require(Double($0)) }
      #expect(atom[1] == element)
      // Eight digits of 500 nm.
      #expect(abs(fractions[0] * length("a") / 10 - place.x) < 1e-5)
      #expect(abs(top - fractions[1] * length("b") / 10 - place.y) < 1e-5)
    }
  }
}
