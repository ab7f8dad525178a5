import Foundation
import TestSupport
import Testing

/// `report.html` in a real browser, with and without scripts.
@Suite(
  .slow, .serialized,
  .enabled(if: HeadlessBrowser.program != nil, "there is no Chromium to open the report in; make browser installs one"))
struct `The page of a report` {
  let folder = ScratchFolder()

  /// A report on a screen of this size, before it is opened.
  private func made() throws -> HeadlessBrowser {
    #expect(try CommandRun("simulate", "mose2", "--size", "320", "--seed", "3", "-o", folder / "scan.tif").status == 0)
    #expect(try CommandRun("analyze", folder / "scan.tif", "-o", folder / "r").status == 0)
    return try HeadlessBrowser(width: 1280, height: 1000)
  }

  private func open(_ browser: HeadlessBrowser) throws {
    try browser.open("file://\(folder / "r/report.html")")
    try browser.wait(for: "document.readyState === 'complete' && document.querySelector('footer')")
  }

  private let explorer = "document.querySelector('.explorer')"

  private func place(_ browser: HeadlessBrowser, _ view: String, _ site: String) throws -> (x: Double, y: Double) {
    let place = try #require(
      try browser.evaluate("\(explorer).explorer.place('\(view)', \(site))") as? [NSNumber])
    return (place[0].doubleValue, place[1].doubleValue)
  }

  private func number(_ browser: HeadlessBrowser, _ script: String) throws -> Int {
    try #require(try browser.evaluate(script) as? NSNumber).intValue
  }

  @Test func `links its views, marks classes and takes a lasso`() throws {
    let browser = try made()
    try open(browser)
    // The policy of the page allows its own script and style: both work.
    try browser.wait(for: "\(explorer).explorer")
    #expect(try browser.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") as? String == "1080px")
    try browser.evaluate("document.documentElement.style.scrollBehavior = 'auto'; \(explorer).scrollIntoView()")
    usleep(200_000)

    // Pointing at a site says what the table says.
    let table = try String(contentsOfFile: folder / "r/sites.csv", encoding: .utf8).split(separator: "\n")
    let columns = table[0].split(separator: ",", omittingEmptySubsequences: false)
    let row = try #require(table.dropFirst().firstIndex { $0.contains(",motif 1,") })
    let values = table[row].split(separator: ",", omittingEmptySubsequences: false)
    func value(_ name: String) -> String { String(values[columns.firstIndex(of: Substring(name))!]) }
    let site = value("id")
    for view in ["image", "layout"] {
      let here = try place(browser, view, site)
      try browser.mouse(.moved, here.x, here.y)
      try browser.wait(for: "\(explorer).explorer.hovered >= 0")
      // Others may lie at the same place of the layout.
      if view == "image" { #expect(try number(browser, "\(explorer).explorer.hovered") == Int(site)) }
    }
    let said = try #require(try browser.evaluate("\(explorer).explorer.describe(\(site))") as? String)
    #expect(said.contains("site \(site)") && said.contains("class 1: motif 1") && said.contains("confidence "))
    #expect(said.contains(String(format: "x %.2f px", Double(value("x"))!)), "\(said)")
    #expect(said.contains(String(format: "x %.4f nm", Double(value("x_nm"))!)), "\(said)")

    // A class is marked by its button and by the keyboard, hidden by its box.
    let count = table.dropFirst().count { $0.contains(",motif 1,") }
    try browser.evaluate("document.querySelector('[data-mark=\"1\"]').click()")
    #expect(try number(browser, "\(explorer).explorer.marked") == count)
    #expect(try browser.evaluate("document.querySelector('.marked').textContent.includes('motif 1')") as? Bool == true)
    try browser.evaluate("document.querySelector('.view canvas').focus()")
    try browser.press("Escape")
    #expect(try number(browser, "\(explorer).explorer.marked") == 0)
    try browser.press("n")
    let pinned = try number(browser, "\(explorer).explorer.pinned")
    #expect(pinned >= 0)
    try browser.press("Enter")
    #expect(try number(browser, "\(explorer).explorer.marked") > 0)
    try browser.press("Escape")
    try browser.evaluate("document.querySelector('[data-class=\"1\"]').click()")
    let hidden = try place(browser, "image", site)
    try browser.mouse(.moved, hidden.x, hidden.y)
    usleep(200_000)
    #expect(try number(browser, "\(explorer).explorer.hovered") != Int(site))
    try browser.evaluate("document.querySelector('[data-do=all]').click()")

    // A lasso round all of the layout marks what has a place there, and the list can be saved.
    try browser.evaluate("document.querySelector('[data-view=layout] [data-do=lasso]').click()")
    let text =
      "(r => [r.left, r.top, r.right, r.bottom])(document.querySelector('[data-view=layout] canvas').getBoundingClientRect())"
    let box = try #require(try browser.evaluate(text) as? [NSNumber]).map(\.doubleValue)
    let (left, top, right, bottom) = (box[0] + 2, box[1] + 2, box[2] - 2, box[3] - 2)
    try browser.drag(through: [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    let classified = table.dropFirst().count { $0.contains(",motif ") }
    #expect(try number(browser, "\(explorer).explorer.marked") == classified)
    try browser.evaluate("document.querySelector('[data-do=save]').click()")
    for _ in 0..<100 where !browser.downloads.contains("sites.csv") { usleep(50_000) }
    let saved = String(decoding: try browser.download("sites.csv"), as: UTF8.self).split(separator: "\n")
    #expect(saved.count == classified + 1 && saved[0] == "id,class,class_name,confidence,x,y")

    // Zooming keeps what is under the pointer where it is.
    try browser.evaluate("document.querySelector('[data-view=image] [data-do=in]').click()")
    #expect(
      try browser.evaluate("\(explorer).explorer.views[0].scale > \(explorer).explorer.views[0].least * 1.5") as? Bool
        == true)
    #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    #expect(try browser.screenshot().count > 10_000)
  }

  @Test func `is whole without scripts, and on paper`() throws {
    let browser = try made()
    try browser.command("Emulation.setScriptExecutionDisabled", ["value": true])
    try browser.open("file://\(folder / "r/report.html")")
    usleep(1_500_000)
    // Scripts of the page are off; what the test asks still runs.
    #expect(try browser.evaluate("\(explorer).hidden && getComputedStyle(\(explorer)).display") as? String == "none")
    #expect(try browser.evaluate("document.querySelectorAll('figure img').length > 8") as? Bool == true)
    try browser.command("Emulation.setScriptExecutionDisabled", ["value": false])
    try open(browser)
    try browser.wait(for: "\(explorer).explorer")
    try browser.command("Emulation.setEmulatedMedia", ["media": "print"])
    #expect(try browser.evaluate("getComputedStyle(\(explorer)).display") as? String == "none")
    #expect(browser.complaints.isEmpty, "\(browser.complaints)")
  }
}
