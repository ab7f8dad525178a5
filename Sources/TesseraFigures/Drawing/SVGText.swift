import Foundation

/// What cairo's SVG files lack: a title, and names that do not depend on what was drawn before.
enum SVGText {
  /// The file with a title, and with its identifiers numbered in order of appearance.
  ///
  /// Cairo names images and masks after a counter that runs through the whole process, so the same drawing would
  /// give other bytes the second time.
  static func settled(_ file: Data, title: String) -> Data {
    let renamed = renumbered([UInt8](file))
    // The root element ends at the first ">" after "<svg".
    guard let root = renamed.firstRange(of: Array("<svg".utf8)),
      let end = renamed[root.upperBound...].firstIndex(of: UInt8(ascii: ">"))
    else { return Data(renamed) }
    return Data(renamed[...end]) + Data("\n<title>\(Markup.escaped(title))</title>".utf8) + Data(renamed[(end + 1)...])
  }

  /// Replaces each identifier by `i1`, `i2`, ..., where it is defined (`id="..."`) and used (`"#..."`, `(#...)`).
  private static func renumbered(_ bytes: [UInt8]) -> [UInt8] {
    var names: [ArraySlice<UInt8>: [UInt8]] = [:]
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var copied = 0
    var position = 0
    let (quote, hash, bracket) = (UInt8(ascii: "\""), UInt8(ascii: "#"), UInt8(ascii: "("))
    while position < bytes.count {
      let start: Int?
      if bytes[position] == hash, position > 0, bytes[position - 1] == quote || bytes[position - 1] == bracket {
        start = position + 1
      } else if bytes[position] == quote, bytes[..<position].suffix(4).elementsEqual(Array(" id=".utf8)) {
        start = position + 1
      } else {
        start = nil
      }
      guard let start else {
        position += 1
        continue
      }
      let end =
        bytes[start...].firstIndex { $0 == quote || $0 == UInt8(ascii: ")") } ?? bytes.endIndex
      let old = bytes[start..<end]
      let new = names[old] ?? Array("i\(names.count + 1)".utf8)
      names[old] = new
      result += bytes[copied..<start]
      result += new
      (copied, position) = (end, end)
    }
    return result + bytes[copied...]
  }
}
