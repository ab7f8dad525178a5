import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import Testing

struct `The commands info and convert` {
  let folder = ScratchFolder()

  private func makeStack() throws {
    let stack = ImageStack(count: 2, width: 6, height: 5, calibration: Calibration(nanometresPerPixel: 0.02)) { index in
      Raster(width: 6, height: 5, values: (0..<30).map { Float($0 + index) })
    }
    try TIFFWriter.write(stack, to: folder / "in.tif")
  }

  @Test func `print the JSON of the interface`() throws {
    try makeStack()
    let run = try CommandRun("info", "--json", "--statistics", folder / "in.tif")
    #expect(run.status == 0)
    let value = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]]
    let file = try #require(value?.first)
    #expect(file["format"] as? String == "TIFF")
    let dataset = try #require((file["datasets"] as? [[String: Any]])?.first)
    #expect(dataset["kind"] as? String == "stack")
    #expect(dataset["shape"] as? [Int] == [2, 5, 6])
    #expect(dataset["type"] as? String == "float32")
    #expect(((dataset["pixel_size_nm"] as? [String: Double])?["x"]).map { abs($0 - 0.02) < 1e-8 } == true)
    #expect((dataset["statistics"] as? [String: Double])?["mean"] == 15)
    #expect((dataset["axes"] as? [[String: Any]])?.count == 3)
    #expect(file["metadata"] is [String: Any] && file["warnings"] is [Any])
  }

  @Test func `leave with the statuses of the interface`() throws {
    try makeStack()
    try Data("no image\n".utf8).write(to: URL(fileURLWithPath: folder / "text.tif"))
    #expect(try CommandRun("info", folder / "absent.tif").status == 66)
    #expect(try CommandRun("info", folder / "text.tif").status == 65)
    #expect(try CommandRun("info", "--no-such-option").status == 64)
    #expect(try CommandRun("convert", folder / "in.tif", folder / "in.tif").status == 73)
    #expect(try CommandRun("convert", folder / "in.tif", folder / "no/such/out.tif").status == 73)
    #expect(try CommandRun("convert", folder / "in.tif", folder / "out.tif", "--frame", "2").status == 65)
    #expect(try CommandRun("convert", folder / "in.tif", folder / "out.tif", "--frame", "-1").status == 64)
    #expect(folder.names == ["in.tif", "text.tif"])
  }

  @Test func `go on past inputs that fail`() throws {
    try makeStack()
    let some = try CommandRun("info", folder / "in.tif", folder / "absent.tif")
    #expect(some.status == 1)
    #expect(some.output.contains("2 x 5 x 6"))
    #expect(some.errors.contains("1 of 2 inputs failed"))
    #expect(try CommandRun("info", folder / "a.tif", folder / "b.tif").status == 66)
  }

  @Test func `take the pixel size from the user`() throws {
    try makeStack()
    let run = try CommandRun("convert", folder / "in.tif", folder / "out.mrc", "--pixel-size", "12.5pm")
    #expect(run.status == 0)
    let size = try ImageFile.open(path: folder / "out.mrc").datasets[0].calibration?.nanometresPerPixelX
    #expect(size.map { abs($0 - 0.0125) < 1e-8 } == true)
    #expect(try CommandRun("convert", folder / "in.tif", folder / "x.tif", "--pixel-size", "two").status == 64)
  }

  @Test func `turn tables of sites into atoms`() throws {
    try Data("x,y,element\n1,2,Mo\n3,4,Se\n".utf8).write(to: URL(fileURLWithPath: folder / "sites.csv"))
    #expect(try CommandRun("convert", folder / "sites.csv", folder / "a.xyz").status == 64)
    #expect(try CommandRun("convert", folder / "sites.csv", folder / "a.xyz", "--pixel-size", "0.1nm").status == 0)
    let atoms = try String(contentsOfFile: folder / "a.xyz", encoding: .utf8).split(separator: "\n")
    #expect(atoms[0] == "2" && atoms[2].hasPrefix("Mo 1.00000000 -2.00000000"))
  }

  @Test func `give atoms the frame of the image, and tables back as they were`() throws {
    #expect(try CommandRun("simulate", "mose2", "--size", "160x120", "-o", folder / "a.tif").status == 0)
    #expect(try CommandRun("motifs", folder / "a.tif", "-o", folder / "a").status == 0)
    #expect(try CommandRun("sites", folder / "a.tif", "-o", folder / "a.csv").status == 0)
    // The result folder knows its image; another table is told.
    for (table, words) in [("a/sites.csv", []), ("a.csv", ["--image", folder / "a.tif"])] {
      for target in ["b.xyz", "b.cif"] {
        let run = try CommandRun(["convert", folder / table, folder / target, "--force"] + words)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
      }
      let lines = try String(contentsOfFile: folder / "b.xyz", encoding: .utf8).split(separator: "\n")
      #expect(lines[1].contains("Lattice=\"21.92000000 0.0 0.0 0.0 16.44000000 0.0"))
      #expect(try String(contentsOfFile: folder / "b.cif", encoding: .utf8).contains("_cell_length_b 16.44000000\n"))
      #expect(try CommandRun("convert", folder / "b.xyz", folder / "back.csv", "--force").status == 0)
      let (first, back) = (try SiteList.read(path: folder / table), try SiteList.read(path: folder / "back.csv"))
      #expect(back.unit == .pixel && back.positions == first.positions)
    }
    let blind = try CommandRun("convert", folder / "a.csv", folder / "c.cif")
    #expect(blind.status == 0 && blind.errors.contains("name the image with --image"))
    #expect(try CommandRun("convert", folder / "a.tif", folder / "c.tif", "--image", folder / "a.tif").status == 64)
    let bits = try CommandRun("convert", folder / "a.tif", folder / "c.tif", "--bits", "16")
    #expect(bits.status == 64 && bits.errors.contains("--bits applies to PNG files"))
  }

  @Test func `show help with an example`() throws {
    for command in ["info", "convert"] {
      let run = try CommandRun(command, "--help")
      #expect(run.status == 0 && run.output.contains("EXAMPLE"))
    }
  }
}
