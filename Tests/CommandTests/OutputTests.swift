import Foundation
import TesseraFormats
import Testing

/// Nothing of the user's is lost, whatever `--force` says.
struct `Outputs` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func scan(_ name: String) throws -> Data {
    #expect(try tessera("simulate", "square", "--size", "128", "-o", name).status == 0)
    return try contents(name)
  }

  private func contents(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder / name)) }

  @Test func `are never the input`() throws {
    let before = try scan("a.tif")
    let commands = [
      ["sites", "a.tif", "-o", "a.tif", "--force"], ["analyze", "a.tif", "-o", "a.tif", "--force"],
      ["profile", "a.tif", "--from", "1,1", "--to", "50,50", "-o", "./a.tif", "--force"],
      ["convert", "a.tif", "a.tif", "--force"], ["strain", "a.tif", "-o", "a.tif", "--force"],
    ]
    for words in commands {
      let run = try CommandRun(words, in: folder.path)
      #expect([64, 73].contains(run.status), "\(words): \(run.status) \(run.errors)")
      #expect(try contents("a.tif") == before, "\(words)")
    }
    let table = try tessera("sites", "a.tif", "--sites", "a.sites.csv", "-o", "a.sites.csv", "--force")
    #expect(table.status == 73 && table.errors.contains("is the input"))
  }

  @Test func `of two inputs are never one`() throws {
    for name in ["s1", "s2"] {
      try FileManager.default.createDirectory(atPath: folder / name, withIntermediateDirectories: false)
      _ = try scan("\(name)/0001.tif")
    }
    let run = try tessera("analyze", "s1/0001.tif", "s2/0001.tif", "-o", "session", "--force")
    #expect(run.status == 64 && run.errors.contains("s1/0001.tif and s2/0001.tif"))
    #expect(!FileManager.default.fileExists(atPath: folder / "session"))
  }

  @Test func `have a name of their own for each command`() throws {
    _ = try scan("a.tif")
    #expect(try tessera("sites", "a.tif").output.contains("-> a.columns.csv"))
    #expect(try tessera("motifs", "a.tif").output.contains("result: a.tessera"))
    #expect(try tessera("strain", "a.tif").output.contains("report: a.strain/report.html"))
    #expect(try tessera("crystal", "a.tif").output.contains("report: a.crystal/report.html"))
    // The truth of the simulation is still there.
    #expect(try contents("a.sites.csv").starts(with: Data("x,y,element".utf8)))
    let again = try tessera("motifs", "a.tif")
    #expect(again.status == 73 && again.errors.contains("a.tessera: exists already; give another name"))
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder / "a.tessera/notes.txt"))
    #expect(try tessera("motifs", "a.tif", "--force").status == 0)
    #expect(try contents("a.tessera/notes.txt") == Data("mine".utf8))
    let manifest = try #require(FolderManifest(readFrom: URL(fileURLWithPath: folder / "a.tessera")))
    #expect(manifest.files.map(\.path).contains("sites.csv") && !manifest.files.map(\.path).contains("notes.txt"))
  }

  @Test func `of another kind than their name are refused`() throws {
    _ = try scan("a.tif")
    for words in [
      ["sites", "a.tif", "-o", "b.xyz"], ["profile", "a.tif", "--from", "1,1", "--to", "50,50", "-o", "b.npy"],
      ["profile", "a.tif", "--from", "1,1", "--to", "50,50", "--figure", "b.svg"],
    ] {
      let run = try CommandRun(words, in: folder.path)
      #expect(run.status == 64 && run.errors.contains("b."), "\(words): \(run.errors)")
    }
    #expect(try tessera("sites", "a.tif", "-o", "/dev/null", "--force").status == 73)
  }
}
