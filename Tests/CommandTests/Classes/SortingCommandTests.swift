import Foundation
import Testing

/// What a person draws and labels, and what goes on to other images: `classes lasso`, `label`, `review`, `apply`, `--recipe`.
struct `Classes by hand and in other images` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }
  private func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: folder / name) }
  private func text(_ name: String) throws -> String { try String(contentsOfFile: folder / name, encoding: .utf8) }
  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder / name))
  }

  /// Rows of a table by the names of its columns.
  private func rows(_ name: String) throws -> [[String: String]] {
    let lines = try text(name).split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    return lines.dropFirst().map { line in
      Dictionary(zip(lines[0], line).map { (String($0), String($1)) }, uniquingKeysWith: { a, _ in a })
    }
  }

  private func image(_ name: String, seed: Int) throws {
    let made = try tessera("simulate", "mose2", "--size", "448", "--seed", "\(seed)", "-o", name)
    #expect(made.status == 0, "\(made.errors)")
  }

  @Test(.slow) func `a lasso parts a class by the layout, and is replayed to the byte on the same image`() throws {
    try image("a.tif", seed: 1)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    // The half plane to the right of one member of class 1.
    let layout = try floats("r/layout.npy")
    let members = try rows("r/sites.csv").filter { $0["class"] == "1" }.compactMap { $0["id"].flatMap { Int($0) } }
    let middle = members.map { layout[2 * $0] }.sorted()[members.count / 2]
    let far: Float = 1e6
    try write("x,y\n\(middle),\(-far)\n\(far),\(-far)\n\(far),\(far)\n\(middle),\(far)\n", "box.csv")
    let run = try tessera("classes", "lasso", "r", "1", "box.csv", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let right = Set(members.filter { layout[2 * $0] > middle })
    let parts = try rows("r/sites.csv").filter { $0["class"]?.hasPrefix("1.") ?? false }
    let sides = Set(parts.filter { right.contains(Int($0["id"]!)!) }.map { $0["class"]! })
    #expect(parts.count == members.count && sides.count == 1)

    let again = try tessera("motifs", "a.tif", "--recipe", "r/recipe.json", "-o", "again")
    #expect(again.status == 0, "\(again.errors)")
    for name in ["sites.csv", "classes.csv", "cells.csv", "hierarchy.json", "recipe.json"] {
      #expect(bytes("again/\(name)") == bytes("r/\(name)"), "\(name)")
    }
  }

  @Test(.slow) func `a few labels sort all sites, and the program asks for more`() throws {
    try image("a.tif", seed: 2)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    let before = try rows("r/sites.csv")
    var few = "id,class\n"
    for (number, name) in [("1", "host"), ("2", "metal")] {
      for row in before.filter({ $0["class"] == number }).prefix(4) { few += "\(row["id"]!),\(name)\n" }
    }
    try write(few, "few.csv")
    let run = try tessera("classes", "label", "r", "few.csv")
    #expect(run.status == 0 && run.output.contains("host: "), "\(run.errors)")
    let after = try rows("r/sites.csv")
    let kept = before.indices.filter { before[$0]["class"] == "1" }
    let hosts = kept.count { after[$0]["class_name"] == "host" }
    #expect(Double(hosts) > 0.98 * Double(kept.count))
    // Vacancies and what stands beside them: no label reaches some of them, or they are asked for.
    #expect(run.output.contains("would tell most") || after.contains { $0["class_name"] == "unknown" })
    #expect(try tessera("classes", "undo", "r").status == 0)
    #expect(try rows("r/sites.csv") == before)
  }

  /// Ten sites beside double vacancies are not the single vacancies that alone were shown to the program.
  @Test(.slow) func `classes far from every label are unknown`() throws {
    let made = try tessera(
      "simulate", "mose2", "--size", "768", "--dose", "2e4", "--pixel-size", "0.0123nm", "--seed", "1", "-o", "a.tif")
    #expect(made.status == 0, "\(made.errors)")
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    let before = try rows("r/sites.csv")
    let labelled = ["1", "2", "3", "4", "5", "6"]
    let firsts = labelled.compactMap { number in before.first { $0["class"] == number } }
    try write("id,class\n" + firsts.map { "\($0["id"]!),kind \($0["class"]!)\n" }.joined(), "few.csv")
    #expect(try tessera("classes", "label", "r", "few.csv").status == 0)
    let after = try rows("r/sites.csv")
    for (old, new) in zip(before, after) where !old["class"]!.isEmpty && !labelled.contains(old["class"]!) {
      #expect(new["class_name"] == "unknown", "site \(old["id"]!) of class \(old["class"]!)")
    }
    let right = zip(before, after).count { $1["class_name"] == "kind \($0["class"]!)" }
    #expect(right >= before.count { labelled.contains($0["class"]!) } - 1)
  }

  @Test(.slow) func `patches of another size than those of the classes are refused`() throws {
    try image("a.tif", seed: 1)
    #expect(try tessera("motifs", "a.tif", "-o", "r", "--patch-size", "31").status == 0)
    #expect(try tessera("classes", "name", "r", "1", "host").status == 0)
    for source in [["--recipe", "r/recipe.json"], ["--apply", "r"]] {
      let run = try CommandRun(["motifs", "a.tif", "--patch-size", "25", "-o", "s"] + source, in: folder.path)
      #expect(run.status == 64 && run.errors.contains("31 pixels wide"), "\(run.errors)")
      #expect(bytes("s/sites.csv") == nil)
    }
    let same = try tessera("motifs", "a.tif", "--patch-size", "31", "--recipe", "r/recipe.json", "-o", "s")
    #expect(same.status == 0 && bytes("s/sites.csv") == bytes("r/sites.csv"), "\(same.errors)")
  }

  @Test(.slow) func `review proposes what auto does, and changes nothing`() throws {
    try image("a.tif", seed: 1)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    let before = bytes("r/sites.csv")
    let review = try tessera("classes", "review", "r")
    #expect(review.status == 0 && review.output.contains("one motif within the noise"), "\(review.errors)")
    // Two classes thrown together are told apart again.
    #expect(try tessera("classes", "merge", "r", "1", "2").status == 0)
    let mixed = try CommandRun(["classes", "review", "r", "--json"], in: folder.path)
    let proposals = try #require(
      try JSONSerialization.jsonObject(with: Data(mixed.output.utf8)) as? [[String: Any]])
    let largest = try #require(proposals.max { ($0["count"] as? Int ?? 0) < ($1["count"] as? Int ?? 0) })
    let pictured = try tessera("classes", "review", "r", "-o", "review.html")
    #expect(pictured.status == 0 && pictured.output.contains("page: review.html"), "\(pictured.errors)")
    let page = try text("review.html")
    #expect(page.contains("Differences of the averages") && page.contains("classes would be divided"))
    #expect(try tessera("classes", "review", "r", "-o", "review.html").status == 73)
    #expect((largest["parts"] as? [Int])?.count == 2 && largest["stability"] as? Double ?? 0 > 0.95, "\(largest)")
    #expect(try tessera("classes", "undo", "r").status == 0 && bytes("r/sites.csv") == before)
  }

  @Test(.slow) func `another image is sorted by the same classes, with apply and with a recipe`() throws {
    try image("a.tif", seed: 1)
    try image("b.tif", seed: 2)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    #expect(try tessera("classes", "name", "r", "1", "host").status == 0)
    let applied = try tessera("classes", "apply", "r", "b.tif", "-o", "b")
    #expect(applied.status == 0 && applied.output.contains("sites sorted into"), "\(applied.errors)")
    #expect(try text("b/classes.csv").contains(",host,") && text("b/recipe.json").contains("\"apply\""))
    // Selenium is selenium: the truth table tells the species.
    let (sites, truth) = (try rows("b/sites.csv"), try rows("b.sites.csv"))
    var species: [String: [String: Int]] = [:]
    for site in sites where site["class"] != "" {
      let (x, y) = (Double(site["x"]!)!, Double(site["y"]!)!)
      let near = truth.first { hypot(Double($0["x"]!)! - x, Double($0["y"]!)! - y) < 3 }
      if let near { species[site["class"]!, default: [:]][near["element"]!.prefix(2).description, default: 0] += 1 }
    }
    for (number, counts) in species {
      #expect(Double(counts.values.max()!) > 0.95 * Double(counts.values.reduce(0, +)), "\(number): \(counts)")
    }
    #expect(try tessera("motifs", "b.tif", "--recipe", "r/recipe.json", "-o", "b2").status == 0)
    #expect(bytes("b2/sites.csv") == bytes("b/sites.csv"))
    #expect(try tessera("classes", "undo", "b").status == 0 && tessera("motifs", "b.tif", "-o", "b3").status == 0)
    #expect(bytes("b/classes.csv") == bytes("b3/classes.csv"))

    // The result whose classes are applied is never written over.
    let kept = bytes("r/recipe.json")
    try FileManager.default.createSymbolicLink(atPath: folder / "link", withDestinationPath: "r")
    for output in ["r", "link"] {
      let itself = try tessera("classes", "apply", "r", "b.tif", "-o", output, "--force")
      #expect(itself.status == 73 && itself.errors.contains("is the input r itself"), "\(itself.errors)")
      #expect(bytes("r/recipe.json") == kept)
    }

    try write("{\"actions\": [], \"model\": {\"classes\": []}}", "bad.json")
    let bad = try tessera("motifs", "b.tif", "--recipe", "bad.json", "-o", "b4")
    #expect(bad.status == 65 && bad.errors.contains("is no recipe"), "\(bad.errors)")
    let missing = try tessera("motifs", "b.tif", "--recipe", "none.json", "-o", "b4")
    #expect(missing.status == 66 && missing.errors.contains("does not exist"), "\(missing.errors)")
  }

  @Test(.slow) func `another image may be turned`() throws {
    try image("a.tif", seed: 1)
    let made = try tessera("simulate", "mose2", "--size", "448", "--seed", "2", "--angle", "17", "-o", "b.tif")
    #expect(made.status == 0, "\(made.errors)")
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    let applied = try tessera("classes", "apply", "r", "b.tif", "-o", "b")
    #expect(applied.status == 0, "\(applied.errors)")
    let words = applied.output.split(separator: " ").map(String.init)
    let degrees = words.firstIndex(of: "turned").flatMap { Double(words[$0 + 2]) }
    #expect(abs((degrees ?? 0) - 17) < 0.6, "\(applied.output)")
    // Selenium is selenium, and hardly a site is of no class.
    let (sites, truth) = (try rows("b/sites.csv"), try rows("b.sites.csv"))
    var counts: [String: [String: Int]] = [:]
    for site in sites where site["class"] != "" {
      let (x, y) = (Double(site["x"]!)!, Double(site["y"]!)!)
      let near = truth.first { hypot(Double($0["x"]!)! - x, Double($0["y"]!)! - y) < 3 }
      if let near { counts[site["class"]!, default: [:]][near["element"]!, default: 0] += 1 }
    }
    for (number, own) in counts {
      #expect(Double(own.values.max()!) > 0.95 * Double(own.values.reduce(0, +)), "\(number): \(own)")
    }
    let unknown = sites.count { $0["class_name"] == "unknown" }
    #expect(unknown * 50 < sites.count, "\(unknown) of \(sites.count)")
    // The image itself is not turned.
    let same = try tessera("classes", "apply", "r", "a.tif", "-o", "same")
    #expect(same.status == 0 && !same.output.contains("turned"), "\(same.output)")
  }

  @Test(.slow) func `an image whose sites fit no class has none, and both scales are named`() throws {
    try image("a.tif", seed: 1)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    // The same specimen without its pixel size, at half of the magnification.
    #expect(
      try tessera("simulate", "mose2", "--size", "448", "--pixel-size", "0.024", "-o", "b.tif").status == 0)
    #expect(try tessera("convert", "b.tif", "b.npy").status == 0)
    let run = try tessera("classes", "apply", "r", "b.npy", "-o", "b")
    #expect(run.status == 0 && run.output.contains("fit none of them"), "\(run.output) \(run.errors)")
    #expect(run.output.contains("nm per pixel, and this image has an unknown pixel size"), "\(run.output)")
    #expect(try rows("b/sites.csv").allSatisfy { $0["class_name"] == "unknown" || $0["class"] == "" })
  }

  /// Where both scales are known, patches show the same area of the specimen, so that the scales are no reason.
  @Test(.slow) func `an image of another specimen is called so, whatever its pixel size`() throws {
    try image("a.tif", seed: 1)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    #expect(try tessera("simulate", "square", "--size", "448", "--pixel-size", "0.02", "-o", "b.tif").status == 0)
    let run = try tessera("classes", "apply", "r", "b.tif", "-o", "b")
    #expect(
      run.status == 0 && run.output.contains("fit none of them; the classes are those of another specimen"),
      "\(run.output)")
  }

  @Test(.slow) func `an image of which only a few sites fit is told so, too`() throws {
    try image("a.tif", seed: 1)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    // The same specimen out of focus.
    #expect(try tessera("simulate", "mose2", "--size", "448", "--probe", "6", "--seed", "2", "-o", "b.tif").status == 0)
    let run = try tessera("classes", "apply", "r", "b.tif", "-o", "b")
    let counts = try #require(
      run.output.firstMatch(of: /(\d+) sites sorted into \d+ classes, (\d+) fit none of them; the classes are/))
    #expect(try #require(Int(counts.1)) * 10 < #require(Int(counts.2)), "\(run.output)")
  }

  @Test(.slow) func `relations tell chains of vacancies from chance`() throws {
    #expect(try tessera("simulate", "stm-vacancies", "-o", "s.tif", "--size", "512").status == 0)
    #expect(try tessera("motifs", "s.tif", "-o", "s").status == 0)
    let run = try tessera("relations", "s", "-o", "rel")
    #expect(run.status == 0 && run.output.contains("expected by chance"), "\(run.errors)")
    let found = try rows("rel/relations.csv")
    let firm = found.filter { Double($0["q_value"]!).map { $0 < 0.05 } ?? false }
    #expect(firm.count >= 2 && firm.count.isMultiple(of: 2))
    #expect(firm.allSatisfy { Double($0["count"]!)! > Double($0["expected"]!)! })
    #expect(try text("rel/report.html").contains("by chance"))
    #expect(try tessera("relations", "s", "-o", "rel").status == 73)
    #expect(try tessera("relations", "s.tif").status == 65)
  }

  @Test(.slow) func `relations draw what surrounds a defect as a tree`() throws {
    try image("a.tif", seed: 3)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
    let run = try tessera("relations", "r", "-o", "rel")
    #expect(run.status == 0, "\(run.errors)")
    #expect(try text("rel/report.html").contains("What surrounds each defect"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder / "rel/figures")
    #expect(names.contains { $0.hasPrefix("shells-") && $0.hasSuffix(".svg") }, "\(names)")
  }

  /// The numbers of a float32 NumPy file.
  private func floats(_ name: String) throws -> [Float] {
    let data = try #require(bytes(name))
    let start = 10 + Int(data[8]) + 256 * Int(data[9])
    return data.dropFirst(start).withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: 4).map { raw.loadUnaligned(fromByteOffset: $0, as: Float.self) }
    }
  }
}
