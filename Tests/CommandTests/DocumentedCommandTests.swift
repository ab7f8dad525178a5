import Foundation
import Testing

/// The commands that the pages show, run in order in a fresh folder: they must succeed and print what the page says.
///
/// A block is indented by four spaces. `$` begins a command; the lines below, up to the next command, are what it prints (any
/// output where there are none). A line `...` stands for lines that are left out, and times differ.
@Suite(.enabled(if: CommandRun.program != nil, "the command is not beside the tests"))
struct `The commands of the pages` {
  let folder = ScratchFolder()

  @Test(arguments: ["README.md", "docs/commands.md"]) func `print what the page shows`(page: String) throws {
    let blocks = Page(try String(contentsOf: root.appending(path: page), encoding: .utf8)).blocks
    #expect(blocks.flatMap(\.self).count >= 8)
    for step in blocks.flatMap(\.self) {
      let run = try CommandRun(step.words, in: folder.path)
      #expect(run.status == 0, "\(page): \(step.words.joined(separator: " ")): \(run.errors)")
      if let printed = step.printed {
        let lines = run.output.split(separator: "\n").map { withoutTimes(String($0)) }
        #expect(
          agree(lines[...], printed.map(withoutTimes)[...]),
          "\(page): \(step.words.joined(separator: " ")) prints:\n\(run.output)")
      }
    }
  }
}

private struct Page {
  struct Step {
    let words: [String]
    /// The lines that the page shows below the command; nil where it shows none.
    var printed: [String]?
  }

  var blocks: [[Step]] = []

  init(_ text: String) {
    var block: [Step] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) + [""] {
      if line.hasPrefix("    $ tessera ") {
        block.append(Step(words: line.dropFirst(14).split(separator: " ").map(String.init)))
      } else if line.hasPrefix("    "), !block.isEmpty {
        block[block.count - 1].printed = (block[block.count - 1].printed ?? []) + [String(line.dropFirst(4))]
      } else if !block.isEmpty {
        blocks.append(block)
        block = []
      }
    }
  }
}

/// Whether lines are those of the page, where `...` stands for any number of lines.
private func agree(_ lines: ArraySlice<String>, _ page: ArraySlice<String>) -> Bool {
  guard let first = page.first else { return lines.isEmpty }
  if first == "..." { return (lines.startIndex...lines.endIndex).contains { agree(lines[$0...], page.dropFirst()) } }
  return lines.first == first && agree(lines.dropFirst(), page.dropFirst())
}

/// Times are left out, and spaces at the end.
private func withoutTimes(_ line: String) -> String {
  let kept = line.reversed().drop { $0 == " " }.reversed()
  return String(kept).replacing(/[0-9.]+ s\b/, with: "* s")
}

private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
