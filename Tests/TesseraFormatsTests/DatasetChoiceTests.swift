import TesseraFormats
import TesseraNumerics
import TestSupport
import Testing

struct `The dataset that is read when none is named` {
  private let folder = TemporaryFolder()

  /// A file of arrays named a, b, ... in this order; each a ramp of its size, or zeros.
  private func arrays(_ shapes: [[Int]], blank: Set<Int> = []) throws -> ImageFile {
    // The library does not overwrite a file that is open.
    let path = folder / "\(folder.names.count).h5"
    do {
      let builder = HDF5Builder(path)
      for (index, shape) in shapes.enumerated() {
        let values = (0..<shape.reduce(1, *)).map { blank.contains(index) ? 0 : UInt16($0 % 60_000) }
        builder.array(["a", "b", "c", "d"][index], shape, values)
      }
    }
    return try ImageFile.open(path: path)
  }

  @Test func `is the first of images that are alike, and a warning says so`() throws {
    let file = try arrays([[20, 30], [20, 30]])
    #expect(file.defaultDataset == 0)
    #expect(try file.read().warnings == ["holds 2 images: dataset 0 (a) is read; choose another with “dataset”"])
  }

  @Test(arguments: [
    [[4, 4], [256, 3], [96, 128]], [[24, 24], [17, 17], [300, 200]], [[5, 5, 30, 30], [2, 2], [40, 40]],
  ])
  func `is no table, thumbnail or stack of patterns`(shapes: [[Int]]) throws {
    let file = try arrays(shapes)
    #expect(file.defaultDataset == 2)
    let warnings = try file.read().warnings
    #expect(warnings.contains { $0.contains("dataset 2 (c) is read, because dataset 0 (a) ") })
  }

  @Test func `is not blank`() throws {
    let file = try arrays([[20, 30], [20, 30]], blank: [0])
    #expect(file.defaultDataset == 1)
    #expect(try file.read().warnings.contains { $0.contains("dataset 0 (a) is blank") })
    // Named, it is read all the same.
    #expect(try file.read(dataset: 0).pixels.values.allSatisfy { $0 == 0 })
    #expect(try arrays([[20, 30], [20, 30]], blank: [0, 1]).defaultDataset == 0)
  }

  @Test func `is not blank because its first frame is`() throws {
    do {
      let builder = HDF5Builder(folder / "s.h5")
      builder.array("a", [3, 20, 30], (0..<1800).map { $0 < 600 ? 0 : UInt16($0) })
      builder.array("b", [20, 30], (0..<600).map { UInt16($0) })
    }
    #expect(try ImageFile.open(path: folder / "s.h5").defaultDataset == 0)
  }

  @Test func `is grey with many bits before colour and before 8 bits`() throws {
    let grey = (0..<600).flatMap { value -> [UInt8] in bytes(UInt16(value)) }
    let short = (0..<600).map { UInt8($0 % 251) }
    let colour = (0..<600).flatMap { value -> [UInt8] in [UInt8(value % 251), UInt8(value % 13), 0] }
    let deep = HandMadeTIFF.Page(width: 30, height: 20, bits: 16, grey)
    let shallow = HandMadeTIFF.Page(width: 30, height: 20, bits: 8, short)
    let coloured = HandMadeTIFF.Page(width: 30, height: 20, bits: 8, samples: 3, colour)
    for (pages, expected) in [
      ([coloured, deep], 1), ([shallow, deep], 1), ([coloured, shallow], 1), ([deep, shallow], 0),
    ] {
      let file = try ImageFile.open(path: folder.file("t.tif", HandMadeTIFF.bytes(pages)))
      #expect(file.defaultDataset == expected)
    }
  }

  @Test func `is in real space`() throws {
    do {
      let builder = HDF5Builder(folder / "e.emd")
      for (name, unit) in [("a", "[n_m^-1]"), ("b", "[n_m]")] {
        builder.text("data/\(name)", "emd_group_type", "1")
        builder.array("data/\(name)/data", [20, 30], (0..<600).map { UInt16($0) })
        for axis in 1...2 {
          builder.array("data/\(name)/dim\(axis)", [2], attributes: ["name": "q", "units": unit], [0, 1])
        }
      }
    }
    let file = try ImageFile.open(path: folder / "e.emd")
    #expect(file.datasets.map(\.kind) == [.diffraction, .image])
    #expect(file.defaultDataset == 1)
    #expect(try file.read().warnings.contains { $0.contains("dataset 0 (a) is a transform or a diffraction pattern") })
  }
}
