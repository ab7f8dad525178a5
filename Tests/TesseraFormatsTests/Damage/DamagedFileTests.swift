import Foundation
import TesseraFormats
import TesseraNumerics
import TestSupport
import Testing

struct `NumPy archives` {
  private let folder = TemporaryFolder()

  private func array() throws -> [UInt8] {
    try NPYWriter.write(ramp(width: 12, height: 9).values, shape: [9, 12], to: folder / "a.npy", replacing: true)
    return folder.contents(of: "a.npy")
  }

  @Test(arguments: [false, true]) func `hold the arrays that they were made of`(isDeflated: Bool) throws {
    let file = try ImageFile.open(
      path: folder.file("a.npz", Packing.zip("data.npy", try array(), isDeflated: isDeflated)))
    #expect(file.datasets.map(\.name) == ["data"])
    #expect(try file.read().pixels == ramp(width: 12, height: 9))
  }

  @Test(arguments: [false, true]) func `with a wrong checksum are refused`(isDeflated: Bool) throws {
    // The sum stands twice, in the member's own header and in the directory, which is believed.
    let sum = bytes(Packing.checksum(try array()))
    let good = Packing.zip("data.npy", try array(), isDeflated: isDeflated)
    let place = try #require(good.indices.last { good[$0...].starts(with: sum) })
    var bad = good
    bad[place] ^= 1
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: folder.file("bad.npz", bad)) }
    #expect(error?.description.contains("checksum") == true)
  }

  @Test func `with a negative number of members are refused`() {
    let record: [UInt8] = [UInt8](repeating: 0, count: 32) + bytes(Int64(-1)) + bytes(Int64(-1)) + bytes(Int64(0))
    let locator: [UInt8] = [UInt8](repeating: 0, count: 8) + bytes(UInt64(4)) + bytes(UInt32(1))
    let end: [UInt8] =
      Array("PK\u{5}\u{6}".utf8) + bytes(UInt32(0)) + [UInt8](repeating: 0xFF, count: 12) + bytes(UInt16(0))
    let file = folder.file("z.npz", Array("PK\u{3}\u{4}".utf8) + record + locator + end)
    #expect(throws: FormatError.self) { try ImageFile.open(path: file) }
  }

  @Test func `whose members lie over each other are refused`() throws {
    // The directory names the one member twice.
    let good = Packing.zip("data.npy", [UInt8](repeating: 0, count: 5000), isDeflated: false)
    let place = try #require(good.indices.last { good[$0...].starts(with: Array("PK\u{1}\u{2}".utf8)) })
    let member = good[place..<good.count - 22]
    var twice = good[..<place] + member + member + good[(good.count - 22)...]
    twice.replaceSubrange(twice.count - 12..<twice.count - 10, with: bytes(UInt16(2)))
    let error = #expect(throws: FormatError.self) {
      try ImageFile.open(path: folder.file("twice.npz", Array(twice)))
    }
    #expect(error?.description.contains("more packed bytes") == true)
  }

  @Test func `that unpack to more than is allowed are refused`() throws {
    try NPYWriter.write([Float](repeating: 0, count: 40_000), shape: [200, 200], to: folder / "z.npy")
    let path = folder.file("z.npz", Packing.zip("z.npy", folder.contents(of: "z.npy"), isDeflated: true))
    #expect(try ImageFile.open(path: path).read().pixels.count == 40_000)
    var options = ReadingOptions()
    options.pixelLimit = 100_000
    #expect(throws: FormatError.self) { try ImageFile.open(path: path, options: options) }
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    for isDeflated in [false, true] {
      try checkDamaged(Packing.zip("data.npy", try array(), isDeflated: isDeflated), seed: 21)
      try checkDamaged(try array(), seed: 22) { Packing.zip("data.npy", $0, isDeflated: isDeflated) }
    }
  }
}

struct `Packed pixels` {
  private let folder = TemporaryFolder()

