import Foundation
import Testing

/// `tessera particles`, `simulate nanoparticles` and `train defects` as a user gives them.
struct `The command particles` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func rows(_ name: String) throws -> [[Substring]] {
    try String(contentsOfFile: folder / name, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  @Test(.slow) func `writes what the documentation lists`() throws {
    let made = try tessera(
      "simulate", "nanoparticles", "--size", "512", "--number", "4", "--seed", "5", "-o", "dots.tif", "--json")
    #expect(made.status == 0, "\(made.errors)")
    #expect((made.json?["files"] as? [String])?.count == 5 && (made.json?["particles"] as? Int ?? 0) > 1)
    let truth = try rows("dots.particles.csv")
    #expect(
      truth[0] == ["id", "x", "y", "area_px", "class"] && truth.count == (made.json?["particles"] as? Int ?? 0) + 1)

    let run = try tessera("particles", "dots.tif", "-o", "out", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let json = try #require(run.json)
    for key in ["fraction_on_axis", "fraction_on_axis_interval", "fraction_faulted", "classes", "diameter", "coverage"]
    {
      #expect(json[key] != nil, "\(key)")
    }
    for name in ["particles.csv", "mask.tif", "instances.tif", "probability.tif", "summary.json", "report.html"] {
      #expect(FileManager.default.fileExists(atPath: folder / "out/\(name)"), "\(name)")
    }
    let table = try rows("out/particles.csv")
    #expect(table.count - 1 == json["particles"] as? Int)
    #expect(table.allSatisfy { $0.count == table[0].count })
    let score = try tessera("evaluate", "out/instances.tif", "dots.instances.tif", "--as", "instances", "--json")
    #expect((score.json?["recall"] as? Double ?? 0) >= 0.5)
    // The same bytes on one thread.
    let again = try tessera("particles", "dots.tif", "-o", "again", "--threads", "1")
    #expect(again.status == 0)
    for name in ["particles.csv", "instances.tif", "probability.tif"] {
      #expect(
        FileManager.default.contentsEqual(atPath: folder / "out/\(name)", andPath: folder / "again/\(name)"), "\(name)")
    }
  }

  @Test func `gives an empty table where there is nothing`() throws {
    #expect(try tessera("simulate", "nanoparticles", "--size", "256", "--number", "0", "-o", "empty.tif").status == 0)
    let run = try tessera("particles", "empty.tif", "-o", "empty")
    #expect(run.status == 0 && run.errors.contains("no particles were found"), "\(run.errors)")
    #expect(try rows("empty/particles.csv").count == 1)
    #expect(try tessera("particles", "empty.tif", "-o", "json", "--json").json?["fraction_on_axis"] is NSNull)
  }

  @Test(.slow) func `gives several images a common table, a report and tracks`() throws {
    for (seed, name) in [("5", "a"), ("6", "b")] {
      let made = try tessera(
        "simulate", "nanoparticles", "--size", "384", "--number", "3", "--seed", seed, "-o", "\(name).tif")
      #expect(made.status == 0)
    }
    let run = try tessera("particles", "a.tif", "b.tif", "a.tif", "--track", "-o", "all")
    // The same image twice would be one folder.
    #expect(run.status == 64, "\(run.errors)")
    let again = try tessera("particles", "a.tif", "b.tif", "--track", "--review", "-o", "all")
    #expect(again.status == 0 && again.output.contains("all images: all/report.html"), "\(again.errors)")
    let table = try rows("all/particles.csv")
    #expect(table[0].first == "image" && table.allSatisfy { $0.count == table[0].count })
    #expect(
      table.count - 1 == (try rows("all/a/particles.csv").count - 1) + (try rows("all/b/particles.csv").count - 1))
    #expect(try rows("all/tracks.csv")[0].first == "track")
    for name in ["report.html", "a/review.csv", "b/report.html"] {
      #expect(FileManager.default.fileExists(atPath: folder / "all/\(name)"), "\(name)")
    }
    // What lies there is said before anything is computed; --force replaces it.
    let taken = try tessera("particles", "a.tif", "b.tif", "-o", "all")
    #expect(taken.status == 73 && taken.errors.contains("all/"), "\(taken.status) \(taken.errors)")
    let batch = try tessera("batch", "particles", "a.tif", "b.tif", "-o", "many")
    #expect(batch.status == 0, "\(batch.errors)")
    #expect(
      FileManager.default.contentsEqual(atPath: folder / "many/particles.csv", andPath: folder / "all/particles.csv"))
    #expect(FileManager.default.fileExists(atPath: folder / "many/report.html"))
    let single = try tessera("particles", "a.tif", "--track", "-o", "one")
    #expect(single.status == 64 && single.errors.contains("--track follows particles"), "\(single.errors)")
  }

  @Test func `refuses what makes no sense with a sentence`() throws {
    #expect(try tessera("simulate", "nanoparticles", "--size", "128", "--number", "1", "-o", "a.tif").status == 0)
    #expect(try tessera("simulate", "square", "--size", "64", "-o", "small.tif").status == 0)
    for (words, status, part) in [
      (["particles", "a.tif", "--mask", "small.tif"], Int32(65), "64 x 64 pixels, but the image has 128 x 128"),
      (["particles", "a.tif", "--mask", "a.tif"], 65, "a mask has one value"),
      (["particles", "a.tif", "--model", "a.tif"], 65, "no Tessera model"),
      (["particles", "a.tif", "--mask", "a.mask.tif", "--method", "otsu"], 64, "--mask takes the place"),
      (["particles", "a.tif", "--model", "m", "--method", "otsu"], 64, "--method network"),
      (["particles", "missing.tif"], 66, "missing.tif"),
      (["simulate", "nanoparticles", "--probe", "3"], 64, "--probe does not apply"),
      (["simulate", "nanoparticles", "--material", "Xx"], 64, "--material must be one of Au"),
      (["simulate", "nanoparticles", "--diameter", "9..3"], 64, "3..7"),
      (["simulate", "square", "--film", "3"], 64, "--film does not apply"),
      (["train", "defects", "--micrographs", "2", "-o", "t"], 64, "--micrographs must be between 5"),
    ] {
      let run = try CommandRun(words + ["--force"], in: folder.path)
      #expect(run.status == status && run.errors.contains(part), "\(words): \(run.status) \(run.errors)")
    }
    let given = try tessera("particles", "a.tif", "--mask", "a.mask.tif", "-o", "given")
    #expect(given.status == 0, "\(given.errors)")
  }
}
