import Foundation
import TestSupport
import Testing

struct `Manual pages and completions` {
  let folder = ScratchFolder()

  private func page(_ name: String) throws -> String {
    try String(contentsOfFile: folder / "\(name).1", encoding: .utf8)
  }

  @Test func `list commands, values, examples and exit statuses`() throws {
    #expect(try CommandRun("manual", folder.path).status == 0)
    let main = try page("tessera")
    let sections = [
      ".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH COMMANDS", ".SH EXAMPLES", ".SH EXIT STATUS", ".SH SEE ALSO",
    ]
    for section in sections { #expect(main.contains("\(section)\n")) }
    #expect(main.contains(".B analyze\nFinds the columns") && main.contains(".BR tessera\\-analyze (1)"))
    for status in ["0", "1", "64", "65", "66", "73", "74", "130"] { #expect(main.contains(".B \(status)\n")) }
    let sites = try page("tessera-sites")
    #expect(sites.contains(".EX\ntessera sites scan.tif \\-o columns.csv\n.EE"))
    #expect(sites.contains("\\fB\\-\\-shape\\fR \\fIname\\fR") && sites.contains(".SS Columns"))
    #expect(sites.contains("\\fB\\-\\-output\\fR, \\fB\\-o\\fR") && sites.contains(".B 74\n"))
    #expect(try page("tessera-classes-split").contains("classes split"))
    // Nothing that is hidden.
    #expect(!folder.names.contains { $0.contains("hdf5") || $0.contains("manual") || $0.contains("help") })
    #expect(!main.contains("hdf5") && !sites.contains("\\-positions"))
    #expect(folder.names.count > 30)
  }

  @Test(.slow) func `are what man can show without a warning`() throws {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/groff") else { return }
    #expect(try CommandRun("manual", folder.path).status == 0)
    for name in folder.names {
      let run = try CommandRun(shell: "groff -man -Tascii -ww \(name) > /dev/null", in: folder.path)
      #expect(run.errors.isEmpty, "\(name): \(run.errors)")
    }
  }

  @Test(arguments: [
    ("tessera sites --shape ", "round"), ("tessera sites --method ", "network"), ("tessera simulate ", "mose2"),
    ("tessera simulate strained --field ", "dislocation"), ("tessera strain --axis ", "u"), ("tessera ", "analyze"),
    ("tessera classes ", "split"), ("tessera convert --bits ", "16"), ("tessera sites sc", "scan.tif"),
    ("tessera sites --sites ", "scan.tif"), ("tessera evaluate ", "scan.tif"), ("tessera sites --ver", "--verbose"),
  ])
  func `complete values and files`(line: String, wanted: String) throws {
    try Data().write(to: URL(fileURLWithPath: folder / "scan.tif"))
    #expect(try CommandRun("--generate-completion-script", "bash").status == 0)
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }.joined(separator: " ")
    let script = """
      source <("$tessera" --generate-completion-script bash)
      COMP_WORDS=(\(words)); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}
      _tessera tessera "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"; printf '%s\\n' "${COMPREPLY[@]}"
      """
    let run = try CommandRun(shell: script, in: folder.path)
    #expect(
      run.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.contains(wanted), "\(run)")
  }
}
