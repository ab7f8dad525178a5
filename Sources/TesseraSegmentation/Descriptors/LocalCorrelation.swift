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
  public init(of image: Raster<Float>, half: Int) { self.init(of: image, half: half, level: Level(of: image)) }

  /// What is known of a whole image, so that a part of it gives the same correlations.
  struct Level: Sendable {
    let mean: Float
    let leastVariance: Double

    init(of image: Raster<Float>) {
      let mean = Float(Statistics.mean(image.values))
      var squares = 0.0
      for value in image.values { squares += Double(value - mean) * Double(value - mean) }
      self.mean = mean
      leastVariance = 1e-9 * squares / Double(image.count)
    }
  }

  init(of image: Raster<Float>, half: Int, level: Level) {
    precondition(half >= 1 && min(image.width, image.height) > 2 * half, "the patch must fit into the image")
    let centred = image.map { $0 - level.mean }
    (self.half, self.image, leastVariance) = (half, centred, level.leastVariance)
    sums = WindowSums(of: centred) { Double($0) }
    squares = WindowSums(of: centred) { Double($0) * Double($0) }
  }

  /// The correlations of a shift and of its opposite at the points of a grid.
  ///
  /// Near the edge the pairs of pixels that lie inside the image count; where they are less than half a patch, the value of
  /// the opposite shift stands in, which a perfect crystal has too.
  /// - Parameters:
  ///   - shift: greater than (0, 0).
  ///   - grid: the points of the image that get a value.
  public func maps(of shift: Shift, on grid: DescriptorGrid) -> (forward: Raster<Float>, backward: Raster<Float>) {
    maps(
      of: shift, columns: (0..<grid.columns).map(grid.pixel), rows: (0..<grid.rows).map(grid.pixel), step: grid.stride)
  }

  /// - Parameters:
  ///   - xs, ys: columns and rows of pixels, rising, `step` apart.
  func maps(
    of shift: Shift, columns xs: [Int], rows ys: [Int], step: Int
  ) -> (forward: Raster<Float>, backward: Raster<Float>) {
    precondition(shift > Shift(x: 0, y: 0), "a shift and its opposite are computed together")
    var forward = Raster<Float>(width: xs.count, height: ys.count, filling: 0)
    var backward = forward
    // Rows and columns whose pixels have a partner.
    let rows = 0..<max(0, image.height - shift.y)
    let columns = max(0, -shift.x)..<max(max(0, -shift.x), min(image.width, image.width - shift.x))
    guard !rows.isEmpty, !columns.isEmpty, !xs.isEmpty, !ys.isEmpty else { return (forward, backward) }
    var products = ColumnProducts(of: image, shift: shift, rows: rows, columns: columns)
    /// The correlations of `count` patches in a row, from the column `first` on.
    func fill(_ line: UnsafeMutableBufferPointer<Float>, aroundRow y: Int, from first: Int) {
      let window = (y - half..<y + half + 1).clamped(to: rows)
      products.move(to: window)
      for (index, x) in stride(from: first, to: first + line.count * step, by: step).enumerated() {
        let across = (x - half..<x + half + 1).clamped(to: columns)
        // Whole patches follow one another.
        if across.count == 2 * half + 1 {
          let whole = min(line.count - index, (columns.upperBound - half - 1 - x) / step + 1)
          fillInside(line.extracting(index..<index + whole), from: x, step: step, window, shift, products)
          var rest = index + whole
          while rest < line.count {
            let x = first + rest * step
            let across = (x - half..<x + half + 1).clamped(to: columns)
            line[rest] = correlation(across, window, shift, products.sum(across))
            rest += 1
          }
          return
        }
        line[index] = correlation(across, window, shift, products.sum(across))
      }
    }
    // The patches of the opposite shift lie `shift` before those of the grid; rows are visited from top to bottom.
    let width = xs.count
    let lead = step == 1 ? max(0, shift.x) : 0
    var buffer = [Float](repeating: 0, count: step == 1 ? width + abs(shift.x) : width)
    for visit in visits(of: ys, shift: shift) {
      buffer.withUnsafeMutableBufferPointer { buffer in
        if step == 1 {
          // Both maps are one, seen from either end of the shift.
          fill(buffer, aroundRow: visit.y, from: xs[0] - lead)
        } else {
          fill(buffer, aroundRow: visit.y, from: visit.forward == nil ? xs[0] - shift.x : xs[0])
        }
        let source = buffer.baseAddress!
        if let row = visit.forward {
          forward.values.withUnsafeMutableBufferPointer {
            ($0.baseAddress! + row * width).update(from: source + lead, count: width)
          }
        }
        if let row = visit.backward {
          backward.values.withUnsafeMutableBufferPointer {
            ($0.baseAddress! + row * width).update(from: source + (step == 1 ? lead - shift.x : 0), count: width)
          }
        }
      }
    }
    completeEdges(&forward, &backward, shift: shift, columns: xs, rows: ys, pairs: (columns, rows))
    return (forward, backward)
  }

  /// Where less than half a patch has partners, the opposite shift stands in.
  private func completeEdges(
    _ forward: inout Raster<Float>, _ backward: inout Raster<Float>, shift: Shift, columns xs: [Int], rows ys: [Int],
    pairs: (columns: Range<Int>, rows: Range<Int>)
  ) {
    func counts(_ places: [Int], _ offset: Int, _ range: Range<Int>) -> [Int] {
      places.map { ($0 - offset - half..<$0 - offset + half + 1).clamped(to: range).count }
    }
    let (acrossForward, downForward) = (counts(xs, 0, pairs.columns), counts(ys, 0, pairs.rows))
    let (acrossBackward, downBackward) = (counts(xs, shift.x, pairs.columns), counts(ys, shift.y, pairs.rows))
    let (side, leastPairs) = (2 * half + 1, (2 * half + 1) * (2 * half + 1) / 2)
    let edges = xs.indices.filter { acrossForward[$0] < side || acrossBackward[$0] < side }
    for row in ys.indices {
      let isWhole = downForward[row] == side && downBackward[row] == side
      for column in isWhole ? edges : Array(xs.indices) {
        let index = row * xs.count + column
        let (a, b) = (acrossForward[column] * downForward[row], acrossBackward[column] * downBackward[row])
        if b < leastPairs && a > b { backward.values[index] = forward.values[index] }
        if a < leastPairs && b > a { forward.values[index] = backward.values[index] }
      }
    }
  }

  /// A row of pixels, and the rows of the grid whose forward or backward patches lie around it.
  private typealias Visit = (y: Int, forward: Int?, backward: Int?)

  /// From top to bottom; with rows next to one another a forward and a backward row are computed at once.
  private func visits(of ys: [Int], shift: Shift) -> [Visit] {
    let forward = ys.indices.map { Visit(y: ys[$0], forward: $0, backward: nil) }
    let backward = ys.indices.map { Visit(y: ys[$0] - shift.y, forward: nil, backward: $0) }
    let both = (forward + backward).sorted { ($0.y, $0.forward ?? -1) < ($1.y, $1.forward ?? -1) }
    guard ys.count > 1, ys[1] - ys[0] == 1 else { return both }
    var merged: [Visit] = []
    for visit in both {
      if let last = merged.last, last.y == visit.y {
        merged[merged.count - 1].forward = last.forward ?? visit.forward
        merged[merged.count - 1].backward = last.backward ?? visit.backward
      } else {
        merged.append(visit)
      }
    }
    return merged
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

  /// The same for patches in a row whose columns all have partners, four at a time.
  private func fillInside(
    _ line: UnsafeMutableBufferPointer<Float>, from first: Int, step: Int, _ rows: Range<Int>, _ shift: Shift,
    _ products: ColumnProducts
  ) {
    let count = Double((2 * half + 1) * rows.count)
    guard count > 1 else {
      for index in line.indices { line[index] = 0 }
      return
    }
    typealias Four = SIMD4<Double>
    let below = rows.lowerBound + shift.y..<rows.upperBound + shift.y
    let left = first - half
    sums.withRows(rows) { top, bottom in
      sums.withRows(below) { topThere, bottomThere in
        squares.withRows(rows) { squareTop, squareBottom in
          squares.withRows(below) { squareTopThere, squareBottomThere in
            products.withRunningSums { running, firstColumn in
              /// Sums between two rows of a table, from columns `left` + k step to a patch further right.
              func four(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ x: Int) -> Four {
                let far = 2 * half + 1
                return load(b + x + far, step) - load(a + x + far, step) - load(b + x, step) + load(a + x, step)
              }
              var index = 0
              while index < line.count {
                // The last few are computed with others again, or alone.
                if index + 4 > line.count && line.count >= 4 { index = line.count - 4 }
                guard index + 4 <= line.count else {
                  let x = first + index * step
                  let across = x - half..<x + half + 1
                  line[index] = correlation(across, rows, shift, products.sum(across))
                  index += 1
                  continue
                }
                let x = left + index * step
                let (a, b) = (four(top, bottom, x), four(topThere, bottomThere, x + shift.x))
                let (aa, bb) = (
                  four(squareTop, squareBottom, x), four(squareTopThere, squareBottomThere, x + shift.x)
                )
                let place = running + (x - firstColumn)
                let product = load(place + 2 * half + 1, step) - load(place, step)
                let (varianceA, varianceB) = (aa - a * a / count, bb - b * b / count)
                let isFlat =
                  (varianceA .<= count * leastVariance + 1e-12 * aa)
                  .| (varianceB .<= count * leastVariance + 1e-12 * bb)
                var value = (product - a * b / count) / (varianceA * varianceB).squareRoot()
                value.replace(with: 0, where: isFlat)
                value.replace(with: -1, where: value .< -1)
                value.replace(with: 1, where: value .> 1)
                UnsafeMutableRawPointer(line.baseAddress! + index).storeBytes(
                  of: SIMD4<Float>(value), as: SIMD4<Float>.self)
                index += 4
              }
            }
          }
        }
      }
    }
  }
}

/// Four numbers, `step` apart.
@inline(__always) private func load(_ values: UnsafePointer<Double>, _ step: Int) -> SIMD4<Double> {
  step == 1
    ? UnsafeRawPointer(values).loadUnaligned(as: SIMD4<Double>.self)
    : SIMD4(values[0], values[step], values[2 * step], values[3 * step])
}
