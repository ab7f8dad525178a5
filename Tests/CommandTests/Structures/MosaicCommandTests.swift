import Foundation
import Testing

/// `sites --tile`: an image in tiles has the columns that it has as a whole.
@Suite(.slow) struct `Columns in tiles` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  private func places(_ name: String) throws -> [(x: Double, y: Double)] {
    String(decoding: try folder.data(name), as: UTF8.self).split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return (Double(fields[1]) ?? .nan, Double(fields[2]) ?? .nan)
    }
  }

  @Test func `are those of the whole image, at the borders too`() throws {
    #expect(try tessera("simulate", "mose2", "--size", "1200", "-o", "scan.tif").status == 0)
    #expect(try tessera("sites", "scan.tif", "-o", "whole.csv").status == 0)
    let run = try tessera("sites", "scan.tif", "--tile", "500", "-o", "tiles.csv", "--json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.json?["tiles"] as? Int == 4 && run.json?["empty_tiles"] as? Int == 0)
    let (whole, tiles) = (try places("whole.csv"), try places("tiles.csv"))
    let outside = tiles.count { !(-0.5...1199.5).contains($0.x) || !(-0.5...1199.5).contains($0.y) }
    #expect(run.json?["columns"] as? Int == tiles.count - outside && whole.count > 5000)
    // By rows of a grid of ten pixels: columns are farther apart.
    var cells: [[Int]: (x: Double, y: Double)] = [:]
    for place in whole { cells[[Int(place.x / 5 + 10), Int(place.y / 5 + 10)]] = place }
    // Columns that the border of the image cuts are hardly determined by either.
    var (lost, distances) = (0, [Double]())
    for place in tiles {
      let (i, j) = (Int(place.x / 5 + 10), Int(place.y / 5 + 10))
      let near =
        (-1...1).flatMap { dx in (-1...1).compactMap { cells[[i + dx, j + $0]] } }
        .map { hypot($0.x - place.x, $0.y - place.y) }.min() ?? .infinity
      if near > 1 { lost += 1 }
      let isInside = [place.x, place.y].allSatisfy { $0 > 10 && $0 < 1189 }
      if isInside { distances.append(near) }
    }
    #expect(lost == 0 && tiles.count == whole.count, "\(lost) of \(tiles.count), \(whole.count) in the whole image")
    // The standard error of these places is .2 pixels.
    distances.sort()
    #expect(
      distances[distances.count * 97 / 100] < 0.01 && distances[distances.count - 1] < 0.1, "\(distances.suffix(200))")
  }

  @Test func `are sorted by the classes of a part, alike in all tiles`() throws {
    #expect(try tessera("simulate", "mose2", "--size", "1300", "-o", "scan.tif").status == 0)
    let run = try tessera("sites", "scan.tif", "--tile", "400", "--motifs", "part", "-o", "sorted.csv", "--json")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.json?["tiles"] as? Int == 9 && folder.holds("part/report.html"))
    let sorted = try #require(run.json?["sorted"] as? [String: Any])
    let (rows, truth) = (try table("sorted.csv"), try table("scan.sites.csv"))
    #expect(sorted["turn_degrees"] as? Double == 0)
    // Columns centred outside the image are none of its columns, of whatever class.
    let counts = (sorted["classes"] as? [[String: Any]] ?? []).compactMap { $0["count"] as? Int }
    let unknown = try #require(sorted["unknown"] as? Int)
    #expect(counts.reduce(unknown, +) == run.json?["columns"] as? Int && rows.contains { $0["kind"] == "outside" })
    // Without a class are those whose patch the border of the image cuts, and few others.
    let inner = rows.filter { row in
      ["x", "y"].allSatisfy { abs((Double(row[$0] ?? "") ?? 0) - 650) < 600 }
    }
    #expect(inner.count { $0["class"] == "" } < inner.count / 100)
    var cells: [[Int]: String] = [:]
    for row in truth { cells[cell(row)] = row["environment_oriented"] ?? "" }
    var kinds: [String: [String: Int]] = [:]
    for row in rows where row["class"] != "" {
      let (i, j) = (cell(row)[0], cell(row)[1])
      let near = (-1...1).flatMap { dx in (-1...1).compactMap { cells[[i + dx, j + $0]] } }
      if near.count == 1 { kinds[row["class"] ?? "", default: [:]][near[0], default: 0] += 1 }
    }
    let (right, all) = kinds.values.reduce((0, 0)) { ($0.0 + ($1.values.max() ?? 0), $0.1 + $1.values.reduce(0, +)) }
    #expect(kinds.count >= 6 && all > 6000 && right * 100 >= all * 98, "\(right) of \(all): \(kinds)")
    let again = try tessera("sites", "scan.tif", "--tile", "400", "--apply", "part", "-o", "again.csv")
    #expect(again.status == 0 && again.output.contains("of them sorted into"))
    #expect(try folder.data("again.csv") == folder.data("sorted.csv"))
  }

  @Test func `are sorted alike where the brightness changes`() throws {
    let side = 900
    #expect(try tessera("simulate", "mose2", "--size", "\(side)", "-o", "scan.tif").status == 0)
    #expect(try tessera("convert", "scan.tif", "scan.npy").status == 0)
    // Four times as bright at the right border as at the left one.
    var data = try folder.data("scan.npy")
    let start = data.count - 4 * side * side
    data.withUnsafeMutableBytes { bytes in
      for index in 0..<side * side {
        let place = start + 4 * index
        let value = bytes.loadUnaligned(fromByteOffset: place, as: Float.self)
        let factor = 0.4 + 1.2 * Float(index % side) / Float(side - 1)
        bytes.storeBytes(of: value * factor, toByteOffset: place, as: Float.self)
      }
    }
    try data.write(to: URL(fileURLWithPath: folder / "ramp.npy"))
    let size = ["--pixel-size", "0.0137nm"]
    let whole = try CommandRun(["motifs", "ramp.npy", "-o", "whole"] + size, in: folder.path)
    #expect(whole.status == 0 && whole.errors.contains("times as bright"))
    let run = try CommandRun(
      ["sites", "ramp.npy", "--tile", "450", "--apply", "whole", "-o", "tiles.csv"] + size, in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    var classes: [[Int]: String] = [:]
    for row in try table("whole/sites.csv") where row["kind"] != "vacant" { classes[cell(row)] = row["class"] }
    var (same, all) = (0, 0)
    for row in try table("tiles.csv") {
      let (i, j) = (cell(row)[0], cell(row)[1])
      let near = (-1...1).flatMap { dx in (-1...1).compactMap { classes[[i + dx, j + $0]] } }
      guard near.count == 1, near[0] != "" else { continue }
      (same, all) = (same + (near[0] == row["class"] ? 1 : 0), all + 1)
    }
    #expect(all > 2500 && same * 100 >= all * 97, "\(same) of \(all)")
  }

  /// The rows of a table by the names of its columns.
  private func table(_ name: String) throws -> [[String: String]] {
    let lines = String(decoding: try folder.data(name), as: UTF8.self).split(separator: "\n")
    let names = lines[0].split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(uniqueKeysWithValues: zip(names, fields))
    }
  }

  /// Of a grid of five pixels: columns are farther apart.
  private func cell(_ row: [String: String]) -> [Int] {
    ["x", "y"].map { Int(((Double(row[$0] ?? "") ?? -99) / 5 + 20).rounded(.down)) }
  }

  @Test func `refuse what needs the whole image`() throws {
    #expect(try tessera("simulate", "square", "--size", "300", "-o", "scan.tif").status == 0)
    for (words, fact) in [
      (["--tile", "100"], "between 256 and 65536"), (["--tile", "many"], "many"),
      (["--tile", "256", "--method", "network"], "leave one of both out"),
      (["--tile", "256", "--frames", "0..1"], "one frame"),
      (["--apply", "part"], "give --tile"), (["--tile", "256", "--apply", "a", "--motifs", "b"], "exclude each other"),
    ] {
      let run = try CommandRun(["sites", "scan.tif", "-o", "a.csv"] + words, in: folder.path)
      #expect(run.status == 64 && run.errors.contains(fact), "\(words): \(run.errors)")
    }
    #expect(try tessera("sites", "absent.tif", "--tile", "256", "-o", "a.csv").status == 66)
    try folder.data("scan.tif").prefix(90_000).write(to: URL(fileURLWithPath: folder / "short.tif"))
    #expect(try tessera("sites", "short.tif", "--tile", "256", "-o", "a.csv").status == 65)
    #expect(!folder.holds("a.csv"))
  }
}
