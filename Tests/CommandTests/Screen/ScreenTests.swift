import Foundation
import TestSupport
import Testing

/// The page of `tessera gui` in a real browser, as a person uses it.
@Suite(
  .slow, .serialized,
  .enabled(if: HeadlessBrowser.program != nil, "there is no Chromium to open the page in; make browser installs one"))
struct `The page` {
  let folder = ScratchFolder()

  /// A page that shows an analysed image.
  func opened(width: Int = 1280, height: Int = 720, query: String = "") throws -> (
    RunningScreen, HeadlessBrowser
  ) {
    let run = try CommandRun("simulate", "mose2", "--size", "384", "--seed", "3", "-o", folder / "scan.tif")
    #expect(run.status == 0)
    let screen = try RunningScreen(["scan.tif"], in: folder)
    let browser = try HeadlessBrowser(width: width, height: height)
    try browser.open(screen.line + query)
    try browser.wait(for: "window.tessera")
    try browser.evaluate("tessera.ready")
    return (screen, browser)
  }

  func analyse(_ browser: HeadlessBrowser) throws {
    try browser.evaluate("document.getElementById('analyse').click()")
    try browser.wait(for: "document.querySelector('dialog[open] button.primary')")
    try browser.evaluate("document.querySelector('dialog[open] button.primary').click()")
    try browser.wait(for: "tessera.state.project.result && !tessera.state.job")
  }

