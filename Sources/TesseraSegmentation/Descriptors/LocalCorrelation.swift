import TesseraNumerics

/// How much an image resembles itself around a pixel and one shift away: Pearson's correlation of the square patch P around
/// (x, y) with the patch around (x + m, y + n)
///
///     SC(m, n; x, y) = Σ (P − P̄)(P' − P̄') / √(Σ (P − P̄)² Σ (P' − P̄')²),
///
/// 0 where either patch is constant. Source: [S21] eqs 2 and 3 (with the bracket that eq. 2 lost).
///
/// The sums of products over a patch are moved from row to row and the other sums come from tables, so the cost of a map is
/// O(pixels of the image), whatever the size of the patch. Sums are in double precision.
public struct LocalCorrelation: Sendable {
  /// Half the side of the patch: it has 2 `half` + 1 pixels each way.
  public let half: Int
  private let image: Raster<Float>
  private let sums, squares: WindowSums
  /// Variance below which a patch counts as constant.
  private let leastVariance: Double

  /// - Parameters:
  ///   - image: finite intensities, at least 2 `half` + 1 pixels wide and high.
  ///   - half: 1 or more.
  public init(of image: Raster<Float>, half: Int) {
    precondition(half >= 1 && min(image.width, image.height) > 2 * half, "the patch must fit into the image")
    let mean = Float(Statistics.mean(image.values))
    let centred = image.map { $0 - mean }
    (self.half, self.image) = (half, centred)
    sums = WindowSums(of: centred) { Double($0) }
    squares = WindowSums(of: centred) { Double($0) * Double($0) }
    let whole = (0..<image.width, 0..<image.height)
    leastVariance = 1e-9 * squares.sum(x: whole.0, y: whole.1) / Double(image.count)
  }

  /// The correlations of a shift and of its opposite at the points of a grid.
  ///
  /// Near the edge the pairs of pixels that lie inside the image count; where they are less than half a patch, the value of
  /// the opposite shift stands in, which a perfect crystal has too.
  /// - Parameter shift: greater than (0, 0).
  public func maps(of shift: Shift, on grid: DescriptorGrid) -> (forward: Raster<Float>, backward: Raster<Float>) {
    precondition(shift > Shift(x: 0, y: 0), "a shift and its opposite are computed together")
    var forward = Raster<Float>(width: grid.columns, height: grid.rows, filling: 0)
    var backward = forward
    // Rows and columns whose pixels have a partner.
    let rows = 0..<max(0, image.height - shift.y)
    let columns = max(0, -shift.x)..<max(max(0, -shift.x), min(image.width, image.width - shift.x))
    guard !rows.isEmpty, !columns.isEmpty else { return (forward, backward) }
    var products = ColumnProducts(of: image, shift: shift, rows: rows, columns: columns)
    var pairs = [(value: Float, count: Int)](repeating: (0, 0), count: grid.columns)
    /// Fills `pairs` with the correlations of the patches around a row, moved by `offset` columns.
    func fill(aroundRow y: Int, movedBy offset: Int) {
      let window = (y - half..<y + half + 1).clamped(to: rows)
      products.move(to: window)
      for column in 0..<grid.columns {
        let x = grid.pixel(column) + offset
        let across = (x - half..<x + half + 1).clamped(to: columns)
        pairs[column] = (correlation(across, window, shift, products.sum(across)), across.count * window.count)
      }
    }
    let leastPairs = (2 * half + 1) * (2 * half + 1) / 2
    var counts = Raster<SIMD2<Int>>(width: grid.columns, height: grid.rows, filling: .zero)
    // The patches of the opposite shift lie `shift` before those of the grid; rows are visited from top to bottom.
    for visit in visits(of: grid, shift: shift) {
      let y = grid.pixel(visit.row)
      if visit.isForward {
        fill(aroundRow: y, movedBy: 0)
        for column in 0..<grid.columns {
          forward[column, visit.row] = pairs[column].value
          counts[column, visit.row].x = pairs[column].count
        }
      } else {
        fill(aroundRow: y - shift.y, movedBy: -shift.x)
        for column in 0..<grid.columns {
          backward[column, visit.row] = pairs[column].value
          counts[column, visit.row].y = pairs[column].count
        }
      }
    }
    for index in counts.values.indices {
      let count = counts.values[index]
      if count.y < leastPairs && count.x > count.y { backward.values[index] = forward.values[index] }
      if count.x < leastPairs && count.y > count.x { forward.values[index] = backward.values[index] }
    }
    return (forward, backward)
  }

  /// Rows of the grid in the order in which their patches, or those one shift before them, come from the top.
  private func visits(of grid: DescriptorGrid, shift: Shift) -> [(row: Int, isForward: Bool)] {
    let both = (0..<grid.rows).flatMap { row in
      [(at: grid.pixel(row), row: row, isForward: true), (at: grid.pixel(row) - shift.y, row: row, isForward: false)]
    }
    return both.sorted { ($0.at, $0.isForward ? 1 : 0, $0.row) < ($1.at, $1.isForward ? 1 : 0, $1.row) }
      .map { ($0.row, $0.isForward) }
  }

  private func correlation(_ x: Range<Int>, _ y: Range<Int>, _ shift: Shift, _ products: Double) -> Float {
    let count = Double(x.count * y.count)
    guard count > 1 else { return 0 }
    let (there, below) = (
      x.lowerBound + shift.x..<x.upperBound + shift.x, y.lowerBound + shift.y..<y.upperBound + shift.y
    )
    let (a, b) = (sums.sum(x: x, y: y), sums.sum(x: there, y: below))
    let (aa, bb) = (squares.sum(x: x, y: y), squares.sum(x: there, y: below))
    let (varianceA, varianceB) = (aa - a * a / count, bb - b * b / count)
    // A constant patch leaves the rounding of its squares.
    guard varianceA > count * leastVariance + 1e-12 * aa, varianceB > count * leastVariance + 1e-12 * bb else {
      return 0
    }
    return Float(max(-1, min(1, (products - a * b / count) / (varianceA * varianceB).squareRoot())))
  }
}

/// For each column the sum of pixel times shifted pixel over a window of rows that moves down.
private struct ColumnProducts {
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
    for index in sums.indices {
      sum += sums[index]
      running[index + 1] = sum
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
}
