import Foundation

/// How the rows of a matrix are written: what stands between the numbers, and which sign is before their decimals.
struct TextLayout: Equatable {
  /// A space stands for white space of any length.
  var separator: Character
  var hasDecimalComma = false

  /// In the order in which they are preferred where several fit alike. Programs that write decimal commas separate by
  /// semicolons, tabs or spaces.
  private static let candidates = [
    TextLayout(separator: ";"), TextLayout(separator: ";", hasDecimalComma: true), TextLayout(separator: "\t"),
    TextLayout(separator: "\t", hasDecimalComma: true), TextLayout(separator: ","), TextLayout(separator: " "),
    TextLayout(separator: " ", hasDecimalComma: true),
  ]

  /// The layout in which most fields of these lines are numbers.
  static func of(_ lines: some Collection<String>) -> TextLayout {
    var best = (layout: TextLayout(separator: " "), share: -1.0)
    for layout in candidates {
      // Only single columns have no separator, and these have a decimal point.
      let separated = lines.filter { layout.separates($0) }
      guard 2 * separated.count > lines.count || layout == TextLayout(separator: " ") else { continue }
      let fields = lines.flatMap { layout.fields(of: $0) }
      let share = Double(fields.count { layout.number($0) != nil }) / Double(max(1, fields.count))
      if share > best.share { best = (layout, share) }
    }
    return best.layout
  }

  private func separates(_ line: String) -> Bool {
    separator == " " ? line.trimmed.contains(where: \.isWhitespace) : line.contains(separator)
  }

  /// The fields of a line; an empty one behind the last separator is none.
  func fields(of line: String) -> [Substring] {
    let parts =
      separator == " "
      ? line.split(whereSeparator: \.isWhitespace) : line.split(separator: separator, omittingEmptySubsequences: false)
    return parts.last?.allSatisfy(\.isWhitespace) == true && parts.count > 1 ? parts.dropLast() : Array(parts)
  }

  /// The number in a field, NaN of an empty one; nil where there is something else.
  func number(_ field: Substring) -> Double? {
    if !hasDecimalComma, let value = Double(field) { return value }
    let text = field.trimmingCharacters(in: .whitespaces.union(["\""]))
    if text.isEmpty { return .nan }
    guard hasDecimalComma else { return Double(text) }
    // A point beside the comma would separate thousands.
    return text.contains(".") ? nil : Double(text.replacing(",", with: "."))
  }

  /// What programs write where a value is missing; no line of them is a header.
  private static let missing: Set<String> = [
    "na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", "inf", "-inf",
  ]

  /// Whether a line names columns: more than half of its fields are words.
  func isHeader(_ line: String) -> Bool {
    let fields = fields(of: line)
    let words = fields.count { field in
      number(field) == nil && field.contains(where: \.isLetter)
        && !Self.missing.contains(field.trimmed.lowercased())
    }
    return 2 * words > fields.count
  }

  /// Whether a line is one of numbers, all of them or, in a long line, most.
  func isNumeric(_ line: String) -> Bool {
    let fields = fields(of: line)
    let count = fields.count { number($0) != nil }
    return !fields.isEmpty && (count == fields.count || fields.count >= 8 && 4 * count >= 3 * fields.count)
  }
}

/// The lines of a text file: UTF-8 with or without a byte order mark, UTF-16 with one, or Latin-1.
enum TextLines {
  /// The text as bytes of UTF-8 or Latin-1, without a byte order mark.
  static func plain(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
    let isBigEndian = bytes.starts(with: [0xFE, 0xFF])
    guard isBigEndian || bytes.starts(with: [0xFF, 0xFE]) else { return bytes }
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { place in
      UInt16(bytes[place + (isBigEndian ? 1 : 0)]) | UInt16(bytes[place + (isBigEndian ? 0 : 1)]) << 8
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// Calls `body` with each line and its number, from 1; a line ends with LF, CR or both.
  static func forEach(_ bytes: [UInt8], _ body: (Int, String) throws -> Void) rethrows {
    var (start, number) = (0, 1)
    for place in bytes.indices where bytes[place] == 10 || bytes[place] == 13 {
      // The LF behind a CR has ended the line already.
      if bytes[place] == 10, place > 0, bytes[place - 1] == 13 {
        start = place + 1
        continue
      }
      try body(number, plainText(bytes[start..<place]))
      (start, number) = (place + 1, number + 1)
    }
    if start < bytes.count { try body(number, plainText(bytes[start...])) }
  }
}
