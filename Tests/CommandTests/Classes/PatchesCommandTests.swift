import Foundation
import Testing

/// `tessera patches`.
struct `Sorting of patches that were cut before` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  /// Six square and six hexagonal crops.
  private func crops() throws {
    try FileManager.default.createDirectory(atPath: folder / "crops", withIntermediateDirectories: true)
    for (specimen, name) in [("srtio3", "oxide"), ("hexagonal", "net")] {
      for seed in 1...8 {
        let made = try tessera(
          "simulate", specimen, "--size", "64", "--seed", "\(seed)", "-o", "crops/\(name)-\(seed).tif")
        #expect(made.status == 0, "\(made.errors)")
        for rest in ["sites.csv", "truth.json"] {
          try? FileManager.default.removeItem(atPath: folder / "crops/\(name)-\(seed).\(rest)")
        }
      }
    }
  }

  @Test func `parts two kinds and names each file`() throws {
    try crops()
    let run = try tessera("patches", "crops", "-o", "sorted")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.hasPrefix("16 patches: 2 motifs (8, 8 patches)"), "\(run.output)")
    let table = try String(contentsOfFile: folder / "sorted/patches.csv", encoding: .utf8).split(separator: "\n")
    #expect(table[0] == "file,class,confidence,distance,layout_x,layout_y")
    var kinds: [String: Set<Substring>] = [:]
    for row in table.dropFirst() {
      let cells = row.split(separator: ",")
      kinds[cells[0].contains("oxide") ? "oxide" : "net", default: []].insert(cells[1])
      #expect(FileManager.default.fileExists(atPath: folder / String(cells[0])))
    }
    #expect(kinds["oxide"]?.count == 1 && kinds["net"]?.count == 1 && kinds["oxide"] != kinds["net"])
    for name in ["features.npy", "summary.json", "report.html", "figures/layout.png", "figures/class-1.png"] {
      #expect(FileManager.default.fileExists(atPath: folder / "sorted/\(name)"), "\(name)")
    }
    #expect(try tessera("patches", "crops", "-o", "sorted").status == 73)
    let one = try tessera("patches", "crops", "-o", "again", "--threads", "1")
    #expect(one.status == 0)
    for name in ["patches.csv", "features.npy", "summary.json"] {
      let (a, b) = (
        FileManager.default.contents(atPath: folder / "sorted/\(name)"),
        FileManager.default.contents(atPath: folder / "again/\(name)")
      )
      #expect(a == b, "\(name)")
    }
  }

  @Test func `leaves a damaged file out and names it`() throws {
    try crops()
    try Data("II*\0 and no more".utf8).write(to: URL(fileURLWithPath: folder / "crops/net-9.tif"))
    let run = try tessera("patches", "crops", "-o", "sorted")
    #expect(run.status == 1)
    #expect(run.errors.contains("1 of 17 inputs failed:") && run.errors.contains("crops/net-9.tif"), "\(run.errors)")
    #expect(run.output.hasPrefix("16 patches: 2 motifs (8, 8 patches)"), "\(run.output)")
    #expect(run.output.contains("1 file could not be read and is left out: crops/net-9.tif"), "\(run.output)")
  }

  @Test func `says what is wrong with what it was given`() throws {
    try crops()
    #expect(try tessera("patches", "absent").status == 66)
    #expect(try tessera("patches", "crops", "--classes", "0").status == 64)
    #expect(try tessera("patches", "crops", "--classes", "17", "-o", "x").status == 64)
    #expect(try tessera("simulate", "hexagonal", "--size", "80", "-o", "crops/wide.tif").status == 0)
    let run = try tessera("patches", "crops", "-o", "x")
    #expect(run.status == 65)
    #expect(run.errors.contains("patches need one size"))
    #expect(!FileManager.default.fileExists(atPath: folder / "x"))
  }
}
