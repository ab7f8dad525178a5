import Foundation
import TesseraFormats
import TesseraMethods
import Testing

/// `tessera classes` as a user gives it.
struct `The command classes` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: folder / name) }

  private func first() throws {
    #expect(try tessera("simulate", "mose2", "--size", "400", "-o", "a.tif").status == 0)
    #expect(try tessera("motifs", "a.tif", "-o", "r").status == 0)
  }

  private let followers = [
    "sites.csv", "classes.csv", "cells.csv", "hierarchy.json", "layout.npy", "features.npy", "moments.npy",
    "summary.json",
  ]

  @Test(.slow) func `splits, merges and names, and takes it back to the byte`() throws {
    try first()
    let before = followers.map { bytes("r/\($0)") }
    // What the report of the classes draws and counts knows columns outside the image and those that hold less.
    let sites = try CSVTable(path: folder / "r/sites.csv")
    let kind = try #require(sites.column("kind"))
    let kinds = sites.rows.map { $0[kind] }
    let places = try MotifFolder(path: folder / "r").places()
    #expect(places.sites.sites.map(\.kind.rawValue) == kinds && Set(kinds).isSuperset(of: ["outside", "partial"]))
    #expect(places.columnCount == kinds.count { $0 == "column" || $0 == "partial" })
    let shown = try tessera("classes", "show", "r", "--json")
    let classes = try #require(shown.json?["classes"] as? [[String: Any]])
    #expect(shown.status == 0 && classes.count > 1 && (shown.json?["actions"] as? [Any])?.isEmpty == true)

    // In any case into two.
    let split = try tessera("classes", "split", "r", "1", "--classes", "2", "--json")
    #expect(split.status == 0, "\(split.errors)")
    let numbers = (split.json?["classes"] as? [[String: Any]])?.compactMap { $0["class"] as? String } ?? []
    #expect(numbers.prefix(2) == ["1.1", "1.2"] && numbers.count == classes.count + 1)
    let after = followers.map { bytes("r/\($0)") }
    #expect(after[0] != before[0] && after[3] != before[3] && after[4..<7] == before[4..<7])
    // The summary states the classes of now, and what does not follow them as before.
    let summary = try #require(
      try JSONSerialization.jsonObject(with: bytes("r/summary.json") ?? Data()) as? [String: Any])
    let stated = summary["classes"] as? [[String: Any]] ?? []
    #expect(stated.count == numbers.count && summary["class_actions"] as? Int == 1)
    #expect(stated.contains { $0["class"] as? String == "1.1" && $0["count_low"] is Int })
    #expect((summary["counts"] as? [String: Int])?["classes"] == numbers.count)
    #expect(bytes("r/first/summary.json") == before[7] && bytes("r/report.html") == nil)
    // Cells and hierarchy name the classes of now.
    #expect(try String(contentsOfFile: folder / "r/cells.csv", encoding: .utf8).contains(",2 1.1,"))
    let merged = try tessera("classes", "merge", "r", "1.1", "1.2", "--json")
    #expect((merged.json?["actions"] as? [Any])?.count == 2, "\(merged.errors)")
    #expect(try tessera("classes", "name", "r", "2", "metal").status == 0)
    #expect(try String(contentsOfFile: folder / "r/classes.csv", encoding: .utf8).contains(",metal,"))
    #expect(try String(contentsOfFile: folder / "r/recipe.json", encoding: .utf8).contains("\"action\" : \"merge\""))

    for _ in 0..<2 { #expect(try tessera("classes", "undo", "r").status == 0) }
    #expect(followers.map { bytes("r/\($0)") } == after)  // What the recipe of one action gives.
    #expect(try tessera("classes", "undo", "r", "--all").status == 0)
    #expect(followers.map { bytes("r/\($0)") } == before)
    #expect(bytes("r/recipe.json") == nil && bytes("r/first/sites.csv") == nil)
  }

  @Test(.slow) func `loses no action where several programs act at once`() throws {
    try first()
    let names = (1...4).map { "n\($0)" }
    let run = try CommandRun(
      shell: "for k in 1 1 1 1; do i=$((i+1)); $tessera classes name r 1 n$i > /dev/null || echo failed & done; wait",
      in: folder.path)
    #expect(run.output.isEmpty, "\(run.output) \(run.errors)")
    let recipe = try String(contentsOfFile: folder / "r/recipe.json", encoding: .utf8)
    #expect(names.allSatisfy { recipe.contains("\"\($0)\"") }, "\(recipe)")
  }

  @Test func `says what is no result`() throws {
    #expect(try tessera("simulate", "mose2", "--size", "64", "-o", "a.tif").status == 0)
    for (place, status) in [("a.tif", Int32(65)), ("missing", 66)] {
      let run = try tessera("classes", "name", place, "1", "metal")
      #expect(run.status == status && !run.errors.contains("cannot be opened"), "\(run.status) \(run.errors)")
    }
  }

  @Test(.slow, arguments: ["unknown ", "Unknown", "a\tb", "a\u{202e}b", "2.1", ""])
  func `refuses a name that misleads`(name: String) throws {
    try first()
    let run = try tessera("classes", "name", "r", "1", name)
    #expect(run.status == 65 && run.errors.contains("a class cannot be called"), "\(run.errors)")
    #expect(bytes("r/recipe.json") == nil)
  }

  /// `motifs --recipe` gives the sorted classes or nothing: what stood there stays where the recipe cannot be carried out.
  @Test(.slow) func `keeps the old result where a recipe fails`() throws {
    try first()
    #expect(try tessera("classes", "name", "r", "1", "precious").status == 0)
    let before = followers.map { bytes("r/\($0)") }
    try Data(#"{"actions": [{"action": "merge", "classes": [1, 99]}]}"#.utf8)
      .write(to: URL(filePath: folder / "hand.json"))
    for place in ["r", "new"] {
      let run = try tessera("motifs", "a.tif", "--recipe", "hand.json", "-o", place, "--force")
      #expect(run.status == 65 && run.errors.contains("\(place): has no class 99"), "\(run.errors)")
    }
    #expect(followers.map { bytes("r/\($0)") } == before && !FileManager.default.fileExists(atPath: folder / "new"))
  }

  /// An older program had no such setting, and did what is done where it is not set.
  @Test(.slow) func `opens a result without a setting of today`() throws {
    try first()
    var summary = try #require(
      try JSONSerialization.jsonObject(with: bytes("r/summary.json") ?? Data()) as? [String: Any])
    var settings = try #require(summary["settings"] as? [String: Any])
    #expect(settings.removeValue(forKey: "levels_brightness") != nil)
    summary["settings"] = settings
    summary.removeValue(forKey: "line_jitter_px")
    try JSONSerialization.data(withJSONObject: summary).write(to: URL(filePath: folder / "r/summary.json"))
    #expect(try tessera("classes", "name", "r", "1", "metal").status == 0)
    summary["image"] = ["width": 0, "height": 400]
    try JSONSerialization.data(withJSONObject: summary).write(to: URL(filePath: folder / "r/first/summary.json"))
    let damaged = try tessera("classes", "name", "r", "1", "other")
    #expect(damaged.status == 65 && damaged.errors.contains("states an image of 0 x 400 pixels"), "\(damaged.errors)")
  }

  @Test(.slow) func `a report follows the tree and comes back to the byte`() throws {
    #expect(try tessera("simulate", "mose2", "--size", "320", "-o", "a.tif").status == 0)
    #expect(try tessera("analyze", "a.tif", "-o", "r").status == 0)
    func all() throws -> [String: Data] {
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder / "r")
      return Dictionary(uniqueKeysWithValues: names.compactMap { name in bytes("r/\(name)").map { (name, $0) } })
    }
    let before = try all()
    #expect(try tessera("classes", "split", "r", "1", "--classes", "2").status == 0)
    #expect(try tessera("classes", "name", "r", "1.2", "the <other> half").status == 0)
    let after = try all()
    let page = String(decoding: after["report.html"] ?? Data(), as: UTF8.self)
    #expect(page.contains("those after 2 actions") && page.contains("the &lt;other&gt; half"))
    #expect(page.contains("The class tree") && page.contains("href=\"./first/report.html\""))
    #expect(page.contains("class 1.2 named the &lt;other&gt; half") && page.contains("95 % interval"))
    #expect(after["first/report.html"] == before["report.html"] && after["figures/class-tree.svg"] != nil)
    // A class that nothing was done to looks as before, though others are of other sizes now.
    let (first, now) = (
      colors(in: String(decoding: before["report.html"] ?? Data(), as: UTF8.self)), colors(in: page)
    )
    let kept = Set(first.keys).intersection(now.keys)
    #expect(kept.count > 1 && kept.allSatisfy { first[$0] == now[$0] } && Set(now.values).count == now.count, "\(now)")
    // Every file of the first run is there, as it was.
    for (name, data) in before where name != "manifest.json" {
      #expect(after["first/\(name)"] == data || after[name] == data, "\(name)")
    }
    // The same actions on the same classes give the same bytes.
    #expect(try tessera("classes", "undo", "r").status == 0)
    #expect(try tessera("classes", "name", "r", "1.2", "the <other> half").status == 0)
    #expect(try all() == after)
    #expect(try tessera("classes", "undo", "r", "--all").status == 0)
    #expect(try all() == before)
  }

  /// The colour of each class in the linked views of a report, by its number.
  private func colors(in page: String) -> [String: String] {
    let pattern = /&quot;color&quot;:&quot;(#[0-9a-f]{6})&quot;.*?&quot;number&quot;:&quot;([0-9.]+)&quot;/
    return Dictionary(page.matches(of: pattern).map { (String($0.2), String($0.1)) }, uniquingKeysWith: { $1 })
  }

  @Test(.slow) func `leaves one motif whole and writes a copy elsewhere`() throws {
    try first()
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder / "r/note.txt"))
    let before = bytes("r/sites.csv")
    let whole = try tessera("classes", "split", "r", "2")
    #expect(whole.status == 0 && whole.output.contains("no gap divides class"), "\(whole.errors)")
    #expect(bytes("r/sites.csv") == before && bytes("r/recipe.json") == nil)
    #expect(try tessera("classes", "name", "r", "1", "host", "-o", "copy").status == 0)
    #expect(bytes("r/sites.csv") == before && bytes("copy/recipe.json") != nil)
    #expect(try tessera("classes", "name", "r", "1", "host", "-o", "copy").status == 73)
    #expect(try tessera("classes", "name", "r", "1", "host").status == 0)
    #expect(bytes("r/note.txt") == Data("mine".utf8))
    #expect(bytes("r/sites.csv") == bytes("copy/sites.csv"))
  }

  @Test(.slow) func `refuses what makes no sense with a sentence, and changes nothing`() throws {
    try first()
    let before = bytes("r/sites.csv")
    for (name, text) in [
      ("two", "x,y\n0,0\n1,1\n"), ("few", "id,class\n90000,host\n3,rare\n"), ("one", "id,class\n400,host\n"),
      ("box", "x,y\n0,0\n1,0\n1,1\n"),
    ] { try Data(text.utf8).write(to: URL(fileURLWithPath: folder / "\(name).csv")) }
    for (words, part) in [
      (["split", "r", "99"], "has no class 99"), (["undo", "r"], "no action to take back"),
      (["merge", "r", "1"], "two classes or more"), (["merge", "r", "1", "1"], "two different classes"),
      (["show", "a.tif"], "is no result"), (["show", "missing"], "does not exist"),
      (["name", "r", "1", "2"], "no number"), (["split", "r", "1", "--classes", "1"], "between 2 and 1000"),
      (["split", "r", "1", "--max-order", "0"], "between 1 and 40"),
      (["split", "r", "1", "--patch-size", "20"], "odd number between 5 and 9999, but is 20"),
      (["split", "r", "1", "--patch-size", "401"], "half the image, 200 pixels, but is 401"),
      (["lasso", "r", "1", "two.csv"], "three points"),
      (["lasso", "r", "1", "few.csv"], "lacks the columns x and y"),
      (["lasso", "r", "9", "box.csv"], "has no class 9"),
      (["label", "r", "two.csv"], "lacks the columns id"), (["label", "r", "few.csv"], "has no site 90000"),
      (["label", "r", "one.csv"], "two classes or more"), (["apply", "r", "missing.tif"], "no such"),
      (["apply", "a.tif", "a.tif"], "is no result"),
    ] {
      let run = try CommandRun(["classes"] + words, in: folder.path)
      #expect([64, 65, 66].contains(run.status) && run.errors.contains(part), "\(words): \(run.status) \(run.errors)")
    }
    #expect(bytes("r/sites.csv") == before)
    // Nothing outside a folder is read or written because its manifest names it.
    let manifest = try #require(bytes("r/manifest.json"))
    let hostile = String(decoding: manifest, as: UTF8.self).replacing("features.npy", with: "../a.tif")
    try Data(hostile.utf8).write(to: URL(fileURLWithPath: folder / "r/manifest.json"))
    let image = bytes("a.tif")
    let outside = try tessera("classes", "name", "r", "1", "host")
    #expect([65, 73].contains(outside.status) && !outside.errors.isEmpty, "\(outside.status) \(outside.errors)")
    #expect(bytes("a.tif") == image)
    try manifest.write(to: URL(fileURLWithPath: folder / "r/manifest.json"))
    #expect(bytes("r/sites.csv") == before)
    try Data("{\"version\": 9, \"actions\": []}".utf8).write(to: URL(fileURLWithPath: folder / "r/recipe.json"))
    let newer = try tessera("classes", "show", "r")
    #expect(newer.status == 65 && newer.errors.contains("version 9"), "\(newer.errors)")
    try Data("{\"version\": 1, \"actions\": [{\"action\": \"split\", \"class\": 77}]}".utf8).write(
      to: URL(fileURLWithPath: folder / "r/recipe.json"))
    let unknown = try tessera("classes", "show", "r")
    #expect(unknown.status == 65 && unknown.errors.contains("no class 77"), "\(unknown.errors)")
    try Data("{".utf8).write(to: URL(fileURLWithPath: folder / "r/recipe.json"))
    #expect(try tessera("classes", "show", "r").errors.contains("is no recipe"))
  }
}
