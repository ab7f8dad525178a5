import CHDF5
import TesseraFormats
import TesseraHDF5
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

/// HDF5 files through the process that reads them for another.
struct `HDF5 in a child process` {
  private let folder = TemporaryFolder()

  init() throws { try #require(readsHDF5InChild, "the program `tessera-hdf5` is not beside the tests") }

  @Test func `gives each of several threads the frame that it asks for`() throws {
    let frame: @Sendable (Int) -> Raster<Float> = { index in ramp(width: 64, height: 48, start: 331 * index) }
    let stack = ImageStack(count: 40, width: 64, height: 48, isShort: true, frame: frame)
    try HyperSpyWriter.write(stack, to: folder / "s.hspy")
    let file = try ImageFile.open(path: folder / "s.hspy")
    let isRight = concurrentMap(count: 160) { number in
      (try? file.read(frame: number * 7 % 40).pixels) == frame(number * 7 % 40)
    }
    #expect(isRight.allSatisfy { $0 })
  }

  @Test func `names a group of the most members, which the library must not search for each from the first`() throws {
    let path = folder / "links.h5"
    let file = tessera_h5_create(path)
    let space = H5Screate_simple(2, [4, 4], nil)
    let dataset = H5Dcreate2(file, "image", tessera_h5_uint16(), space, 0, 0, 0)
    H5Dwrite(dataset, tessera_h5_uint16(), 0, 0, 0, [UInt16](0..<16))
    for index in 0..<19_000 { H5Lcreate_hard(file, "image", file, "same\(index)", 0, 0) }
    H5Dclose(dataset)
    H5Sclose(space)
    H5Fclose(file)
    #expect(try ImageFile.open(path: path).datasets.count == 1)
  }

  @Test(.slow) func `is ended where the library runs in circles, with a sentence`() throws {
    let image = ImageStack(Micrograph(name: "x", pixels: ramp(width: 30, height: 20)))
    try HyperSpyWriter.write(image, to: folder / "g.hspy")
    // The first text without letters becomes free space without size, past which the library never gets.
    var bytes = folder.contents(of: "g.hspy")
    let heap = try #require(bytes.firstRange(of: Array("GCOL".utf8))).upperBound + 12
    let empty = try #require(
      (heap..<heap + 1000).first { place in
        bytes[place] > 0 && bytes[place + 1..<place + 16].allSatisfy { $0 == 0 }
      })
    bytes[empty] = 0
    let error = #expect(throws: FormatError.self) { try ImageFile.open(path: folder.file("c.hspy", bytes)) }
    #expect(error?.description.contains("takes the HDF5 library longer") == true)
  }

  @Test func `reads what is whole of a series with a damaged frame`() throws {
    let path = folder / "d.h5"
    let file = tessera_h5_create(path)
    let settings = tessera_h5_dataset_settings()
    H5Pset_chunk(settings, 3, [1, 8, 100])
    H5Pset_deflate(settings, 6)
    let space = H5Screate_simple(3, [20, 8, 100], nil)
    let dataset = H5Dcreate2(file, "series", tessera_h5_uint16(), space, 0, settings, 0)
    H5Dwrite(dataset, tessera_h5_uint16(), 0, 0, 0, (0..<16_000).map { UInt16($0) })
    H5Dwrite_chunk(dataset, 0, 0, [5, 0, 0], 4, [1, 2, 3, 4] as [UInt8])
    H5Dclose(dataset)
    H5Sclose(space)
    H5Pclose(settings)
    H5Fclose(file)

    let series = try ImageFile.open(path: path)
    for frame in [0, 4, 6, 19] {
      #expect(try series.read(frame: frame).pixels.values == (0..<800).map { Float(frame * 800 + $0) })
    }
    for _ in 0..<2 {
      let error = #expect(throws: FormatError.self) { try series.read(frame: 5) }
      #expect(error?.description.contains("damaged") == true)
    }
    #expect(throws: FormatError.self) { try series.statistics(dataset: 0) }
  }
}

struct `What a child may compute` {
  private let folder = TemporaryFolder()

  private func array(isChunked: Bool) throws -> HDF5Array {
    let path = folder / "a.h5"
    if isChunked {
      HDF5Example.chunked(at: path, isLatest: true)
    } else {
      try HyperSpyWriter.write(ImageStack(Micrograph(name: "x", pixels: ramp(width: 30, height: 40))), to: path)
    }
    return try #require(try HDF5File(path: path).tree().all.compactMap(\.array).first { $0.shape == [40, 30] })
  }

  @Test(arguments: [false, true]) func `grows with what a file gives, not with how often it is asked`(isChunked: Bool)
    throws
  {
    let array = try array(isChunked: isChunked)
    var budget = ReadingBudget(fileSize: 19_000)
    let opening = budget.seconds
    for index in 0..<400 { budget.add(array, start: [index % 40, 0], count: [1, 30]) }
    #expect(budget.seconds - opening < 1)
    // A gigabyte takes a slow computer with a slow filter ten seconds and more.
    var large = budget
    large.add(array, start: [0, 0], count: [1 << 15, 1 << 15])
    #expect(large.seconds - budget.seconds > 30)
  }

  @Test func `has a limit for files of any size before anything is asked`() {
    #expect(ReadingBudget(fileSize: .max).seconds < 5)
  }
}
