/// Fourier transforms of real images, of which DigitalMicrograph stores only what the symmetry F(-k) = F(k)* leaves open.
///
/// The columns of a row are those of the frequencies 0, -1, ... -width/2; rows stand as in the whole, centred transform, in
/// which zero frequency has the index width/2, height/2 (rounded down). The other half comes from the row of opposite
/// frequency; a row that is its own opposite (zero frequency, and the first of an even number) from itself.
struct DMHalfSpectrum {
  /// The stored part, width / 2 + 1 columns.
  let array: StoredArray
  /// Columns of the whole transform.
  let width: Int

  func stream(frame: Int, from file: FileBytes, _ body: (RawSpan) throws -> Void) throws {
    let height = array.shape[array.shape.count - 2]
    let columns = array.shape[array.shape.count - 1]
    let size = array.type.size
    var start = array.offset
    var remainder = frame
    for axis in array.shape.indices.dropLast(2).reversed() {
      start += remainder % array.shape[axis] * array.strides[axis]
      remainder /= array.shape[axis]
    }
    for row in 0..<height {
      let own = try stored(row, at: start, from: file)
      let opposite = height.isMultiple(of: 2) ? (height - row) % height : height - 1 - row
      let other = opposite == row ? own : try stored(opposite, at: start, from: file)
      var whole: [UInt8] = []
      whole.reserveCapacity(width * size)
      for column in stride(from: columns - 1, through: 0, by: -1) {
        whole += own[column * size..<(column + 1) * size]
      }
      for column in 1..<max(width - columns + 1, 1) {
        whole += other[column * size..<(column + 1) * size]
        whole[whole.count - 1] ^= 0x80  // The sign of the imaginary part, in the highest byte.
      }
      try give(whole, to: body)
    }
  }

  private func stored(_ row: Int, at start: Int, from file: FileBytes) throws -> [UInt8] {
    let step = array.strides[array.strides.count - 2]
    var bytes = try file.bytes(at: start + row * step, count: step)
    if array.isBigEndian { swapBytes(&bytes, size: array.type.swappedSize) }
    return bytes
  }
}

/// The older form: a square of 2N x 2N real numbers holds the transform of 2N x 2N real values.
///
/// Row r holds N pairs of real and imaginary part, of the frequencies (0, r - N) ... (N - 1, r - N). The transform is real
/// at four frequencies, which share two pairs; the frequencies (-N, y) take the room of those (0, y - N), which follow from
/// (0, N - y) by symmetry. Source: unpacking of the type 5 in RosettaSciIO and in G. Jennings' DM3 reader for ImageJ.
struct DMPackedSpectrum {
  /// The stored numbers, 2N x 2N of single precision.
  let array: StoredArray

  /// The whole, centred transform as pairs of single precision, row-major. Memory: three images.
  func values(from file: FileBytes) throws -> [UInt8] {
    let side = array.shape[0]
    let half = side / 2
    var numbers: [Float] = []
    numbers.reserveCapacity(side * side)
    try array.stream(frame: 0, from: file) { SampleConversion.append($0, as: .float32, to: &numbers) }

    var whole = [(real: Float, imaginary: Float)](repeating: (0, 0), count: side * side)
    func pair(_ row: Int, _ column: Int) -> (real: Float, imaginary: Float) {
      (numbers[row * side + 2 * column], numbers[row * side + 2 * column + 1])
    }
    for row in 0..<side {
      for column in 1..<half { whole[row * side + half + column] = pair(row, column) }
    }
    for y in 1..<max(half, 1) {
      whole[(half + y) * side] = pair(y, 0)
      whole[(half + y) * side + half] = pair(half + y, 0)
    }
    let (edge, centre) = (pair(0, 0), pair(half, 0))
    whole[half * side] = (edge.real, 0)
    whole[0] = (edge.imaginary, 0)
    whole[half * side + half] = (centre.real, 0)
    whole[half] = (centre.imaginary, 0)

    // F(-k) = F(k)*: the columns left of the centre, and the upper halves of the two columns that are their own opposites.
    for y in 0..<side {
      for x in 0...half where x > 0 && x < half || (y > 0 && y < half) {
        let opposite = whole[(side - y) % side * side + (side - x) % side]
        whole[y * side + x] = (opposite.real, -opposite.imaginary)
      }
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 * whole.count)
    for value in whole {
      for number in [value.real, value.imaginary] {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }
}
