import Foundation
import TestSupport
import Testing

struct `The commands crystal, count and profile` {
  let folder = ScratchFolder()

  @Test(.slow) func `describe, count and cut an image`() throws {
    let made = try CommandRun(
      "simulate", "strained", "--field", "dislocation", "--crystal", "square", "--size", "400", "-o", folder / "d.tif")
    #expect(made.status == 0)
    let survey = try CommandRun("crystal", folder / "d.tif", "-o", folder / "d", "--planes", "1,1", "--json")
    #expect(survey.status == 0)
    let summary = try JSONSerialization.jsonObject(with: Data(survey.output.utf8)) as? [String: Any]
    #expect((summary?["dislocations"] as? [Any])?.count == 1)
    for name in ["report.html", "dislocations.csv", "grains.tif", "planes.csv"] {
      #expect(FileManager.default.fileExists(atPath: folder / "d/\(name)"), "\(name)")
    }
    #expect(try CommandRun("crystal", folder / "d.tif", "-o", folder / "d").status == 73)
    #expect(try CommandRun("crystal", folder / "d.tif", "-o", folder / "e", "--planes", "2,2").status == 64)
    #expect(try CommandRun("crystal", folder / "d.tif", "-o", folder / "e", "--centre", "Q").status == 64)

    let wedge = try CommandRun("simulate", "wedge", "--size", "256", "--thickness", "4", "-o", folder / "w.tif")
    #expect(wedge.status == 0)
    let counted = try CommandRun("count", folder / "w.tif", "-o", folder / "w", "--largest-count", "8")
    #expect(counted.status == 0 && counted.output.contains("columns of 1 to 4 atoms"))
    #expect(counted.output.contains("by intensities and neighbours"))
    #expect(FileManager.default.fileExists(atPath: folder / "w/counts.csv"))
    let alone = try CommandRun(
      "count", folder / "w.tif", "-o", folder / "w2", "--largest-count", "8", "--evidence", "histogram")
    #expect(alone.status == 0 && alone.output.contains("by the histogram of intensities"))
    let odd = try CommandRun(
      "count", folder / "w.tif", "-o", folder / "w3", "--evidence", "neighbours", "--spacing", "free")
    #expect(odd.status == 64)

    let cut = try CommandRun(
      "profile", folder / "d.tif", "--from", "10,10", "--to", "10,60", "--width", "5", "-o", folder / "p.csv",
      "--figure", folder / "p.png")
    #expect(cut.status == 0)
    let lines = try String(contentsOfFile: folder / "p.csv", encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 52 && lines[0].hasPrefix("distance,"))
    let long = try CommandRun(
      "profile", folder / "d.tif", "--from", "-9,10", "--to", "20,10", "-o", folder / "long.csv")
    #expect(long.status == 0 && long.errors.contains("9 of 30 samples lie outside the image"))
    let beside = try CommandRun(
      "profile", folder / "d.tif", "--from", "-9,-10", "--to", "-1,-10", "-o", folder / "beside.csv")
    #expect(beside.status == 65 && beside.errors.contains("no place of the line holds a value"))
    #expect(
      try CommandRun("profile", folder / "d.tif", "--from", "1,1", "--to", "1,1", "-o", folder / "q.csv").status == 64)
  }
}
