import Foundation
import TesseraFigures
import TesseraImaging
import TesseraNumerics

/// The report of a labelled series.
extension LabelFolder {
  /// So many images are drawn, spread evenly over the series.
  private static let mostFigures = 6

  var document: ReportDocument {
    get throws {
      let images = labelled.labelled
      var document = ReportDocument(title: (input as NSString).lastPathComponent, headline: labelled.sentence)
      document.facts = [
        .init("\(images.count) of \(labelled.images.count)", "images labelled"),
        .init(
          Number.count(labelled.columnCount), "columns", note: "of \(labelled.sourceName)"),
        .init(Number.count(images.reduce(0) { $0 + $1.labels.count }), "labels"),
      ]
      document.warnings = labelled.warnings.map(\.asSentence)
      document.sections = [try imageSection, tableSection]
      if let record = labelled.registration { document.sections.append(FramesChapter(record).section) }
      document.footer = "Tessera \(TesseraVersion.current) · \(input)"
      return document
    }
  }

  private var imageSection: ReportDocument.Section {
    get throws {
      let known = labelled.images.indices.filter { labelled.images[$0].reason == nil }
      let count = min(Self.mostFigures, known.count)
      let shown = (0..<count).map { known[count > 1 ? $0 * (known.count - 1) / (count - 1) : 0] }
      let style = ClassStyle(name: "label", count: 0, color: Color(0xE69F00))
      let figures = try shown.map { index -> ReportDocument.Figure in
        let image = labelled.images[index]
        let figure = ImageFigure(try part(index), summary: "\(image.name) with its labels").adding(
          SiteMarkers(points: image.labels, labels: image.labels.map { _ in 1 }, styles: [style], style: .rings))
        return .init(
          "labels-\(index)", title: image.name,
          caption: "\(Number.count(image.labels.count)) labels in the part that \(labelled.sourceName) shows, too.",
          figure.drawing())
      }
      let rows = stride(from: 0, to: figures.count, by: 2).map {
        ReportDocument.Block.row(Array(figures[$0..<min($0 + 2, figures.count)]))
      }
      return .init("Images with their labels", rows)
    }
  }

  private var tableSection: ReportDocument.Section {
    let rows = labelled.images.map { image -> [ReportDocument.Table.Cell] in
      guard image.reason == nil else {
        return [.init(image.name), .init("none"), .init(""), .init(""), .init(image.reason ?? "")]
      }
      var notes: [String] = []
      if image.goneCount > 0 { notes.append("\(image.goneCount) columns are gone") }
      if image.isDistorted { notes.append("a linear distortion was followed") }
      return [
        .init(image.name), .init(Number.count(image.labels.count), value: Double(image.labels.count)),
        .init(Text.fixed(image.shift, 2), value: image.shift.length),
        .init(Text.fixed(image.residual, 2), value: image.residual), .init(notes.joined(separator: "; ")),
      ]
    }
    return .init(
      "Images",
      [
        .paragraph(
          "The residual is the distance of columns from their labels per axis, beyond the errors of their places. labels.csv has more."
        ),
        .table(
          .init(
            columns: [
              .init("image"), .init("labels", isNumeric: true), .init("shift (px)", isNumeric: true),
              .init("residual (px)", isNumeric: true), .init("notes"),
            ], rows: rows)),
      ])
  }
}

extension LabelledSeries {
  /// What was labelled, in a sentence.
  public var sentence: String {
    let count = labelled.count
    return
      "\(count) of \(images.count) images \(count == 1 ? "has" : "have") the labels of \(columnCount) columns of \(sourceName)."
  }
}
