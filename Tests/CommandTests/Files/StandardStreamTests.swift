import Foundation
import TestSupport
import Testing

/// `-`, full disks and readers that go away.
@Suite(.slow) struct `Standard streams` {
  let folder = ScratchFolder()

  private func shell(_ line: String) throws -> CommandRun { try CommandRun(shell: line, in: folder.path) }

  private func makeImage() throws {
    #expect(try CommandRun("simulate", "mose2", "--size", "160", "-o", "a.tif", in: folder.path).status == 0)
  }

  @Test(arguments: [
    "info a.tif", "info a.tif --json", "info a.tif --all", "sites a.tif -o b.csv", "sites a.tif -o -", "--help",
    "--version",
    "help sites", "sites a.tif -o c.csv --json", "profile a.tif --from 1,1 --to 50,50 -o -",
    "evaluate a.sites.csv a.sites.csv",
    "simulate square --size 64 -o d.tif", "strain a.tif -o e", "--generate-completion-script bash",
  ])
  func `that take no more are an error`(words: String) throws {
    try makeImage()
    let full = try shell("\"$tessera\" \(words) > /dev/full")
    #expect(full.status == 74, "\(words): \(full.status)")
    #expect(full.errors.contains("standard output cannot be written"), "\(full.errors)")
    let force = words.contains("-o ") && !words.contains("-o -") ? " --force" : ""
    let closed = try shell("{ sleep 0.2; \"$tessera\" \(words)\(force); echo status $? >&2; } | true")
    #expect(
      closed.errors.contains("status 74") && closed.errors.contains("cannot be written"), "\(words): \(closed.errors)")
  }

  @Test func `that take no messages leave the status`() throws {
    #expect(try shell("\"$tessera\" info absent.tif 2> /dev/full").status == 66)
    #expect(try shell("\"$tessera\" info absent.tif 2>&-").status == 66)
  }

  @Test func `give an image, in every format`() throws {
    try makeImage()
    for name in ["a.tif", "a.mrc", "a.npy", "a.hspy"] where name != "a.tif" {
      #expect(try CommandRun("convert", "a.tif", name, in: folder.path).status == 0)
    }
    let known = try shell("\"$tessera\" sites a.tif -o -")
    for name in ["a.tif", "a.mrc", "a.hspy"] {
      let run = try shell("\"$tessera\" sites - -o - < \(name)")
      #expect(run.status == 0, "\(name): \(run.errors)")
      // MRC has its pixel size in single precision.
      #expect(run.output == known.output || name == "a.mrc" && run.output.count > 1000)
      #expect(try shell("cat \(name) | \"$tessera\" info -").output.hasPrefix("-: "))
    }
    #expect(try shell("\"$tessera\" motifs - < a.tif").output.contains("result: standard-input.tessera"))
    #expect(try shell("\"$tessera\" sites - < a.tif").output.contains("columns -> standard-input.columns.csv"))
    #expect(try shell("\"$tessera\" convert - b.tif < a.npy").status == 0)
    // What came in is not left behind.
    #expect(try shell("mkdir t; TMPDIR=$PWD/t \"$tessera\" info - < a.tif").status == 0)
    #expect(try shell("ls -A t").output.isEmpty)
  }

  @Test func `take and give tables`() throws {
    try makeImage()
    let printed = try shell("\"$tessera\" sites a.tif -o -")
    #expect(printed.status == 0 && printed.output.hasPrefix("id,x,y,") && printed.errors.isEmpty)
    #expect(try CommandRun("sites", "a.tif", "-o", "b.csv", in: folder.path).status == 0)
    #expect(try printed.output == String(contentsOfFile: folder / "b.csv", encoding: .utf8))
    #expect(try shell("\"$tessera\" evaluate - a.sites.csv < b.csv").output.contains("precision"))
    #expect(try shell("\"$tessera\" convert - b.xyz --image a.tif < b.csv").status == 0)
    #expect(try shell("\"$tessera\" sites a.tif --sites - -o c.csv < b.csv").status == 0)
    #expect(try shell("\"$tessera\" profile a.tif --from 1,1 --to 50,50 -o -").output.hasPrefix("distance"))
  }

  @Test(arguments: [
    ("analyze a.tif -o -", "cannot go to standard output"), ("strain a.tif -o -", "cannot go to standard output"),
    ("demo -o -", "cannot go to standard output"), ("simulate square -o -", "standard output"),
    ("convert a.tif -", "the extension of the new file chooses the format"),
    ("sites a.tif -o - --json", "both print on standard output"),
    ("sites a.tif --frames 0..1 --each -o -", "gives several tables"),
    ("batch analyze - -o r", "takes no standard input"),
    ("watch analyze - -o r", "takes no standard input"),
  ])
  func `are refused where they make no sense`(words: String, reason: String) throws {
    try makeImage()
    let run = try shell("\"$tessera\" \(words) < a.tif")
    #expect(run.status == 64 && run.errors.contains(reason), "\(words): \(run.status) \(run.errors)")
    #expect(folder.names == ["a.sites.csv", "a.tif", "a.truth.json"])
  }

  @Test func `are no result folder and no model`() throws {
    let folder = try shell("\"$tessera\" classes show - < /dev/null")
    #expect(folder.status == 66 && folder.errors.contains("cannot come from standard input"))
  }
}
