import TesseraNumerics

/// Things that come from one another, from left to right: classes and their parts, shells around a centre.
public struct TreeFigure: Sendable {
  /// One thing.
  public struct Node: Sendable {
    /// What it is, in a few words.
    public var title: String
    /// How many there are, below the title; may be empty.
    public var note: String
    /// Marker before the title; nil: none.
    public var style: ClassStyle?
    /// Whether it has gone on into others, and is drawn fainter.
    public var isFaint: Bool
    /// Indices of what it comes from, all before its own; none of a root.
    public var parents: [Int]

    /// A node below its `parents`, which are indices of nodes before it.
    public init(
      _ title: String, note: String = "", style: ClassStyle? = nil, isFaint: Bool = false, parents: [Int] = []
    ) {
      (self.title, self.note, self.style) = (title, note, style)
      (self.isFaint, self.parents) = (isFaint, parents)
    }
  }

  /// Parents before their children.
  public var nodes: [Node]
  /// One sentence for readers who do not see the picture.
  public var summary: String

  /// A figure of at least one node.
  public init(nodes: [Node], summary: String) {
    for (index, node) in nodes.enumerated() {
      precondition(node.parents.allSatisfy { (0..<index).contains($0) }, "parents stand before their children")
    }
    (self.nodes, self.summary) = (nodes, summary)
  }

  private static let rowHeight = 42.0
  private static let gap = 46.0
  private static let longestTitle = 330.0

  /// Each root with what came from it, one below the other.
  public func drawing() -> Drawing {
    let plan = Plan(of: nodes)
    return Drawing(width: plan.size.x, height: plan.size.y, summary: summary) { canvas in
      for (index, node) in nodes.enumerated() {
        for parent in node.parents {
          let (start, end) = (plan.ends[parent], plan.starts[index])
          // Straight out of the parent, down or up in the middle of the gap, straight into the child.
          let middle = end.x - Self.gap / 2
          canvas.addPolygon([start, Point(middle, start.y), Point(middle, end.y), end], closed: false)
          canvas.stroke(Color(0xA7ADB6), width: 1.3)
        }
      }
      for (index, node) in nodes.enumerated() { draw(node, at: plan.starts[index], on: canvas) }
    }
  }

  private func draw(_ node: Node, at start: Point, on canvas: Canvas) {
    var place = start + Point(4, 0)
    if let style = node.style {
      canvas.addMarker(style.marker, at: place + Point(7, 0), radius: 6)
      canvas.fill(style.color, opacity: node.isFaint ? 0.35 : 1, keeping: true)
      canvas.stroke(style.color.mixed(with: .black, 0.45), width: 0.8, opacity: node.isFaint ? 0.4 : 1)
      place.x += 19
    }
    let title = Font.strong.fitting(node.title, within: Self.longestTitle)
    let rise = node.note.isEmpty ? Font.strong.halfCapitalHeight : -2
    canvas.text(
      title, at: place + Point(0, rise), node.isFaint ? .label : .strong, color: node.isFaint ? .faintInk : .ink)
    if !node.note.isEmpty {
      canvas.text(
        Font.tick.fitting(node.note, within: Self.longestTitle), at: place + Point(0, 13), .tick, color: .faintInk)
    }
  }

  /// Where the nodes lie: left and right ends of each.
  private struct Plan {
    var starts, ends: [Point]
    var size: Point

    init(of nodes: [Node]) {
      var (levels, children) = ([Int](), [[Int]](repeating: [], count: nodes.count))
      for (index, node) in nodes.enumerated() {
        levels.append(node.parents.map { levels[$0] + 1 }.max() ?? 0)
        // Several parents: the node stands beside what came from the first of them.
        if let first = node.parents.first { children[first].append(index) }
      }
      var rows = [Double](repeating: 0, count: nodes.count)
      var next = 0.0
      func place(_ index: Int) {
        guard !children[index].isEmpty else {
          rows[index] = next
          next += 1
          return
        }
        for child in children[index] { place(child) }
        rows[index] = (rows[children[index].first!] + rows[children[index].last!]) / 2
      }
      for index in nodes.indices where nodes[index].parents.isEmpty { place(index) }
      let widths = nodes.map { node in
        8 + (node.style == nil ? 0 : 19)
          + max(
            min(TreeFigure.longestTitle, Font.strong.width(of: node.title)),
            min(TreeFigure.longestTitle, Font.tick.width(of: node.note)))
      }
      var lefts = [0.0]
      for level in 0...(levels.max() ?? 0) {
        let widest = nodes.indices.filter { levels[$0] == level }.map { widths[$0] }.max() ?? 0
        lefts.append(lefts[level] + widest + TreeFigure.gap)
      }
      let starts = nodes.indices.map { Point(lefts[levels[$0]], (rows[$0] + 0.5) * TreeFigure.rowHeight) }
      self.starts = starts
      ends = nodes.indices.map { starts[$0] + Point(widths[$0], 0) }
      size = Point(max(320, lefts.last! - TreeFigure.gap + 4), max(1, next) * TreeFigure.rowHeight)
    }
  }
}
