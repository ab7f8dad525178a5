import TesseraNumerics

/// Mean Zernike moments of classes as bars: one panel a class, all with the same axes.
///
/// Moments with q = 0 (the column in the middle) and with |q| = 3 or 6 (three- and sixfold surroundings) are marked,
/// as in Dan et al., Extended Data Fig. 1 h-j, and so are those of other |q| that carry as much: |q| = 2 and 4 of square crystals.
public struct MomentsFigure: Sendable {
  /// Radial and angular order of one moment.
  public struct Order: Sendable, Hashable {
    /// Radial order `p`, 0 or more, and angular order `q`, from -p to p in steps of 2.
    public var p, q: Int
    /// The moment of radial order `p` and angular order `q`.
    public init(p: Int, q: Int) { (self.p, self.q) = (p, q) }
  }

  /// Names of the panels.
  public var classes: [ClassStyle]
  /// Mean moments of each class, in the order of `orders`.
  public var means: [[Double]]
  /// Standard deviation within each class; empty draws none.
  public var deviations: [[Double]] = []
  /// The moments from left to right; those of one radial order must be neighbours.
  public var orders: [Order]
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// Width of the drawing, in drawing units.
  public var width = 860.0
  /// Height of the panel of one class with its name, in drawing units.
  public var panelHeight = 132.0

  /// A figure of the mean moments of classes: `means` holds one row per class, with one value for each of `orders`.
  public init(classes: [ClassStyle], means: [[Double]], orders: [Order], summary: String) {
    precondition(classes.count == means.count && means.allSatisfy { $0.count == orders.count }, "one mean a moment")
    (self.classes, self.means, self.orders, self.summary) = (classes, means, orders, summary)
  }

  /// Angular orders that are always marked.
  private static let usual = [0: Color(0xD55E00), 3: Color(0x0072B2), 6: Color(0x009E73)]
  /// Colours of others that carry much, the strongest first.
  private static let further = [Color(0xCC79A7), Color(0xE69F00)]
  private static let others = Color(0xB4BAC3)
  /// An order is marked that carries more than this share of the squares of all moments with q other than 0.
  private static let notableShare = 0.1

