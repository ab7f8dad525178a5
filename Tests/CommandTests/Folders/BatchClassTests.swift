import Foundation
import Testing

/// `batch --apply`: images of one specimen, sorted by the classes of one of them.
@Suite(.slow) struct `A batch by common classes` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  @Test func `counts the classes of each image`() throws {
    for seed in 1...2 {
      let name = "m\(seed).tif"
      #expect(try tessera("simulate", "mose2", "--size", "320", "--seed", "\(seed)", "-o", name).status == 0)
    }
    #expect(try tessera("motifs", "m1.tif", "-o", "tree").status == 0)
    #expect(try tessera("classes", "name", "tree", "1", "selenium").status == 0)
    let run = try tessera("batch", "motifs", "m1.tif", "m2.tif", "-o", "out", "--apply", "tree")
    #expect(run.status == 0 && run.output.contains("sites sorted into"), "\(run.errors)")
    let lines = String(decoding: try folder.data("out/class-counts.csv"), as: UTF8.self).split(separator: "\n")
    #expect(lines[0] == "image,class,class_name,count,fraction,fraction_low,fraction_high")
    // The image that the classes are of has the counts that it had.
    let tree = String(decoding: try folder.data("tree/classes.csv"), as: UTF8.self).split(separator: "\n").dropFirst()
    let counts = tree.map { $0.split(separator: ",", omittingEmptySubsequences: false) }.map {
      "m1.tif,\($0[0]),\($0[2]),\($0[3]),"
    }
    #expect(counts.allSatisfy { own in lines.contains { $0.hasPrefix(own) } }, "\(counts) \(lines)")
    #expect(lines.contains { $0.hasPrefix("m2.tif,1,selenium,") })
    let page = String(decoding: try folder.data("out/report.html"), as: UTF8.self)
    #expect(page.contains("Classes from image to image") && page.contains("1: selenium"))
    // Other classes are other options: all is done again.
    #expect(try tessera("classes", "name", "tree", "1", "other").status == 0)
    let again = try tessera("batch", "motifs", "m1.tif", "m2.tif", "-o", "out", "--apply", "tree")
    #expect(again.output.contains("2 images: 2 done, 0 failed"), "\(again.output)")
    #expect(String(decoding: try folder.data("out/class-counts.csv"), as: UTF8.self).contains("m2.tif,1,other,"))
    let both = try tessera("motifs", "m1.tif", "-o", "x", "--apply", "tree", "--recipe", "tree/recipe.json")
    #expect(both.status == 64 && both.errors.contains("leave one of them out"))
    #expect(try tessera("motifs", "m1.tif", "-o", "x", "--apply", "absent").status == 66)
    #expect(try tessera("motifs", "m1.tif", "-o", "x", "--apply", "m1.tif").status == 65)
  }

  @Test func `counts the sites that fit no class`() throws {
    for words in [["mose2", "--seed", "1", "-o", "m.tif"], ["square", "-o", "s.tif"]] {
      #expect(try CommandRun(["simulate"] + words + ["--size", "256"], in: folder.path).status == 0)
    }
    #expect(try tessera("motifs", "m.tif", "-o", "tree").status == 0)
    let run = try tessera("batch", "motifs", "m.tif", "s.tif", "-o", "out", "--apply", "tree")
    let said = try #require(run.output.firstMatch(of: /s\.tif: 0 sites sorted into 0 classes, (\d+) fit none/)).1
    let lines = String(decoding: try folder.data("out/class-counts.csv"), as: UTF8.self).split(separator: "\n")
    #expect(
      lines.contains { $0.hasPrefix("s.tif,,unknown,\(said),1,") }
        && lines.contains { $0.hasPrefix("s.tif,1,motif 1,0,0,0,") }, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("m.tif,,unknown,0,0,0,") })
    let page = String(decoding: try folder.data("out/report.html"), as: UTF8.self)
    #expect(page.contains("of which \(said) fit none of them"))
    let summary = try JSONSerialization.jsonObject(with: try folder.data("out/s/summary.json")) as? [String: Any]
    #expect((summary?["counts"] as? [String: Any])?["unknown"] as? Int == Int(said))
  }
}
