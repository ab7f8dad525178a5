import Foundation
import TestSupport
import Testing

/// The page of a project whose image is not where it was.
@Suite(
  .slow, .serialized,
  .enabled(if: HeadlessBrowser.program != nil, "there is no Chromium to open the page in; make browser installs one"))
struct `The page of a lost image` {
  let folder = ScratchFolder()

  /// An image that was renamed and moved: the page asks, and goes on with what was done.
  @Test func `asks where an image is that has gone`() throws {
    #expect(try CommandRun("simulate", "square", "--size", "128", "-o", folder / "scan.tif").status == 0)
    #expect(try RunningScreen(["scan.tif"], in: folder).stop() == 0)
    let elsewhere = ScratchFolder()
    try FileManager.default.moveItem(atPath: folder / "scan.tif", toPath: elsewhere / "far.tif")
    let screen = try RunningScreen(["scan.tessera-project"], in: folder)
    let browser = try HeadlessBrowser(width: 1280, height: 720)
    try browser.open(screen.line)
    try browser.wait(for: "document.querySelector('form.lost input')")
    #expect(
      try browser.evaluate("document.querySelector('form.lost').innerText.includes('scan.tessera-project')") as? Bool
        == true)
    func answer(_ path: String) throws {
      try browser.evaluate(
        "{ const form = document.querySelector('form.lost'); form.querySelector('input').value = '\(path)'; form.requestSubmit(); }"
      )
    }
    try answer(folder / "scan.tessera-project")
    try browser.wait(for: "document.querySelector('.notice.error')?.innerText.includes('checksum')")
    // The name of a file begins a sentence as it is.
    #expect(
      try browser.evaluate(
        "import('/assets/base/notices.js').then(({ asSentence }) => asSentence('a.tif: no') + asSentence('no: a.tif'))")
        as? String == "a.tif: no.No: a.tif.")
    try answer(elsewhere.path)
    try browser.wait(for: "tessera.state.project?.name === 'far.tif' && !document.querySelector('form.lost')")
    #expect(screen.stop() == 0)
  }
}
