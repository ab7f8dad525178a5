import Foundation

/// A table of text with a header: one record a line, fields separated by commas (or another byte), quoted where they hold
/// commas.
public struct CSVTable: Sendable {
  /// Path of the file, for messages.
  public let path: String
  /// Names of the columns as written, spaces around them removed.
  public let header: [String]
  /// Fields of each record; as many as the header has names.
  public let rows: [[String]]

  /// Larger files are no tables of columns.
  private static let sizeLimit = 1 << 30

  /// Reads a file; throws if it is no table.
  public init(path: String) throws(FormatError) {
    let file = try FileBytes(path: path)
    guard file.count <= Self.sizeLimit else {
      throw FormatError(in: path, "is a table of \(file.count) bytes, too long to read; split it")
    }
    try self.init(plainText(try file.bytes(at: 0, count: file.count)), path: path)
  }

  /// Parses the text of a table; messages speak of `path`.
  public init(_ text: String, path: String, separator: Character = ",") throws(FormatError) {
    self.path = path
    var records = Self.records(of: text, separator: separator.asciiValue ?? UInt8(ascii: ","))
    guard let first = records.first else {
      throw FormatError(in: path, "is empty; a table begins with the names of its columns")
    }
    header = first.fields.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \t\u{FEFF}")) }
    records.removeFirst()
    for record in records where record.fields.count != header.count {
      throw FormatError(
        in: path,
        "line \(record.line) has \(record.fields.count) fields, the header \(header.count); a table has equal rows")
    }
    rows = records.map(\.fields)
  }

  /// The index of the first of these columns that the table has, whatever the case of its letters.
  public func column(_ names: String...) -> Int? {
    for name in names {
      if let index = header.firstIndex(where: { $0.lowercased() == name.lowercased() }) { return index }
    }
    return nil
  }

  /// A table of these records, as if it had been read.
  init(header: [String], rows: [[String]], path: String) {
    (self.header, self.rows, self.path) = (header, rows, path)
  }

  /// The numbers of a column; throws where a field is no finite number.
  public func numbers(_ column: Int) throws(FormatError) -> [Double] {
    var values: [Double] = []
    values.reserveCapacity(rows.count)
    for (index, row) in rows.enumerated() {
      guard let value = Double(row[column].trimmingCharacters(in: .whitespaces)), value.isFinite else {
        throw FormatError(
          in: path, "row \(index + 1): \(header[column]) is not a number (\(row[column].prefix(20)))")
      }
      values.append(value)
    }
    return values
  }

  /// Fields record by record, with the line where each begins. Empty lines are left out.
  private static func records(of text: String, separator: UInt8) -> [(line: Int, fields: [String])] {
    var records: [(line: Int, fields: [String])] = []
    var (fields, field): ([String], [UInt8]) = ([], [])
    var (isQuoted, isEmpty, line, start) = (false, true, 1, 1)
    let quote = UInt8(ascii: "\"")
    var last: UInt8 = 0
    func endField() {
      fields.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
    }
    func endRecord() {
      if !isEmpty {
        endField()
        records.append((start, fields))
        fields.removeAll(keepingCapacity: true)
      }
      (isEmpty, start) = (true, line + 1)
    }
    for byte in text.utf8 {
      if byte != 10 && byte != 13 { isEmpty = false }
      switch byte {
      case quote:
        // Two quotes in a row, inside of quotes, stand for one.
        if !isQuoted, last == quote { field.append(quote) }
        isQuoted.toggle()
      case separator where !isQuoted: endField()
      case 10 where !isQuoted:
        endRecord()
        line += 1
      case 13 where !isQuoted: break
      default:
        if byte == 10 { line += 1 }
        field.append(byte)
      }
      last = byte
    }
    endRecord()
    return records
  }
}
