import Foundation
import TesseraFigures

/// Writes a report as one HTML file that loads nothing and works without JavaScript.
struct ReportPage {
  let document: ReportDocument
  /// By name of the figure.
  let pictures: [String: Picture]

  struct Picture {
    /// `image/png` or `image/svg+xml`.
    var type: String
    var data: Data
  }

  func html() -> String {
    var page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <title>\(escaped(document.title)) · Tessera</title>
      <style>\(ReportStyle.sheet)</style>
      </head>
      <body>
      <main>

      """
    page += header()
    for (index, section) in document.sections.enumerated() { page += html(of: section, number: index + 1) }
    page += "<footer>\(escaped(document.footer))</footer>\n"
    page += "</main>\n<script>\(Self.script)</script>\n</body>\n</html>\n"
    return page
  }

  /// Sorting and enlarging, then the linked views.
  private static let script = ReportStyle.script + "\n" + ExplorerScript.script

  /// Browsers enforce that the page is self-contained, whatever a file's name or metadata may hold, and run no script but this one.
  private static let policy =
    "default-src 'none'; img-src data:; style-src \(SHA256.policySource(of: ReportStyle.sheet)); "
    + "script-src \(SHA256.policySource(of: script)); base-uri 'none'; form-action 'none'"

  private func escaped(_ text: String) -> String { Markup.escaped(text) }

  // MARK: Top of the page

  private func header() -> String {
    var result = "<header>\n<p class=\"kicker\">Tessera report</p>\n<h1>\(escaped(document.title))</h1>\n"
    result += "<p class=\"headline\">\(escaped(document.headline))</p>\n"
    if !document.summary.isEmpty { result += "<p class=\"summary\">\(escaped(document.summary))</p>\n" }
    if !document.facts.isEmpty {
      result += "<dl class=\"facts\">\n"
      for fact in document.facts {
        result += "<div><dt>\(escaped(fact.name))</dt><dd>\(escaped(fact.value))</dd>"
        if !fact.note.isEmpty { result += "<dd class=\"note\">\(escaped(fact.note))</dd>" }
        result += "</div>\n"
      }
      result += "</dl>\n"
    }
    if !document.warnings.isEmpty {
      result += "<aside class=\"warnings\" role=\"note\"><h2>Please note</h2><ul>\n"
      for warning in document.warnings { result += "<li>\(escaped(warning))</li>\n" }
      result += "</ul></aside>\n"
    }
    result += "<nav aria-label=\"Sections\">"
    for (index, section) in document.sections.enumerated() {
      result += "<a href=\"#section-\(index + 1)\">\(escaped(section.title))</a> "
    }
    return result + "</nav>\n</header>\n"
  }

  // MARK: Sections

  private func html(of section: ReportDocument.Section, number: Int) -> String {
    let content = section.blocks.map(html).joined()
    let title = "<h2>\(escaped(section.title))</h2>"
    if section.isFolded {
      return "<section id=\"section-\(number)\"><details><summary>\(title)</summary>\n\(content)</details></section>\n"
    }
    return "<section id=\"section-\(number)\">\(title)\n\(content)</section>\n"
  }

  private func html(of block: ReportDocument.Block) -> String {
    switch block {
    case .paragraph(let text): "<p>\(escaped(text))</p>\n"
    case .list(let items): "<ul>\n" + items.map { "<li>\(escaped($0))</li>\n" }.joined() + "</ul>\n"
    case .figure(let figure): html(of: figure)
    case .row(let figures): "<div class=\"row\">\n" + figures.map(html).joined() + "</div>\n"
    case .table(let table): html(of: table)
    case .code(let text): "<pre>\(escaped(text))</pre>\n"
    case .explorer(let explorer): html(of: explorer)
    }
  }

  private func html(of figure: ReportDocument.Figure) -> String {
    guard let picture = pictures[figure.name] else { return "" }
    let drawing = figure.drawing
    let file = document.hasFigureFiles ? " <span class=\"file\">figures/\(figure.name).png, .svg</span>" : ""
    return """
      <figure id="figure-\(figure.name)">
      <div class="paper"><img width="\(Int(drawing.width))" height="\(Int(drawing.height))" \
      alt="\(escaped(drawing.summary))" src="data:\(picture.type);base64,\(picture.data.base64EncodedString())"></div>
      <figcaption><b>\(escaped(figure.title)).</b> \(escaped(figure.caption))\(file)</figcaption>
      </figure>

      """
  }

  /// A path as a browser reads it: neither a scheme nor a query can stand in it.
  private func address(of path: String) -> String {
    let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~/"))
    return "./" + escaped(path.addingPercentEncoding(withAllowedCharacters: allowed) ?? "")
  }

  private func html(of table: ReportDocument.Table) -> String {
    var result = "<div class=\"table\"><table>\n<thead><tr>"
    for column in table.columns {
      result += "<th scope=\"col\"\(column.isNumeric ? " class=\"number\"" : "")>\(escaped(column.title))</th>"
    }
    result += "</tr></thead>\n<tbody>\n"
    for row in table.rows {
      result += "<tr>"
      for (cell, column) in zip(row, table.columns) {
        let sort = cell.value.map { " data-value=\"\($0)\"" } ?? ""
        result += "<td\(column.isNumeric ? " class=\"number\"" : "")\(sort)>"
        let text = cell.link.map { "<a href=\"\(address(of: $0))\">\(escaped(cell.text))</a>" } ?? escaped(cell.text)
        result += "\(cell.style.map(marker) ?? "")\(text)</td>"
      }
      result += "</tr>\n"
    }
    return result + "</tbody></table></div>\n"
  }

  /// The marker that stands for a class in the figures.
  func marker(of style: ClassStyle) -> String {
    // Hundredths of a pixel are more than enough, and never need an exponent.
    func short(_ length: Double) -> Double { (length * 600).rounded() / 100 }
    let outline = style.marker.corners.map { "\(short($0.x)) \(short($0.y))" }.joined(separator: "L")
    return "<svg class=\"swatch\" viewBox=\"-9 -9 18 18\" aria-hidden=\"true\"><path d=\"M\(outline)Z\" "
      + "fill=\"\(style.color.hexadecimal)\" stroke=\"#0008\"/></svg>"
  }
}
