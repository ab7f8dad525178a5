import Foundation
import TesseraNumerics

/// One axis of a plot.
public struct Axis: Sendable {
  /// How values are spread along the axis.
  public enum Scale: Sendable {
    /// Evenly.
    case linear
    /// Decimal; values that are not positive are left out.
    case logarithmic
  }

  /// What is drawn along it, with the unit in brackets.
  public var title: String
  /// Linear or logarithmic.
  public var scale = Scale.linear
  /// Nil: what the data need, rounded outwards a little.
  public var range: ClosedRange<Double>?
  /// Whether the values are whole numbers, such as those of images, and only such are marked on a linear axis.
  public var isWhole = false

  /// An axis; `title` carries the unit in brackets, and without `range` the axis covers the data.
  public init(_ title: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
    (self.title, self.scale, self.range) = (title, scale, range)
  }

  /// The images of a series by their numbers from 1.
  public static var images: Axis {
    var axis = Axis("image")
    axis.isWhole = true
    return axis
  }

  /// The value on the axis' own scale; NaN where it has none.
  func transformed(_ value: Double) -> Double {
    scale == .linear ? value : value > 0 ? log10(value) : .nan
  }

  /// The range on the axis' own scale that holds these values, with a `margin` relative to its length.
  func span(of values: [Double], margin: Double) -> ClosedRange<Double> {
    if let range { return transformed(range.lowerBound)...transformed(range.upperBound) }
    let own = values.map(transformed).filter(\.isFinite)
    guard let low = own.min(), let high = own.max() else { return 0...1 }
    guard high > low else { return (low - max(abs(low) * 0.1, 0.5))...(high + max(abs(high) * 0.1, 0.5)) }
    return (low - margin * (high - low))...(high + margin * (high - low))
  }
}

/// The frame of a plot: maps values to places, draws axes, ticks and titles.
struct PlotFrame: Sendable {
  let box: Rectangle
  private let x: Axis
  private let y: Axis
  private let spanX: ClosedRange<Double>
  private let spanY: ClosedRange<Double>
  private let ticksX: Ticks?
  private let ticksY: Ticks

  /// - Parameters:
  ///   - outer: what the plot may use, titles and numbers included.
  ///   - spanX, spanY: ranges on the axes' own scales.
  ///   - numbersX: whether the horizontal axis carries numbers.
  init(
    in outer: Rectangle, x: Axis, y: Axis, spanX: ClosedRange<Double>, spanY: ClosedRange<Double>, numbersX: Bool = true
  ) {
    (self.x, self.y, self.spanX, self.spanY) = (x, y, spanX, spanY)
    let lines = max(3, Int(saturating: outer.height / 45))
    ticksY =
      y.scale == .linear
      ? Ticks(covering: spanY, atMost: lines, isWhole: y.isWhole) : Ticks(decades: spanY, atMost: lines)
    let left = (y.title.isEmpty ? 0 : 22) + ticksY.widestLabel + 12
    let below = (numbersX ? 22.0 : 6) + (x.title.isEmpty ? 0 : 22)
    box = Rectangle(
      x: outer.x + left, y: outer.y + 8, width: max(10, outer.width - left - 14),
      height: max(10, outer.height - 8 - below))
    let columns = max(2, Int(saturating: box.width / 80))
    ticksX =
      !numbersX
      ? nil
      : x.scale == .linear
        ? Ticks(covering: spanX, atMost: columns, isWhole: x.isWhole) : Ticks(decades: spanX, atMost: columns)
  }

  /// The place of a value; not finite where a logarithm is not defined.
  func place(_ value: Point) -> Point { Point(placeX(value.x), placeY(value.y)) }

  func placeX(_ value: Double) -> Double { ownX(x.transformed(value)) }
  func placeY(_ value: Double) -> Double { ownY(y.transformed(value)) }

  private func ownX(_ value: Double) -> Double {
    box.x + (value - spanX.lowerBound) / (spanX.upperBound - spanX.lowerBound) * box.width
  }
  private func ownY(_ value: Double) -> Double {
    box.maxY - (value - spanY.lowerBound) / (spanY.upperBound - spanY.lowerBound) * box.height
  }

  /// Grid, numbers and titles; data are drawn over them.
  func draw(on canvas: Canvas) {
    for (value, label) in zip(ticksY.values, ticksY.labels) {
      let place = ownY(value)
      canvas.line(from: Point(box.x, place), to: Point(box.maxX, place), .rule, width: 0.8)
      canvas.text(
        label, at: Point(box.x - 7, place + Font.tick.halfCapitalHeight), .tick, color: .faintInk, anchor: .end)
    }
    if let ticksX {
      for (value, label) in zip(ticksX.values, ticksX.labels) {
        let place = ownX(value)
        canvas.line(from: Point(place, box.maxY), to: Point(place, box.maxY + 4), .faintInk)
        canvas.text(label, at: Point(place, box.maxY + 18), .tick, color: .faintInk, anchor: .middle)
      }
    }
    canvas.line(from: Point(box.x, box.maxY), to: Point(box.maxX, box.maxY), .faintInk)
    if !x.title.isEmpty {
      canvas.text(x.title, at: Point(box.centre.x, box.maxY + (ticksX == nil ? 20 : 38)), anchor: .middle)
    }
    if !y.title.isEmpty {
      let left = box.x - 12 - ticksY.widestLabel - 8
      canvas.text(y.title, at: Point(left, box.centre.y), anchor: .middle, turned: true)
    }
  }
}
