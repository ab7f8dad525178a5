import TesseraFigures
import TesseraLearning

/// How the classes came from those of the first run: the tree, and what was done.
struct ClassTreeChapter {
  let tree: ClassTree
  /// Looks of the current classes, by number.
  let styles: [String: ClassStyle]
  let actions: [TreeAction]

  /// A taller figure would fill several screens.
  private static let mostNodes = 120

  var section: ReportDocument.Section {
    var blocks: [ReportDocument.Block] = [.figure(figure), .table(steps)]
    if tree.nodes.count > Self.mostNodes {
      blocks.append(
        .paragraph(
          "The figure shows the first \(Self.mostNodes) of \(tree.nodes.count) classes; classes.csv has all that are left."
        ))
    }
    return .init("The class tree", blocks)
  }

  private var figure: ReportDocument.Figure {
    let shown = tree.nodes.prefix(Self.mostNodes)
    var places: [String: Int] = [:]
    var nodes: [TreeFigure.Node] = []
    for node in shown {
      let isNumber = node.name.isEmpty || node.name == "motif \(node.number)"
      nodes.append(
        .init(
          isNumber ? "motif \(node.number)" : "\(node.number) \(node.name)",
          note: "\(Number.count(node.members.count)) site\(node.members.count == 1 ? "" : "s")",
          style: node.isDivided ? nil : styles[node.number], isFaint: node.isDivided,
          parents: node.parents.compactMap { places[$0] }))
      places[node.number] = nodes.count - 1
    }
    let drawing = TreeFigure(nodes: nodes, summary: "The classes and what they came from").drawing()
    return .init(
      "class-tree", title: "The class tree",
      caption:
        "Classes of the first run on the left, their parts to the right of them. Grey: classes that have been divided or "
        + "merged. A marker stands for a current class.", drawing)
  }

  private var steps: ReportDocument.Table {
    .init(
      columns: [.init("step", isNumeric: true), .init("what was done")],
      rows: actions.enumerated().map { index, action in
        [.init(String(index + 1), value: Double(index + 1)), .init(action.sentence)]
      })
  }
}
