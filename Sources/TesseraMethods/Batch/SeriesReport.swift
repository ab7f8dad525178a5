import Foundation
import TesseraFigures
import TesseraFormats
import TesseraNumerics

/// The page over the results of many images: what came of each, how its numbers change from image to image, and which images differ
/// from the others.
public struct SeriesReport: Sendable {
  /// One of the images, and the numbers of its result.
  public struct Entry: Sendable {
    /// The image as given.
    public var image: String
    /// Its result folder, relative to the folder of the page; nil where it has none.
    public var folder: String?
    /// Whether that folder holds a report.
    public var hasReport: Bool
    /// Why it has no result; empty otherwise.
    public var message: String
    /// The numbers of its `summary.json`: those below `counts`, those on the first level, and the lengths of the vectors of `lattice`.
    public var numbers: [String: Double]

    /// Name of the page of a single result.
    static let report = "report.html"

    /// An image without a result.
    public init(image: String, message: String) {
      (self.image, self.folder, self.hasReport, self.message, self.numbers) = (image, nil, false, message, [:])
    }

    /// An image whose result lies in a folder below that of the page. A folder without a readable summary has no numbers.
    /// - Parameters:
    ///   - image: the image as given.
    ///   - folder: its result folder, relative to `page`.
    ///   - page: path of the folder of the page.
    ///   - leftOut: names of numbers that are not taken.
    public init(image: String, folder: String, in page: String, leavingOut leftOut: Set<String> = []) {
      (self.image, self.folder, self.message) = (image, folder, "")
      let place = URL(fileURLWithPath: page, isDirectory: true).appending(path: folder, directoryHint: .isDirectory)
      hasReport = FileManager.default.fileExists(atPath: place.appending(path: Self.report).path)
      let data = try? Data(contentsOf: place.appending(path: "summary.json"))
      numbers = data.flatMap { try? JSONDecoder().decode(SummaryNumbers.self, from: $0) }?.values ?? [:]
      for name in leftOut { numbers[name] = nil }
    }
  }

  /// In the order in which the images were given.
  public var entries: [Entry]
  /// The command and its options, as typed.
  public var command: String
  /// Chapters that the method has on all images together.
  public var sections: [ReportDocument.Section]

  /// A page over these images; `sections` stand before the table of the images.
  public init(_ entries: [Entry], command: String, sections: [ReportDocument.Section] = []) {
    (self.entries, self.command, self.sections) = (entries, command, sections)
  }

  /// Name of the page in its folder.
  public static let name = "report.html"
  /// More columns and curves than these are read by nobody.
  private static let mostColumns = 8
  private static let mostCurves = 6
  /// With fewer images nobody can say which of them is unlike the others.
  private static let fewestCompared = 8
  /// An image is unlike the others if a number of it lies so many robust standard deviations off their median: by chance, one
  /// of some 15,000 values of a normal law does.
  private static let unlike = 4.0

  /// Writes the page into a folder.
  /// - Throws: `FormatError` where it cannot be written.
  public func write(to folder: String, replacing: Bool) throws {
    var document = document
    document.footer = "Tessera \(TesseraVersion.current) · \(command)"
    try AtomicOutput.file(
      at: (folder as NSString).appendingPathComponent(Self.name), replacing: replacing, contents: document.page())
  }

  var document: ReportDocument {
    let done = entries.filter { $0.folder != nil }
    let failed = entries.count - done.count
    var document = ReportDocument(
      title: command,
      headline: "\(entries.count) image\(entries.count == 1 ? "" : "s")"
        + (failed > 0 ? ", of which \(failed) failed" : ""))
    document.hasFigureFiles = false
    document.sections = sections + [.init("Images", [.table(table(of: done))])]
    let odd = unlikeOthers(among: done)
    if !odd.isEmpty {
      document.sections.append(
        .init(
          "Images unlike the others",
          [
            .paragraph(
              "A number of these images lies more than \(Number.short(Self.unlike, digits: 1)) standard deviations off the median of all images."
            ), .list(odd),
          ]))
    }
    let trends = trends(of: done)
    if !trends.isEmpty {
      document.sections.append(.init("From image to image", [.row(trends)]))
    }
    if failed > 0 {
      document.sections.append(
        .init("Without a result", [.list(entries.filter { $0.folder == nil }.map { "\($0.image): \($0.message)" })]))
    }
    return document
  }

