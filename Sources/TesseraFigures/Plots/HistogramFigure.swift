import Foundation
import TesseraNumerics

/// How often values occur, with marked values.
public struct HistogramFigure: Sendable {
  /// Values to be counted, in the unit that `title` names; values that are not finite are left out.
  public var values: [Double]
  /// Values marked by broken vertical lines, such as a threshold.
  public var marks: [LineFigure.Mark]
  /// What the values are, with the unit in brackets.
  public var title: String
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// Nil chooses by Freedman and Diaconis' rule, between 10 and 120.
  public var binCount: Int?
  /// Width of the drawing, in drawing units.
  public var width = 460.0
  /// Height of the drawing, in drawing units.
  public var height = 280.0

  /// A histogram of values; `title` names the horizontal axis.
  public init(values: [Double], marks: [LineFigure.Mark] = [], title: String, summary: String) {
    (self.values, self.marks, self.title, self.summary) = (values, marks, title, summary)
  }

  /// Edges and counts of the bins between the 0.1 and 99.9 % quantiles; what lies beyond is in the outermost bins.
  ///
  /// Whole numbers get bins of whole width around them, else some bins would hold more numbers than others.
  /// Width by default 2 (interquartile range) / cuberoot(n). Source: Freedman & Diaconis, Z. Wahrscheinlichkeits-
  /// theorie 57 (1981) 453.
  func bins() -> (range: ClosedRange<Double>, counts: [Int]) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let first = sorted.first else { return (0...1, [0]) }
    let (low, high) = (Statistics.quantile(sorted: sorted, 0.001), Statistics.quantile(sorted: sorted, 0.999))
    guard high > low else { return ((first - 0.5)...(first + 0.5), [sorted.count]) }
    let spread = Statistics.quantile(sorted: sorted, 0.75) - Statistics.quantile(sorted: sorted, 0.25)
    let ideal = spread > 0 ? (high - low) * cbrt(Double(sorted.count)) / (2 * spread) : 40
    if sorted.allSatisfy({ $0 == $0.rounded() }), high - low < 1e9 {
      let step = max(1, ((high - low) / Double(binCount ?? 60)).rounded(.up))
      let count = Int(saturating: ((high - low + 1) / step).rounded(.up))
      return Self.counted(sorted, from: low - 0.5, step: step, count: count)
    }
    let count = binCount ?? Int(saturating: max(10, min(120, ideal)))
    return Self.counted(sorted, from: low, step: (high - low) / Double(count), count: count)
  }

  private static func counted(
    _ values: [Double], from low: Double, step: Double, count: Int
  ) -> (range: ClosedRange<Double>, counts: [Int]) {
    var counts = [Int](repeating: 0, count: count)
    for value in values { counts[Int(saturating: max(0, min(Double(count - 1), (value - low) / step)))] += 1 }
    return (low...(low + Double(count) * step), counts)
  }

  /// The bins as bars over a linear axis, with the marks in front of them.
  public func drawing() -> Drawing {
    let (range, counts) = bins()
    let top = Double(max(1, counts.max() ?? 1))
    let (x, y) = (Axis(title), Axis("count"))
    let frame = PlotFrame(
      in: Rectangle(x: 0, y: 0, width: width, height: height), x: x, y: y, spanX: range, spanY: 0...(top * 1.08))
    return Drawing(width: width, height: height, summary: summary) { canvas in
      frame.draw(on: canvas)
      let step = (range.upperBound - range.lowerBound) / Double(counts.count)
      for (index, count) in counts.enumerated() where count > 0 {
        let left = frame.placeX(range.lowerBound + Double(index) * step)
        let right = frame.placeX(range.lowerBound + Double(index + 1) * step)
        let y = frame.placeY(Double(count))
        canvas.addRectangle(Rectangle(x: left, y: y, width: max(0.5, right - left - 0.6), height: frame.box.maxY - y))
      }
      canvas.fill(Color(0x56B4E9))
      canvas.clipped(to: frame.box.inset(by: -2)) {
        for (index, mark) in marks.enumerated() { mark.draw(row: index, in: frame, on: canvas) }
      }
    }
  }
}
