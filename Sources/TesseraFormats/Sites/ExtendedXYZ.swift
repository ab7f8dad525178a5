import Foundation
import TesseraImaging
import TesseraNumerics

/// An extended XYZ file: a count, a comment with `Properties=NAME:TYPE:COLUMNS:...`, then a line an atom; lengths in
/// Ångström. Without that word a line begins with symbol, x, y.
///
/// Source: ASE, ase.io.extxyz.
struct ExtendedXYZ: Sendable {
  /// x and y stand under `x_nm` and `y_nm`; y runs up.
  let table: CSVTable
  /// The image that the atoms were found in, where this program wrote the file.
  private(set) var frame: SiteFrame?
  /// y of the image's first row in nm, where this program wrote the file.
  private let firstRow: Double?
  /// Height in nm of the upright cell; nil if there is none.
  private let cellHeight: Double?

  /// The words of the comment by which an image's frame comes back.
  enum Word {
    static let firstRow = "first_row", imageSize = "image_size", pixelSize = "pixel_size_nm"
  }

  static func recognizes(_ lines: [Substring]) -> Bool {
    lines.count >= 2 && lines.first.flatMap { Int($0.trimmed) } != nil
  }

  init(_ lines: [Substring], path: String) throws(FormatError) {
    let count = Int(lines[0].trimmed) ?? 0
    guard count > 0, count <= lines.count - 2 else {
      throw FormatError(
        in: path, "promises \(count) atoms, but has \(max(0, lines.count - 2)) lines for them; copy it again")
    }
    let comment = lines[1]
    let names = Self.properties(in: comment) ?? ["species", "pos 0", "pos 1"]
    guard let x = names.firstIndex(of: "pos 0"), let y = names.firstIndex(of: "pos 1") else {
      throw FormatError(in: path, "names no positions among its properties (\(names.joined(separator: ", ")))")
    }
    var header = names
    (header[x], header[y]) = ("x_nm", "y_nm")
    var rows: [[String]] = []
    for (index, line) in lines[2..<count + 2].enumerated() {
      var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.count >= header.count, let east = Double(words[x]), let north = Double(words[y]) else {
        throw FormatError(in: path, "line \(index + 3) is not an atom (symbol, x, y, z)")
      }
      (words[x], words[y]) = ("\(Self.nanometres(east))", "\(Self.nanometres(north))")
      rows.append(Array(words.prefix(header.count)))
    }
    table = CSVTable(header: header, rows: rows, path: path)
    cellHeight = Self.cellHeight(in: comment)
    firstRow = Self.numbers(Word.firstRow, in: comment)?.first.map(Self.nanometres)
    if let size = Self.numbers(Word.imageSize, in: comment), size.count == 2,
      let width = Int(exactly: size[0]), let height = Int(exactly: size[1]), width > 0, height > 0,
      let pixel = Self.numbers(Word.pixelSize, in: comment), pixel.count == 2
    {
      frame = SiteFrame(width: width, height: height, calibration: Calibration(x: pixel[0], y: pixel[1]))
    }
  }

  /// Places with y up, as an image has them: from its first row; where the file does not name that, from the upper side of
  /// the cell if it holds all atoms, otherwise from the highest atom.
  func turned(_ places: [Point]) -> [Point] {
    let highest = places.map(\.y).max() ?? 0
    let lowest = places.map(\.y).min() ?? 0
    let top = firstRow ?? cellHeight.flatMap { highest <= $0 + 1e-6 && lowest >= -1e-6 ? $0 : nil } ?? highest
    return places.map { Point($0.x, Self.rounded(top - $0.y)) }
  }

  private static func nanometres(_ angstrom: Double) -> Double { rounded(angstrom / 10) }

  /// A length as it stands in the file, without what binary fractions make of it: nine digits behind the point of a nm.
  static func rounded(_ nanometres: Double) -> Double {
    abs(nanometres) < 1e6 ? (nanometres * 1e9).rounded() / 1e9 : nanometres
  }

  /// Height of the cell `Lattice="a 0 0 0 b 0 ..."`, from Ångström; nil where its sides do not run along x and y.
  private static func cellHeight(in comment: Substring) -> Double? {
    guard let numbers = numbers("Lattice", in: comment), numbers.count == 9, numbers[1] == 0, numbers[3] == 0,
      numbers[4] > 0
    else { return nil }
    return numbers[4] / 10
  }

  /// The numbers of `WORD=1.5` or `WORD="1 2 3"`; nil where the comment has no such word, or something else than finite numbers.
  private static func numbers(_ word: String, in comment: Substring) -> [Double]? {
    guard let start = (" " + comment).firstRange(of: " \(word)=") else { return nil }
    let rest = (" " + comment)[start.upperBound...]
    let text = rest.first == "\"" ? rest.dropFirst().prefix { $0 != "\"" } : rest.prefix { !$0.isWhitespace }
    let words = text.split(separator: " ")
    let numbers = words.compactMap { Double($0) }
    return !numbers.isEmpty && numbers.count == words.count && numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  /// Names of the columns that the comment line lists; a property of several columns numbers them.
  private static func properties(in comment: Substring) -> [String]? {
    guard let start = comment.firstRange(of: "Properties=")?.upperBound else { return nil }
    let list = comment[start...].drop { $0 == "\"" }.prefix { !$0.isWhitespace && $0 != "\"" }
    let words = list.split(separator: ":")
    guard !words.isEmpty, words.count.isMultiple(of: 3) else { return nil }
    var names: [String] = []
    for start in stride(from: 0, to: words.count, by: 3) {
      guard let count = Int(words[start + 2]), (1...64).contains(count) else { return nil }
      let name = String(words[start])
      names += count == 1 ? [name] : (0..<count).map { "\(name) \($0)" }
    }
    return names
  }
}