  /// What a reader asks first: how many columns, vacancies and motifs, and how large the cell is.
  private static let first = [
    "columns", "vacant", "classes", "partial", SummaryNumbers.firstLength, SummaryNumbers.secondLength,
  ]

  /// Names of the numbers that at least two images state differently, those of most images first.
  private func varying(among done: [Entry]) -> [String] {
    var values: [String: [Double]] = [:]
    for entry in done { for (name, value) in entry.numbers { values[name, default: []].append(value) } }
    func rank(_ name: String) -> Int { Self.first.firstIndex(of: name) ?? Self.first.count }
    return values.filter { Set($0.value).count > 1 }.sorted { a, b in
      (b.value.count, rank(a.key), a.key) < (a.value.count, rank(b.key), b.key)
    }.map(\.key)
  }

  private func words(_ name: String) -> String { name.replacing("_", with: " ") }

  private func table(of done: [Entry]) -> ReportDocument.Table {
    let names = varying(among: done).prefix(Self.mostColumns)
    return .init(
      columns: [.init("Image")] + names.map { .init(words($0), isNumeric: true) },
      rows: done.map { entry in
        let page = entry.hasReport ? entry.folder.map { "\($0)/\(Entry.report)" } : nil
        return [.init(entry.image, link: page)]
          + names.map { name in
            entry.numbers[name].map { .init(Number.short($0, digits: 4), value: $0) } ?? .init("")
          }
      })
  }

  private func trends(of done: [Entry]) -> [ReportDocument.Figure] {
    guard done.count > 2 else { return [] }
    return varying(among: done).prefix(Self.mostCurves).enumerated().map { number, name in
      let points = done.enumerated().map { Point(Double($0.offset + 1), $0.element.numbers[name] ?? .nan) }
      let title = words(name)
      return .init(
        "trend-\(number + 1)", title: title.prefix(1).uppercased() + title.dropFirst(),
        caption: "Over the images in the order of the table.",
        LineFigure(
          curves: [.init(name: title, points: points)], x: .images, y: Axis(title),
          summary: "\(title) of \(done.count) images"
        ).drawing())
    }
  }

  private func unlikeOthers(among done: [Entry]) -> [String] {
    varying(among: done).flatMap { name -> [String] in
      let known = done.compactMap { entry in entry.numbers[name].map { (entry.image, $0) } }
      guard known.count >= Self.fewestCompared else { return [] }
      let median = Statistics.median(known.map(\.1))
      let spread = Statistics.robustDeviation(known.map(\.1))
      guard spread > 0 else { return [] }
      return known.filter { abs($0.1 - median) > Self.unlike * spread }.map {
        "\($0.0): \(words(name)) \(Number.short($0.1, digits: 3)), median of all \(Number.short(median, digits: 3))"
      }
    }
  }
}

/// The numbers of a `summary.json`, whatever else stands in it.
private struct SummaryNumbers: Decodable {
  var values: [String: Double] = [:]

  /// Names of the lengths of the lattice vectors, in pixels.
  static let (firstLength, secondLength) = ("lattice_u_px", "lattice_v_px")

  private struct Vectors: Decodable {
    var u, v: [Double]
  }

  private enum Value: Decodable {
    case number(Double)
    case numbers([String: Double])
    case vectors(Vectors)
    case other

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if (try? container.decode(Bool.self)) != nil {
        self = .other
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let numbers = try? container.decode([String: Double].self) {
        self = .numbers(numbers)
      } else if let vectors = try? container.decode(Vectors.self) {
        self = .vectors(vectors)
      } else {
        self = .other
      }
    }
  }

  init(from decoder: any Decoder) throws {
    for (name, value) in try decoder.singleValueContainer().decode([String: Value].self) {
      switch value {
      case .number(let number): values[name] = number
      case .numbers(let numbers) where name == "counts": values.merge(numbers) { first, _ in first }
      case .vectors(let lattice) where name == "lattice":
        values[Self.firstLength] = lattice.u.reduce(0) { $0 + $1 * $1 }.squareRoot()
        values[Self.secondLength] = lattice.v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .numbers, .vectors, .other: break
      }
    }
  }
}
