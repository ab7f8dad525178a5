/// A Windows bitmap (`.bmp`): 1, 4, 8, 16, 24 or 32 bits per pixel, either row order, 8-bit run lengths.
///
/// Source: Microsoft, "Bitmap Storage" and BITMAPV5HEADER. A palette of greys gives one value per pixel, other palettes
/// and direct colours give red, green, blue of 8 bits.
struct BitmapReader: FormatReader {
  let datasets: [DatasetDescription]
  private let file: FileBytes
  private let width, height, bits: Int
  private let isTopDown, isRunLength: Bool
  private let start, rowSize: Int
  /// Red, green, blue of each index; empty for direct colours.
  private let palette: [[UInt8]]
  private let hasGreyPalette: Bool
  /// Masks of red, green, blue in a pixel of 16 or 32 bits.
  private let masks: [UInt32]

  static func recognizes(_ head: [UInt8]) -> Bool {
    guard head.count >= 26, head[0] == 0x42, head[1] == 0x4D else { return false }
    return [12, 40, 52, 56, 64, 108, 124].contains(Int(head[14])) && head[15] == 0
  }

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    self.file = file
    var cursor = ByteCursor(file, at: 10)
    start = Int(try cursor.integer(UInt32.self))
    let headerSize = Int(try cursor.integer(UInt32.self))
    let isOld = headerSize == 12
    width = isOld ? Int(try cursor.integer(UInt16.self)) : Int(try cursor.integer(Int32.self))
    let signedHeight = isOld ? Int(try cursor.integer(Int16.self)) : Int(try cursor.integer(Int32.self))
    height = abs(signedHeight)
    isTopDown = signedHeight < 0
    try cursor.skip(2)
    bits = Int(try cursor.integer(UInt16.self))
    let compression = isOld ? 0 : Int(try cursor.integer(UInt32.self))
    guard width > 0, height > 0, [1, 4, 8, 16, 24, 32].contains(bits) else {
      throw FormatError(
        in: file.path, "has a damaged bitmap header (\(width) x \(signedHeight) pixels of \(bits) bits)")
    }
    isRunLength = compression == 1
    let hasMasks = compression == 3 && (bits == 16 || bits == 32)
    guard compression == 0 || isRunLength && bits == 8 && !isTopDown || hasMasks else {
      throw FormatError(
        in: file.path, "uses bitmap compression \(compression), which is not read; save it as PNG or TIFF")
    }

    palette = bits <= 8 ? try Self.palette(bits: bits, headerSize: headerSize, isOld: isOld, from: &cursor) : []
    hasGreyPalette = palette.allSatisfy { $0[0] == $0[1] && $0[1] == $0[2] }

    if hasMasks {
      cursor.offset = 54
      masks = [try cursor.integer(), try cursor.integer(), try cursor.integer()]
    } else {
      masks = bits == 16 ? [0x7C00, 0x03E0, 0x001F] : [0xFF0000, 0x00FF00, 0x0000FF]
    }

    rowSize = (width * bits + 31) / 32 * 4
    let available = file.count - start
    let needed = checkedProduct([rowSize, height]) ?? .max
    guard available > 0, isRunLength ? width * height / 128 <= available : needed <= available else {
      throw FormatError(
        in: file.path,
        "is truncated (\(width) x \(height) pixels need \(needed) bytes, found \(max(0, available))); copy it again"
      )
    }
    let isGrey = bits <= 8 && hasGreyPalette
    datasets = [
      DatasetDescription(
        index: 0, name: "image", shape: [height, width], type: .uint8, channels: isGrey ? 1 : 3,
        colour: isGrey ? .grey : .rgb)
    ]
  }

  /// Red, green, blue of each index, as they stand behind the header.
  private static func palette(
    bits: Int, headerSize: Int, isOld: Bool, from cursor: inout ByteCursor
  ) throws -> [[UInt8]] {
    var used = 0
    if !isOld {
      cursor.offset = 46
      used = Int(try cursor.integer(UInt32.self))
    }
    cursor.offset = 14 + headerSize
    return try (0..<(used > 0 && used <= 1 << bits ? used : 1 << bits)).map { _ in
      let blue = try cursor.integer(UInt8.self)
      let green = try cursor.integer(UInt8.self)
      let red = try cursor.integer(UInt8.self)
      if !isOld { try cursor.skip(1) }
      return [red, green, blue]
    }
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws {
    let indices = isRunLength ? try runLengthIndices() : []
    for y in 0..<height {
      let place = isTopDown ? y : height - 1 - y
      let row =
        isRunLength
        ? Array(indices[place * width..<(place + 1) * width])
        : try file.bytes(at: start + place * rowSize, count: rowSize)
      try give(expanded(row), to: body)
    }
  }

  /// One stored row as grey values or as red, green, blue.
  private func expanded(_ row: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(width * 3)
    for x in 0..<width {
      switch bits {
      case 1, 4, 8:
        let perByte = 8 / bits
        let shift = (perByte - 1 - x % perByte) * bits
        let index = Int(row[x / perByte]) >> shift & (1 << bits - 1)
        let colour = index < palette.count ? palette[index] : [0, 0, 0]
        if hasGreyPalette { result.append(colour[0]) } else { result += colour }
      case 24:
        result.append(row[3 * x + 2])
        result.append(row[3 * x + 1])
        result.append(row[3 * x])
      default:
        let size = bits / 8
        var pixel: UInt32 = 0
        for index in 0..<size { pixel |= UInt32(row[size * x + index]) << UInt32(8 * index) }
        for mask in masks { result.append(Self.level(of: pixel, mask)) }
      }
    }
    return result
  }

  /// The bits under a mask, stretched to 0 ... 255.
  private static func level(of pixel: UInt32, _ mask: UInt32) -> UInt8 {
    guard mask != 0 else { return 0 }
    let shift = UInt32(mask.trailingZeroBitCount)
    return UInt8(UInt64(pixel & mask) >> shift * 255 / UInt64(mask >> shift))
  }

  /// Palette indices of a run-length coded image, bottom row first. Pixels that the code skips stay 0.
  private func runLengthIndices() throws -> [UInt8] {
    let code = try file.bytes(at: start, count: file.count - start)
    var indices = [UInt8](repeating: 0, count: width * height)
    var (x, y, position) = (0, 0, 0)
    func put(_ value: UInt8) {
      if x < width && y < height { indices[y * width + x] = value }
      x += 1
    }
    while position + 1 < code.count, y < height {
      let (count, value) = (Int(code[position]), code[position + 1])
      position += 2
      if count > 0 {
        for _ in 0..<count { put(value) }
      } else if value == 0 {
        (x, y) = (0, y + 1)
      } else if value == 1 {
        return indices
      } else if value == 2 {
        guard position + 1 < code.count else { break }
        x += Int(code[position])
        y += Int(code[position + 1])
        position += 2
      } else {
        let literal = Int(value)
        guard position + literal <= code.count else { break }
        for index in 0..<literal { put(code[position + index]) }
        position += (literal + 1) / 2 * 2
      }
    }
    guard y >= height - 1 else {
      throw FormatError(
        in: file.path, "is truncated (row \(y) of \(height) of its run lengths is missing); copy it again")
    }
    return indices
  }
}
