import TesseraFormats
import Testing

struct `Tables of text` {
  @Test func `give columns by name, whatever the case`() throws {
    let table = try CSVTable("\u{FEFF}Peak #,X,Y\r\n1,2.5,3\r\n\r\n2,-4,1e2\n", path: "a.csv")
    #expect(table.header == ["Peak #", "X", "Y"])
    #expect(table.rows.count == 2 && table.column("x") == 1 && table.column("z", "y") == 2 && table.column("z") == nil)
    #expect(try table.numbers(1) == [2.5, -4] && table.numbers(2) == [3, 100])
  }

  @Test func `keep commas and line ends inside quotes, and empty fields`() throws {
    let table = try CSVTable("a,b\n\"x, y\",\n\"two\nlines\",3", path: "a.csv")
    #expect(table.rows == [["x, y", ""], ["two\nlines", "3"]])
  }

  @Test func `take two quotes inside of quotes for one`() throws {
    let table = try CSVTable("a,b\n\"3\"\" disc\",\"\"\"x\"\"\"\n\"\",1", path: "a.csv")
    #expect(table.rows == [["3\" disc", "\"x\""], ["", "1"]])
  }

  @Test(arguments: ["", "a,b\n1,2,3", "a,b\n1"]) func `refuse what is no table`(text: String) {
    #expect(throws: FormatError.self) { try CSVTable(text, path: "a.csv") }
  }

  @Test(arguments: ["x\nword", "x\nnan", "x\n\"\""]) func `refuse places that are no numbers`(text: String) throws {
    let table = try CSVTable(text, path: "a.csv")
    #expect(throws: FormatError.self) { try table.numbers(0) }
  }

  @Test func `say which line is wrong`() {
    #expect {
      try CSVTable("a,b\n1,2\n3,4,5\n", path: "dir/a.csv")
    } throws: {
      "\($0)" == "a.csv: line 3 has 3 fields, the header 2; a table has equal rows"
    }
  }
}
