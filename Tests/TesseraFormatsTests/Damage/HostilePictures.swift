import TesseraNumerics

/// PNG and JPEG files, each of whose parts is well formed: sizes, packed texts, scans and repeated parts that ask for too much.
enum HostilePictures {
  /// Chunks with right checksums, in any number.
  static func png(using random: inout RandomSource) -> [UInt8] {
    func chunk(_ kind: String, _ content: [UInt8]) -> [UInt8] {
      let named = Array(kind.utf8) + content
      return bytes(UInt32(content.count)).reversed() + named + bytes(Packing.checksum(named)).reversed()
    }
    func size(_ random: inout RandomSource) -> UInt32 {
      [1, 2, 100, 1000, 5000, 65535, 1 << 20, UInt32(Int32.max)].randomElement(using: &random)!
    }
    let bits: UInt8 = [1, 2, 4, 8, 8, 16].randomElement(using: &random)!
    let colour: UInt8 = [0, 0, 2, 3, 4, 6].randomElement(using: &random)!
    let (width, height) = (size(&random), size(&random))
    let header =
      Array(bytes(width).reversed()) + bytes(height).reversed() + [
        bits, colour, 0, 0, UInt8.random(in: 0...1, using: &random),
      ]
    let zeros = [UInt8](repeating: 0, count: [100, 10_000, 1 << 20, 1 << 25].randomElement(using: &random)!)
    let packed = Packing.deflated(zeros)
    let texts: [(String, [UInt8])] = [
      ("zTXt", Array("note".utf8) + [0, 0] + packed), ("iTXt", Array("note".utf8) + [0, 1, 0, 0, 0] + packed),
      ("iCCP", Array("profile".utf8) + [0, 0] + packed), ("tEXt", Array("note\0".utf8) + zeros.prefix(100_000)),
      ("PLTE", [UInt8](repeating: 9, count: 768)), ("tRNS", [1, 2, 3]), ("eXIf", Array(zeros.prefix(1000))),
    ]
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header)
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let (kind, content) = texts.randomElement(using: &random)!
      let copy = chunk(kind, content)
      let limit = max(1, (4 << 20) / copy.count)
      for _ in 0..<min(limit, [1, 20, 1000].randomElement(using: &random)!) { file += copy }
    }
    // The data in one chunk, or in as many as they have bytes.
    if Bool.random(using: &random) {
      file += chunk("IDAT", packed)
    } else {
      for byte in packed.prefix(20_000) { file += chunk("IDAT", [byte]) }
    }
    return file + chunk("IEND", [])
  }

  /// A good file whose scans and other segments are repeated and whose size is changed.
  /// - Parameter good: a JPEG file.
  static func jpeg(from good: [UInt8], using random: inout RandomSource) -> [UInt8] {
    var segments = Self.segments(of: good)
    for index in segments.indices where (0xC0...0xC2).contains(segments[index][1]) && Bool.random(using: &random) {
      let sizes: [UInt16] = [1, 16, 100, 4000, 20_000, 65500]
      let size =
        bytes(sizes.randomElement(using: &random)!).reversed() + bytes(sizes.randomElement(using: &random)!).reversed()
      segments[index].replaceSubrange(5..<9, with: size)
    }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let index = Int.random(in: 1..<segments.count - 1, using: &random)
      let copies = [1, 40, 1000, 20_000].randomElement(using: &random)!
      let limit = max(1, (2 << 20) / segments[index].count)
      segments.insert(
        contentsOf: [[UInt8]](repeating: segments[index], count: min(copies, limit)), at: index)
    }
    return segments.flatMap { $0 }
  }

  /// The parts of a JPEG file from marker to marker, a scan with its data.
  private static func segments(of file: [UInt8]) -> [[UInt8]] {
    var (segments, start) = ([] as [[UInt8]], 0)
    for place in file.indices.dropFirst(2).dropLast()
    where file[place] == 0xFF && file[place + 1] >= 0xC0 && !(0xD0...0xD7).contains(file[place + 1]) {
      segments.append(Array(file[start..<place]))
      start = place
    }
    return segments + [Array(file[start...])]
  }
}
