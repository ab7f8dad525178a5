import TesseraNumerics

extension DescriptorGrid {
  /// Points per plane spacing that hold all there is of scores that are smoothed over half a spacing.
  private static let pointsPerSpacing = 5.0

  /// The grid of an image on which scores are computed: this one, or a coarser one if it is finer than scores change.
  func sampled(spacing: Double, width: Int, height: Int) -> DescriptorGrid {
    let factor = max(1, Int(saturating: spacing / Self.pointsPerSpacing) / stride)
    return factor == 1 ? self : DescriptorGrid(width: width, height: height, stride: factor * stride)
  }
}

/// Values of a grid of descriptors at the points of a finer one, by cubic convolution.
///
/// Scores are smoothed over half a plane spacing, so that points a fifth of a spacing apart hold all that there is: what lies
/// between them is interpolated to some thousandths of the contrast, at a cost that does not grow with the number of scores.
/// Source: Keys, IEEE Trans. Acoust. Speech Signal Process. 29 (1981) 1153, with a = -1/2.
struct GridInterpolation: Sendable {
  let coarse, fine: DescriptorGrid

  init(from coarse: DescriptorGrid, to fine: DescriptorGrid) { (self.coarse, self.fine) = (coarse, fine) }

  /// Four neighbours of a place, those beyond the border being the border, and their weights.
  private typealias Tap = (points: SIMD4<Int32>, weights: SIMD4<Float>)

  /// - Parameter values: of the coarse grid, row by row.
  func values(of values: [Float]) -> [Float] {
    let across = Self.taps(from: coarse, to: fine, count: fine.columns, limit: coarse.columns)
    let down = Self.taps(from: coarse, to: fine, count: fine.rows, limit: coarse.rows)
    var result = [Float](repeating: 0, count: fine.count)
    var line = [Float](repeating: 0, count: coarse.columns)
    let (width, height) = (coarse.columns, fine.rows)
    values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer { result in
        line.withUnsafeMutableBufferPointer { line in
          for y in 0..<height {
            let (rows, weights) = down[y]
            let starts = (0..<4).map { Int(rows[$0]) * width }
            for x in 0..<width {
              line[x] =
                weights[0] * values[starts[0] + x] + weights[1] * values[starts[1] + x]
                + weights[2] * values[starts[2] + x] + weights[3] * values[starts[3] + x]
            }
            for (x, tap) in across.enumerated() {
              let (points, weights) = tap
              result[y * across.count + x] =
                weights[0] * line[Int(points[0])] + weights[1] * line[Int(points[1])]
                + weights[2] * line[Int(points[2])] + weights[3] * line[Int(points[3])]
            }
          }
        }
      }
    }
    return result
  }

  private static func taps(from coarse: DescriptorGrid, to fine: DescriptorGrid, count: Int, limit: Int) -> [Tap] {
    (0..<count).map { index in
      let place = max(0, min(Double(limit - 1), coarse.place(ofPixel: fine.pixel(index))))
      let first = min(max(0, limit - 2), Int(place))
      let t = Float(place - Double(first))
      let points = (-1...2).map { Int32(max(0, min(limit - 1, first + $0))) }
      let weights = SIMD4<Float>(
        ((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1, ((-1.5 * t + 2) * t + 0.5) * t,
        (0.5 * t - 0.5) * t * t)
      return (SIMD4(points[0], points[1], points[2], points[3]), weights)
    }
  }
}