  /// The |q| that are not marked by custom and carry much of the classes' shape, the strongest first; at most two.
  public var notableOrders: [Int] {
    var squares: [Int: Double] = [:]
    for mean in means {
      for (value, order) in zip(mean, orders) where order.q != 0 && value.isFinite {
        squares[abs(order.q), default: 0] += value * value
      }
    }
    let total = squares.values.sorted().reduce(0, +)
    let strong = squares.filter { Self.usual[$0.key] == nil && $0.value > Self.notableShare * total }
    return Array(strong.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key).prefix(Self.further.count))
  }

  /// The colours of the marked |q|.
  private var marks: [Int: Color] {
    Self.usual.merging(zip(notableOrders, Self.further).map { ($0, $1) }) { usual, _ in usual }
  }

  /// One panel per class below a legend of the angular orders. The piston is cut where it exceeds the other moments.
  public func drawing() -> Drawing {
    let marks = marks
    let entries = marks.sorted { $0.key < $1.key }.map { order, color in
      ClassStyle(name: order == 0 ? "q = 0" : "|q| = \(order)", color: color, marker: .square)
    }
    let legend = Legend(
      entries: entries + [ClassStyle(name: "other orders", color: Self.others, marker: .square)], width: width - 8)
    // The piston only says how bright a patch is; it may leave the frame rather than flatten the rest.
    let shaped = means.flatMap { zip($0, orders).filter { $1.p > 0 }.map(\.0) }.filter(\.isFinite)
    let largest = max(shaped.map { abs($0) }.max() ?? 1, 1e-12) * 1.12
    let top = legend.height + 4
    let panels = classes.indices.map { index in
      PlotFrame(
        in: Rectangle(
          x: 0, y: top + Double(index) * panelHeight + 20, width: width, height: panelHeight - 22),
        x: Axis(""), y: Axis("moment"),
        spanX: -0.5...(Double(orders.count) - 0.5), spanY: -largest...largest, numbersX: false)
    }
    let height = top + Double(max(1, classes.count)) * panelHeight + 44
    return Drawing(width: width, height: height, summary: summary) { canvas in
      legend.draw(on: canvas, at: Point(4, 0))
      for (index, frame) in panels.enumerated() {
        draw(index, in: frame, marks: marks, showsOrders: index == classes.count - 1, on: canvas)
      }
      if let last = panels.last {
        canvas.text(
          "radial order p; within each order, bars from q = −p to p", at: Point(last.box.centre.x, last.box.maxY + 38),
          anchor: .middle)
      }
    }
  }

  private func draw(
    _ index: Int, in frame: PlotFrame, marks: [Int: Color], showsOrders: Bool, on canvas: Canvas
  ) {
    drawGroups(in: frame, showsOrders: showsOrders, on: canvas)
    frame.draw(on: canvas)
    let zero = frame.placeY(0)
    let barWidth = max(1.5, frame.box.width / Double(max(1, orders.count)) * 0.72)
    canvas.clipped(to: frame.box) {
      for (number, value) in means[index].enumerated() where value.isFinite {
        let centre = frame.placeX(Double(number))
        let end = frame.placeY(value)
        canvas.addRectangle(
          Rectangle(x: centre - barWidth / 2, y: min(zero, end), width: barWidth, height: max(0.8, abs(end - zero))))
        canvas.fill(marks[abs(orders[number].q)] ?? Self.others)
        if deviations.indices.contains(index), deviations[index][number].isFinite {
          let (low, high) = (value - deviations[index][number], value + deviations[index][number])
          canvas.line(from: Point(centre, frame.placeY(low)), to: Point(centre, frame.placeY(high)), .ink, width: 1)
        }
      }
    }
    canvas.line(from: Point(frame.box.x, zero), to: Point(frame.box.maxX, zero), .faintInk, width: 0.8)
    let look = classes[index]
    let baseline = frame.box.y - 7
    canvas.addMarker(look.marker, at: Point(frame.box.x + 6, baseline - 4.5), radius: 5.5)
    canvas.fill(look.color, keeping: true)
    canvas.stroke(.black, width: 0.8, opacity: 0.55)
    let caption = look.count.map { "\(look.name) (\(Number.count($0)))" } ?? look.name
    canvas.text(
      Font.strong.fitting(caption, within: frame.box.width - 180), at: Point(frame.box.x + 18, baseline), .strong)
    if let piston = orders.firstIndex(where: { $0.p == 0 }), frame.placeY(means[index][piston]) < frame.box.y {
      canvas.text(
        "piston (p = 0) \(Number.short(means[index][piston], digits: 3))", at: Point(frame.box.maxX, baseline),
        color: .faintInk, anchor: .end)
    }
  }

  /// A pale band behind every second radial order, and its number below.
  private func drawGroups(in frame: PlotFrame, showsOrders: Bool, on canvas: Canvas) {
    var start = 0
    var groupNumber = 0
    while start < orders.count {
      let end = orders[start...].firstIndex { $0.p != orders[start].p } ?? orders.count
      let (left, right) = (frame.placeX(Double(start) - 0.5), frame.placeX(Double(end) - 0.5))
      if !groupNumber.isMultiple(of: 2) {
        canvas.addRectangle(Rectangle(x: left, y: frame.box.y, width: right - left, height: frame.box.height))
        canvas.fill(Color(0xF1F3F6))
      }
      if showsOrders, right - left > 8 {
        canvas.text(
          "\(orders[start].p)", at: Point((left + right) / 2, frame.box.maxY + 16), .tick, color: .faintInk,
          anchor: .middle)
      }
      start = end
      groupNumber += 1
    }
  }
}
