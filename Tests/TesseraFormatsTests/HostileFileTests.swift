import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

/// Small files that claim, share or unpack to much: they are refused in a sentence or read, in little time and memory.
struct `Files that ask for too much` {
  let folder = TemporaryFolder()

  private typealias Tag = (tag: UInt16, type: UInt16, count: UInt32, value: UInt32)

  /// A classic TIFF whose directories all stand behind `data`, which begins at byte 8.
  private func tiff(_ pages: [[Tag]], data: [UInt8]) -> [UInt8] {
    let padded = data + [UInt8](repeating: 0, count: data.count % 2)
    var result: [UInt8] = [0x49, 0x49, 42, 0] + bytes(UInt32(8 + padded.count)) + padded
    for (index, tags) in pages.enumerated() {
      result += bytes(UInt16(tags.count))
      for entry in tags { result += bytes(entry.tag) + bytes(entry.type) + bytes(entry.count) + bytes(entry.value) }
      result += bytes(UInt32(index + 1 < pages.count ? result.count + 4 : 0))
    }
    return result
  }

  private func page(width: Int, height: Int, compression: UInt32, size: Int, _ more: [Tag] = []) -> [Tag] {
    let tags: [Tag] = [
      (256, 4, 1, UInt32(width)), (257, 4, 1, UInt32(height)), (258, 3, 1, 8), (259, 3, 1, compression), (262, 3, 1, 1),
      (273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, UInt32(height)), (279, 4, 1, UInt32(size)),
    ]
    return (tags + more).sorted { $0.tag < $1.tag }
  }

