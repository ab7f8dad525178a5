/// An array that lies uncompressed in a file: where its first value is, and how far apart its neighbours are.
struct StoredArray: Sendable {
  /// Byte of the element with all indices zero.
  var offset: Int
  var type: ScalarType
  var isBigEndian = false
  /// Slowest first; the last two are height and width.
  var shape: [Int]
  /// Interleaved values an element.
  var channels = 1
  /// Bytes between neighbours along each axis; may be negative.
  var strides: [Int]

  /// Row-major, without gaps. Nil if the size overflows.
  init?(offset: Int, type: ScalarType, isBigEndian: Bool = false, shape: [Int], channels: Int = 1) {
    (self.offset, self.type, self.isBigEndian, self.shape) = (offset, type, isBigEndian, shape)
    self.channels = channels
    strides = Array(repeating: 0, count: shape.count)
    var step = type.size * channels
    for index in shape.indices.reversed() {
      strides[index] = step
      guard let next = checkedProduct([step, max(shape[index], 1)]), shape[index] >= 0 else { return nil }
      step = next
    }
  }

  /// Bytes an element.
  var elementSize: Int { type.size * channels }

  /// The number of images: all axes before the last two, multiplied.
  var frameCount: Int { checkedProduct(shape.dropLast(2)) ?? 0 }

  /// The same values with the last axis first, for series stored as `[height, width, frames]`.
  func withLastAxisFirst() -> StoredArray { shape.count == 3 ? ordered([2, 0, 1]) : self }

  /// The same values with the axes in another order.
  func ordered(_ order: [Int]) -> StoredArray {
    var moved = self
    moved.shape = order.map { shape[$0] }
    moved.strides = order.map { strides[$0] }
    return moved
  }

  /// The order of axes in which those of length 1 at the end come first: an image with one channel is stored as `[1, 256, 256, 1]`. Nil
  /// where there is none, or no image before them.
  static func orderOfChannels(_ shape: [Int]) -> [Int]? {
    let kept = (shape.lastIndex { $0 > 1 } ?? -1) + 1
    guard kept >= 2, kept < shape.count, shape[kept - 2] > 1 else { return nil }
    return Array(kept..<shape.count) + Array(0..<kept)
  }

  /// Throws unless every element lies in the file. Call it before anything of the array's size is allocated.
  func check(in file: FileBytes, named what: String = "data") throws(FormatError) {
    guard let elements = checkedProduct(shape) else {
      throw FormatError(in: file.path, "claims an impossible shape \(shape); the header is damaged")
    }
    guard elements > 0 else { throw FormatError(in: file.path, "holds no values (shape \(shape))") }
    var (low, high) = (offset, offset)
    for (size, stride) in zip(shape, strides) {
      let (span, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (end, past) = (span < 0 ? low : high).addingReportingOverflow(span)
      guard !overflow, !past else {
        throw FormatError(in: file.path, "claims an impossible shape \(shape); the header is damaged")
      }
      if span < 0 { low = end } else { high = end }
    }
    let (end, overflow) = high.addingReportingOverflow(elementSize)
    guard low >= 0, !overflow, end <= file.count else {
      throw FormatError(
        in: file.path,
        "\(what) is truncated (shape \(shape) of \(type.rawValue) ends at byte \(end), the file at \(file.count)); "
          + "copy or export it again")
    }
  }

  /// Gives `body` the values of one frame in row-major order, little-endian, in pieces of whole elements.
  ///
  /// The array must have passed `check`. Memory: about 1 MiB, or one frame if its columns are closer than its rows.
  func stream(frame: Int, from file: FileBytes, _ body: (RawSpan) throws -> Void) throws {
    var start = offset
    var remainder = frame
    for axis in shape.indices.dropLast(2).reversed() {
      start += remainder % shape[axis] * strides[axis]
      remainder /= shape[axis]
    }
    let width = shape.last ?? 1
    let height = shape.count > 1 ? shape[shape.count - 2] : 1
    let across = strides.last ?? elementSize
    let down = shape.count > 1 ? strides[shape.count - 2] : width * elementSize
    let rowSize = width * elementSize

    if across == elementSize && (down == rowSize || height == 1) {
      let piece = max(1, (1 << 20) / elementSize) * elementSize
      var position = 0
      while position < height * rowSize {
        let count = min(piece, height * rowSize - position)
        try emit(try file.bytes(at: start + position, count: count), body)
        position += count
      }
    } else if across == elementSize {
      for y in 0..<height { try emit(try file.bytes(at: start + y * down, count: rowSize), body) }
    } else if down == elementSize {
      try emit(try transposed(from: file, at: start, width: width, height: height, across: across), body)
    } else if abs(across) <= abs(down) {
      for y in 0..<height { try emit(try line(from: file, at: start + y * down, width, step: across), body) }
    } else {
      // Along the columns values are closer, so that less is read that is not wanted.
      var frame = [UInt8](repeating: 0, count: height * rowSize)
      for x in 0..<width {
        let column = try line(from: file, at: start + x * across, height, step: down)
        scatter(column, to: &frame, column: x, width: width)
      }
      try emit(frame, body)
    }
  }

  /// Values at equal distances. Where they are far apart each is read alone, otherwise with what lies between.
  private func line(from file: FileBytes, at start: Int, _ count: Int, step: Int) throws -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(count * elementSize)
    let number = abs(step) > 4096 ? 1 : max(1, (1 << 20) / max(1, abs(step)))
    for first in stride(from: 0, to: count, by: number) {
      let span = (min(number, count - first) - 1) * step
      let bytes = try file.bytes(at: start + first * step + min(span, 0), count: abs(span) + elementSize)
      for index in 0..<min(number, count - first) {
        let place = index * step - min(span, 0)
        line += bytes[place..<place + elementSize]
      }
    }
    return line
  }

  /// Puts the values of a column into a frame.
  private func scatter(_ values: [UInt8], to frame: inout [UInt8], column: Int, width: Int) {
    for y in 0..<values.count / elementSize {
      let place = (y * width + column) * elementSize
      for index in 0..<elementSize { frame[place + index] = values[y * elementSize + index] }
    }
  }

  private func emit(_ bytes: [UInt8], _ body: (RawSpan) throws -> Void) throws {
    var bytes = bytes
    if isBigEndian { swapBytes(&bytes, size: type.swappedSize) }
    try body(bytes.span.bytes)
  }

  /// A frame whose columns are contiguous, in row-major order.
  private func transposed(from file: FileBytes, at start: Int, width: Int, height: Int, across: Int) throws -> [UInt8] {
    var frame = [UInt8](repeating: 0, count: width * height * elementSize)
    for x in 0..<width {
      let column = try file.bytes(at: start + x * across, count: height * elementSize)
      scatter(column, to: &frame, column: x, width: width)
    }
    return frame
  }
}
