import Foundation
import Testing

/// The commands that the pages show, run in order in a fresh folder: they must succeed and print what the page says.
///
/// Every page is looked at. A block is indented by four spaces; one whose commands need files that a reader has to bring, or take long,
/// has no `$`. `$` begins a command; the lines below, up to the next command, are what it prints (any
/// output where there are none). A line `...` stands for lines that are left out, and times differ. The first such block after
/// a program in Python is what that prints, which is looked at where Python has NumPy.
struct `The commands of the pages` {
  let folder = ScratchFolder()

  @Test func `are found on the pages that show a method`() {
    for page in [
      "README", "docs/commands", "docs/crystal", "docs/moire", "docs/particles", "docs/polygons", "docs/segmentation",
    ] {
      #expect(pages.contains(page + ".md"))
    }
  }

  // The images of one page are made in Python.
  @Test(arguments: pages.filter { hasNumPy || $0 != "docs/troubleshooting.md" }) func `print what the page shows`(
    page: String
  ) throws {
    let steps = Page(try String(contentsOf: root.appending(path: page), encoding: .utf8)).steps
    #expect(!steps.isEmpty)
    for step in steps {
      guard let output = try output(of: step, page), let printed = step.printed else { continue }
      let lines = output.split(separator: "\n").map { withoutTimes(String($0)) }
      #expect(agree(lines[...], printed.map(withoutTimes)[...]), "\(page): \(step.name) prints:\n\(output)")
    }
  }

  private func output(of step: Page.Step, _ page: String) throws -> String? {
    switch step.program {
    case .tessera(let words):
      let run = try CommandRun(words, in: folder.path)
      #expect(run.status == 0, "\(page): \(step.name): \(run.errors)")
      return run.output
    case .python(let code): return hasNumPy ? try python(code, in: folder.path) : nil
    }
  }
}

private struct Page {
  enum Program {
    case tessera([String])
    case python(String)
  }

  struct Step {
    let program: Program
    /// The lines that the page shows below it; nil where it shows none.
    var printed: [String]?

    var name: String {
      switch program {
      case .tessera(let words): "tessera " + words.joined(separator: " ")
      case .python: "the program in Python"
      }
    }
  }

  var steps: [Step] = []

  init(_ text: String) {
    var code: [String]?  // Of a program in Python, line by line.
    var program: Step?  // In Python, of which the output is still to come.
    var isInBlock = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```python" {
        code = []
      } else if line == "```", let lines = code {
        program = Step(program: .python(lines.joined(separator: "\n")))
        code = nil
      } else if code != nil {
        code?.append(String(line))
      } else if line.hasPrefix("    $ tessera ") {
        steps.append(Step(program: .tessera(line.dropFirst(14).split(separator: " ").map(String.init))))
        (isInBlock, program) = (true, nil)
      } else if line.hasPrefix("    "), isInBlock || program != nil {
        if let next = program { steps.append(next) }
        (isInBlock, program) = (true, nil)
        steps[steps.count - 1].printed = (steps[steps.count - 1].printed ?? []) + [String(line.dropFirst(4))]
      } else {
        isInBlock = false
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

/// The pages on which a command is shown that can be run.
private let pages: [String] = {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
  return (["README.md", "CONTRIBUTING.md"] + names.sorted().filter { $0.hasSuffix(".md") }.map { "docs/\($0)" }).filter
  { page in
    let text = (try? String(contentsOf: root.appending(path: page), encoding: .utf8)) ?? ""
    return text.contains("\n    $ tessera ")
  }
}()

private let hasNumPy = (try? python("import numpy; print('yes')", in: NSTemporaryDirectory())) == "yes\n"

private func python(_ code: String, in folder: String) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", code]
  process.currentDirectoryURL = URL(fileURLWithPath: folder, isDirectory: true)
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return text
}

private let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
