import TesseraNumerics

/// A TIFF file whose structure is right and whose content asks for too much: rows, tiles and samples at the edge of what numbers hold, data that
/// unpack to a thousand times their size, strips and texts that many pages share, chains of pages that never end.
struct HostileTIFF {
  private var random: RandomSource
  private let isLarge: Bool
  private var file: [UInt8]
  /// Where data lie that pages may point at, and how they are packed.
  private var blocks: [(place: Int, count: Int, compression: Int)] = []
  private var texts: [(place: Int, count: Int)] = []

  static func bytes(using random: inout RandomSource) -> [UInt8] {
    var tiff = HostileTIFF(random)
    tiff.addBlocks()
    tiff.addPages()
    random = tiff.random
    return tiff.file
  }

  private init(_ random: RandomSource) {
    self.random = random
    isLarge = .random(using: &self.random)
    file = isLarge ? [0x49, 0x49, 43, 0, 8, 0, 0, 0] : [0x49, 0x49, 42, 0]
    file += number(0)
  }

  /// A place or a count, as wide as the kind of file has it.
  private func number(_ value: Int) -> [UInt8] {
    isLarge
      ? TesseraFormatsTests.bytes(UInt64(truncatingIfNeeded: value))
      : TesseraFormatsTests.bytes(UInt32(truncatingIfNeeded: value))
  }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }

  private mutating func append(_ content: [UInt8]) -> (place: Int, count: Int) {
    let place = file.count
    file += content + [UInt8](repeating: 0, count: content.count % 2)
    return (place, content.count)
  }

  private mutating func addBlocks() {
    let count = pick([100, 5000, 1 << 16, 1 << 20, 1 << 24])
    let plain = [UInt8](repeating: pick([0, 7, 255]), count: count)
    let packed = Packing.deflated(plain)
    var contents = [(packed, 8), (Packing.deflated(packed), 8), (Array(plain.prefix(1 << 16)), 1)]
    // Runs of PackBits, 128 bytes from two each; codes of LZW at chance.
    contents.append(((0..<min(count, 1 << 12)).flatMap { _ in [0x81, 0] as [UInt8] }, 32773))
    contents.append(((0..<min(count, 1 << 12)).map { _ in UInt8.random(in: 0...255, using: &random) }, 5))
    for (content, compression) in contents {
      let block = append(content)
      blocks.append((block.place, block.count, compression))
    }
    let length = pick([1, 100, 10_000, 100_000])
    for words in [
      "ImageJ=1.53\nimages=\(pick([2, 1000, 100_000, Int(Int32.max)]))\nslices=3\nhyperstack=true\n",
      "<OME><Pixels SizeX=\"2\" SizeY=\"2\">" + String(repeating: "<TiffData IFD=\"0\"/>", count: length / 10),
      String(repeating: pick(["<OME ", "&lt;", "{\"a\":", "nm=", "\n"]), count: length),
    ] { texts.append(append(Array(words.utf8) + [0])) }
  }

  /// The size of an axis: mostly small, so that pages get past the first look.
  private mutating func size() -> Int {
    Int.random(in: 0..<4, using: &random) > 0
      ? pick([1, 2, 16, 17, 100, 256, 1000, 4096])
      : pick([0, 1 << 15, 65535, 65536, 1 << 20, 1 << 30, Int(Int32.max), Int(UInt32.max)])
  }

  private mutating func addPages() {
    let kinds = (0..<pick([1, 1, 3])).map { _ in tags() }
    let pages = pick([1, 2, 50, 2000])
    var link = isLarge ? 8 : 4
    var first: Int?
    for index in 0..<pages {
      let page = kinds[index % kinds.count]
      let place = file.count
      first = first ?? place
      file.replaceSubrange(link..<link + number(0).count, with: number(place))
      file += isLarge ? TesseraFormatsTests.bytes(UInt64(page.count)) : TesseraFormatsTests.bytes(UInt16(page.count))
      for (tag, type, count, value) in page.sorted(by: { $0.tag < $1.tag }) {
        file += TesseraFormatsTests.bytes(UInt16(tag)) + TesseraFormatsTests.bytes(UInt16(type))
        file += number(count) + number(value)
      }
      link = file.count
      file += number(0)
    }
    // The chain may lead back to its beginning.
    if let first, pick([true, false, false]) {
      file.replaceSubrange(link..<link + number(0).count, with: number(first))
    }
  }

  private typealias Tag = (tag: Int, type: Int, count: Int, value: Int)

  private mutating func tags() -> [Tag] {
    let block = pick(blocks)
    let (width, height) = (size(), size())
    let compression = pick([true, true, true, false]) ? block.compression : pick([2, 3, 4, 6, 7, 34925, 50000])
    var tags: [Tag] = [
      (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, pick([1, 4, 8, 8, 12, 16, 32, 64])),
      (259, 3, 1, compression), (262, 3, 1, pick([0, 1, 1, 2, 3, 6, 32844])),
      (277, 3, 1, pick([1, 1, 1, 2, 3, 4, 1000, 65535])), (339, 3, 1, pick([1, 1, 2, 3, 6])),
      (284, 3, 1, pick([1, 1, 2])), (317, 3, 1, pick([1, 1, 2, 3])),
    ]
    // Strips or tiles that all lie at one place.
    let parts = pick([1, 1, 1, 10, 10_000])
    let place = parts == 1 ? block.place : append((0..<parts).flatMap { _ in number(block.place) }).place
    let count = parts == 1 ? block.count : append((0..<parts).flatMap { _ in number(block.count) }).place
    let type = isLarge ? 16 : 4
    if pick([true, false]) {
      tags += [(278, 4, 1, pick([1, height, height, size()])), (273, type, parts, place), (279, type, parts, count)]
    } else {
      let side = [16, 64, 256, 32768, 1 << 20]
      tags += [(322, 4, 1, pick(side)), (323, 4, 1, pick(side)), (324, type, parts, place), (325, type, parts, count)]
    }
    for tag in [270, 285, 305, 34682, 50839] where pick([true, false]) {
      let text = pick(texts)
      tags.append((tag, 2, text.count, text.place))
    }
    return tags
  }
}
