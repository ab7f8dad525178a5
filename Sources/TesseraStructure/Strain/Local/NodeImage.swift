import TesseraImaging
import TesseraNumerics

/// Values at the nodes of a lattice field, and the pixels between them.
struct NodeImage: Sendable {
  private let field: LatticeField
  /// Values at the nodes, with a continuation where none is known.
  private let filled: [SIMD4<Float>]
  private let known: [Bool]
  /// The nodes around each pixel of a line.
  private let nodesX: [NodePlace]
  private let isCubic: Bool

  /// - Parameters:
  ///   - values: at the nodes, row-major; nil where unknown.
  ///   - cubic: whether values between nodes come from Keys' cubic interpolation; else from the bilinear one.
  init(of values: [SIMD4<Double>?], in field: LatticeField, cubic: Bool) {
    (self.field, isCubic) = (field, cubic)
    known = values.map { $0 != nil }
    filled = Self.filled(values.map { $0.map { SIMD4<Float>($0) } }, columns: field.columns, rows: field.rows)
    nodesX = (0..<field.width).map { NodePlace(Double($0) / field.step.x, count: field.columns, cubic: cubic) }
  }

  /// Whether a node around any of these lines is known.
  func isKnown(somewhereIn lines: Range<Int>) -> Bool {
    guard let first = lines.first, let last = lines.last else { return false }
    let top = NodePlace(Double(first) / field.step.y, count: field.rows, cubic: isCubic).first
    let bottom = NodePlace(Double(last) / field.step.y, count: field.rows, cubic: isCubic).second
    return known[top * field.columns..<(bottom + 1) * field.columns].contains(true)
  }

  /// Some lines of all four values; NaN where a node around a pixel is unknown.
  func drawn(_ lines: Range<Int>, width: Int) -> Raster<SIMD4<Float>> {
    let (columns, rows, step) = (field.columns, field.rows, field.step)
    return concurrentRows(width: width, height: lines.count, of: SIMD4<Float>(repeating: .nan)) { line, row in
      let place = NodePlace(Double(lines.lowerBound + line) / step.y, count: rows, cubic: isCubic)
      let across = (0..<columns).map { column in
        (0..<4).reduce(SIMD4<Float>.zero) { $0 + place.weights[$1] * filled[place.nodes[$1] * columns + column] }
      }
      let (above, below) = (place.first * columns, place.second * columns)
      // A column of nodes is known at this row where both nodes around it are.
      let isKnown = (0..<columns).map { known[above + $0] && known[below + $0] }
      for x in 0..<row.count {
        let nodes = nodesX[x]
        guard isKnown[nodes.first], isKnown[nodes.second] else { continue }
        var sum = nodes.weights[0] * across[nodes.nodes[0]]
        for tap in 1..<4 { sum += nodes.weights[tap] * across[nodes.nodes[tap]] }
        row[x] = sum
      }
    }
  }

  /// Unknown nodes beside known ones take the mean of these, so that interpolation beside them makes no jump; two rings.
  private static func filled(_ values: [SIMD4<Float>?], columns: Int, rows: Int) -> [SIMD4<Float>] {
    var values = values
    for _ in 0..<2 {
      let before = values
      for row in 0..<rows {
        for column in 0..<columns where before[row * columns + column] == nil {
          var (sum, count) = (SIMD4<Float>.zero, Float(0))
          for v in max(0, row - 1)...min(rows - 1, row + 1) {
            for u in max(0, column - 1)...min(columns - 1, column + 1) {
              if let value = before[v * columns + u] { (sum, count) = (sum + value, count + 1) }
            }
          }
          if count > 0 { values[row * columns + column] = sum / count }
        }
      }
    }
    return values.map { $0 ?? .zero }
  }
}

/// The nodes around a coordinate, with their interpolation weights.
private struct NodePlace: Sendable {
  /// Four neighbours, repeated at the rim of the grid.
  var nodes: SIMD4<Int>
  var weights: SIMD4<Float>
  /// The two nodes that enclose the coordinate.
  var first, second: Int

  init(_ coordinate: Double, count: Int, cubic: Bool) {
    let floor = min(Int(saturating: coordinate), max(0, count - 2))
    let fraction = coordinate - Double(floor)
    (first, second) = (floor, min(floor + 1, count - 1))
    nodes = SIMD4(max(0, floor - 1), floor, second, min(floor + 2, count - 1))
    weights =
      cubic
      ? SIMD4(
        Float(cubicKernel(1 + fraction)), Float(cubicKernel(fraction)), Float(cubicKernel(1 - fraction)),
        Float(cubicKernel(2 - fraction)))
      : SIMD4(0, Float(1 - fraction), Float(fraction), 0)
  }
}
