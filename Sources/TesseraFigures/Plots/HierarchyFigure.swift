import TesseraNumerics

/// Motif-cells by size, small ones above, joined where one occurs inside another.
///
/// Each node shows the shape of its motif-cell with the colours of its cells, as in Dan et al. (2022), Fig. 2D.
public struct HierarchyFigure: Sendable {
  /// One motif-cell.
  public struct Node: Sendable {
    /// Number of cells, at least 1.
    public var level: Int
    /// How often it occurs.
    public var count: Int
    /// Outlines of its cells, in any unit, `y` down; empty draws a disc.
    public var cells: [[Point]]
    /// One a cell.
    public var colors: [Color]
    /// What the cells hold, in the unit of their outlines; the fills fade behind them.
    public var dots: [Dot]
    /// Below the node, before the count; may be empty.
    public var name: String

    /// A node for a motif-cell of `level` cells that occurs `count` times; `colors` holds one for each of `cells`.
    public init(
      level: Int, count: Int, cells: [[Point]] = [], colors: [Color] = [], dots: [Dot] = [], name: String = ""
    ) {
      precondition(cells.count == colors.count, "every cell needs a colour")
      (self.level, self.count, self.cells, self.colors) = (level, count, cells, colors)
      (self.dots, self.name) = (dots, name)
    }
  }

  /// A site of a motif-cell.
  public struct Dot: Sendable {
    /// Place of the site, in the unit of the outlines of its node.
    public var place: Point
    /// Colour and shape of its class; nil draws an open circle: an empty place.
    public var look: ClassStyle?
    /// Whether it is one site more than the place holds, drawn as an outline.
    public var isExtra: Bool
    /// A site with the look of its class; without a look, an empty place.
    public init(at place: Point, look: ClassStyle?, isExtra: Bool = false) {
      (self.place, self.look, self.isExtra) = (place, look, isExtra)
    }
  }

  /// Motif-cells in any order.
  public var nodes: [Node]
  /// Pairs of node indices, from the smaller to the larger motif-cell.
  public var edges: [(from: Int, to: Int)]
  /// Entries of the legend below the figure; empty: no legend.
  public var legend: [ClassStyle] = []
  /// One sentence for readers who do not see the picture.
  public var summary: String
  /// The most frequent nodes of each level are drawn, and the number of the others is told.
  public var nodesPerLevel = 9
  /// Width when a level is full, in drawing units; a figure with fewer nodes on each level is narrower.
  public var width = 880.0

  /// A figure of motif-cells; `edges` holds indices of `nodes`.
  public init(nodes: [Node], edges: [(from: Int, to: Int)], summary: String) {
    (self.nodes, self.edges, self.summary) = (nodes, edges, summary)
  }

  private static let nodeSize = 64.0
  /// Room for the names of the levels.
  private static let left = 132.0
  private static let rowHeight = 132.0

  /// Nodes drawn on one level, most frequent first, and how many there are in all.
  private struct Level {
    var level: Int
    var shown: [Int]
    var total: Int
  }

  private var levels: [Level] {
    Set(nodes.map(\.level)).sorted().map { level in
      let members = nodes.indices.filter { nodes[$0].level == level }.sorted {
        (nodes[$1].count, $0) < (nodes[$0].count, $1)
      }
      return Level(level: level, shown: Array(members.prefix(nodesPerLevel)), total: members.count)
    }
  }

  /// One row per level, the smallest motif-cells above, and in each row the most frequent ones on the left.
  public func drawing() -> Drawing {
    let levels = levels
    let left = Self.left
    let step = (self.width - left) / Double(nodesPerLevel)
    // Few nodes need no empty page beside them.
    let width = left + step * Double(max(4, levels.map(\.shown.count).max() ?? 0))
    var places: [Int: Point] = [:]
    for (row, level) in levels.enumerated() {
      for (column, node) in level.shown.enumerated() {
        places[node] = Point(left + step * (Double(column) + 0.5), Double(row) * Self.rowHeight + 40)
      }
    }
    // One unit of length for all shapes, so that a cell has one size throughout; the largest shape fills its place.
    let largest = levels.flatMap(\.shown).map { Self.extent(of: nodes[$0].cells) }.max() ?? 0
    let scale = largest > 0 ? min(Self.nodeSize * 1.25 / largest, Self.nodeSize * 0.75 / smallestExtent) : 1
    let shownPlaces = places
    let legend = Legend(entries: self.legend, width: width - 8)
    return Drawing(
      width: width, height: Double(max(1, levels.count)) * Self.rowHeight + legend.height, summary: summary
    ) { canvas in
      drawEdges(at: shownPlaces, scale: scale, on: canvas)
      for (row, level) in levels.enumerated() {
        draw(level, top: Double(row) * Self.rowHeight, on: canvas)
        for node in level.shown { draw(nodes[node], at: shownPlaces[node]!, scale: scale, on: canvas) }
      }
      legend.draw(on: canvas, at: Point(4, Double(levels.count) * Self.rowHeight))
    }
  }

