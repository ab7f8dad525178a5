import Foundation
import TesseraNumerics

/// How far each scan line is shifted against the one above it: what a microscope's scan does when it jitters.
///
/// The left and the right half of the image are measured apart. What both say alike is taken for the scan; what they say of their own is
/// noise and specimen.
public struct LineShifts: Sendable, Equatable {
  /// Root mean square shift along x of a line against the one above that both halves share, in pixels; 0 where they share none.
  public let jitter: Double
  /// Correlation of the shifts of the halves, -1 ... 1.
  public let agreement: Double
  /// Halves that agree less than this say nothing of the scan.
  public static let leastAgreement = 0.5

  /// - Parameter image: 32 x 8 pixels or more; finite.
  public init(of image: Raster<Float>) {
    let (width, height) = (image.width, image.height)
    guard width >= 32, height >= 8 else {
      (jitter, agreement) = (0, 0)
      return
    }
    // Along the lines only: across them the shifts would mix.
    let light = separableFilter(image, rows: GaussianFilter.halfKernel(sigma: 1), columns: [1])
    let halves = [0..<width / 2, width / 2..<width].map { columns in
      concurrentMap(count: height) { y in y == 0 ? 0 : Self.shift(light, line: y, columns) }
    }
    // Columns that lean, as astigmatism makes them, shift all lines alike.
    let (left, right) = (Self.centred(halves[0]), Self.centred(halves[1]))
    let limit = 6 * max(Statistics.robustDeviation(left), Statistics.robustDeviation(right), 1e-3)
    let calm = (1..<height).filter { abs(left[$0]) < limit && abs(right[$0]) < limit }
    let product = calm.reduce(0.0) { $0 + left[$1] * right[$1] } / Double(max(1, calm.count))
    let squares = [left, right].map { side in calm.reduce(0.0) { $0 + side[$1] * side[$1] } / Double(max(1, calm.count))
    }
    let scale = (squares[0] * squares[1]).squareRoot()
    agreement = scale > 0 ? product / scale : 0
    jitter = max(0, product).squareRoot()
  }

  private static func centred(_ shifts: [Double]) -> [Double] {
    let middle = Statistics.median(shifts)
    return shifts.indices.map { $0 == 0 ? 0 : shifts[$0] - middle }
  }

  /// The shift of a line against the one above that explains their difference best: to first order the difference is the
  /// shift times the slope along x; iterated on the smoothed lines.
  private static func shift(_ light: Raster<Float>, line y: Int, _ columns: Range<Int>) -> Double {
    let w = light.width
    let reach = 6
    let inner = columns.lowerBound + reach + 1..<columns.upperBound - reach - 1
    guard inner.count > 8 else { return 0 }
    func sample(_ row: Int, _ x: Double) -> Double {
      let x0 = Int(saturating: x.rounded(.down))
      let t = x - Double(x0)
      return Double(light.values[row * w + x0]) * (1 - t) + Double(light.values[row * w + x0 + 1]) * t
    }
    var shift = 0.0
    for _ in 0..<6 {
      var (product, square) = (0.0, 0.0)
      for x in inner {
        let at = Double(x) - shift
        let slope = (sample(y - 1, at + 1) - sample(y - 1, at - 1)) / 2
        let difference = Double(light.values[y * w + x]) - sample(y - 1, at)
        product -= difference * slope
        square += slope * slope
      }
      guard square > 0 else { return 0 }
      let step = max(-1, min(1, product / square))
      shift = max(-Double(reach), min(Double(reach), shift + step))
      if abs(step) < 1e-3 { break }
    }
    return shift
  }
}
