import Foundation
import TestSupport
import Testing

/// `tessera polygons` and `simulate pom` as a user gives them.
struct `The command polygons` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func rows(_ name: String) throws -> [[Substring]] {
    try String(contentsOfFile: folder / name, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  @Test(.slow) func `writes what the documentation lists`() throws {
    let made = try tessera(
      "simulate", "pom", "--size", "512", "--phase", "0.4", "--seed", "5", "-o", "oxide.tif", "--json")
    #expect(
      made.status == 0 && (made.json?["files"] as? [String])?.contains("oxide.units.csv") == true, "\(made.errors)")
    #expect(try rows("oxide.units.csv")[0] == ["x", "y", "filling"])

    let run = try tessera("polygons", "oxide.tif", "-o", "out", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let json = try #require(run.json)
    for key in ["counts", "filling", "entropy", "phase", "symmetry", "random_net"] {
      #expect(json[key] != nil, "\(key)")
    }
    let entropy = try #require(json["entropy"] as? [String: Any])
    for level in ["level2", "level3"] {
      let values = try #require(entropy[level] as? [String: Any])
      for key in [
        "plug_in", "corrected", "random_lattice", "log_windows", "independent", "maximum", "windows", "disjoint",
      ] {
        #expect(values[key] != nil, "\(level) \(key)")
      }
    }
    for name in ["units.csv", "codes.csv", "sites.csv", "summary.json", "report.html"] {
      #expect(folder.holds("out/\(name)"), "\(name)")
    }
    let units = try rows("out/units.csv")
    #expect(units[0].prefix(7) == ["id", "x", "y", "sides", "filling", "level2", "level3"])
    #expect(units.allSatisfy { $0.count == units[0].count })
    #expect(Set(units.dropFirst().map { $0[4] }).isSubset(of: ["empty", "V", "filled"]))
    let codes = try rows("out/codes.csv")
    #expect(codes[0] == ["level", "windows", "type", "pattern", "count", "fraction", "expected", "q_value"])
    #expect(Set(codes.dropFirst().map { $0[1] }) == ["overlapping", "disjoint"])
    let again = try tessera("polygons", "oxide.tif", "-o", "again", "--threads", "1")
    #expect(again.status == 0)
    for name in ["units.csv", "codes.csv"] {
      #expect(
        FileManager.default.contentsEqual(atPath: folder / "out/\(name)", andPath: folder / "again/\(name)"), "\(name)")
    }
    // From the columns of that result, pentagons alone: the same units.
    let given = try tessera("polygons", "oxide.tif", "--sites", "out/sites.csv", "--sides", "5", "-o", "given")
    #expect(given.status == 0, "\(given.errors)")
    #expect(try rows("given/units.csv").count == units.count)
  }

  @Test func `refuses what makes no sense with a sentence`() throws {
    #expect(try tessera("simulate", "hexagonal", "--size", "200", "-o", "h.tif").status == 0)
    #expect(try tessera("simulate", "noise", "--size", "128", "-o", "n.tif").status == 0)
    try Data("II*\0".utf8).write(to: URL(fileURLWithPath: folder / "broken.tif"))
    for (words, status, part) in [
      (["polygons", "h.tif"], Int32(65), "only triangles"),
      (["polygons", "n.tif"], 65, "no atom columns"),
      (["polygons", "broken.tif"], 65, "broken.tif"),
      (["polygons", "missing.tif"], 66, "missing.tif"),
      (["polygons", "h.tif", "--sides", "3"], 64, "between 4 and 12"),
      (["polygons", "h.tif", "--sides", "many"], 64, "between 4 and 12"),
      (["simulate", "pom", "--phase", "1.5"], 64, "--phase"),
      (["simulate", "pom", "--dopants", "V:0.1"], 64, "--dopants does not apply"),
      (["simulate", "square", "--phase", "0.5"], 64, "--phase does not apply"),
    ] {
      let run = try CommandRun(words + ["--force"], in: folder.path)
      #expect(run.status == status && run.errors.contains(part), "\(words): \(run.status) \(run.errors)")
    }
  }
}
