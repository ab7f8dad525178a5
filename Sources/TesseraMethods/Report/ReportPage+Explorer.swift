import Foundation
import TesseraFigures

extension ReportPage {
  /// Linked views, hidden until a script shows them.
  func html(of explorer: ReportDocument.Explorer) -> String {
    guard !explorer.isTooLarge else {
      return "<p class=\"explorer-note\">\(Number.count(explorer.sites.count)) sites are more than the "
        + "\(Number.count(ReportDocument.Explorer.mostSites)) of which this page holds the values; the figures show all of them.</p>\n"
    }
    let hasLayout = explorer.sites.contains { $0.layout != nil }
    return """
      <div class="explorer" hidden role="group" aria-label="Linked views of the sites" data-facts="\(Markup.escaped(explorer.facts()))" \
      data-values="\(explorer.packed().base64EncodedString())">
      <img class="source" alt="" hidden src="data:image/png;base64,\(explorer.picture().base64EncodedString())">
      <p class="help">Point at a site for its values\(hasLayout ? "; it lights up in the other view" : ""). Drag to move, use the wheel after a click (or \
      with Ctrl) to zoom, hold Shift and drag to draw a lasso. Keys in a view: arrows move, + and − zoom, 0 shows all, N and P go \
      from site to site, Enter marks the class of the site, Escape clears.</p>
      <div class="views">
      \(view("image", "Micrograph"))\(hasLayout ? view("layout", "Layout of the patches") : "")</div>
      <p class="values" role="status">No site is pointed at.</p>
      <div class="legend" role="group" aria-label="Classes">
      \(classRows(explorer))</div>
      <p class="tools"><button type="button" data-do="all">Show all</button> <button type="button" data-do="none">Hide all</button> \
      <button type="button" data-do="clear">Clear marks</button> <button type="button" data-do="save" disabled>Save marked sites</button> \
      <span class="marked" role="status"></span></p>
      </div>

      """
  }

  private func view(_ name: String, _ title: String) -> String {
    """
    <div class="view" data-view="\(name)"><div class="bar"><b>\(title)</b>
    <button type="button" data-do="in" aria-label="Zoom in: \(title)">+</button>
    <button type="button" data-do="out" aria-label="Zoom out: \(title)">−</button>
    <button type="button" data-do="whole" aria-label="Show all: \(title)">All</button>
    <button type="button" data-do="lasso" aria-pressed="false" aria-label="Lasso: \(title)">Lasso</button></div>
    <div class="stage"><canvas tabindex="0" role="application" aria-roledescription="view of sites" aria-label="\(title)"></canvas>\
    <div class="tip" aria-hidden="true" hidden></div></div></div>

    """
  }

  private func classRows(_ explorer: ReportDocument.Explorer) -> String {
    var rows = explorer.styles.enumerated().map { index, style in
      row(label: index + 1, name: style.name, count: style.count, marker: marker(of: style))
    }
    let others = explorer.unclassifiedCount
    if others > 0 {
      rows.append(row(label: 0, name: "no class", count: others, marker: marker(of: .unclassified)))
    }
    return rows.joined()
  }

  private func row(label: Int, name: String, count: Int?, marker: String) -> String {
    let text = Markup.escaped(name)
    let number = count.map { " <small>\(Number.count($0))</small>" } ?? ""
    return
      "<span class=\"entry\"><label><input type=\"checkbox\" checked data-class=\"\(label)\"> \(marker)\(text)\(number)</label>"
      + "<button type=\"button\" data-mark=\"\(label)\" aria-pressed=\"false\" aria-label=\"Mark \(text)\">Mark</button></span>\n"
  }
}
