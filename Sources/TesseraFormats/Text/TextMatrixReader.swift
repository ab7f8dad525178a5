import Foundation

/// A matrix written as text: one row per line, columns separated by commas, semicolons, tabs or spaces.
///
/// Lines that begin with `#` or `%` are comments; a first line of words is a header and left out. `nan` and empty fields
/// are unknown values. A column of words, or rows of different lengths, make the file something else: it is refused.
struct TextMatrixReader: FormatReader {
  /// Larger files are no hand-made matrices; they cost too much memory as text.
  private static let sizeLimit = 1 << 30
  /// Lines by which the layout is told.
  private static let sampleSize = 32
  /// Characters of each.
  private static let longestSample = 1 << 16

  let datasets: [DatasetDescription]
  let warnings: [String]
  private let values: [Double]

  /// Text of which at least half of the lines are numbers, as far as the first bytes show.
  static func recognizes(_ head: [UInt8]) -> Bool {
    let text = TextLines.plain(head)
    guard !text.contains(where: { $0 < 9 || $0 > 13 && $0 < 32 }) else { return false }
    var lines: [String] = []
    TextLines.forEach(text) { _, line in if !isComment(line) { lines.append(line) } }
    // What is cut by the end of the head does not count: the last line or, if it is the only one, its last field.
    let isCut = head.count >= 4096
    if isCut, lines.count > 1 { lines.removeLast() }
    guard let first = lines.first else { return false }
    if isCut, lines.count == 1 {
      let layout = TextLayout.of(lines)
      guard let last = layout.fields(of: first).last, last.startIndex > first.startIndex else { return false }
      lines = [String(first[..<last.startIndex])]
    }
    let layout = TextLayout.of(lines.count > 1 ? lines.dropFirst() : lines[...])
    if lines.count > 1, layout.isHeader(lines[0]) { lines.removeFirst() }
    let numeric = lines.count { layout.isNumeric($0) }
    return numeric > 0 && 2 * numeric >= lines.count
  }

  init(_ file: FileBytes, _ options: ReadingOptions) throws {
    guard file.count <= Self.sizeLimit else {
      throw FormatError(in: file.path, "is a text of \(file.count) bytes, too long for a matrix; save it as .npy")
    }
    let text = TextLines.plain(try file.bytes(at: 0, count: file.count))
    let layout = Self.layout(of: text)
    var values: [Double] = []
    var width: Int?
    var height = 0
    var (isFirst, isOfSites) = (true, false)
    try TextLines.forEach(text) { number, line in
      if Self.isComment(line) { return }
      defer { isFirst = false }
      if isFirst && layout.isHeader(line) {
        isOfSites = SiteTableFile.namesPlaces(layout.fields(of: line).map(\.trimmed))
        return
      }
      let fields = layout.fields(of: line)
      guard width == nil || width == fields.count else {
        throw FormatError(
          in: file.path,
          "line \(number) has \(fields.count) values, the lines before \(width ?? 0); a matrix has equal rows")
      }
      for (column, field) in fields.enumerated() {
        guard let value = layout.number(field) else {
          if isOfSites { throw SiteTableFile.isNoImage(file.path) }
          throw FormatError(
            in: file.path,
            "line \(number), column \(column + 1) is not a number (\(field.trimmed.prefix(20))); correct the field, or "
              + "leave it empty where the value is unknown")
        }
        values.append(value)
      }
      width = fields.count
      height += 1
    }
    guard let width, height > 0 else { throw FormatError(in: file.path, "contains no line of numbers") }
    self.values = values
    warnings = Self.warnings(values, width: width, height: height, layout)
    datasets = [DatasetDescription(index: 0, name: "matrix", shape: [height, width], type: .float64)]
  }

  func stream(dataset: Int, frame: Int, _ body: (RawSpan) throws -> Void) throws { try body(values.span.bytes) }

  /// By the first lines, of which the very first may be a header.
  private static func layout(of text: [UInt8]) -> TextLayout {
    var lines: [String] = []
    do {
      try TextLines.forEach(text) { _, line in
        if !isComment(line) {
          lines.append(line.utf8.count > longestSample ? String(line.prefix(longestSample)) : line)
        }
        if lines.count > sampleSize { throw CancellationError() }
      }
    } catch {}
    return TextLayout.of(lines.count > 1 ? lines.dropFirst() : lines[...])
  }

  private static func warnings(_ values: [Double], width: Int, height: Int, _ layout: TextLayout) -> [String] {
    var warnings: [String] = []
    if layout.hasDecimalComma { warnings.append("has decimal commas: 1,5 is read as one and a half") }
    if width <= 4 {
      warnings.append(
        "has \(width) columns: the file looks like a table, but is read as an image of \(width) x \(height)")
    } else if let first = values.prefix(width).first(where: { !$0.isNaN }), first == 0 || first == 1 {
      // Tables of other programs number their columns, after an empty field above the numbers of the rows.
      let numbers = values.prefix(width).drop { $0.isNaN }
      if width - numbers.count <= 1, numbers.enumerated().allSatisfy({ $1 == first + Double($0) }) {
        warnings.append("its first line counts the columns, but is read as pixels; delete the line if it is a header")
      }
    }
    return warnings
  }

  private static func isComment(_ line: String) -> Bool {
    let first = line.first { !$0.isWhitespace }
    return first == nil || first == "#" || first == "%"
  }
}
