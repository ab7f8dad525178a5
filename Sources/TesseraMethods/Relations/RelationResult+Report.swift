import Foundation
import TesseraFigures
import TesseraNumerics
import TesseraStructure

extension RelationResult {
  /// The report: what is more than chance, and the shells around each class of defect as trees.
  func report(input: String) -> ReportDocument {
    var document = ReportDocument(title: (input as NSString).lastPathComponent, headline: sentences[0].asSentence)
    document.facts = kinds.kinds.indices.map { kind in
      .init(Number.count(count(ofKind: kind)), name(ofKind: kind), note: "in whole cells")
    }
    document.footer = "Tessera \(TesseraVersion.current) · \(input)"
    document.sections = [relationSection, shellSection].compactMap { $0 }
    return document
  }

  /// So many rows are read; all are in the table.
  private static let mostRows = 40

  private var relationSection: ReportDocument.Section {
    let tested = relations.filter(Self.isFirst).sorted { ($0.qValue, -$0.z) < ($1.qValue, -$1.z) }
    let lengths = LengthText(calibration: calibration)
    let rows = tested.prefix(Self.mostRows).map { relation -> [ReportDocument.Table.Cell] in
      let d = relation.displacement
      return [
        .init(name(ofKind: relation.centre)), .init(name(ofKind: relation.other)),
        .init(lengths(d.length), value: d.length), .init(Text.fixed(d.angle * 180 / .pi, 0) + "°", value: d.angle),
        .init(Number.count(relation.count), value: Double(relation.count)),
        .init(Number.short(relation.expected, digits: 3), value: relation.expected),
        .init(Number.short(relation.qValue, digits: 2), value: relation.qValue),
      ]
    }
    return .init(
      "Displacements between defects",
      [
        .paragraph(
          "Pairs of defects at each displacement, and how many random placements of the defects would give; q is the false discovery "
            + "rate."
            + (tested.count > rows.count ? " The \(rows.count) firmest of \(tested.count); relations.csv has all." : "")
        ),
        .table(
          .init(
            columns: [
              .init("from"), .init("to"), .init("distance", isNumeric: true), .init("direction", isNumeric: true),
              .init("pairs", isNumeric: true), .init("by chance", isNumeric: true), .init("q", isNumeric: true),
            ], rows: Array(rows))),
      ])
  }

  private var shellSection: ReportDocument.Section? {
    let figures = shells.filter { $0.root.count > 0 && !$0.root.children.isEmpty }.prefix(12).map(figure)
    guard !figures.isEmpty else { return nil }
    return .init("What surrounds each defect", figures.map { .figure($0) })
  }

  /// A larger tree fills several screens.
  private static let mostNodes = 60

  private func figure(of tree: ShellTree) -> ReportDocument.Figure {
    let styles = structure.leaves.map { ClassStyle.styles(names: [$0.name], after: $0.look)[0] }
    let all = Double(max(1, tree.root.count))
    let lengths = LengthText(calibration: calibration)
    var nodes: [TreeFigure.Node] = [
      .init(
        title(of: tree.label), note: "\(Number.count(tree.root.count)) sites",
        style: tree.label > 0 ? styles[tree.label - 1] : nil)
    ]
    func add(_ node: ShellTree.Node, below parent: Int) {
      for child in node.children where nodes.count < Self.mostNodes {
        nodes.append(
          .init(
            child.composition.map { "\($0.count) \(title(of: $0.label))" }.joined(separator: ", "),
            note:
              "\(Number.count(child.count)) (\(Number.percent(Double(child.count) / all))), at \(lengths(child.radius))",
            parents: [parent]))
        add(child, below: nodes.count - 1)
      }
      if node.others > 0 && nodes.count < Self.mostNodes && !node.children.isEmpty {
        nodes.append(
          .init(
            "others", note: "\(Number.count(node.others)) (\(Number.percent(Double(node.others) / all)))",
            isFaint: true,
            parents: [parent]))
      }
    }
    add(tree.root, below: 0)
    return .init(
      "shells-\(number(of: tree.label).replacing(".", with: "-"))", title: "Around \(title(of: tree.label))",
      caption:
        "The centre, what its first shell holds, what the next holds then, with the number of centres and their share of all. "
        + "Others: shells too rare to be listed, cut by the edge, or with a site without class.",
      TreeFigure(nodes: nodes, summary: "The shells around \(title(of: tree.label))").drawing())
  }

  private func title(of label: Int) -> String {
    label > 0 ? structure.leaves[label - 1].name : "empty place"
  }
}
