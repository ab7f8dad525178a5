import Foundation
import TesseraFormats
import TesseraImaging
import TesseraNumerics
import TestSupport
import Testing

struct `Site lists` {
  let folder = TemporaryFolder()
  private let places = [Point(1.5, 2), Point(3, 4.25)]

  private func read(_ text: String, nanometres: Bool = false) throws -> SiteList {
    try SiteList.read(path: folder.file("s.csv", Array(text.utf8)), prefersNanometres: nanometres)
  }

  @Test(arguments: [
    "x,y\n1.5,2\n3,4.25\n", "Peak#,X,Y,Phase\n1,1.5,2,1\n2,3,4.25,2\n", " ,X,Y\n1,1.5,2\n2,3,4.25\n",
    "1.5 2\n3 4.25\n", "0,1.5,2\n1,3,4.25\n", "# Atomap\n1.5\t2\t0.7\n3\t4.25\t0.1\n",
    "\"X\";\"Y\"\r\n1.5;2\r\n3;4.25\r\n",
  ])
  func `are read whatever program wrote them`(text: String) throws {
    let list = try read(text)
    #expect(list.positions == places)
    #expect(list.unit == .pixel)
  }

  @Test func `without names of columns are warned about`() throws {
    #expect(try !read("1.5 2\n3 4.25\n").warnings.isEmpty)
    #expect(try read("x,y\n1.5,2\n").warnings.isEmpty)
  }

  @Test func `choose between pixels and nm`() throws {
    let text = "id,x,y,x_nm,y_nm,class\n1,10,20,0.1,0.2,3\n"
    #expect(try read(text).positions == [Point(10, 20)])
    #expect(try read(text, nanometres: true).positions == [Point(0.1, 0.2)])
    #expect(try read(text).classes == [3])
    let list = try read(text)
    #expect(list.inNanometres(pixelSize: nil) == nil)
    #expect(list.inNanometres(pixelSize: 0.5)?.positions == [Point(5, 10)])
  }

  @Test func `leave out vacant places, and nm that are unknown`() throws {
    let list = try read("x,y,x_nm,y_nm,kind\n1,2,,,column\n3,4,,,vacant\n-1,4,,,outside\n", nanometres: true)
    #expect(list.positions == [Point(1, 2)])
    #expect(list.unit == .pixel)
  }

  @Test func `come back from extended XYZ`() throws {
    var list = SiteList(positions: [Point(0.15, 0), Point(0.3, 0.425)], unit: .nanometre, elements: ["Mo", "Se"])
    list.classes = [1, 2]
    try list.writeExtendedXYZ(to: folder / "a.xyz")
    let read = try SiteList.read(path: folder / "a.xyz")
    #expect(read.elements == ["Mo", "Se"])
    for (one, other) in zip(read.positions, list.positions) {
      #expect(abs(one.x - other.x) < 1e-7 && abs(one.y - other.y) < 1e-7)
    }
  }

