import Foundation
import TesseraFormats
import TestSupport
import Testing

/// A table of a result folder by the names of its columns; no cell of theirs holds a comma.
private struct Table {
  let rows: [[String: String]]

  init(_ data: Data) {
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    rows = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  func column(_ name: String) -> [String] { rows.map { $0[name] ?? "no column \(name)" } }
}

/// What docs/results-folder.md lists for an image of a crystal, less the table of frames.
private let files = [
  "report.html", "summary.json", "sites.csv", "classes.csv", "features.npy", "layout.npy", "moments.npy", "cells.csv",
  "hierarchy.json", "manifest.json", "reconstruction.tif", "strain.tif", "figures",
]

@Suite(.slow) struct `The main job on the command line` {
  let folder = ScratchFolder()

  /// Checks a result folder against itself, and gives back its summary.
  private func checkResult(_ name: String) throws -> [String: Any] {
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder / name).sorted() == files.sorted())
    let summary = try #require(
      try JSONSerialization.jsonObject(with: folder.data(name + "/summary.json")) as? [String: Any])
    let counts = try #require(summary["counts"] as? [String: Int])
    let sites = Table(try folder.data(name + "/sites.csv"))
    let kinds = sites.column("kind")
    #expect(counts["sites"] == kinds.count { $0 != "outside" })
    #expect(counts["columns"] == kinds.count { $0 != "vacant" && $0 != "outside" })
    #expect(counts["outside"] == kinds.count { $0 == "outside" })
    #expect(counts["partial"] == kinds.count { $0 == "partial" })
    #expect(counts["vacant"] == kinds.count { $0 == "vacant" })
    let labels = sites.column("class")
    #expect(counts["classified"] == labels.count { !$0.isEmpty })
    let classes = try #require(summary["classes"] as? [[String: Any]])
    #expect(counts["classes"] == classes.count)
    let table = Table(try folder.data(name + "/classes.csv"))
    for (number, one) in classes.enumerated() {
      let members = labels.count { $0 == "\(number + 1)" }
      #expect(one["class"] as? Int == number + 1 && one["count"] as? Int == members)
      #expect(table.rows[number]["class"] == "\(number + 1)" && table.rows[number]["count"] == "\(members)")
    }
    #expect(table.rows.count == classes.count)
    let types = Table(try folder.data(name + "/cells.csv")).column("type")
    #expect(counts["cells"] == types.count && counts["cell_types"] == Set(types.filter { !$0.isEmpty }).count)
    for table in ["features.npy", "layout.npy"] {
      #expect(try ImageFile.open(path: folder / (name + "/" + table)).datasets[0].shape[0] == kinds.count, "\(table)")
    }
    let report = String(decoding: try folder.data(name + "/report.html"), as: UTF8.self)
    #expect(report.contains("<title>") && report.contains("</html>"))
    return summary
  }

  /// How the places of a result agree with the truth that `simulate` writes beside the image, inside a square of pixels:
  /// columns centred beyond the border are listed, and no part of the truth.
  private func score(_ name: String, against truth: String, side: Int) throws -> Double {
    let scored = try CommandRun(
      "evaluate", folder / (name + "/sites.csv"), folder / truth, "--region", "0,0,\(side - 1),\(side - 1)", "--json")
    return try #require(scored.json?["f1"] as? Double, "\(scored.errors)")
  }

  @Test func `is shown by the first command of the README`() throws {
    let run = try CommandRun("demo", in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("report: tessera-demo/report.html"))
    #expect(folder.names == ["tessera-demo"])
    let summary = try checkResult("tessera-demo")
    let counts = try #require(summary["counts"] as? [String: Int])
    #expect(
      run.output.hasPrefix(
        "simulated MoSe2: \(counts["columns"]!) columns, \(counts["partial"]!) of them partly filled, "
          + "\(counts["vacant"]!) vacant nodes, "))
    #expect(run.output.contains("\(counts["classes"]!) motifs"))
    #expect(summary["structure"] as? String == "discrete" && summary["seed"] as? Int == 1)
    // The same specimen and seed, with its truth.
    #expect(try CommandRun("simulate", "mose2", "--seed", "1", "-o", folder / "truth.tif").status == 0)
    #expect(try score("tessera-demo", against: "truth.sites.csv", side: 1024) > 0.99)
    let again = try CommandRun("demo", in: folder.path)
    #expect(again.status == 73 && again.errors.contains("--force"))
  }

  @Test func `writes what its documentation lists, for an image alone`() throws {
    #expect(
      try CommandRun("simulate", "mose2", "--size", "400", "--counts", "100", "-o", folder / "scan.tif").status == 0)
    let run = try CommandRun("analyze", "scan.tif", in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    let summary = try checkResult("scan.tessera")
    let counts = try #require(summary["counts"] as? [String: Int])
    #expect(run.output.hasPrefix("scan.tif: \(counts["columns"]!) columns"))
    #expect(run.output.contains("report: scan.tessera/report.html"))
    #expect(summary["input"] as? String == "scan.tif")
    #expect(try score("scan.tessera", against: "scan.sites.csv", side: 400) > 0.99)
    for file in files {
      let isListed = try Repository.text(of: "docs/results-folder.md").contains("`\(file)")
      #expect(isListed, "\(file)")
    }
  }

  @Test func `gives the same columns on any number of threads`() throws {
    #expect(try CommandRun("simulate", "mose2", "--size", "300", "-o", folder / "m.tif").status == 0)
    for threads in ["1", "3"] {
      let run = try CommandRun("sites", folder / "m.tif", "-o", folder / "\(threads).csv", "--threads", threads)
      #expect(run.status == 0, "\(run.errors)")
    }
    #expect(try folder.data("1.csv") == folder.data("3.csv"))
  }

  /// The lattice shows columns that are too faint to be found by themselves; by these, and no others, there are more than `sites` finds.
  @Test func `says how many columns only the lattice shows`() throws {
    #expect(
      try CommandRun("simulate", "mos2", "--counts", "10", "--size", "384", "-o", folder / "dim.tif").status == 0)
    let alone = try CommandRun("sites", folder / "dim.tif", "-o", folder / "dim.csv", "--json")
    let all = try CommandRun("motifs", folder / "dim.tif", "-o", folder / "dim", "--json")
    let counts = try #require(all.json?["counts"] as? [String: Int])
    #expect(alone.status == 0)
    // The fit of all may carry a column across the border: all are counted, those outside too.
    let found = Table(try folder.data("dim.csv")).column("kind").count
    let (columns, outside) = (try #require(counts["columns"]), try #require(counts["outside"]))
    let added = try #require(counts["added"])
    #expect(added > 10 && columns + outside == found + added)
    let said = try CommandRun("motifs", folder / "dim.tif", "-o", folder / "again")
    #expect(said.output.contains("\(columns) columns (\(added) of them found by the lattice)"))
  }
}