  @Test(arguments: [false, true]) func `of PNG that claim more than the file holds are refused`(isText: Bool) throws {
    var header = Array(bytes(UInt32(11)).reversed() + bytes(UInt32(6)).reversed()) + [8, 0, 0, 0, 0]
    let rows = (0..<6).flatMap { row in [UInt8](repeating: 0, count: 12) }
    #expect(
      try ImageFile.open(path: folder.file("p.png", Packing.png(header: header, rows: rows))).read().pixels.count == 66)
    if !isText { header.replaceSubrange(4..<8, with: [0, 1, 0, 0]) }
    var file = Packing.png(header: header, rows: rows)
    // A text, right behind the header's chunk of 25 bytes, of a gigabyte.
    if isText { file.insert(contentsOf: [0x40, 0, 0, 0] + Array("tEXtkey\0words".utf8) + [0, 0, 0, 0], at: 33) }
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: folder.file("q.png", file)) }
    #expect(error?.description.contains("claims") == true)
  }

  @Test(.slow) func `of PNG damaged in any way throw a sentence`() throws {
    let size = bytes(UInt32(11)).reversed() + bytes(UInt32(6)).reversed()
    let rows = (0..<6).flatMap { row in [UInt8(row % 5)] + (0..<22).map { UInt8($0 * row) } }
    for (bits, colour, interlace) in [(16, 0, 0), (8, 4, 0), (8, 3, 1), (1, 0, 1)] as [(UInt8, UInt8, UInt8)] {
      let header = Array(size) + [bits, colour, 0, 0, interlace]
      try checkDamaged(header, truncations: 2, mutations: 100, seed: 23) {
        Packing.png(header: Array(($0 + [UInt8](repeating: 0, count: 13)).prefix(13)), rows: rows)
      }
      try checkDamaged(rows, truncations: 20, mutations: 50, seed: 24) { Packing.png(header: header, rows: $0) }
    }
  }

  @Test(.slow, arguments: [0, 1]) func `of JPEG damaged in any way throw a sentence`(index: Int) throws {
    let good = SmallJPEG.all[index]
    let file = try ImageFile.open(path: folder.file("good.jpg", good))
    #expect(file.datasets[0].shape == [16, 16] && file.datasets[0].channels == [1, 3][index])
    _ = try file.read()
    try checkDamaged(good, seed: 25)
  }

  /// A TIFF of one strip or tile of 16 x 16 grey pixels.
  private func tiff(_ packed: [UInt8], compression: UInt32, isTile: Bool, predictor: UInt32 = 1) -> [UInt8] {
    let size = UInt32(packed.count)
    var tags: [(tag: UInt16, value: UInt32)] = [
      (256, 16), (257, 16), (258, 8), (259, compression), (262, 1), (277, 1), (317, predictor),
    ]
    if isTile {
      tags += [(322, 16), (323, 16), (324, 8), (325, size)]
    } else {
      tags += [(273, 8), (278, 16), (279, size)]
    }
    let padded = packed + [UInt8](repeating: 0, count: packed.count % 2)
    var file: [UInt8] = [0x49, 0x49, 42, 0] + bytes(UInt32(8 + padded.count)) + padded + bytes(UInt16(tags.count))
    for (tag, value) in tags.sorted(by: { $0.tag < $1.tag }) {
      file += bytes(tag) + bytes(UInt16(4)) + bytes(UInt32(1)) + bytes(value)
    }
    return file + [0, 0, 0, 0]
  }

  @Test(.slow, arguments: [false, true]) func `of TIFF damaged in any way throw a sentence`(isTile: Bool) throws {
    let pixels = ramp(width: 16, height: 16).values.map { UInt8(Int($0) % 256) }
    let runs = pixels.flatMap { [UInt8(0), $0] }  // PackBits: literal runs of one byte
    let packed: [(name: String, compression: UInt32, bytes: [UInt8])] = [
      ("Deflate", 8, Packing.deflated(pixels)), ("PackBits", 32773, runs), ("JPEG", 7, SmallJPEG.all[0]),
    ]
    for (_, compression, data) in packed {
      let good = tiff(data, compression: compression, isTile: isTile)
      #expect(try ImageFile.open(path: folder.file("\(compression).tif", good)).read().pixels.count == 256)
      try checkDamaged(good, mutations: 200, seed: 26)
      try checkDamaged(data, truncations: 10, mutations: 50, seed: 27) {
        tiff($0, compression: compression, isTile: isTile)
      }
    }
    // Every other code of libtiff gets bytes that are not its own.
    for compression in [2, 3, 4, 5, 6, 32809, 32946, 34661, 34676, 34677, 34887, 34925, 50000, 50001] as [UInt32] {
      try checkDamaged(pixels, truncations: 5, mutations: 15, seed: 28) {
        tiff($0, compression: compression, isTile: isTile, predictor: 2)
      }
    }
  }
}

struct `HDF5 files of other programs` {
  private let folder = TemporaryFolder()

