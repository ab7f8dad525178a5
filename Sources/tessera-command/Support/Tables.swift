import ArgumentParser
import Foundation

/// Rows with their columns aligned to the left, two spaces apart.
func aligned(_ rows: [[String]]) -> [String] {
  let columns = rows.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
  return rows.map { row in
    let line = zip(row, widths).map { $0.padding(to: $1) }.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}

/// A number in five significant digits.
func short(_ value: Double) -> String { String(format: "%.5g", value) }

/// Refuses a name whose extension promises something else than the table of comma-separated values that is written.
func checkTable(_ path: String, _ hint: String? = nil) throws {
  let kind = (path as NSString).pathExtension.lowercased()
  guard ["csv", "txt", ""].contains(kind) else {
    throw ValidationError(
      "the result is a table of comma-separated values, but the name is \(path); name a .csv file"
        + (hint.map { " (\($0))" } ?? ""))
  }
}
