import Foundation
import Testing

/// `tessera moire` as a user gives it.
struct `The command moire` {
  let folder = ScratchFolder()

  private func tessera(_ words: String...) throws -> CommandRun { try CommandRun(words, in: folder.path) }

  @Test func `writes what the documentation lists, the same on one thread`() throws {
    let words = ["--kind", "mos2", "--angle", "5", "--counts", "5", "--size", "400"]
    #expect(try CommandRun(["simulate", "bilayer", "-o", "b.tif"] + words, in: folder.path).status == 0)
    let run = try tessera("moire", "b.tif", "-o", "out", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let json = try #require(run.json)
    #expect(abs((json["twist_degrees"] as? Double ?? 0) - 5) < 0.03)
    #expect((json["twist_error"] as? Double ?? 1) < 0.02)
    #expect(json["status"] as? String == "resolved" && json["orientation"] as? String == "parallel")
    for key in ["heterostrain", "layers", "period_nm", "period_px", "vectors_px", "periods_in_field", "anchors"] {
      #expect(json[key] != nil, "\(key)")
    }
    let rows = try String(contentsOfFile: folder / "out/anchors.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows[0] == "id,x,y,x_nm,y_nm,kind,error_px,error_nm,column_x,column_y" && rows.count > 12)
    #expect(try tessera("moire", "b.tif", "-o", "again", "--threads", "1").status == 0)
    for name in ["anchors.csv", "domains.tif", "figures/domains.png"] {
      #expect(
        FileManager.default.contentsEqual(atPath: folder / "out/\(name)", andPath: folder / "again/\(name)"), "\(name)")
    }
  }

  @Test func `says in a sentence where there is nothing to measure`() throws {
    #expect(try tessera("simulate", "mos2", "--size", "300", "-o", "one.tif").status == 0)
    let one = try tessera("moire", "one.tif")
    #expect(one.status == 65 && one.errors.contains("one hexagonal lattice is seen"), "\(one.errors)")
    #expect(
      try tessera("simulate", "bilayer", "--angle", "0.4", "--size", "300", "-o", "small.tif").status == 0)
    let small = try tessera("moire", "small.tif", "--json")
    #expect(small.status == 65 || small.json?["twist_degrees"] is NSNull, "\(small.errors)")
    #expect(try tessera("moire", "missing.tif").status == 66)
    #expect(try tessera("moire", "one.tif", "--twist", "3").status == 64)
  }
}