  init() throws { try #require(readsHDF5InChild, "the program `tessera-hdf5` is not beside the tests") }

  @Test(.slow, arguments: [false, true]) func `in chunks are read`(isLatest: Bool) throws {
    HDF5Example.chunked(at: folder / "c.h5", isLatest: isLatest)
    let file = try ImageFile.open(path: folder / "c.h5")
    #expect(file.datasets[0].shape == [40, 30])
    #expect(try file.read().pixels.values == (0..<1200).map { Float($0 * 7) })
    try checkDamaged(folder.contents(of: "c.h5"), truncations: 10, mutations: 60, seed: 31)
  }

  private let json = #"""
    {"BinaryResult":{"PixelSize":{"width":"2e-11","height":"2e-11"},"PixelUnitX":"m","PixelUnitY":"m","Offset":{"x":"1e-9"},
    "Detector":"HAADF"},"Scan":{"FrameTime":"1.5"},"Optics":{"AccelerationVoltage":"300000","Apertures":[{"a":[1,2,{}]}]},
    "Acquisition":{"AcquisitionStartDatetime":{"DateTime":"1500000000"}}}
    """#

  @Test(.slow) func `of Velox give scale and voltage, and damaged JSON never more than a missing scale`() throws {
    HDF5Example.velox(at: folder / "v.emd", json: Array(json.utf8))
    let file = try ImageFile.open(path: folder / "v.emd")
    #expect(file.format == "Velox EMD")
    #expect(abs(try #require(file.datasets[0].calibration).nanometresPerPixelX - 0.02) < 1e-12)
    #expect(file.acquisition["voltage_kv"] == "300.0")
    try checkDamaged(Array(json.utf8), truncations: 10, mutations: 40, seed: 32) { json in
      HDF5Example.velox(at: folder / "w.emd", json: json)
      return folder.contents(of: "w.emd")
    }
  }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    HDF5Example.velox(at: folder / "v.emd", json: Array(json.utf8))
    try checkDamaged(folder.contents(of: "v.emd"), truncations: 10, mutations: 60, seed: 33)
  }
}

struct `Damaged tables` {
  private let folder = TemporaryFolder()

  @Test(arguments: ["3", "9223372036854775807", "-1"]) func `of more atoms than lines are refused`(count: String) {
    let path = folder.file("a.xyz", Array("\(count)\nLattice=\"1 0 0\"\nMo 1 2 3\nSe 2 3 4\n".utf8))
    let error = #expect(throws: FormatError.self) { try SiteList.read(path: path) }
    #expect(error?.description.contains("promises \(count) atoms") == true)
  }

  @Test(
    .slow,
    arguments: [
      "x,y,x_nm,y_nm,class,kind\n1.5,2,0.1,0.2,3,column\n3,4.25,,,4,vacant\n",
      "2\nLattice=\"1 0 0\"\nMo 1 2 3\nSe 2 3 4\n",
      "1.5 2\n3 4.25\n5 7\n",
    ])
  func `of sites damaged in any way throw a sentence`(text: String) throws {
    try checkDamaged(
      Array(text.utf8), suffix: "csv", truncations: 20, mutations: 300, seed: 41, in: folder, name: "tables of sites",
      wrap: { $0 },
      read: { path in
        _ = try CSVTable(path: path)
        return try SiteList.read(path: path).warnings.count
      })
  }
}

struct `TIA documents` {
  private let folder = TemporaryFolder()

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    let words = """
      <ObjectInfo><AcquireDate>today</AcquireDate><Data><Label>Mode</Label><Value>Imaging</Value></Data><Data><Label>High tension\
      </Label><Value>300</Value><Unit>kV</Unit></Data></ObjectInfo>
      """
    let pixels = (0..<12).flatMap { bytes(UInt16($0)) }
    let image: [UInt8] =
      [0, 0x22, 2, 2] + bytes(UInt32(pixels.count + 8)) + bytes(UInt32(4)) + bytes(UInt32(3)) + pixels
      + [UInt8](repeating: 0, count: 12 + 8) + bytes(Double(2e-11).bitPattern)
    let good: [UInt8] = [0x4A, 0x4B, 0, 2, 0, 0] + image + Array(words.utf8)
    let file = try ImageFile.open(path: folder.file("a.emi", good))
    #expect(file.datasets[0].shape == [3, 4] && file.acquisition["mode"] == "Imaging")
    try checkDamaged(good, mutations: 600, seed: 51)
  }
}
