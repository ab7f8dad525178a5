/// Classic, uncompressed TIFF files by hand: pages of any size, with the texts and blocks of other programs.
enum HandMadeTIFF {
  struct Page {
    var width, height, bits: Int
    var samples = 1
    var isPlanar = false
    var pixels: [UInt8]
    var description = ""
    /// Sizes and bytes of ImageJ's block of metadata.
    var imageJ: (sizes: [Int], bytes: [UInt8])?

    init(
      width: Int, height: Int, bits: Int, samples: Int = 1, isPlanar: Bool = false, _ pixels: [UInt8],
      description: String = ""
    ) {
      (self.width, self.height, self.bits, self.samples) = (width, height, bits, samples)
      (self.isPlanar, self.pixels, self.description) = (isPlanar, pixels, description)
    }
  }

  /// A file of these pages; pixels of all come first, one behind the other.
  ///
  /// - Parameter linked: how many pages the chain of directories has; nil: all.
  static func bytes(_ pages: [Page], linked: Int? = nil) -> [UInt8] {
    var file: [UInt8] = [0x49, 0x49, 42, 0, 0, 0, 0, 0]
    var starts: [Int] = []
    for page in pages {
      starts.append(file.count)
      file += page.pixels
    }
    if !file.count.isMultiple(of: 2) { file.append(0) }
    var link = 4
    for (page, start) in zip(pages, starts).prefix(linked ?? pages.count) {
      var tags: [(Int, Int, Int, Int)] = []
      func outside(_ tag: Int, _ type: Int, _ count: Int, _ content: [UInt8]) {
        tags.append((tag, type, count, file.count))
        file += content + [UInt8](repeating: 0, count: content.count % 2)
      }
      let planes = page.isPlanar ? page.samples : 1
      let size = page.pixels.count / planes
      tags += [(256, 4, 1, page.width), (257, 4, 1, page.height), (259, 3, 1, 1), (277, 3, 1, page.samples)]
      tags += [(278, 4, 1, page.height), (284, 3, 1, page.isPlanar ? 2 : 1), (262, 3, 1, page.samples >= 3 ? 2 : 1)]
      if page.samples == 1 {
        tags.append((258, 3, 1, page.bits))
      } else {
        outside(258, 3, page.samples, (0..<page.samples).flatMap { _ in TesseraFormatsTests.bytes(UInt16(page.bits)) })
      }
      if planes == 1 {
        tags += [(273, 4, 1, start), (279, 4, 1, size)]
      } else {
        outside(273, 4, planes, (0..<planes).flatMap { TesseraFormatsTests.bytes(UInt32(start + $0 * size)) })
        outside(279, 4, planes, (0..<planes).flatMap { _ in TesseraFormatsTests.bytes(UInt32(size)) })
      }
      if !page.description.isEmpty {
        let text = Array(page.description.utf8) + [UInt8](repeating: 0, count: max(1, 5 - page.description.utf8.count))
        outside(270, 2, text.count, text)
      }
      if let (sizes, content) = page.imageJ {
        outside(50838, 4, sizes.count, sizes.flatMap { TesseraFormatsTests.bytes(UInt32($0)) })
        outside(50839, 1, content.count, content)
      }
      file.replaceSubrange(link..<link + 4, with: TesseraFormatsTests.bytes(UInt32(file.count)))
      file += TesseraFormatsTests.bytes(UInt16(tags.count))
      for (tag, type, count, value) in tags.sorted(by: { $0.0 < $1.0 }) {
        file += TesseraFormatsTests.bytes(UInt16(tag)) + TesseraFormatsTests.bytes(UInt16(type))
        file += TesseraFormatsTests.bytes(UInt32(count)) + TesseraFormatsTests.bytes(UInt32(value))
      }
      link = file.count
      file += [0, 0, 0, 0]
    }
    return file
  }

  /// ImageJ's block of metadata with these labels, in little-endian order.
  static func labels(_ labels: [String]) -> (sizes: [Int], bytes: [UInt8]) {
    let texts = labels.map { $0.utf16.flatMap { TesseraFormatsTests.bytes($0) } }
    let head: [UInt8] = Array("JIJI".utf8) + Array("lbal".utf8) + TesseraFormatsTests.bytes(UInt32(labels.count))
    return ([head.count] + texts.map(\.count), head + texts.flatMap { $0 })
  }
}
