import TesseraNumerics

/// Tables of sites and headers of NumPy files that are well formed, with numbers at the edge of what is allowed and names of any kind.
enum HostileWords {
  private static let numbers = [
    "0", "-1", "1", "3.5", "1e9", "-1e15", "1e16", "1e300", "1e308", "-1e308", "1e-320", "nan", "inf", "-inf", "1e999",
    "9223372036854775807", "9223372036854775808", "0x1p5", "1,5", "", "\u{2212}1", "1 000", "\"2\"",
  ]
  private static let names = [
    "x", "y", "x_nm", "y_nm", "class", "kind", "id", "X", "x", "amplitude", "\u{FEFF}x", "", "\"a,b\"", "x\u{0}",
    "\u{1B}[2J", String(repeating: "n", count: 5000),
  ]

  /// A table with commas, semicolons or tabs, or an XYZ file.
  static func table(using random: inout RandomSource) -> [UInt8] {
    func number(_ random: inout RandomSource) -> String {
      Bool.random(using: &random)
        ? "\(Double.random(in: -100...5000, using: &random))" : numbers.randomElement(using: &random)!
    }
    let rows = [0, 1, 3, 100, 3000].randomElement(using: &random)!
    if Int.random(in: 0..<4, using: &random) == 0 {
      let promised = [rows, rows, rows + 1, -1, Int.max].randomElement(using: &random)!
      let cell = (0..<9).map { _ in number(&random) }.joined(separator: " ")
      let atoms = (0..<rows).map { _ in "Mo \(number(&random)) \(number(&random)) \(number(&random))\n" }
      return Array("\(promised)\nLattice=\"\(cell)\" Properties=species:S:1:pos:R:3\n\(atoms.joined())".utf8)
    }
    let separator = [",", ";", "\t"].randomElement(using: &random)!
    let others = (0..<[0, 1, 5, 300].randomElement(using: &random)!).map { _ in names.randomElement(using: &random)! }
    let header = (["x", "y"] + others).joined(separator: separator)
    let end = ["\n", "\r\n", "\r"].randomElement(using: &random)!
    let lines = (0..<min(rows, 60_000 / (others.count + 2))).map { _ in
      (0..<others.count + 2).map { _ in number(&random) }.joined(separator: separator)
    }
    return Array(([header] + lines).joined(separator: end).utf8)
  }

  /// A NumPy file whose header is a dictionary of Python.
  static func array(using random: inout RandomSource) -> [UInt8] {
    let types = [
      "<f4", ">f8", "|u1", "<c16", "|O", "|V1000000000", "<U4", "<M8[ns]", "f4", "\u{1B}[2J\n<f4", "<f99", "",
    ]
    let sizes = [0, 1, 3, 100, 4096, 1 << 20, 1 << 31, 1 << 62, Int.max, -1]
    let shape = (0..<[0, 1, 2, 2, 3, 4, 40, 5000].randomElement(using: &random)!).map { _ in
      "\(sizes.randomElement(using: &random)!)"
    }
    var header =
      "{'descr': '\(types.randomElement(using: &random)!)', 'fortran_order': \(Bool.random(using: &random) ? "True" : "False"), "
      + "'shape': (\(shape.joined(separator: ", "))\(shape.count == 1 ? "," : "")), }"
    if Int.random(in: 0..<5, using: &random) == 0 { header += String(repeating: "[('a', ", count: 4000) }
    let text = Array(header.utf8) + [0x0A]
    let version: UInt8 = text.count < 65536 ? [1, 2, 3].randomElement(using: &random)! : 2
    let length = version == 1 ? bytes(UInt16(text.count)) : bytes(UInt32(text.count))
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + [UInt8](repeating: 5, count: 4096)
  }
}