  private func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    return (ContinuousClock.now - start) / .seconds(1)
  }

  /// Of this thread, whatever else the machine does.
  private func secondsOfComputing(_ work: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    try work()
    return now() - start
  }

  @Test func `by a row that no memory holds are refused`() throws {
    let data = Packing.deflated([UInt8](repeating: 0, count: 1 << 20))
    let file = tiff(
      [page(width: 1 << 30, height: 1, compression: 8, size: 1 << 20)],
      data: data + [UInt8](repeating: 0, count: 1 << 20))
    let image = try ImageFile.open(path: folder.file("row.tif", file))
    #expect { _ = try image.statistics(dataset: 0) } throws: { "\($0)".contains("packed rows of 1073741824 bytes") }
  }

  @Test func `by sizes whose product overflows are refused`() throws {
    let wide: [Tag] = [
      (256, 16, 1, 8), (257, 4, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1024),
      (279, 4, 1, 8),
    ]
    // The width, 64 bits, lies at byte 8.
    let file = tiff([wide], data: bytes(UInt64(1) << 52))
    #expect { _ = try ImageFile.open(path: folder.file("wide.tif", file)) } throws: {
      "\($0)".contains("which no file holds")
    }
  }

  @Test func `by pages that share one strip lose those beyond the size of the file`() throws {
    let pixels = [UInt8](repeating: 7, count: 10_000)
    let shared = (0..<500).map { _ in page(width: 100, height: 100, compression: 1, size: 10_000) }
    let file = try ImageFile.open(path: folder.file("shared.tif", tiff(shared, data: pixels)))
    #expect(file.datasets[0].frameCount < 10)
    #expect(file.warnings.contains { $0.contains("lie over those of other pages") })
    #expect(try file.read(frame: 0).pixels.values.allSatisfy { $0 == 7 })
  }

  @Test func `by texts that pages share are read without the last of them`() throws {
    let text = Array(("OME <Pixels" + String(repeating: " ", count: 200_000)).utf8) + [0]
    // Sizes alternate, so that each page is a dataset with its own scale.
    let pages = (0..<2000).map { index in
      page(
        width: 2 + index % 2, height: 2, compression: 1, size: 6,
        [(270, 2, UInt32(text.count), 8), (285, 2, UInt32(text.count), 8)])
    }
    let path = folder.file("texts.tif", tiff(pages, data: text))
    var image: ImageFile?
    let time = try seconds { image = try ImageFile.open(path: path) }
    let file = try #require(image)
    #expect(file.datasets.count == 2000 && file.datasets.allSatisfy { $0.name.count < 300 })
    #expect(file.warnings.contains { $0.contains("are not read") })
    #expect(time < 5)
  }

  @Test func `by OME elements without an end are read in a time that grows with their number`() throws {
    let text = Array(("OME <Pixels " + String(repeating: "<TiffData ", count: 20_000)).utf8) + [0]
    let file = tiff([page(width: 2, height: 2, compression: 1, size: 4, [(270, 2, UInt32(text.count), 8)])], data: text)
    let path = folder.file("ome.tif", file)
    #expect(try seconds { _ = try ImageFile.open(path: path).read() } < 5)
  }

  @Test func `by a tile much larger than the image are refused`() throws {
    let tags: [Tag] = [
      (256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (259, 3, 1, 8), (262, 3, 1, 1), (277, 3, 1, 1),
      (322, 4, 1, 32768), (323, 4, 1, 32768), (324, 4, 1, 8), (325, 4, 1, 1000),
    ]
    let image = try ImageFile.open(
      path: folder.file("tile.tif", tiff([tags], data: [UInt8](repeating: 0, count: 1000))))
    #expect { _ = try image.read() } throws: { "\($0)".contains("tiles of 32768 x 32768 pixels") }
  }

  @Test func `by packed texts in a PNG are read past them`() throws {
    let packed = Packing.deflated([UInt8](repeating: 65, count: 8 << 20))
    let header = bytes(UInt32(2)).reversed() + bytes(UInt32(2)).reversed() + [8, 0, 0, 0, 0]
    let image = Packing.png(header: Array(header), rows: [0, 1, 2, 0, 3, 4])
    let content = Array("zTXt".utf8) + Array("note".utf8) + [0, 0] + packed
    let chunk = bytes(UInt32(content.count - 4)).reversed() + content + bytes(Packing.checksum(content)).reversed()
    let file = image.prefix(33) + (0..<200).flatMap { _ in chunk } + image.dropFirst(33)
    let path = folder.file("text.png", Array(file))
    var values: [Float] = []
    let time = try seconds { values = try ImageFile.open(path: path).read().pixels.values }
    #expect(values == [1, 2, 3, 4] && time < 2)
  }

  @Test func `or hold what a terminal obeys are named in one line`() throws {
    let header = Array("{'descr': '\u{1B}[2J\n<f4', 'fortran_order': False, 'shape': (2,\r\n), }\n".utf8)
    let file =
      [0x93] + Array("NUMPY".utf8) + [1, 0] + bytes(UInt16(header.count)) + header + [UInt8](repeating: 0, count: 8)
    #expect { _ = try ImageFile.open(path: folder.file("bad.npy", file)) } throws: { error in
      let text = "\(error)"
      return text.unicodeScalars.allSatisfy { $0.value >= 32 } && text.contains("\\u{1B}[2J\\u{A}<f4")
    }
  }

  @Test func `by pixels packed more tightly than noise can be are refused before any is unpacked`() throws {
    let size = 5000
    func frame(_ number: Int, side: Int) -> [Tag] {
      var tags = page(width: side, height: side, compression: 8, size: size)
      for index in tags.indices where tags[index].tag == 273 { tags[index].value = UInt32(8 + number * size) }
      return tags
    }
    let strips = [UInt8](repeating: 1, count: 2 * size)
    let large = folder.file("large.tif", tiff([frame(0, side: 9000)], data: strips))
    #expect { _ = try ImageFile.open(path: large).read() } throws: {
      "\($0)".contains("9000 x 9000 pixels are packed into") && "\($0)".contains("raise “max pixels”")
    }
    // Each frame is within the limit, their sum is not.
    let series = folder.file("series.tif", tiff([frame(0, side: 5000), frame(1, side: 5000)], data: strips))
    let file = try ImageFile.open(path: series)
    #expect(file.datasets[0].frameCount == 2)
    for read in [{ try file.read(meanOf: 0...1) }, { try file.read(registering: nil, by: Registration()) }] {
      #expect { _ = try read() } throws: { "\($0)".contains("5000 x 5000 pixels in 2 frames are packed into") }
    }
    // Whoever raises the limit, or reads labels, has it unpacked, and hears what is wrong with it.
    var options = ReadingOptions()
    options.packedPixelLimit = 1 << 30
    for options in [options, .labels] {
      #expect { _ = try ImageFile.open(path: large, options: options).read() } throws: {
        !"\($0)".contains("packed into")
      }
    }
  }

  @Test func `by planes that unpack to many times an image are refused before any is unpacked`() throws {
    var tags = page(width: 1000, height: 1000, compression: 8, size: 5000).filter { $0.tag != 277 }
    tags += [(277, 3, 1, 200), (284, 3, 1, 2)]
    let file = tiff([tags.sorted { $0.tag < $1.tag }], data: [UInt8](repeating: 1, count: 5000))
    #expect { _ = try ImageFile.open(path: folder.file("planes.tif", file)).read() } throws: {
      "\($0)".contains("1000 x 1000 pixels are packed into")
    }
  }

  @Test func `by thousands of images are chosen from in a time that grows with their number`() throws {
    let pages = (0..<12_000).map { page(width: 20 + $0 % 2, height: 20, compression: 1, size: 4) }
    let path = folder.file("many.tif", tiff(pages, data: [UInt8](repeating: 0, count: 8_000_000)))
    let file = try ImageFile.open(path: path)
    #expect(file.datasets.count == 12_000)
    #expect(try secondsOfComputing { _ = try ImageFile.open(path: path).header() } < 3)
  }

  @Test func `by sites at huge coordinates are refused with the row`() throws {
    let path = folder.file("far.csv", Array("x,y\n1,2\n1e308,3\n".utf8))
    #expect { _ = try SiteList.read(path: path) } throws: { "\($0)".contains("row 2 lies at 1e+308, 3.0") }
  }

  /// Files of this kind that were made by hand; each is to be read or refused within 5 s.
  @Test(.slow) func `of the attack are read or refused in time`() throws {
    let attack = Repository.root.appending(path: "../shared/data/attack").standardized
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: attack.path) else {
      return print("the folder ../shared/data/attack is not there; its files are not read")
    }
    for name in names.sorted() where !name.hasSuffix(".md") {
      let path = attack.appending(path: name).path
      let time = secondsOfComputing {
        if name.hasPrefix("table") {
          _ = try? SiteList.read(path: path)
        } else if let file = try? ImageFile.open(path: path) {
          for dataset in file.datasets { _ = try? file.statistics(dataset: dataset.index) }
        }
      }
      #expect(time < 5, "\(name): \(time) s")
    }
  }
}
