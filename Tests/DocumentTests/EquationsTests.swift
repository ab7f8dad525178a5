import Foundation
import TestSupport
import Testing

/// The table of docs/equations.md: paper, equation, symbol, file.
struct `The table of equations` {
  struct Row: Sendable, CustomTestStringConvertible {
    let cells: [String]
    var symbol: String { cells[2].trimmingCharacters(in: CharacterSet(charactersIn: "`")) }
    var file: String { cells[3] }
    var testDescription: String { "\(cells[1]): \(cells[2])" }
  }

  /// Lines that begin with a bar, less heading and rule. An escaped bar belongs to its cell.
  static let rows: [Row] = {
    guard let text = try? Repository.text(of: "docs/equations.md") else { return [] }
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
    return lines.map { line in
      let cells = line.replacing(#"\|"#, with: "\u{0}").split(separator: "|", omittingEmptySubsequences: false)
        .dropFirst().dropLast()
      return Row(cells: cells.map { $0.replacing("\u{0}", with: "|").trimmingCharacters(in: .whitespaces) })
    }
  }()

  @Test func `has rows of four cells`() {
    #expect(Self.rows.count > 60)
    for row in Self.rows {
      #expect(row.cells.count == 4, "\(row.cells)")
      #expect(row.cells.allSatisfy { !$0.isEmpty }, "\(row.cells)")
    }
  }

  @Test func `has one row for each symbol of a file`() {
    let rows = Dictionary(grouping: Self.rows) { "\($0.symbol) in \($0.file)" }
    let repeated = rows.filter { $0.value.count > 1 }.keys.sorted()
    #expect(repeated.isEmpty)
  }

  @Test(arguments: rows) func `names a file that declares the symbol`(row: Row) throws {
    try #require(row.cells.count == 4)
    let text = try Repository.text(of: row.file)
    let symbol = NSRegularExpression.escapedPattern(for: row.symbol)
    let declaration = "\\b(struct|enum|class|actor|protocol|func|var|let|case|extension)\\s+\(symbol)\\b"
    #expect(
      text.range(of: declaration, options: .regularExpression) != nil, "\(row.file) declares no \(row.symbol)")
  }
}