  private var smallestExtent: Double {
    nodes.filter { !$0.cells.isEmpty }.map { Self.extent(of: $0.cells) }.min() ?? 1
  }

  /// Corners of the box around all cells; the disc's where there are none.
  private static func bounds(of cells: [[Point]]) -> (low: Point, high: Point) {
    let points = cells.flatMap { $0 }
    guard let first = points.first else { return (.zero, .zero) }
    return points.reduce((first, first)) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
  }
  private static func height(of cells: [[Point]]) -> Double { bounds(of: cells).high.y - bounds(of: cells).low.y }
  private static func extent(of cells: [[Point]]) -> Double {
    let (low, high) = bounds(of: cells)
    return max(high.x - low.x, high.y - low.y)
  }

  private func drawEdges(at places: [Int: Point], scale: Double, on canvas: Canvas) {
    for edge in edges {
      guard let start = places[edge.from], let end = places[edge.to] else { continue }
      // From below the caption of the smaller motif-cell to the top of the larger, a level or more below.
      let below = Self.nodeSize / 2 + (nodes[edge.from].name.isEmpty ? 23 : 38)
      let above = Self.height(of: nodes[edge.to].cells) * scale / 2 + 5
      canvas.line(from: start + Point(0, below), to: end - Point(0, above), Color(0xA7ADB6), width: 1.2)
    }
  }

  private func draw(_ level: Level, top: Double, on canvas: Canvas) {
    canvas.text(level.level == 1 ? "1 cell" : "\(level.level) cells", at: Point(4, top + 38), .strong)
    canvas.text(
      "\(Number.count(level.total)) type\(level.total == 1 ? "" : "s")", at: Point(4, top + 57), color: .faintInk)
    if level.total > level.shown.count {
      canvas.text("\(level.shown.count) most frequent", at: Point(4, top + 75), .tick, color: .faintInk)
    }
  }

  private func draw(_ node: Node, at centre: Point, scale: Double, on canvas: Canvas) {
    if !node.cells.isEmpty {
      let (low, high) = Self.bounds(of: node.cells)
      let middle = (low + high) * 0.5
      for (cell, color) in zip(node.cells, node.colors) {
        canvas.addPolygon(cell.map { centre + ($0 - middle) * scale })
        // No line to a larger motif-cell shows through.
        canvas.fill(.white, keeping: true)
        canvas.fill(color, opacity: node.dots.isEmpty ? 1 : 0.3, keeping: true)
        canvas.stroke(node.dots.isEmpty ? .white : color, width: 1.2)
      }
      for dot in node.dots {
        let place = centre + (dot.place - middle) * scale
        canvas.addMarker(dot.look?.marker ?? .circle, at: place, radius: dot.isExtra ? 2.8 : 3.6)
        if let look = dot.look, dot.isExtra {
          canvas.fill(.white, keeping: true)
          canvas.stroke(look.color, width: 1.6)
        } else if let look = dot.look {
          canvas.fill(look.color, keeping: true)
          canvas.stroke(.black, width: 0.7, opacity: 0.55)
        } else {
          canvas.stroke(.ink, width: 1.1)
        }
      }
    } else {
      canvas.addCircle(centre, radius: Self.nodeSize * 0.3)
      canvas.fill(node.colors.first ?? .neutral)
    }
    let baseline = centre.y + Self.nodeSize / 2 + 18
    let limit = (width - Self.left) / Double(nodesPerLevel) - 6
    func text(_ text: String, row: Double, _ color: Color) {
      // A line that passes behind the words would strike them out.
      let width = Font.tick.width(of: text) + 4
      canvas.addRectangle(Rectangle(x: centre.x - width / 2, y: baseline + 15 * row - 11, width: width, height: 14))
      canvas.fill(.white)
      canvas.text(text, at: Point(centre.x, baseline + 15 * row), .tick, color: color, anchor: .middle)
    }
    if !node.name.isEmpty { text(Font.tick.fitting(node.name, within: limit), row: 0, .ink) }
    text("× \(Number.count(node.count))", row: node.name.isEmpty ? 0 : 1, .faintInk)
  }
}
