import CHDF5
import Foundation
import TesseraFormats
import TestSupport
import Testing

/// What stands in HDF5 files that is neither whole nor plain.
struct `HDF5 datasets` {
  private let folder = TemporaryFolder()

  /// Makes a file, and in it whatever `fill` makes.
  private func file(_ name: String, _ fill: (hid_t) -> Void) -> String {
    tessera_h5_quiet()
    let file = tessera_h5_create(folder / name)
    fill(file)
    H5Fclose(file)
    return folder / name
  }

  /// Makes a dataset of 16-bit integers and gives it to `write` before it is closed.
  private func dataset(
    _ name: String, shape: [Int], in file: hid_t, type: hid_t = tessera_h5_uint16(),
    prepare: (hid_t) -> Void = { _ in },
    write: (hid_t) -> Void = { _ in }
  ) {
    let settings = tessera_h5_dataset_settings()
    prepare(settings)
    let space = H5Screate_simple(Int32(shape.count), shape.map { hsize_t($0) }, nil)
    let dataset = H5Dcreate2(file, name, type, space, 0, settings, 0)
    write(dataset)
    H5Dclose(dataset)
    H5Sclose(space)
    H5Pclose(settings)
  }

  @Test(arguments: [false, true]) func `that were never written hold the fill value`(isChunked: Bool) throws {
    let path = file("n.h5") { file in
      dataset("image", shape: [5, 7], in: file) { settings in
        if isChunked { H5Pset_chunk(settings, 2, [4, 4]) }
        var value: UInt16 = 258
        H5Pset_fill_value(settings, tessera_h5_uint16(), &value)
      }
    }
    let image = try ImageFile.open(path: path)
    #expect(image.warnings.contains { $0.contains("never written") })
    #expect(try image.read().pixels.values == [Float](repeating: 258, count: 35))
  }

  @Test func `of which one frame was written hold it, and fill values beside`() throws {
    let path = file("p.h5") { file in
      dataset("series", shape: [1000, 8, 100], in: file) { settings in
        H5Pset_chunk(settings, 3, [1, 8, 100])
      } write: { dataset in
        let space = H5Dget_space(dataset)
        H5Sselect_hyperslab(space, H5S_SELECT_SET, [7, 0, 0], nil, [1, 8, 100], nil)
        let memory = H5Screate_simple(3, [1, 8, 100], nil)
        H5Dwrite(dataset, tessera_h5_uint16(), memory, space, 0, [UInt16](repeating: 9, count: 800))
        H5Sclose(memory)
        H5Sclose(space)
      }
    }
    let image = try ImageFile.open(path: path)
    #expect(try image.read(frame: 7).pixels.values.allSatisfy { $0 == 9 })
    #expect(try image.read(frame: 8).pixels.values.allSatisfy { $0 == 0 })
  }

  @Test func `that claim more values than are allowed are refused`() throws {
    let path = file("l.h5") { file in
      dataset("image", shape: [1000, 1001], in: file) { H5Pset_chunk($0, 2, [4, 4]) }
    }
    #expect(try ImageFile.open(path: path).read().pixels.count == 1_001_000)
    var options = ReadingOptions()
    options.pixelLimit = 8_000_000
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: path, options: options) }
    #expect(error?.description.contains("raise “max pixels”") == true)
  }

  @Test(.slow) func `packed by LZF are read`() throws {
    // Eight bytes as they are, then 56 copied from eight bytes before.
    let packed: [UInt8] = [7] + (0..<8).map { $0 * 3 } + [0xE0, 47, 7]
    let path = file("z.h5") { file in
      let byte = H5Tcopy(tessera_h5_uint16())
      H5Tset_size(byte, 1)
      dataset("image", shape: [8, 8], in: file, type: byte) { settings in
        H5Pset_chunk(settings, 2, [8, 8])
        H5Pset_filter(settings, 32000, 1, 3, [4, 0x0105, 64])
      } write: { dataset in
        H5Dwrite_chunk(dataset, 0, 0, [0, 0], packed.count, packed)
      }
      H5Tclose(byte)
    }
    let pixels = try ImageFile.open(path: path).read().pixels
    #expect(pixels.values == (0..<64).map { Float($0 % 8 * 3) })
    try #require(readsHDF5InChild, "the program `tessera-hdf5` is not beside the tests")
    try checkDamaged(folder.contents(of: "z.h5"), truncations: 10, mutations: 40, seed: 34)
  }

  @Test func `of other files are named`() throws {
    let part = file("part.h5") {
      dataset("image", shape: [4, 4], in: $0) { _ in
      } write: {
        write(16, to: $0)
      }
    }
    let linked = file("link.h5") { H5Lcreate_external("part.h5", "/image", $0, "far", 0, 0) }
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: linked) }
    #expect(error?.description.contains("/far is a link into the file part.h5") == true)

    let joined = file("joined.h5") { file in
      dataset("whole", shape: [2, 4, 4], in: file) { settings in
        let (source, target) = (H5Screate_simple(2, [4, 4], nil), H5Screate_simple(3, [2, 4, 4], nil))
        for frame in 0..<2 {
          H5Sselect_hyperslab(target, H5S_SELECT_SET, [hsize_t(frame), 0, 0], nil, [1, 4, 4], nil)
          H5Pset_virtual(settings, target, "part.h5", "image", source)
        }
        H5Sclose(source)
        H5Sclose(target)
      }
    }
    #expect(try ImageFile.open(path: joined).read(frame: 1).pixels.values == (0..<16).map { Float($0) })
    try FileManager.default.removeItem(atPath: part)
    for isPipe in [false, true] {
      // The library would wait for what somebody may write into a pipe.
      if isPipe { mkfifo(part, 0o600) }
      let missing = #expect(throws: FormatError.self) { try ImageFile.open(path: joined) }
      #expect(missing?.description.contains("of which part.h5 is not there") == true)
    }
  }

  private func write(_ count: Int, to dataset: hid_t) {
    H5Dwrite(dataset, tessera_h5_uint16(), 0, 0, 0, (0..<count).map { UInt16($0) })
  }

  @Test func `that hold no numbers are told by what they hold`() throws {
    let path = file("t.h5") { file in
      let text = tessera_h5_text()
      dataset("names", shape: [3], in: file, type: text)
      H5Tclose(text)
    }
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: path) }
    #expect(error?.description.contains("/names holds texts") == true)
  }

  @Test(arguments: [512, 4096, 65536]) func `behind another program's block are found`(size: Int) throws {
    let good = file("g.h5") {
      dataset("image", shape: [4, 4], in: $0) { _ in
      } write: {
        write(16, to: $0)
      }
    }
    // Places in the file count from its signature.
    let whole = [UInt8](repeating: 0x20, count: size) + folder.contents(of: "g.h5")
    #expect(try ImageFile.open(path: good).format == "HDF5")
    let behind = try ImageFile.open(path: folder.file("b.h5", whole))
    #expect(try behind.read().pixels.values == (0..<16).map { Float($0) })
  }
}
