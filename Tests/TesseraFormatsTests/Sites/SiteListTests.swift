import Foundation
import TesseraFormats
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
    let list = try read("x,y,x_nm,y_nm,kind\n1,2,,,column\n3,4,,,vacant\n", nanometres: true)
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
    #expect(lines.contains("_cell_length_a 4.000000") && lines.contains("_cell_length_b 8.000000"))
    #expect(lines.suffix(2) == ["Mo1 Mo 0.50000000 1.00000000 0.0", "X2 X 1.00000000 0.00000000 0.0"])
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
