import TesseraFigures
import TesseraFormats
import TesseraNumerics
import TesseraStructure

/// What the colours of a map mean, and the places that its result lists.
struct MapKey: Sendable, Encodable {
  /// One label.
  struct Entry: Sendable, Encodable {
    let label: Int
    let name, text: String
    /// `#rrggbb`.
    let color: String
  }

  /// A place that the result speaks of.
  struct Place: Sendable, Encodable {
    /// In pixels.
    let x, y: Double
    /// A few words, and the rest of its row of the table by column.
    let title, text: String
    let fields: [[String]]
    let color: String
  }

  let name, title: String
  let kind: MapLayer.Kind
  /// The values of the smallest and the largest sample, 1 and 65535.
  let low, high: Double
  /// The values of the first and the last colour.
  let shownLow, shownHigh: Double
  /// From the first to the last; of labels those of 1, 2, ..., again from the first where there are more.
  let colors: [String]
  let entries: [Entry]
  let levels: Int

  /// - Parameter picture: of the layer.
  init(_ layer: MapLayer, _ picture: MapLayer.Picture, of view: MapView) throws {
    (name, title, kind) = (layer.name, layer.title, layer.kind)
    (low, high, levels) = (picture.pyramid.low, picture.pyramid.high, picture.pyramid.levels.count)
    (shownLow, shownHigh) = (picture.shown.lowerBound, picture.shown.upperBound)
    guard layer.kind == .labels else {
      colors = ColorMap.diverging.steps(isSigned: picture.shown.lowerBound < 0)
      entries = []
      return
    }
    colors = Self.labelColors
    entries = try Self.entries(of: view)
  }

  private static let labelColors = ClassStyle.styles(names: (1...16).map(String.init)).map(\.color.hexadecimal)
  static func color(ofLabel label: Int) -> String { labelColors[(max(1, label) - 1) % labelColors.count] }

  private static func entries(of view: MapView) throws -> [Entry] {
    switch view.measurement.command {
    case "segment":
      guard let table = try view.table("patterns.csv"), let label = table.column("label"),
        let share = table.column("fraction")
      else { return [] }
      return table.rows.compactMap { row in
        guard let number = Int(row[label]) else { return nil }
        return Entry(
          label: number, name: "pattern \(number)", text: Double(row[share]).map { Number.percent($0) } ?? "",
          color: color(ofLabel: number))
      }
    case "moire":
      guard let table = try view.table("anchors.csv"), let kind = table.column("kind") else { return [] }
      return stackings(of: table.rows.map { $0[kind] }).map { name, number, count in
        Entry(label: number, name: name, text: "\(count) anchors", color: color(ofLabel: number))
      }
    default: return []
    }
  }

  /// Stackings have their numbers in the order in which the command draws them.
  private static func stackings(of kinds: [String]) -> [(name: String, number: Int, count: Int)] {
    // Three of layers that point the same way, or three of layers that point opposite ways.
    let all = Stacking.allCases.map(\.rawValue)
    let known = all.filter { name in kinds.contains { $0.contains("'") } == name.contains("'") }
    return known.enumerated().map { index, name in (name, index + 1, kinds.count { $0 == name }) }
  }

  /// Why a person should look at a particle, by its number; none unless a review was asked for.
  private static func doubts(of view: MapView) throws -> [Int: String] {
    guard let table = try view.table("review.csv"), let id = table.column("id"), let reasons = table.column("reasons")
    else { return [:] }
    return Dictionary(
      table.rows.compactMap { row in Int(row[id]).map { ($0, "to review: \(row[reasons])") } }, uniquingKeysWith: { $1 }
    )
  }

  /// The places of a result, in the order of its table.
  static func places(of view: MapView) throws -> [Place] {
    switch view.measurement.command {
    case "particles":
      guard let table = try view.table("particles.csv") else { return [] }
      let doubts = try doubts(of: view)
      return table.places { row in
        let diameter = [("equivalent_diameter_nm", "nm"), ("equivalent_diameter_px", "px")].compactMap {
          name, unit in
          row(name).flatMap(Double.init).map { "\(Number.short($0, digits: 3)) \(unit)" }
        }.first
        let kind = row("class").map { name in
          name + (row("probability").flatMap(Double.init).map { " (\(Number.percent($0)))" } ?? "")
        }
        let number = row("id").flatMap(Int.init) ?? 0
        return (
          "particle \(number)", [diameter, kind, doubts[number]].compactMap { $0 }.joined(separator: ", "),
          color(ofLabel: number)
        )
      }
    case "moire":
      guard let table = try view.table("anchors.csv"), let kind = table.column("kind") else { return [] }
      let numbers = Dictionary(
        stackings(of: table.rows.map { $0[kind] }).map { ($0.name, $0.number) }, uniquingKeysWith: { $1 })
      return table.places { row in
        let name = row("kind") ?? ""
        return ("anchor \(row("id") ?? "")", name, color(ofLabel: numbers[name] ?? 1))
      }
    default: return []
    }
  }
}

extension CSVTable {
  /// A place for each row with numbers x and y.
  fileprivate func places(
    _ words: (_ value: (String) -> String?) -> (title: String, text: String, color: String)
  ) -> [MapKey.Place] {
    guard let x = column("x"), let y = column("y") else { return [] }
    return rows.compactMap { row in
      guard let placeX = Double(row[x]), let placeY = Double(row[y]) else { return nil }
      let said = words { name in column(name).map { row[$0] }.flatMap { $0.isEmpty ? nil : $0 } }
      return MapKey.Place(
        x: placeX, y: placeY, title: said.title, text: said.text,
        fields: zip(header, row).filter { !$1.isEmpty }.map { [$0, $1] }, color: said.color)
    }
  }
}

extension ColorMap {
  /// The colours of the map for signed numbers, or for others.
  fileprivate func steps(isSigned: Bool) -> [String] {
    let map: ColorMap = isSigned ? self : .viridis
    return (0..<65).map { map.color(at: Double($0) / 64).hexadecimal }
  }
}
