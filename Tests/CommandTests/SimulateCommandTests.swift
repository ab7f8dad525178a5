import Foundation
import Testing

struct `The commands simulate and evaluate` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  @Test func `write a micrograph with its truth and score it`() throws {
    let made = try tessera("simulate", "strained", "--size", "200x160", "--field", "step", "-o", "s.tif", "--json")
    #expect(made.status == 0 && made.errors.isEmpty)
    #expect(made.json?["files"] as? [String] == ["s.tif", "s.sites.csv", "s.truth.json", "s.strain.tif"])
    #expect(folder.names == ["s.sites.csv", "s.strain.tif", "s.tif", "s.truth.json"])
    let scored = try tessera("evaluate", "s.sites.csv", "s.sites.csv", "--json")
    #expect(scored.status == 0 && scored.json?["f1"] as? Double == 1 && scored.json?["chamfer_px"] as? Double == 0)
  }

  @Test func `draw the two sides of a fault as labels`() throws {
    let made = try tessera("simulate", "stacking-fault", "--size", "160", "--angle", "30", "-o", "f.tif", "--json")
    #expect(made.status == 0 && made.errors.isEmpty)
    #expect(made.json?["files"] as? [String] == ["f.tif", "f.sites.csv", "f.truth.json", "f.labels.tif"])
  }

  @Test func `know the plane groups by both symbols`() throws {
    for (name, group) in [("p31m", "p31m"), ("p4gm", "p4g")] {
      let made = try tessera("simulate", "plane-group", "--group", name, "--size", "128", "-o", "\(group).tif")
      #expect(made.status == 0 && made.errors.isEmpty)
      #expect(
        String(decoding: try folder.data("\(group).truth.json"), as: UTF8.self).contains("\"group\" : \"\(group)\""))
    }
    let wrong = try tessera("simulate", "plane-group", "--group", "p5", "--size", "128")
    #expect(wrong.status == 64 && wrong.errors.contains("--group must be one of p1, p2, pm,"))
    #expect(wrong.errors.contains("but is p5"))
    #expect(try tessera("simulate", "twin", "--group", "p1", "--size", "128").status == 64)
  }

  @Test func `give the same bytes for the same seed on any number of threads`() throws {
    for (name, threads) in [("a", "1"), ("b", "2")] {
      let made = try tessera(
        "simulate", "mose2", "--size", "256", "--jitter", "1", "--threads", threads, "-o", "\(name).tif")
      #expect(made.status == 0)
    }
    for ending in ["tif", "sites.csv", "truth.json"] {
      let files = try ["a", "b"].map { try folder.data("\($0).\(ending)") }
      #expect(files[0] == files[1] && !files[0].isEmpty)
    }
  }

  @Test func `end with the status that the error calls for`() throws {
    #expect(try tessera("simulate", "cheese").status == 64)
    #expect(try tessera("simulate", "mose2", "--size", "0").status == 64)
    #expect(try tessera("simulate", "mose2", "--field", "step").status == 64)
    #expect(try tessera("simulate", "mose2", "--threads", "0").status == 64)
    #expect(try tessera("simulate", "mose2", "--size", "64", "-o", "nowhere/a.tif").status == 73)
    #expect(try tessera("simulate", "mose2", "--size", "64", "-o", "a.tif").status == 0)
    let again = try tessera("simulate", "mose2", "--size", "64", "-o", "a.tif")
    #expect(again.status == 73 && again.errors.contains("--force"))
    #expect(try tessera("simulate", "mose2", "--size", "64", "--angle", "-20", "-o", "a.tif", "--force").status == 0)
    #expect(try tessera("evaluate", "a.sites.csv", "absent.csv").status == 66)
    #expect(try tessera("evaluate", "a.sites.csv").status == 64)
    #expect(try tessera("evaluate", "a.truth.json", "a.truth.json").status == 65)
    #expect(try tessera("evaluate", "a.sites.csv", "a.sites.csv", "--as", "mask").status == 65)
    #expect(folder.names.count == 3)
  }
}
