import TesseraNumerics

/// For each column the sum of pixel times shifted pixel over a window of rows that moves down.
struct ColumnProducts {
  private let image: Raster<Float>
  private let shift: Shift
  private let columns: Range<Int>
  private var rows: Range<Int>
  private var sums: [Double]
  /// Sums of `sums` before each column.
  private var running: [Double]

  init(of image: Raster<Float>, shift: Shift, rows: Range<Int>, columns: Range<Int>) {
    (self.image, self.shift, self.columns) = (image, shift, columns)
    self.rows = rows.lowerBound..<rows.lowerBound
    sums = [Double](repeating: 0, count: columns.count)
    running = [Double](repeating: 0, count: columns.count + 1)
  }

  /// Moves the window; neither end may move up.
  mutating func move(to target: Range<Int>) {
    if target == rows { return }
    if target.lowerBound >= rows.upperBound {
      for index in sums.indices { sums[index] = 0 }
      rows = target.lowerBound..<target.lowerBound
    }
    for y in rows.upperBound..<max(rows.upperBound, target.upperBound) { add(row: y, sign: 1) }
    for y in rows.lowerBound..<max(rows.lowerBound, target.lowerBound) { add(row: y, sign: -1) }
    rows = target
    var sum = 0.0
    sums.withUnsafeBufferPointer { sums in
      running.withUnsafeMutableBufferPointer { running in
        for index in sums.indices {
          sum += sums[index]
          running[index + 1] = sum
        }
      }
    }
  }

  private mutating func add(row y: Int, sign: Double) {
    let count = columns.count
    let (from, to) = (
      y * image.width + columns.lowerBound, (y + shift.y) * image.width + columns.lowerBound + shift.x
    )
    image.values.withUnsafeBufferPointer { pixels in
      sums.withUnsafeMutableBufferPointer { sums in
        let (a, b) = (pixels.baseAddress! + from, pixels.baseAddress! + to)
        let result = sums.baseAddress!
        for x in 0..<count { result[x] += sign * (Double(a[x]) * Double(b[x])) }
      }
    }
  }

  /// The sum over some columns of the image.
  func sum(_ range: Range<Int>) -> Double {
    running[range.upperBound - columns.lowerBound] - running[range.lowerBound - columns.lowerBound]
  }

  /// The sums before each column, from the first column on that has a partner.
  func withRunningSums(_ body: (UnsafePointer<Double>, _ firstColumn: Int) -> Void) {
    running.withUnsafeBufferPointer { body($0.baseAddress!, columns.lowerBound) }
  }
}
