import Foundation
import TesseraFigures
import TesseraNumerics

/// A report as a tree of values: an answer, key numbers, and sections of text, figures and tables.
///
/// It knows nothing of what the sections say; `ReportPage` turns it into one HTML file.
public struct ReportDocument: Sendable {
  /// Title of the page, usually the micrograph's name.
  public var title: String
  /// The answer in a sentence.
  public var headline: String
  /// What a reader wants to know next, in a sentence or two; may be empty.
  public var summary = ""
  /// Key numbers, shown side by side below the headline.
  public var facts: [Fact] = []
  /// What the reader must know before trusting the numbers.
  public var warnings: [String] = []
  public var sections: [Section] = []
  /// A line at the end: program, version.
  public var footer = ""

  public init(title: String, headline: String) { (self.title, self.headline) = (title, headline) }

  /// A number with its name, such as `3,842` and `columns`.
  public struct Fact: Sendable {
    public var value: String
    public var name: String
    /// Small print below; may be empty.
    public var note: String
    public init(_ value: String, _ name: String, note: String = "") {
      (self.value, self.name, self.note) = (value, name, note)
    }
  }

  public struct Section: Sendable {
    public var title: String
    public var blocks: [Block]
    /// Begins folded; its title opens it. For what only some readers want.
    public var isFolded: Bool
    public init(_ title: String, isFolded: Bool = false, _ blocks: [Block]) {
      (self.title, self.isFolded, self.blocks) = (title, isFolded, blocks)
    }
  }

  public indirect enum Block: Sendable {
    case paragraph(String)
    case list([String])
    case figure(Figure)
    /// Figures beside each other where the window is wide enough.
    case row([Figure])
    case table(Table)
    /// Text to copy, such as a citation or a command.
    case code(String)
  }

  /// A drawing with its caption, and the name of its files.
  public struct Figure: Sendable {
    /// File name without extension: letters, digits and hyphens.
    public var name: String
    public var title: String
    public var caption: String
    public var drawing: Drawing
    public init(_ name: String, title: String, caption: String, _ drawing: Drawing) {
      precondition(
        !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") },
        "a figure's file name has letters, digits and hyphens")
      (self.name, self.title, self.caption, self.drawing) = (name, title, caption, drawing)
    }
  }

  /// Rows under column titles; readers with JavaScript sort them by a click on a title.
  public struct Table: Sendable {
    public var columns: [Column]
    public var rows: [[Cell]]
    public init(columns: [Column], rows: [[Cell]]) {
      precondition(rows.allSatisfy { $0.count == columns.count }, "every row has a cell for every column")
      (self.columns, self.rows) = (columns, rows)
    }

    public struct Column: Sendable {
      public var title: String
      /// Numbers stand on the right.
      public var isNumeric: Bool
      public init(_ title: String, isNumeric: Bool = false) { (self.title, self.isNumeric) = (title, isNumeric) }
    }

    public struct Cell: Sendable {
      public var text: String
      /// What the column sorts by; nil sorts by the text.
      public var value: Double?
      /// Drawn before the text.
      public var style: ClassStyle?
      public init(_ text: String, value: Double? = nil, style: ClassStyle? = nil) {
        (self.text, self.value, self.style) = (text, value, style)
      }
    }
  }

  /// All figures in the order of the page.
  public var figures: [Figure] {
    sections.flatMap(\.blocks).flatMap { block -> [Figure] in
      switch block {
      case .figure(let figure): [figure]
      case .row(let figures): figures
      case .paragraph, .list, .table, .code: []
      }
    }
  }
}

/// A file of a result folder.
public struct ReportFile: Sendable {
  /// Relative to the folder, with `/` between parts.
  public var path: String
  public var data: Data
}

extension ReportDocument {
  /// `figures/NAME.png`, `figures/NAME.svg` for every figure, then `report.html`. Figures are drawn in parallel.
  public func files() -> [ReportFile] {
    let figures = figures
    let drawn = concurrentMap(count: 2 * figures.count) { index in
      let drawing = figures[index / 2].drawing
      return index.isMultiple(of: 2) ? drawing.png() : drawing.svg()
    }
    var embedded: [String: ReportPage.Picture] = [:]
    var files: [ReportFile] = []
    for (index, figure) in figures.enumerated() {
      let (png, svg) = (drawn[2 * index], drawn[2 * index + 1])
      files.append(ReportFile(path: "figures/\(figure.name).png", data: png))
      files.append(ReportFile(path: "figures/\(figure.name).svg", data: svg))
      precondition(embedded[figure.name] == nil, "two figures are named \(figure.name)")
      embedded[figure.name] = Self.picture(of: figure.drawing, png: png, svg: svg)
    }
    let page = ReportPage(document: self, pictures: embedded).html()
    return files + [ReportFile(path: "report.html", data: Data(page.utf8))]
  }

  /// What the page shows: the SVG of a small drawing, which is sharp at any zoom; else a PNG with no more pixels
  /// than a screen shows, so that the page of a large micrograph stays small enough to send.
  private static func picture(of drawing: Drawing, png: Data, svg: Data) -> ReportPage.Picture {
    if svg.count < 180_000 { return ReportPage.Picture(type: "image/svg+xml", data: svg) }
    let widest = 1280.0
    let data = drawing.width * drawing.naturalScale > widest ? drawing.png(scale: max(1, widest / drawing.width)) : png
    return ReportPage.Picture(type: "image/png", data: data)
  }
}
