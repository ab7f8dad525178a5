import Foundation
import TestSupport
import Testing

@Suite(.slow) struct `The options quiet and verbose` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func makeImages() throws {
    for name in ["a.tif", "b.tif"] {
      #expect(try tessera("simulate", "mose2", "--size", "160", "-o", name).status == 0)
    }
  }

  @Test func `count several inputs, and say nothing of one`() throws {
    try makeImages()
    let several = try tessera("motifs", "a.tif", "absent.tif", "b.tif", "-o", "r")
    #expect(several.status == 1)
    for line in ["tessera: 1 of 3: a.tif\n", "tessera: 2 of 3: absent.tif\n", "tessera: 3 of 3: b.tif\n"] {
      #expect(several.errors.contains(line))
    }
    #expect(try tessera("motifs", "a.tif", "-o", "one").errors.isEmpty)
    #expect(try tessera("batch", "motifs", "a.tif", "b.tif", "-o", "many").errors.contains("tessera: 2 of 2: b.tif\n"))
  }

  @Test func `leave results and errors alone, or add every stage with its time`() throws {
    try makeImages()
    let quiet = try tessera("motifs", "a.tif", "absent.tif", "-o", "q", "--quiet")
    #expect(quiet.output.contains("result: q/a"))
    #expect(!quiet.errors.contains(" of 2: ") && quiet.errors.contains("1 of 2 inputs failed"))
    #expect(try tessera("convert", "a.tif", "a.npy", "--quiet").errors.isEmpty)
    let verbose = try tessera("motifs", "a.tif", "-o", "v", "--verbose")
    for stage in ["read", "prepare", "sites", "classes", "files and report"] {
      #expect(verbose.errors.contains(try Regex("tessera: a\\.tif: \(stage), [0-9.]+ s\n")), "\(verbose.errors)")
    }
    #expect(verbose.errors.contains(/tessera: motifs: [0-9.]+ s in all\n/))
    #expect(try tessera("sites", "a.tif", "-o", "v.csv", "--verbose").errors.contains("a.tif: columns, "))
    #expect(try tessera("batch", "motifs", "a.tif", "-o", "w", "--verbose").errors.contains("batch: "))
    let both = try tessera("info", "a.tif", "--quiet", "--verbose")
    #expect(both.status == 64 && both.errors.contains("exclude each other"))
  }

  @Test func `are known to every command`() throws {
    let help = try #require(try tessera("--help").output.split(separator: "SUBCOMMANDS:").last)
    let names = help.split(separator: "\n").compactMap { $0.prefixMatch(of: /\ \ ([a-z]+)\ /).map { String($0.1) } }
    #expect(names.count > 15)
    for name in names {
      let text = try tessera("help", name).output
      // The commands of these have the options.
      if text.contains("SUBCOMMANDS:") || ["batch", "watch", "help"].contains(name) { continue }
      #expect(text.contains("--quiet") && text.contains("--verbose"), "\(name)")
    }
  }

  @Test func `follow the size of a large result, which is said beforehand`() throws {
    // A hole of 1.2 GB; the command is stopped as soon as it has spoken.
    let header = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (300, 1000, 1000), }\n".utf8)
    let start = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.count), 0] + header
    try Data(start).write(to: URL(fileURLWithPath: folder / "in.npy"))
    #expect(truncate(folder / "in.npy", off_t(start.count + 300 * 1_000_000 * 4)) == 0)
    let run = try CommandRun(shell: "timeout 0.7 \"$tessera\" convert in.npy out.mrc", in: folder.path)
    #expect(run.errors.contains("tessera: out.mrc: will take up to 1.2 GB\n"))
  }
}