  @Test(arguments: [(0.0137, 0.0137), (1 / 3.0, 0.0456), (0.001, 0.25)])
  func `come back from extended XYZ to every digit of a table`(size: (Double, Double)) throws {
    // As tables print them: four digits behind the point, also outside the frame.
    let pixels = (0..<500).map { index -> Point in
      let (x, y) = (index * 7919 % 5_200_000 - 50_000, index * 104_729 % 4_000_001)
      return Point(Double(x) / 1e4, Double(y) / 1e4)
    }
    var list = SiteList(positions: pixels, unit: .pixel)
    list.frame = SiteFrame(width: 512, height: 400, calibration: Calibration(x: size.0, y: size.1))
    try list.inNanometres(pixelSize: nil)?.writeExtendedXYZ(to: folder / "a.xyz", replacing: true)
    let read = try SiteList.read(path: folder / "a.xyz")
    #expect(read.frame == list.frame)
    #expect(read.inPixels(pixelSize: nil)?.positions == pixels)
    // And the file of what was read is the same file.
    let first = try Data(contentsOf: URL(fileURLWithPath: folder / "a.xyz"))
    try read.writeExtendedXYZ(to: folder / "b.xyz", replacing: true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder / "b.xyz")) == first)
  }

  @Test func `have the image as their cell, whatever sites there are`() throws {
    let frame = SiteFrame(width: 400, height: 300, calibration: Calibration(nanometresPerPixel: 0.01))
    for places in [[Point(1, 2)], [Point(1, 2), Point(390, 280)]] {
      var list = SiteList(positions: places, unit: .pixel, elements: places.map { _ in "Mo" })
      list.frame = frame
      let lengths = try #require(list.inNanometres(pixelSize: nil))
      try lengths.writeExtendedXYZ(to: folder / "a.xyz", replacing: true)
      let lines = try String(contentsOfFile: folder / "a.xyz", encoding: .utf8).split(separator: "\n")
      #expect(lines[1].contains("Lattice=\"40.00000000 0.0 0.0 0.0 30.00000000 0.0 0.0 0.0 10.0\""))
      #expect(lines[1].contains("pbc=\"F F F\"") && lines[1].contains("first_row=29.90000000"))
      #expect(lines[2] == "Mo 0.10000000 29.70000000 0.0")
      try lengths.writeCIF(to: folder / "a.cif", replacing: true)
      let cif = try String(contentsOfFile: folder / "a.cif", encoding: .utf8)
      #expect(cif.contains("_cell_length_a 40.00000000\n_cell_length_b 30.00000000\n"))
      #expect(cif.contains("Mo1 Mo 0.0025000000 0.9900000000 0.0\n"))
    }
  }

  @Test func `without an image have no cell, but the image's origin`() throws {
    let list = SiteList(positions: [Point(0.15, 0.2), Point(0.3, 0.425)], unit: .nanometre)
    try list.writeExtendedXYZ(to: folder / "a.xyz")
    let text = try String(contentsOfFile: folder / "a.xyz", encoding: .utf8)
    #expect(
      !text.contains("Lattice") && text.contains("first_row=0.00000000")
        && text.contains("X 1.50000000 -2.00000000 0.0"))
    #expect(try SiteList.read(path: folder / "a.xyz").positions == list.positions)
  }

  @Test func `come back from tables, in pixels and in nm`() throws {
    for unit in [SiteList.Unit.pixel, .nanometre] {
      let list = SiteList(positions: places, unit: unit, elements: ["Mo", ""], classes: [2, 0])
      try list.writeTable(to: folder / "t.csv", replacing: true)
      #expect(try SiteList.read(path: folder / "t.csv") == list)
    }
  }

  @Test func `become a CIF whose fractions fill the cell`() throws {
    let list = SiteList(positions: [Point(0.2, 0), Point(0.4, 0.8)], unit: .nanometre, elements: ["Mo", ""])
    try list.writeCIF(to: folder / "a.cif")
    let lines = try String(contentsOfFile: folder / "a.cif", encoding: .utf8).split(separator: "\n")
    #expect(lines.contains("_cell_length_a 4.00000000") && lines.contains("_cell_length_b 8.00000000"))
    #expect(lines.suffix(2) == ["Mo1 Mo 0.5000000000 1.0000000000 0.0", "X2 X 1.0000000000 0.0000000000 0.0"])
  }

  @Test func `follow the properties of extended XYZ`() throws {
    let text =
      "2\nLattice=\"9 0 0 0 9 0 0 0 9\" Properties=class:I:1:pos:R:3:species:S:1 pbc=\"F F F\"\n"
      + "3 1.0 2.0 0 Mo\n4 5.0 6.0 0 Se\n"
    let list = try read(text)
    #expect(list.unit == .nanometre && list.elements == ["Mo", "Se"] && list.classes == [3, 4])
    #expect(abs(list.positions[0].x - 0.1) < 1e-12 && abs(list.positions[0].y - 0.7) < 1e-12)
  }

  @Test func `change units only with a pixel size`() throws {
    let list = SiteList(positions: [Point(1, 2)], unit: .nanometre)
    #expect(list.inPixels(pixelSize: nil) == nil)
    #expect(list.inPixels(pixelSize: 0.5)?.positions == [Point(2, 4)])
  }

  @Test func `come back from plain rows`() throws {
    try SiteList(positions: places, unit: .pixel).writePlain(to: folder / "a.txt")
    #expect(try SiteList.read(path: folder / "a.txt").positions == places)
  }

  @Test(arguments: ["", "a,b\n1,2\n", "x,y\n1,two\n", "x,y\n1\n", "1 2\n3\n", "7\ncomment\nMo 1 2 3\n"])
  func `that are none are refused`(text: String) { #expect(throws: FormatError.self) { try read(text) } }
}
