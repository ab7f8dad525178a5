import TesseraFigures
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The cells that differ from the perfect crystal, and the motif-cells that they form.
package struct CellsChapter: Sendable {
  package var micrograph: Micrograph
  package var cells: Cells
  package var hierarchy: Hierarchy
  /// Names and colours of the sites' classes.
  package var classes: Classes

  package init(micrograph: Micrograph, cells: Cells, hierarchy: Hierarchy, classes: Classes) {
    (self.micrograph, self.cells, self.hierarchy, self.classes) = (micrograph, cells, hierarchy, classes)
  }

  package var section: ReportDocument.Section {
    var blocks: [ReportDocument.Block] = [.paragraph(overview), .figure(map)]
    if isAllPerfect { blocks.removeLast() }
    if !hierarchy.nodes.isEmpty { blocks.append(.figure(tree)) }
    return .init("Cells and their hierarchy", blocks)
  }

  /// Whether no cell differs from the perfect crystal, so that there is nothing to show.
  private var isAllPerfect: Bool {
    hierarchy.nodes.isEmpty && !hierarchy.dominant.isEmpty
      && hierarchy.dominant.reduce(0) { $0 + cells.types[$1].count } == cells.completeCount
  }

  /// Motif-cells with a smaller false discovery rate are called more than chance.
  private static let largestRate = 0.05

  private var overview: String {
    let complete = max(1, cells.completeCount)
    let perfect = hierarchy.dominant.reduce(0) { $0 + cells.types[$1].count }
    let kind = cells.grid == nil ? "Voronoi cells" : "unit cells"
    if isAllPerfect {
      return "\(Number.count(complete)) \(kind) lie wholly inside the image; all of them are the perfect crystal."
    }
    var text =
      "\(Number.count(complete)) \(kind) lie wholly inside the image; "
      + (hierarchy.dominant.isEmpty && !hierarchy.nodes.isEmpty
        ? "hardly two are alike, so that none is the perfect crystal. They form \(Number.count(hierarchy.nodes.count)) motif-cells."
        : "\(Number.percent(Double(perfect) / Double(complete))) are the perfect crystal. The others form "
          + "\(Number.count(hierarchy.nodes.count)) motif-cells.")
    let chances = hierarchy.nodes.compactMap(\.chance)
    if !chances.isEmpty {
      let firm = chances.count { $0.qValue < Self.largestRate }
      text +=
        " Of \(Number.count(chances.count)) that hold defects, \(firm == 0 ? "none occurs" : "\(Number.count(firm)) occur\(firm == 1 ? "s" : "")") "
        + "more often than if the defects lay at random on their sublattices (false discovery rate \(Number.percent(Self.largestRate)))."
    }
    if hierarchy.largerGroups > 0 {
      text +=
        " \(Number.count(hierarchy.largerGroups)) larger groups, of \(Number.count(hierarchy.cellsInLargerGroups)) cells together, are not in the hierarchy."
    }
    return text
  }

  // MARK: Looks of the types

  /// Types other than the perfect crystal's that have a colour of their own: the sixteen most frequent.
  private var shownTypes: [Int] {
    let aside = Set(hierarchy.dominant)
    return Array(cells.types.indices.filter { !aside.contains($0) }.prefix(16))
  }

  /// The looks of all types by index; nil for the perfect crystal.
  private var looks: [ClassStyle?] {
    let shown = shownTypes
    let styles = ClassStyle.styles(
      names: shown.map(name), counts: shown.map { cells.types[$0].count },
      after: classes.count)
    var looks = [ClassStyle?](repeating: Self.otherTypes, count: cells.types.count)
    for index in hierarchy.dominant { looks[index] = nil }
    for (type, style) in zip(shown, styles) { looks[type] = style }
    return looks
  }

  private static let otherTypes = ClassStyle(name: "other types", color: .neutral)

  /// What a type has that the most frequent one has not: `Se vacancy for Se`.
  private func name(of type: Int) -> String {
    func named(_ label: Int) -> String { label > 0 ? classes.names[label - 1] : "nothing" }
    let own = cells.types[type]
    let usual = hierarchy.dominant.first.map { cells.types[$0] }
    var parts: [String] = []
    if let usual, usual.members.count == own.members.count, own.members.count > 1 {
      for (label, expected) in zip(own.members, usual.members) where label != expected {
        parts.append("\(named(label)) for \(named(expected))")
      }
    } else {
      parts = own.members.map(named)
    }
    parts += own.extras.map { "extra \(named($0))" }
    return parts.isEmpty ? "type \(type + 1)" : parts.prefix(2).joined(separator: ", ") + (parts.count > 2 ? ", …" : "")
  }

  // MARK: Figures

  private var map: ReportDocument.Figure {
    let looks = looks
    let complete = cells.cells.filter { $0.type != nil }
    var figure = ImageFigure(micrograph, summary: "Cells that differ from the perfect crystal")
    let others = cells.types.indices.filter { looks[$0] == Self.otherTypes }
    figure.legend = shownTypes.prefix(8).compactMap { looks[$0] }
    let unnamed = shownTypes.dropFirst(8) + others
    if !unnamed.isEmpty {
      var rest = Self.otherTypes
      rest.name = "\(unnamed.count) more types"
      rest.count = unnamed.reduce(0) { $0 + cells.types[$1].count }
      figure.legend.append(rest)
    }
    figure.legend = figure.legend.map(\.swatch)
    // Beyond the legend a colour would say nothing.
    let named = Set(shownTypes.prefix(8))
    let colors = complete.map { cell -> Color? in
      guard let type = cell.type, let look = looks[type] else { return nil }
      return named.contains(type) ? look.color : Self.otherTypes.color
    }
    return .init(
      "cells", title: "Cells other than the perfect crystal's",
      caption: "Thin outlines are perfect cells. A colour stands for what a cell holds at each of its places.",
      figure.adding(PaintedPolygons(polygons: complete.map(\.outline), colors: colors)).drawing())
  }

  private var tree: ReportDocument.Figure {
    let looks = looks
    let nodes = hierarchy.nodes.map { node in
      HierarchyFigure.Node(
        level: node.level, count: node.count, cells: outlines(of: node),
        colors: cells.grid == nil
          ? [] : node.cells.map { looks[$0.type]?.color ?? Self.otherTypes.color },
        dots: dots(of: node), name: node.level == 1 ? "\(Number.count(node.cellCount)) in all" : "")
    }
    var figure = HierarchyFigure(
      nodes: nodes, edges: closestEdges, summary: "Motif-cells by the number of cells they join")
    figure.legend = classes.legend.map { ClassStyle(name: $0.name, color: $0.color, marker: $0.marker) }
    return .init(
      "hierarchy", title: "Hierarchy of motif-cells",
      caption:
        "Each motif-cell with how often it stands alone in perfect crystal (×), by which each row is sorted; “in all” counts single cells "
        + "wherever they lie. Dots are sites with the looks of their classes, outlines along one edge of a cell further sites of its type, "
        + "open circles places where no site is known: no column was found, and the pixels do not show that none is "
        + "there; a line joins a motif-cell with a larger one that contains it.",
      figure.drawing())
  }

  /// To each motif-cell from the largest of those inside it; all others follow from these.
  private var closestEdges: [(from: Int, to: Int)] {
    var closest = [Int](repeating: .max, count: hierarchy.nodes.count)
    for edge in hierarchy.edges { closest[edge.higher] = min(closest[edge.higher], edge.difference) }
    return hierarchy.edges.filter { $0.difference == closest[$0.higher] }.map { (from: $0.lower, to: $0.higher) }
  }

  private func outlines(of node: Hierarchy.Node) -> [[Point]] {
    guard let grid = cells.grid else { return [] }
    return node.cells.map { grid.outline(ofCell: $0.i, $0.j) }
  }

  /// Where further sites are drawn, as a share of the cell's second side: in it, but beside most places.
  private static let rowOfExtras = 0.9

  private func dots(of node: Hierarchy.Node) -> [HierarchyFigure.Dot] {
    guard let grid = cells.grid else { return [] }
    let styles = classes.styles
    return node.cells.flatMap { cell in
      let (type, corner) = (cells.types[cell.type], Point(Double(cell.i), Double(cell.j)))
      let members = zip(cells.slots, type.members).map { slot, label in
        HierarchyFigure.Dot(at: grid.position(of: corner + slot), look: label > 0 ? styles[label - 1] : nil)
      }
      // Cells of one type have their further sites at places of their own: these stand in a row along one side.
      return members
        + type.extras.enumerated().map { order, label in
          let place = Point((Double(order) + 1) / Double(type.extras.count + 1), Self.rowOfExtras)
          return .init(at: grid.position(of: corner + place), look: label > 0 ? styles[label - 1] : nil, isExtra: true)
        }
    }
  }
}
