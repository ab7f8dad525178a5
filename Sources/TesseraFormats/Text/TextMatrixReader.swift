import Foundation

/// A matrix written as text: one row a line, columns separated by commas, semicolons, tabs or spaces.
///
/// Lines that begin with `#` or `%` are comments; a first line of words is a header and left out. `nan` and empty fields
/// are unknown values. A column of words, or rows of different lengths, make the file something else: it is refused.
struct TextMatrixReader: FormatReader {
  /// Larger files are no hand-made matrices; they cost too much memory as text.
  private static let sizeLimit = 1 << 30

  let datasets: [DatasetDescription]
  let warnings: [String]
  private let values: [Double]

  /// Text with at least one line of numbers, as far as the first bytes show.
  static func recognizes(_ head: [UInt8]) -> Bool {
    guard !head.contains(where: { $0 < 9 || $0 > 13 && $0 < 32 }) else { return false }
    let lines = head.split(whereSeparator: { $0 == 10 || $0 == 13 }).map { plainText($0) }
    let data = lines.filter { !isComment($0) }.dropFirst(lines.count > 1 ? 1 : 0)
    guard let line = data.first ?? lines.first(where: { !isComment($0) }) else { return false }
    let fields = fields(of: line, separatedBy: separator(of: line))
    // A long row may be cut by the end of the head: its last field does not count.
    let whole = fields.count > 1 && head.count >= 4096 ? fields.dropLast() : fields[...]
    return !whole.isEmpty && whole.allSatisfy { number($0) != nil }
  }

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    guard file.count <= Self.sizeLimit else {
      throw FormatError(in: file.path, "is a text of \(file.count) bytes, too long for a matrix; save it as .npy")
    }
    let lines = try file.bytes(at: 0, count: file.count).split(whereSeparator: { $0 == 10 || $0 == 13 })
    var values: [Double] = []
    var width: Int?
    var height = 0
    var separator: Character?
    var isFirst = true
    for (index, line) in lines.enumerated() {
      let text = plainText(line)
      if Self.isComment(text) { continue }
      if separator == nil { separator = Self.separator(of: text) }
      let fields = Self.fields(of: text, separatedBy: separator ?? " ")
      let row = fields.map { Self.number($0) }
      if isFirst && row.contains(where: { $0 == nil }) {
        (isFirst, separator) = (false, nil)
        continue
      }
      isFirst = false
      guard width == nil || width == row.count else {
        throw FormatError(
          in: file.path,
          "line \(index + 1) has \(row.count) values, the lines before \(width ?? 0); a matrix has equal rows")
      }
      for (column, value) in row.enumerated() {
        guard let value else {
          throw FormatError(
            in: file.path, "line \(index + 1), column \(column + 1) is not a number (\(fields[column].prefix(20)))")
        }
        values.append(value)
      }
      width = row.count
      height += 1
    }
    guard let width, height > 0 else { throw FormatError(in: file.path, "contains no line of numbers") }
    self.values = values
    warnings =
      width <= 4
      ? ["has \(width) columns: the file looks like a table, but is read as an image of \(width) x \(height)"] : []
    datasets = [DatasetDescription(index: 0, name: "matrix", shape: [height, width], type: .float64)]
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws { try body(values.span.bytes) }

  private static func isComment(_ line: String) -> Bool {
    let first = line.first { !$0.isWhitespace }
    return first == nil || first == "#" || first == "%"
  }

  private static func separator(of line: String) -> Character {
    [",", ";", "\t"].first { line.contains($0) } ?? " "
  }

  private static func fields(of line: String, separatedBy separator: Character) -> [Substring] {
    let parts =
      separator == " "
      ? line.split(whereSeparator: \.isWhitespace) : line.split(separator: separator, omittingEmptySubsequences: false)
    return parts.last?.allSatisfy(\.isWhitespace) == true && parts.count > 1 ? parts.dropLast() : Array(parts)
  }

  private static func number(_ field: Substring) -> Double? {
    let text = field.trimmingCharacters(in: .whitespaces.union(["\""]))
    return text.isEmpty ? .nan : Double(text)
  }
}