  func number(_ browser: HeadlessBrowser, _ script: String) throws -> Double {
    try #require(
      try browser.evaluate(script) as? Double ?? (browser.evaluate(script) as? Int).map(Double.init), "\(script)")
  }

  private func place(_ browser: HeadlessBrowser, _ view: String, _ site: String) throws -> (x: Double, y: Double) {
    let place = try #require(try browser.evaluate("tessera.placeOf('\(view)', \(site))") as? [Double])
    return (place[0], place[1])
  }

  @Test func `shows, divides, names, undoes, corrects and exports`() throws {
    let (screen, browser) = try opened()
    try analyse(browser)
    #expect(try browser.evaluate("tessera.renderer") as? String == "webgl2")
    let classes = "tessera.state.project.classes.length"
    let first = try number(browser, classes)
    #expect(first > 1)

    // A lasso round what lies left of the middle of the largest class.
    try browser.evaluate(
      """
      window.box = () => { const { points } = tessera.state, xs = [], ys = [];
        for (let site = 0; site < points.count; site++) if (points.labels[site] === 1) {
          const [x, y] = tessera.placeOf('layout', site); if (Number.isFinite(x)) { xs.push(x); ys.push(y); } }
        xs.sort((a, b) => a - b); ys.sort((a, b) => a - b);
        return [xs[0], xs[xs.length >> 1], ys[0], ys.at(-1)]; }
      """)
    let box = try #require(try browser.evaluate("box()") as? [Double])
    try browser.evaluate("document.getElementById('lasso').click()")
    let (left, right, top, bottom) = (box[0] - 4, box[1], box[2] - 4, box[3] + 4)
    try browser.drag(
      through: [
        (left, top), ((left + right) / 2, top), (right, top), (right, (top + bottom) / 2), (right, bottom),
        ((left + right) / 2, bottom), (left, bottom), (left, (top + bottom) / 2),
      ])
    try browser.wait(for: "document.querySelector('dialog[open] button.primary')")
    try browser.evaluate("document.querySelector('dialog[open] button.primary').click()")
    try browser.wait(for: "\(classes) === \(Int(first) + 1)")
    #expect(try browser.evaluate("tessera.state.project.undo") as? String == "lasso in class 1")

    // A name, typed.
    try browser.evaluate("document.querySelector('button.name').click()")
    try browser.wait(for: "document.activeElement.matches('.rename input')")
    try browser.type("Mo columns")
    try browser.press("Enter")
    try browser.wait(for: "tessera.state.project.classes.some(({ name }) => name === 'Mo columns')")

    // Both undone from the keyboard, and done again.
    try browser.evaluate("document.getElementById('micrograph').focus()")
    try browser.press("z", modifiers: 2)
    try browser.wait(for: "!tessera.state.project.classes.some(({ name }) => name === 'Mo columns')")
    try browser.press("z", modifiers: 2)
    try browser.wait(for: "\(classes) === \(Int(first))")
    try browser.press("Z", modifiers: 10)
    try browser.wait(for: "\(classes) === \(Int(first) + 1)")

    // A click on a column selects it in both views and shows what is known of it.
    let inner = try number(
      browser,
      "[...Array(tessera.state.points.count).keys()].find((s) => tessera.state.points.labels[s] === 1 && Math.hypot(tessera.state.points.places[2 * s] - 192, tessera.state.points.places[2 * s + 1] - 192) < 40)"
    )
    let column = try place(browser, "micrograph", "\(Int(inner))")
    try browser.drag(through: [column])
    try browser.wait(for: "tessera.state.selected === \(Int(inner))")
    try browser.wait(for: "document.querySelector('.card:not([hidden])')")

    // One column less, one more; then all are fitted and sorted again.
    let columns = "tessera.state.project.result.columns"
    let before = try number(browser, columns)
    try browser.press("d")
    try browser.drag(through: [column])
    try browser.wait(for: "tessera.state.project.corrections.removed.length === 1")
    try browser.press("a")
    try browser.drag(through: [(column.x + 1, column.y + 1)])
    try browser.wait(for: "tessera.state.project.corrections.added.length === 1")
    try browser.evaluate(
      "[...document.querySelectorAll('button')].find((b) => b.textContent === 'Fit and sort again').click()")
    try browser.wait(
      for: "!tessera.state.job && tessera.state.project.history.some(({ text }) => text.includes('corrected columns'))")
    #expect(try number(browser, columns) == before)
    // What was done to the classes is still there.
    #expect(try browser.evaluate("tessera.state.project.undo") as? String == "sorted by known classes")
    #expect(
      try browser.evaluate("tessera.state.project.classes.some(({ number }) => number === '1.1')") as? Bool == true)
    try browser.press("Escape")

    // What is downloaded is what the server has.
    try browser.evaluate("document.getElementById('export').click()")
    try browser.wait(for: "document.querySelector('#export-menu a[download=\"sites.csv\"]')")
    try browser.evaluate("document.querySelector('#export-menu a[download=\"sites.csv\"]').click()")
    for _ in 0..<200 where browser.downloads.isEmpty { usleep(50_000) }
    let saved = try #require(browser.downloads.first)
    #expect(try browser.download(saved) == screen.client.ask("/api/projects/1/export/sites.csv").body)
    #expect(try browser.screenshot().count > 50_000)
    #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    #expect(screen.stop() == 0)
    #expect(folder.names.filter { $0.contains("tessera-project") } == ["scan.tessera-project"])
  }

  @Test func `sets the filter of the network's map live`() throws {
    let (screen, browser) = try opened()
    try browser.evaluate("document.getElementById('tab-columns').click()")
    try browser.evaluate(
      "[...document.querySelectorAll('button')].find((b) => b.textContent.startsWith('Find with the network')).click()")
    try browser.wait(for: "tessera.state.project.map && !tessera.state.job")
    try browser.wait(for: "tessera.state.candidates")
    let count = "tessera.state.candidates.length / 3"
    let first = try number(browser, count)
    #expect(first > 100)
    try browser.evaluate(
      """
      (() => { const slider = [...document.querySelectorAll('#panel-columns input[type=range]')].find((input) => input.labels[0].textContent.includes('bound'));
        slider.value = slider.max; slider.dispatchEvent(new Event('input', { bubbles: true })); })()
      """)
    try browser.wait(for: "\(count) < \(Int(first))")
    #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    #expect(screen.stop() == 0)
  }

  /// Strain by its form, a segmentation by scribbles, a proposal, motif-cells and methods, as a person comes to them.
  @Test(arguments: ["", "&renderer=canvas"]) func `lays maps over the micrograph and says what they are`(
    query: String
  ) throws {
    let (screen, browser) = try opened(query: query)
    try analyse(browser)
    try browser.evaluate("document.getElementById('tab-maps').click()")
    func run() throws {
      try browser.evaluate("document.querySelector('#panel-maps button.primary').click()")
      try browser.wait(for: "document.querySelector('dialog[open] button.primary')")
    }
    func finish(_ count: Int) throws {
      try browser.evaluate("document.querySelector('dialog[open] button.primary').click()")
      try browser.wait(for: "!tessera.state.job && tessera.state.project.views.length === \(count)")
      try browser.wait(for: "tessera.state.mapKey && tessera.state.overlay")
    }
    try run()
    try browser.evaluate("document.querySelector('dialog[open] [name=method]').value = 'gpa'")
    try finish(1)
    #expect(try browser.evaluate("tessera.state.project.views[0].settings.method") as? String == "gpa")
    #expect(try browser.evaluate("document.querySelectorAll('#panel-maps .color-bar').length") as? Int == 1)
    // What is under the pointer is said, and is drawn in its colour.
    try browser.evaluate(
      """
      window.middle = () => { const b = document.getElementById('micrograph').getBoundingClientRect();
        return [b.x + b.width / 2, b.y + b.height / 2]; };
      window.point = () => { const [clientX, clientY] = middle();
        document.getElementById('micrograph').dispatchEvent(new PointerEvent('pointermove', { bubbles: true, clientX, clientY })); };
      """)
    let middle = try #require(try browser.evaluate("middle()") as? [Double])
    try browser.wait(for: "(point(), document.querySelector('#status .map').textContent.startsWith('exx '))")
    let covered = try browser.screenshot()
    try browser.evaluate("document.querySelector('#panel-maps .map-controls input[type=checkbox]').click()")
    try browser.wait(for: "!tessera.state.overlay.isShown")
    usleep(300_000)
    #expect(try browser.screenshot() != covered)

    // Two scribbles.
    try browser.evaluate("document.querySelector('#panel-maps [data-command=segment]').click()")
    try browser.evaluate("document.querySelector('.scribbles button').click()")
    try browser.wait(for: "tessera.state.mode === 'scribble'")
    let (x, y) = (middle[0], middle[1])
    try browser.drag(through: [(x - 60, y - 80), (x, y - 80), (x + 60, y - 80)])
    try browser.evaluate(
      """
      (() => { const field = document.getElementById('scribble-pattern'); field.value = 2;
        field.dispatchEvent(new Event('input')); })()
      """)
    try browser.drag(through: [(x - 60, y + 80), (x, y + 80), (x + 60, y + 80)])
    #expect(try browser.evaluate("tessera.state.scribbles.map(({ pattern }) => pattern)") as? [Int] == [1, 2])
    try browser.press("Escape")
    try run()
    try finish(2)
    #expect(try browser.evaluate("tessera.state.project.undo") as? String == "segmentation by scribbles")

    // Proposals say of each class what it is, motif-cells lead to their places, and the methods cite.
    try browser.evaluate("document.getElementById('tab-review').click()")
    try browser.wait(for: "/noise|divided/.test(document.querySelector('#panel-review .hint[aria-live]').textContent)")
    try browser.evaluate("document.getElementById('tab-cells').click()")
    try browser.wait(for: "document.querySelector('.graph .node')")
    try browser.evaluate("document.querySelector('.graph .node').dispatchEvent(new MouseEvent('click'))")
    try browser.wait(for: "tessera.state.rings.length > 0")
    try browser.evaluate("document.getElementById('export').click()")
    try browser.wait(for: "document.querySelector('#export-menu button')")
    try browser.evaluate(
      "[...document.querySelectorAll('#export-menu button')].find((b) => b.textContent.startsWith('Methods')).click()")
    try browser.wait(for: "document.querySelectorAll('dialog[open] pre').length === 3")
    #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    #expect(screen.stop() == 0)
  }

  @Test func `draws no column that is less certain than wanted`() throws {
    let (screen, browser) = try opened()
    try analyse(browser)
    try browser.evaluate(
      """
      (() => { const slider = document.querySelector('#panel-classes input[type=range]'); slider.value = 1;
        slider.dispatchEvent(new Event('input')); })()
      """)
    try browser.wait(for: "tessera.state.confidence === 1")
    let unsure = try number(
      browser,
      """
      [...tessera.state.points.labels].filter((label, site) => label > 0 && tessera.state.points.confidences[site] < 255).length
      """)
    let words = try browser.evaluate("document.querySelector('#panel-classes output').textContent") as? String
    #expect(words?.replacing(",", with: "") == "1.00: \(Int(unsure)) not drawn")
    #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    #expect(screen.stop() == 0)
  }

  @Test func `draws without WebGL`() throws {
    let (screen, browser) = try opened(query: "&renderer=canvas")
    try analyse(browser)
    #expect(try browser.evaluate("tessera.renderer") as? String == "canvas")
    let column = try place(browser, "micrograph", "40")
    try browser.drag(through: [column])
    try browser.wait(for: "tessera.state.selected === 40")
    #expect(try browser.screenshot().count > 50_000)
    #expect(browser.complaints.isEmpty, "\(browser.complaints)")
    #expect(screen.stop() == 0)
  }

  /// Every control has a name, and the key Tab reaches it and leads on.
  @Test func `can be used without eyes and without a mouse`() throws {
    let (screen, browser) = try opened()
    try analyse(browser)
    let nameless =
      try browser.evaluate(
        """
        [...document.querySelectorAll('button, input, select, textarea, a[href], [role=application], canvas[role=img]')]
          .filter((e) => e.checkVisibility())
          .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.textContent.trim() || e.labels?.length && [...e.labels].some((l) => l.textContent.trim())))
          .map((e) => e.outerHTML.slice(0, 120))
        """) as? [String]
    #expect(nameless == [])
    try browser.evaluate("document.activeElement.blur()")
    var reached: [String] = []
    for _ in 0..<80 {
      try browser.press("Tab")
      let name = try browser.evaluate("document.activeElement.id || document.activeElement.textContent.slice(0, 20)")
      reached.append(name as? String ?? "")
    }
    for id in ["analyse", "undo", "export", "help", "micrograph", "layout", "lasso", "contrast-black"] {
      #expect(reached.contains(id), "\(id) is not reached: \(reached)")
    }
    // Back at the start after the end: nothing holds the focus.
    #expect(reached.count { $0 == "analyse" } >= 1 && Set(reached).count > 15)
    #expect(screen.stop() == 0)
  }
}
