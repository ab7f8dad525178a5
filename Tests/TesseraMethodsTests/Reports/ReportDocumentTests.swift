import Foundation
import TesseraFigures
import TesseraMethods
import TesseraNumerics
import Testing

struct `A report` {
  private static let hostile =
    "</title><script>alert(1)</script><img src=\"https://example.org/x.png\" onerror=alert(1)>&'"

  private func example(named name: String) -> ReportDocument {
    var report = ReportDocument(title: name, headline: name)
    report.summary = name
    report.facts = [.init("3,842", "columns"), .init(name, name, note: name)]
    report.warnings = [name]
    report.footer = name
    let styles = ClassStyle.styles(names: [name], counts: [2])
    let drawing = ScatterFigure(points: [Point(0, 0), Point(1, 2)], labels: [1, 1], styles: styles, summary: name)
      .drawing()
    let table = ReportDocument.Table(
      columns: [.init(name), .init("count", isNumeric: true)],
      rows: [[.init(name, style: styles[0]), .init("2", value: 2)]])
    report.sections = [
      .init(
        name,
        [
          .figure(.init("layout", title: name, caption: name, drawing)), .paragraph(name), .list([name]), .table(table),
          .row([.init("one", title: "One", caption: "", drawing), .init("two", title: "Two", caption: "", drawing)]),
        ]),
      .init("Folded", isFolded: true, [.code(name)]),
    ]
    return report
  }

  private func page(of report: ReportDocument) -> String {
    String(decoding: report.files().last!.data, as: UTF8.self)
  }

  @Test func `has each figure as PNG and SVG, then the page`() {
    let files = example(named: "mose2.tif").files()
    #expect(
      files.map(\.path) == [
        "figures/layout.png", "figures/layout.svg", "figures/one.png", "figures/one.svg", "figures/two.png",
        "figures/two.svg", "report.html",
      ])
    #expect(files[0].data.starts(with: [0x89, 0x50, 0x4E, 0x47]))
  }

  @Test func `has the same bytes each time`() {
    let (first, second) = (example(named: "a").files(), example(named: "a").files())
    #expect(first.map(\.data) == second.map(\.data))
  }

  @Test func `escapes what a file's name and metadata may hold`() {
    let page = page(of: example(named: Self.hostile))
    #expect(!page.contains("<script>alert"))
    #expect(!page.contains("<img src=\"https"))
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    // One script of our own, one style sheet, one title.
    for tag in ["<script", "<style", "<title"] { #expect(page.components(separatedBy: tag).count == 2, "\(tag)") }
  }

  @Test func `loads nothing from outside`() {
    let page = page(of: example(named: "mose2.tif"))
    for attribute in ["src=\"", "href=\"", "url(", "@import", "srcset", "<link", "<iframe", "<object", "<base"] {
      for piece in page.components(separatedBy: attribute).dropFirst() {
        let isInside =
          attribute == "src=\"" ? piece.hasPrefix("data:image/") : attribute == "href=\"" && piece.hasPrefix("#")
        #expect(isInside, "\(attribute)\(piece.prefix(40))")
      }
    }
    #expect(page.contains("Content-Security-Policy\" content=\"default-src 'none'; img-src data:"))
  }

  @Test func `opens and closes every element`() {
    let page = page(of: example(named: "mose2.tif"))
    for tag in [
      "html", "head", "body", "main", "header", "nav", "section", "figure", "table", "tr", "details", "div", "dl",
    ] {
      let opened = page.components(separatedBy: "<\(tag)>").count + page.components(separatedBy: "<\(tag) ").count - 2
      #expect(opened == page.components(separatedBy: "</\(tag)>").count - 1, "\(tag)")
      #expect(opened > 0, "\(tag)")
    }
  }
}
