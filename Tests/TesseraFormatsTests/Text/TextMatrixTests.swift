import Foundation
import TesseraFormats
import TesseraNumerics
import TestSupport
import Testing

struct `Text matrices` {
  let folder = TemporaryFolder()

  private func read(_ text: String) throws -> Raster<Float> {
    try ImageFile.open(path: folder.file("m.txt", Array(text.utf8))).read().pixels
  }

  @Test(arguments: [
    "1,2,3\n4,5,6\n", "1;2;3\r\n4;5;6", "1\t2\t3\n4\t5\t6\n", "# note\n 1 2  3\n4 5 6\n\n", "a,b,c\n1,2,3\n4,5,6\n",
  ])
  func `are read whatever separates their columns`(text: String) throws {
    #expect(try read(text) == Raster(width: 3, height: 2, values: [1, 2, 3, 4, 5, 6]))
  }

  @Test func `may have unknown values`() throws {
    let pixels = try read("1,,3\n4,nan,6\n")
    #expect(pixels[1, 0].isNaN && pixels[1, 1].isNaN && pixels[2, 1] == 6)
  }

  @Test(arguments: ["1,2,3\n4,5\n", "1,2,3\n4,x,6\n", "words only\nand more words\n"])
  func `that are none are refused`(text: String) { #expect(throws: FormatError.self) { try read(text) } }

  @Test(.slow) func `damaged in any way throw a sentence`() throws {
    try checkDamaged(Array((0..<40).map { "\($0),\($0 * $0),-1.5e-3\n" }.joined().utf8))
  }

  private func refusal(_ text: String) -> String {
    #expect(throws: FormatError.self) { try read(text) }?.description ?? ""
  }

  @Test(arguments: ["", "a,b,c\n"]) func `behind a byte order mark have all their rows`(header: String) throws {
    #expect(try read("\u{FEFF}\(header)1,2,3\n4,5,6\n") == Raster(width: 3, height: 2, values: [1, 2, 3, 4, 5, 6]))
  }

  @Test(arguments: [false, true]) func `of UTF-16 are read`(isBigEndian: Bool) throws {
    let units = "\u{FEFF}1\t2\t3\r\n4\t5\t6\r\n".utf16.flatMap { unit -> [UInt8] in
      isBigEndian ? bytes(unit).reversed() : bytes(unit)
    }
    let image = try ImageFile.open(path: folder.file("u.txt", units)).read()
    #expect(image.pixels == Raster(width: 3, height: 2, values: [1, 2, 3, 4, 5, 6]))
  }

  @Test(arguments: [
    "1,5;-2;3e2\n4,25;5;6\n", "1,5\t-2\t3e2\n4,25\t5\t6\n", "1,5 -2 3e2\n4,25 5 6\n", "a;b;c\n1,5;-2;3e2\n4,25;5;6\n",
  ])
  func `may have decimal commas, which a warning states`(text: String) throws {
    let image = try ImageFile.open(path: folder.file("g.csv", Array(text.utf8))).read()
    #expect(image.pixels == Raster(width: 3, height: 2, values: [1.5, -2, 300, 4.25, 5, 6]))
    #expect(image.warnings.contains { $0.contains("decimal commas") })
  }

  /// A matrix of 6 rows and 10 columns, with something else in one field.
  private func matrix(_ field: String, line: Int, column: Int, end: String = "\n") -> String {
    (1...6).map { row in
      (1...10).map { row == line && $0 == column ? field : "\(row * $0)" }.joined(separator: ",")
    }.joined(separator: end)
  }

  @Test(arguments: [(1, 6), (2, 1), (6, 10)], ["--", "x", "N/A", "1.2.3"])
  func `with a field that is no number name its place`(place: (line: Int, column: Int), field: String) {
    let sentence = refusal(matrix(field, line: place.line, column: place.column))
    #expect(sentence.contains("line \(place.line), column \(place.column) is not a number (\(field))"))
  }

  @Test func `that are tables of sites are no images`() {
    let table = (0..<6).map { "\($0),1.5,2.5,0.1,0.2,7,8,,9,column" }.joined(separator: "\n")
    #expect(refusal("id,x,y,x_nm,y_nm,h,s,class,w,kind\n" + table).contains("is a table of sites, not an image"))
    #expect(refusal("a,b,c,d,e,f,g,h,i,j\n" + table).contains("line 2, column 10 is not a number (column)"))
  }

  @Test func `count their lines as an editor does`() {
    #expect(refusal("# a\r\n\r\n" + matrix("x", line: 3, column: 2, end: "\r\n")).contains("line 5, column 2"))
  }

  @Test func `lose no first row of missing values`() {
    let row = [String](repeating: "NA", count: 10).joined(separator: ",")
    #expect(refusal(row + "\n" + matrix("1", line: 1, column: 1)).contains("line 1, column 1"))
  }

  @Test func `whose first row counts the columns get a warning`() throws {
    let text = (0..<10).map(String.init).joined(separator: ",") + "\n" + matrix("1", line: 1, column: 1)
    let image = try ImageFile.open(path: folder.file("p.csv", Array(text.utf8))).read()
    #expect(image.height == 7 && image.warnings.contains { $0.contains("counts the columns") })
  }

  @Test func `of one long row that was spoilt are still recognised`() {
    var fields = (0..<2000).map { "\($0 * 7)" }
    fields[3] = "?"
    #expect(refusal(fields.joined(separator: ",") + "\n").contains("line 1, column 4"))
  }
}
