import Foundation
import TesseraFigures
import TesseraNumerics

/// The chapter of a report on the classes of many images: their counts, how they vary and whether they rise or fall.
extension ClassSeries {
  /// With more classes than these in one figure nobody tells the curves apart.
  private static let mostCurves = 8
  /// A trend of a class is said where so few of those said would be chance.
  private static let mostFalse = 0.05

  /// The chapter; none where no image has a site.
  public var sections: [ReportDocument.Section] {
    let rows = rows
    guard !rows.isEmpty else { return [] }
    var blocks: [ReportDocument.Block] = [.paragraph(text(of: rows)), .table(table(of: rows))]
    if entries.count > 1 { blocks.append(.row(figures(of: rows))) }
    return [.init("Classes from image to image", blocks)]
  }

  private func text(of rows: [Row]) -> String {
    let (all, unknown) = (entries.reduce(0) { $0 + $1.all }, entries.reduce(0) { $0 + $1.unknown })
    var text =
      "All images were sorted by the classes of one result: \(Number.count(all)) sites, of which \(Number.count(unknown)) fit none of them. "
    let trends = rows.filter { ($0.q ?? 1) < Self.mostFalse }
    if entries.count < RankTrend.fewest {
      text += "With fewer than \(RankTrend.fewest) images no trend is tested. "
    } else if trends.isEmpty {
      text +=
        "No share rises or falls over the series by more than chance (false discovery rate below \(Number.percent(Self.mostFalse))). "
    } else {
      let list = trends.map { row in
        "\(row.name) \((row.trend?.slope ?? 0) > 0 ? "rises" : "falls") (q = \(Number.short(row.q ?? 1, digits: 2)))"
      }
      text += "Over the series \(list.joined(separator: ", ")). "
    }
    return text
      + "The last column compares the variance from image to image with that of counting alone: about 1 for areas of one specimen, more where they differ."
  }

  private func table(of rows: [Row]) -> ReportDocument.Table {
    let isTested = entries.count >= RankTrend.fewest
    return .init(
      columns: [
        .init("Class"), .init("sites", isNumeric: true), .init("share", isNumeric: true),
        .init("lowest", isNumeric: true),
        .init("highest", isNumeric: true),
      ]
        + (isTested ? [.init("change over the series", isNumeric: true), .init("q", isNumeric: true)] : [])
        + [.init("variance / counting", isNumeric: true)],
      rows: rows.map { row in
        let (sum, all) = (row.counts.reduce(0, +), entries.reduce(0) { $0 + $1.all })
        let shares = row.shares.filter(\.isFinite)
        let share = Double(sum) / Double(max(1, all))
        func percent(_ value: Double) -> ReportDocument.Table.Cell { .init(Number.percent(value), value: value) }
        var cells: [ReportDocument.Table.Cell] = [
          .init(row.number.isEmpty ? row.name : "\(row.number): \(row.name)"),
          .init(Number.count(sum), value: Double(sum)),
          percent(share), percent(shares.min() ?? 0), percent(shares.max() ?? 0),
        ]
        if isTested {
          let change = (row.trend?.slope ?? 0) * Double(shares.count - 1)
          cells += [
            .init((change > 0 ? "+" : "") + Number.percent(change), value: change),
            row.q.map { .init(Number.short($0, digits: 2), value: $0) } ?? .init(""),
          ]
        }
        return cells + [row.excess.map { .init(Number.short($0, digits: 2), value: $0) } ?? .init("")]
      })
  }

  /// Frequent and rare classes have a figure each: on one axis the rare ones would lie on it.
  private func figures(of rows: [Row]) -> [ReportDocument.Figure] {
    let styles = ClassStyle.styles(names: rows.map(\.name))
    let shown = Array(zip(rows, styles).prefix(Self.mostCurves))
    let largest = rows.flatMap(\.shares).filter(\.isFinite).max() ?? 1
    let isRare: (Row) -> Bool = { ($0.shares.filter(\.isFinite).max() ?? 0) < Self.rare * largest }
    return [
      ("classes-frequent", "Frequent classes", shown.filter { !isRare($0.0) }),
      ("classes-rare", "Rare classes", shown.filter { isRare($0.0) }),
    ]
    .compactMap { name, title, curves in
      guard !curves.isEmpty else { return nil }
      return .init(
        name, title: title, caption: "Share of the sites of each image, in the order of the images.",
        LineFigure(
          curves: curves.map { row, style in
            .init(
              name: style.name, points: row.shares.enumerated().map { Point(Double($0.offset + 1), $0.element) },
              color: style.color)
          }, x: .images, y: Axis("share of the sites"), summary: "Share of each class in \(entries.count) images"
        ).drawing())
    }
  }

  /// Of the largest share of a class; smaller ones are no longer read off one axis.
  private static let rare = 0.2
}
