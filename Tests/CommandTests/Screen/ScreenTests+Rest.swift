import Foundation
import TestSupport
import Testing

extension `The page` {
  /// What comes to lie under a pointer that nobody moved is not pointed at; a press on the method whose map is shown leaves it there.
  @Test func `lets nothing recede or go by itself`() throws {
    let (screen, browser) = try opened()
    try browser.evaluate(
      "(() => { const b = document.getElementById('panel-classes').getBoundingClientRect(); window.at = [b.x + b.width / 2, b.y + b.height / 2]; })()"
    )
    let at = try #require(try browser.evaluate("at") as? [Double])
    try browser.mouse(.moved, at[0], at[1])
    try analyse(browser)
    try browser.wait(for: "document.querySelector('.classes li')")
    usleep(600_000)
    #expect(try browser.evaluate("tessera.state.emphasised") as? Int == 0)
    let end =
      "const b = document.querySelector('.classes .what').getBoundingClientRect(); return [b.right - 4, b.y + b.height / 2];"
    let row = try #require(try browser.evaluate("(() => { \(end) })()") as? [Double])
    try browser.mouse(.moved, row[0], row[1] - 1)
    try browser.mouse(.moved, row[0], row[1])
    try browser.wait(
      for: "tessera.state.emphasised === Number(document.querySelector('.classes li[data-label]').dataset.label)")

    // The columns of the page are measured unless a person says otherwise, and the form has no words of a terminal.
    try browser.evaluate("document.getElementById('tab-maps').click()")
    try browser.evaluate("document.querySelector('#panel-maps button.primary').click()")
    try browser.wait(for: "document.querySelector('dialog[open] button.primary')")
    #expect(try browser.evaluate("document.getElementById('option-uses-columns').checked") as? Bool == true)
    try browser.evaluate("document.querySelector('dialog[open] button.primary').click()")
    try browser.wait(for: "!tessera.state.job && tessera.state.overlay")
    #expect(try browser.evaluate("tessera.state.project.views[0].uses_columns") as? Bool == true)
    try browser.evaluate("document.querySelector('#panel-maps [data-command=strain]').click()")
    usleep(200_000)
    #expect(try browser.evaluate("tessera.state.overlay?.command") as? String == "strain")
    try browser.evaluate("document.getElementById('analyse').click()")
    try browser.wait(for: "document.querySelector('dialog[open]')")
    let words = "(document.querySelector('dialog[open]').textContent.match(/--[a-z]/g) ?? []).length"
    #expect(try number(browser, words) == 0)
    #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    #expect(screen.stop() == 0)
  }
}
