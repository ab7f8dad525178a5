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
    // The one script and the one style sheet are named by their hashes.
    let start = page.range(of: "<script>")!.upperBound
    let script = page[start..<page.range(of: "</script>")!.lowerBound]
    let hash = Data(SHA256.digest(Data(script.utf8))).base64EncodedString()
    #expect(page.contains("script-src 'sha256-\(hash)'") && !page.contains("unsafe-inline"))
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

  /// Published values: FIPS 180-4, examples of NIST.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `hashes as the standard does`(text: String, expected: String) {
    let digest = SHA256.digest(Data(text.utf8)).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
    #expect(digest.joined() == expected)
  }

  private func explorer(count: Int) -> ReportDocument {
    let styles = ClassStyle.styles(names: ["a \"b\" <c>"], counts: [count])
    let sites = (0..<count).map { index in
      ReportDocument.Explorer.Site(
        position: Point(Double(index % 100), Double(index / 100)), layout: Point(Double(index), 1), height: 2,
        label: 1, confidence: 0.5)
    }
    var report = example(named: "mose2.tif")
    report.sections = [
      .init(
        "Columns",
        [
          .explorer(
            .init(
              image: Raster<Float>(width: 64, height: 64, filling: 1), calibration: nil, sites: sites, styles: styles,
              numbers: ["1"]))
        ])
    ]
    return report
  }

  @Test func `holds 21 bytes of each site, and none of too many`() throws {
    let page = page(of: explorer(count: 1000))
    let values = try #require(page.components(separatedBy: "data-values=\"").last?.prefix { $0 != "\"" })
    #expect(Data(base64Encoded: String(values))?.count == 21 * 1000)
    #expect(page.contains("<div class=\"explorer\" hidden") && !page.contains("<c>"))
    #expect(page.components(separatedBy: "<script").count == 2)
    let large = self.page(of: explorer(count: ReportDocument.Explorer.mostSites + 1))
    #expect(large.contains("200,001 sites are more than the 200,000") && !large.contains("data-values"))
    #expect(large.utf8.count < 60_000)
  }
}
