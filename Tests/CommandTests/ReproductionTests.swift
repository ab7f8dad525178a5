import Foundation
import TestSupport
import Testing

/// docs/reproduce, as `make reproduce` runs it with Python alone.
struct `The figures of the papers` {
  let folder = ScratchFolder()
  private let recipes = Repository.root.appending(path: "docs/reproduce")

  private func reproduce(_ words: String) throws -> CommandRun {
    let script = recipes.appending(path: "reproduce.py").path
    return try CommandRun(shell: "TESSERA=$tessera python3 -B '\(script)' \(words)", in: folder.path)
  }

  @Test(.slow) func `are rebuilt, and listed by the page`() throws {
    let run = try reproduce("--only oxide --output made")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("| 4C | pentagons empty | 59.4 % |"), "\(run.output)")
    let page = try String(contentsOf: recipes.appending(path: "README.md"), encoding: .utf8)
    let figures = try FileManager.default.contentsOfDirectory(atPath: folder / "made")
      .filter { $0.hasSuffix(".png") || $0.hasSuffix(".svg") }
    #expect(figures.count == 8)
    #expect(figures.allSatisfy { page.contains("`\($0)`") }, "\(figures.filter { !page.contains("`\($0)`") })")
  }

  @Test func `are not asked for by a group that is not there`() throws {
    let run = try reproduce("--only oxides")
    #expect(
      run.status == 2 && run.errors.contains("no group oxides; there are hierarchical, motifs, oxide"), "\(run.errors)")
  }

  @Test func `come from files that the page names`() throws {
    let page = try String(contentsOf: recipes.appending(path: "README.md"), encoding: .utf8)
    let files = try FileManager.default.contentsOfDirectory(atPath: recipes.path).filter { $0.hasSuffix(".py") }
    #expect(files.count > 5 && files.allSatisfy { page.contains("](\($0))") }, "\(files)")
  }
}
